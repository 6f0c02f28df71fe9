"""What entries must be together, and what the types cannot say. Each rule yields its problems; warnings do not fail."""

import os
from collections.abc import Callable, Iterable, Iterator
from urllib.parse import urlsplit

import hal
from chargepoint.cli import boards, fitting, identity, indicators, listening, public_rules
from chargepoint.cli.devices import NOT_FOR_DRIVERS
from chargepoint.cli.paths import SOCKET_BYTES
from chargepoint.cli.schema import Problem, nearest, shown
from chargepoint.domain.configuration import Configuration, ConnectorPart, Device, EvsePart

SUPPORTED = ("1.6", "2.0.1")
"""OCPP versions of this release."""
LENGTHS_16 = {"vendor": 20, "model": 20, "serial": 25, "firmware": 50}
"""BootNotification.req of 1.6 (§6.3)."""
METER_ENTRIES = {"driver": str, "port": str, "unit": int, "public_key": str, "start_wh": int}
BOARD_ENTRIES = {**METER_ENTRIES, "bench": bool}
"""Entries of a board or meter that the contract names. The simulated ones know no others; a foreign driver may."""
LEAST = ("failsafe_current_a", "minimum_current_1p_a", "minimum_current_3p_a")
"""Entries that may not be above what the EVSE gives at most."""


def numbering(configuration: Configuration) -> Iterator[Problem]:
    """From 1 without gaps (OCPP 2.0.1 part 1 §7)."""
    yield from _numbered("evses", "EVSEs", configuration.evses)
    for number, evse in enumerate(configuration.evses):
        yield from _numbered(f"evses[{number}].connectors", "connectors of an EVSE", evse.connectors)


def _numbered(path: str, what: str, parts: Iterable[EvsePart | ConnectorPart]) -> Iterator[Problem]:
    ids = [part.id for part in parts]
    others = tuple(f"{path}[{number}].id" for number in range(len(ids)))
    for number, each in enumerate(ids):
        if each in ids[:number]:
            text = f"{each}: already the id of {path}[{ids.index(each)}]; {what} are numbered 1, 2, 3 ..."
            yield Problem(others[number], text, others)
        elif each > len(ids):
            yield Problem(others[number], f"{each}: {what} are numbered 1, 2, 3 ... without gaps; there are {len(ids)}", others)


def currents(configuration: Configuration) -> Iterator[Problem]:
    """What shall be offered at least can be offered."""
    for number, evse in enumerate(configuration.evses):
        most = f"evses[{number}].max_current_a"
        for entry in LEAST:
            value = getattr(evse, entry)
            if value > evse.max_current_a:
                text = f"{value:g}: above max_current_a ({evse.max_current_a:g}); expected at most that"
                yield Problem(f"evses[{number}].{entry}", text, (most,))
        if 0 < evse.failsafe_current_a < 6:
            text = f"{evse.failsafe_current_a:g}: less than 6 ampere cannot be offered; expected 0 (pause) or 6 to {evse.max_current_a:g}"
            yield Problem(f"evses[{number}].failsafe_current_a", text, (most,))


def cables(configuration: Configuration) -> Iterator[Problem]:
    """Only a cable that is always the same can be written down."""
    for number, evse in enumerate(configuration.evses):
        for place, connector in enumerate(evse.connectors):
            if connector.cable == "socket" and connector.cable_current_a is not None:
                path, seen = f"evses[{number}].connectors[{place}]", f"{connector.cable_current_a:g}"
                text = f'{seen}: a cable in a socket says itself what it carries; leave it out, or set cable = "fixed"'
                yield Problem(f"{path}.cable_current_a", text, (f"{path}.cable",))


def phases(configuration: Configuration) -> Iterator[Problem]:
    """No EVSE has more phases than its feed."""
    for number, evse in enumerate(configuration.evses):
        if evse.phases > configuration.site.phases:
            yield Problem(f"evses[{number}].phases", f"{evse.phases}: the site has {configuration.site.phases}", ("site.phases",))


def readers(configuration: Configuration) -> Iterator[Problem]:
    """A reader serves EVSEs that there are, and a display tells of such."""
    ids = [evse.id for evse in configuration.evses]
    served = [(f"readers[{number}]", reader.evses) for number, reader in enumerate(configuration.readers or ())]
    served += [(f"displays[{number}]", display.evses) for number, display in enumerate(configuration.displays)]
    for path, evses in served:
        for each in evses or ():
            if each not in ids:
                there = ", ".join(map(str, ids))
                yield Problem(f"{path}.evses", f"{each}: there is no such EVSE; expected some of {there}", ("evses",))


