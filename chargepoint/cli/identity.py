"""[station] id: the identity, which is the end of the address at the CSMS and the user name there."""

import re
from collections.abc import Iterator
from urllib.parse import quote

from chargepoint.cli.schema import Problem, shown
from chargepoint.domain.configuration import Configuration

UNFIT = re.compile(r"[^A-Za-z0-9*_=:+|@.-]")
"""What no identifierString of OCPP 2.x has (2.0.1 part 2)."""
ALLOWED = "letters without accents, digits and . * - _ = : + | @"


def objections(configuration: Configuration) -> Iterator[Problem]:
    """What a user name, or OCPP, has no room for."""
    identity, profile = configuration.station.id, configuration.ocpp.security_profile
    unfit = _unfit(identity)
    newer = [version for version in configuration.ocpp.versions if version != "1.6"]
    if unfit and newer:
        yield Problem("station.id", f"{shown(identity)}: {unfit} cannot be in an identity; OCPP {newer[0]} allows {ALLOWED}")
    elif not identity.isprintable() or identity != identity.strip():
        yield Problem("station.id", f"{shown(identity)}: expected no spaces at its ends, and no signs that nobody sees")
    if profile in (1, 2) and ":" in identity:
        text = f"{shown(identity)}: a colon cannot be part of a user name (security_profile {profile})"
        yield Problem("station.id", text, ("ocpp.security_profile", "security", "station.id"))


def warnings(configuration: Configuration) -> Iterator[Problem]:
    """What OCPP 1.6 alone takes, and not every CSMS of it."""
    identity, ocpp = configuration.station.id, configuration.ocpp
    unfit = _unfit(identity)
    if unfit and set(ocpp.versions) == {"1.6"}:
        text = f"{unfit} in it; a CSMS gets {quote(identity, safe='')}, which not every one takes: better are {ALLOWED}"
        yield Problem("station.id", f"{shown(identity)}: {text}")


def _unfit(identity: str) -> str:
    return " and ".join("a space" if each == " " else shown(each) for each in dict.fromkeys(UNFIT.findall(identity)))
