"""``chargepoint check-config FILE``: is this configuration good?"""

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from pathlib import Path

from chargepoint.cli import boards, confinement, fitting
from chargepoint.cli.configuration import read, warnings
from chargepoint.domain.configuration import Configuration

HELP = """Reads a configuration file and says what is wrong with it: all errors at once, each with its entry, the value seen and what
is allowed. Exit status 0: good (there may be warnings); 2: errors. Nothing is started, opened or changed."""


def add_arguments(parser: ArgumentParser) -> None:
    """The file."""
    parser.add_argument("--quiet", action="store_true", help="say nothing but what is wrong")
    parser.add_argument("file", type=Path, metavar="FILE", help="TOML, or JSON where the name ends in .json")


def run(arguments: Namespace) -> int:
    """0, or a ConfigurationError."""
    configuration = read(arguments.file, boards=True)
    if arguments.quiet:
        return 0
    found = (
        *boards.unsafe(configuration),
        *fitting.warnings(configuration),
        *confinement.warnings(configuration),
        *warnings(configuration),
    )
    for warning in found:
        print(f"{arguments.file}: warning: {warning}", file=sys.stderr)
    print(f"{arguments.file}: good\n{summary(configuration)}")
    return 0


def summary(configuration: Configuration) -> str:
    """What the station will be, in a few lines that an installer can compare with the wall in front of him."""
    station, site, ocpp = configuration.station, configuration.site, configuration.ocpp
    lines = [f"station {station.id}: {station.vendor} {station.model}, fuse {site.fuse_a:g} A, {site.phases} x {site.voltage_v:g} V"]
    for evse in configuration.evses:
        kinds = ", ".join(f"{connector.type} ({connector.cable})" for connector in evse.connectors)
        devices = "simulated" if configuration.hal.backend == "sim" else f"board {evse.board['driver']}, meter {evse.meter['driver']}"
        lines.append(f"EVSE {evse.id}: {kinds}, at most {evse.max_current_a:g} A, {evse.phases} phase{'s' * (evse.phases > 1)}, {devices}")
    lines.append(f"OCPP {' or '.join(ocpp.versions)}: {_uplink(configuration)}")
    lines.append(f"may charge: {', '.join(_welcome(configuration)) or 'nobody'}")
    return "\n".join(f"  {line}" for line in lines)


def _uplink(configuration: Configuration) -> str:
    """As it is dialled: the profile decides between ws and wss, whatever ``csms_url`` says."""
    from chargepoint.ocpp.negotiate import connection_url

    ocpp = configuration.ocpp
    if ocpp.csms_url is None:
        return "no CSMS"
    return f"{connection_url(ocpp.csms_url, configuration.station.id, ocpp.security_profile)}, security profile {ocpp.security_profile}"


def _welcome(configuration: Configuration) -> Iterator[str]:
    if configuration.authorization.free:
        yield "everybody"
    elif configuration.public.start and configuration.web is not None:
        yield "whoever starts on the driver's page"
    if configuration.authorization.cards:
        yield f"{len(configuration.authorization.cards)} cards of the station's own list"
    if configuration.ocpp.csms_url:
        yield "tokens that the CSMS accepts"
