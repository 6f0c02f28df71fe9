"""Network connection profiles: what one says, what is wrong with it, and in which order they are tried (OCPP 2.0.1 B09, B10, A05).

Attempts come in rounds, ``attempts`` for each profile that is to be tried (B10.FR.03):

    after a start                   the slots of NetworkConfigurationPriority in their order (B10.FR.04, A05.FR.05)
    a connection was lost           the slot that was connected, then the others in their order
    at the end of every round       the profile that worked last (B10.FR.07), whatever has become of its slot since
    then                            all of it again from the first slot on, for ever (B10.FR.08, B10.FR.09)

So a slot that is overwritten, deleted, or was never any good keeps nobody from the way back.
"""

from collections.abc import Sequence
from urllib.parse import urlsplit

from msgspec import Struct

SLOTS = ("1", "2", "3", "4")
"""valuesList of NetworkConfigurationPriority; 1 is what the configuration file says (B09.FR.06)."""
FILE_SLOT = 1
VERSIONS = {"OCPP16": "1.6", "OCPP20": "2.0.1"}
"""OCPPVersionEnumType -> ours; the others are spoken by nobody here."""
LONGEST_TIMEOUT_S = 3600


class NetworkProfile(Struct, frozen=True, kw_only=True):
    """NetworkConnectionProfileType, in its own words."""

    url: str
    """Without the identity."""
    security_profile: int
    message_timeout_s: int | None = None
    """``None``: as the variable MessageTimeout says."""
    version: str = ""
    """OCPPVersionEnumType; empty: as the configuration file says."""
    transport: str = "JSON"
    interface: str = "Wired0"
    """Kept and told to nobody: the host chooses the way (OCPP lets it)."""
    vpn: bool = False
    apn: bool = False

    def __repr__(self) -> str:
        """The URL may have a password in it."""
        return f"NetworkProfile(security_profile={self.security_profile}, version={self.version!r})"


class Objection(Struct, frozen=True):
    """Why something is refused: a reason code of the standard's, and words."""

    code: str
    words: str


INVALID = "InvalidNetworkConf"


def objection(profile: NetworkProfile) -> Objection | None:
    """What makes a profile unfit by itself (B09.FR.02)."""
    if profile.version and profile.version not in VERSIONS:
        return Objection(INVALID, f"{profile.version} is not spoken here; expected {' or '.join(VERSIONS)}")
    if profile.transport != "JSON":
        return Objection(INVALID, f"{profile.transport} is not spoken here; expected JSON")
    if not 0 <= profile.security_profile <= 3:
        return Objection(INVALID, f"security profile {profile.security_profile}; expected 1, 2 or 3")
    if profile.message_timeout_s is not None and not 1 <= profile.message_timeout_s <= LONGEST_TIMEOUT_S:
        return Objection(INVALID, f"a message time-out of {profile.message_timeout_s} s; expected 1 to {LONGEST_TIMEOUT_S}")
    if profile.vpn or profile.apn:
        which = "VPN" if profile.vpn else "APN"
        return Objection(INVALID, f"this software dials no {which}: set it up on the host, and leave it out here")
    return _url_objection(profile.url)


def _url_objection(url: str) -> Objection | None:
    try:
        parts = urlsplit(url)
        fit = parts.scheme in ("ws", "wss") and bool(parts.hostname) and parts.port != 0 and not parts.fragment
    except ValueError:
        fit = False
    if not fit or any(letter.isspace() or not letter.isprintable() for letter in url):
        return Objection(INVALID, "that is no URL of a CSMS; expected wss://host[:port]/path or ws://host[:port]/path")
    return None


def downgrade_objection(wanted: int, in_force: int, allowed: bool) -> Objection | None:
    """A lower security profile than the one in force (A05.FR.10, B09.FR.04, A00.FR.005).

    ``allowed``: AllowSecurityProfileDowngrade, which means from 3 to 2 and nothing else (A05.FR.08, A05.FR.09, B09.FR.31).
    """
    if wanted >= in_force or (allowed and (in_force, wanted) == (3, 2)):
        return None
    return Objection("NoSecurityDowngrade", f"security profile {wanted} is lower than the one in force, {in_force}")


LAST_GOOD = 0
"""Stands in a round for the profile that worked last, as it was then."""


def round_of(priority: Sequence[int], attempts: int, first: int | None = None) -> list[int]:
    """The slots of one round, an entry for each attempt. ``first``: the one that was connected until now, ahead of the others."""
    order = list(dict.fromkeys([*([] if first is None else [first]), *priority]))
    return [slot for slot in (*order, LAST_GOOD) for _ in range(max(1, attempts))]