def drivers(configuration: Configuration) -> Iterator[Problem]:
    """Drivers exist, unless everything is simulated anyway, and get entries that they know."""
    for number, evse in enumerate(configuration.evses):
        yield from _device(configuration, "boards", f"evses[{number}].board", evse.board)
        yield from _device(configuration, "meters", f"evses[{number}].meter", evse.meter)
    for number, reader in enumerate(configuration.readers or ()):
        yield from _driver(configuration, "readers", f"readers[{number}]", reader.driver)
    for number, display in enumerate(configuration.displays):
        yield from _driver(configuration, "displays", f"displays[{number}]", display.driver)
    for number, evse in enumerate(configuration.evses):
        if evse.indicator is not None:
            yield from _driver(configuration, "indicators", f"evses[{number}].indicator", evse.indicator.driver)


def _driver(configuration: Configuration, kind: str, path: str, driver: str) -> Iterator[Problem]:
    if configuration.hal.backend != "sim" and driver not in hal.DRIVERS[kind] and driver not in (names := hal.names(kind)):
        text = f'{shown(driver)}: unknown driver{nearest(driver, list(names))}; or [hal] backend = "sim" simulates all hardware'
        yield Problem(f"{path}.driver", text, ("hal.backend",))


def _device(configuration: Configuration, kind: str, path: str, device: Device) -> Iterator[Problem]:
    driver = device.get("driver")
    if not isinstance(driver, str):
        seen = "missing;" if driver is None else f"{shown(driver)}:"
        yield Problem(f"{path}.driver", f"{seen} expected the name of a driver")
        return
    yield from _driver(configuration, kind, path, driver)
    entries = BOARD_ENTRIES if kind == "boards" else METER_ENTRIES
    for name, value in device.items():
        kind_of = entries.get(name) if driver == "simulated" or name in NOT_FOR_DRIVERS else None
        if kind_of is None and driver == "simulated":
            yield Problem(f"{path}.{name}", f"unknown entry{nearest(name, list(entries))}")
        elif kind_of is bool and type(value) is not bool:
            yield Problem(f"{path}.{name}", f"{shown(value)}: expected true or false")
        elif kind_of is int and (type(value) is not int or value < 0):
            yield Problem(f"{path}.{name}", f"{shown(value)}: expected a whole number of at least 0")
        elif kind_of is str and not isinstance(value, str):
            yield Problem(f"{path}.{name}", f"{shown(value)}: expected text; put it in quotes")


def bench(configuration: Configuration) -> Iterator[Problem]:
    """The bench interface can do anything to the hardware: loopback only, simulated hardware only."""
    if configuration.bench is None:
        return
    listen = configuration.bench.listen
    host, colon, port = listen.rpartition(":")
    if not colon or not port.isascii() or not port.isdigit() or int(port) > 65_535:
        yield Problem("bench.listen", f'{shown(listen)}: expected "host:port", such as "127.0.0.1:8800"')
    elif not _loopback(host):
        yield Problem("bench.listen", f"{shown(listen)}: not a loopback address; expected 127.0.0.1, [::1] or localhost, and a port")
    if not configuration.simulated:
        text = 'the bench needs simulated hardware; set [hal] backend = "sim" or "wires", or simulated drivers only, or leave [bench] out'
        yield Problem("bench", text, ("hal", "evses", "readers"))


def _loopback(host: str) -> bool:
    from ipaddress import ip_address

    try:
        return host == "localhost" or ip_address(host.removeprefix("[").removesuffix("]")).is_loopback
    except ValueError:
        return False


def versions(configuration: Configuration) -> Iterator[Problem]:
    """Only what this release speaks, each once."""
    there = configuration.ocpp.versions
    for number, version in enumerate(there):
        if version not in SUPPORTED:
            yield Problem("ocpp.version", f'{shown(version)}: not supported by this release; there are "1.6" and "2.0.1"')
        elif version in there[:number]:
            yield Problem("ocpp.version", f"{shown(version)}: named twice")


def cards_16(configuration: Configuration) -> Iterator[Problem]:
    """1.6 has shorter tokens than 2.x (CiString20Type), and a token cannot be cut."""
    if "1.6" not in configuration.ocpp.versions:
        return
    for number, card in enumerate(configuration.authorization.cards):
        if len(card) > 20:
            text = f"{shown(card)}: {len(card)} characters; OCPP 1.6 has room for 20"
            yield Problem(f"authorization.cards[{number}]", text, ("ocpp.version", "authorization.cards"))


def csms_url(configuration: Configuration) -> Iterator[Problem]:
    """A WebSocket address to which the identity can be appended."""
    url = configuration.ocpp.csms_url
    if url is None:
        return
    expected = 'expected "ws://host:port/path" or "wss://...", without identity, user, query or fragment'
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("ws", "wss") and parts.hostname and parts.port != 0
    except ValueError:
        good = False
    if not good or parts.username is not None or parts.query or parts.fragment or any(each.isspace() for each in url):
        yield Problem("ocpp.csms_url", f"{shown(url)}: {expected}")


def security(configuration: Configuration) -> Iterator[Problem]:
    """What each security profile needs, before there is any connection (OCPP 2.0.1 A00.FR.004; 1.6 security whitepaper)."""
    profile, because = configuration.ocpp.security_profile, ("ocpp.security_profile", "security", "station.id")
    if profile in (1, 2) and not configuration.ocpp.basic_auth_password:
        yield Problem("ocpp.basic_auth_password", f"missing; security_profile {profile} needs it", because)
    if profile in (2, 3) and configuration.security.trust.csms is None and not configuration.security.system_trust:
        text = f"missing; security_profile {profile} needs a PEM file with the CSMS's root, or [security] system_trust = true"
        yield Problem("security.trust.csms", text, because)
    if profile == 3 and configuration.security.identity.csms is None:
        text = "missing; security_profile 3 needs a directory with the station's own certificate and key"
        yield Problem("security.identity.csms", text, because)


def sockets(configuration: Configuration) -> Iterator[Problem]:
    """Paths that every process resolves to the same place, and that the kernel takes."""
    for path, value in (("link.socket", configuration.link.socket), ("hal.sim.socket", configuration.hal.sim.socket)):
        if value is None:
            continue
        size = len(os.fsencode(value))
        if not os.path.isabs(value) or "\0" in value:
            yield Problem(path, f"{shown(value)}: expected an absolute path")
        elif size > SOCKET_BYTES:
            yield Problem(path, f"{shown(value)}: {size} bytes; the path of a socket has at most {SOCKET_BYTES}, choose a shorter one")


def installer(configuration: Configuration) -> Iterator[Problem]:
    """A command has to be named."""
    if configuration.firmware.installer == "command" and not configuration.firmware.argv:
        yield Problem("firmware.argv", 'missing; installer "command" needs the program and its arguments as a list')


Rule = Callable[[Configuration], Iterable[Problem]]
RULES: tuple[Rule, ...] = (
    numbering, currents, phases, cables, readers, drivers, bench, versions, cards_16, csms_url, security, sockets, installer,
    listening.addresses,
    listening.publishing,
    identity.objections,
    public_rules.objections,
)  # fmt: skip
BOARD_RULES: tuple[Rule, ...] = (boards.objections, fitting.objections, indicators.objections)
"""They load the drivers."""


def warnings(configuration: Configuration) -> Iterator[Problem]:
    """What works, and is probably not meant."""
    ocpp = configuration.ocpp
    newer = [version for version in ocpp.versions if version != "1.6"]
    if newer and ocpp.security_profile == 0:
        text = f"0: no authentication, which OCPP {newer[0]} does not know; for a private network only"
        yield Problem("ocpp.security_profile", text)
    for name, longest in LENGTHS_16.items():
        value = getattr(configuration.station, name)
        if "1.6" in ocpp.versions and len(value) > longest:
            yield Problem(f"station.{name}", f"{shown(value)}: {len(value)} characters; OCPP 1.6 has room for {longest} and gets the first")
    if (ocpp.csms_url or "").startswith("wss:") and ocpp.security_profile in (0, 1):
        text = f"{ocpp.security_profile}: connects by ws, without TLS, although csms_url says wss; 2 or 3 use TLS"
        yield Problem("ocpp.security_profile", text)
    if ocpp.basic_auth_password and ocpp.security_profile in (0, 3):
        yield Problem("ocpp.basic_auth_password", f"not used with security_profile {ocpp.security_profile}")
    if newer and ocpp.security_profile in (1, 2) and not 16 <= len(ocpp.basic_auth_password or "") <= 64:
        yield Problem("ocpp.basic_auth_password", f"OCPP {newer[0]} wants 16 to 64 characters")
    if ocpp.assume_subprotocol and len(ocpp.versions) > 1:
        yield Problem("ocpp.assume_subprotocol", "without effect: more than one version is offered")
    trust = configuration.security.trust.csms
    if ocpp.security_profile in (2, 3) and trust is not None and not os.path.exists(trust):
        yield Problem("security.trust.csms", f"{shown(trust)}: no such file yet")
    yield from identity.warnings(configuration)
    yield from public_rules.warnings(configuration)
