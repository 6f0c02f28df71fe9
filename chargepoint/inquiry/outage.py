"""Out of service by a technician: no command of a CSMS leads here, and none undoes it."""

from typing import Literal

from msgspec import Struct

Became = Literal["listed", "taken", "returned", "unchanged", "unknown"]
"""``unknown``: there is no such EVSE."""


class TakeOutOfService(Struct, frozen=True, kw_only=True, tag_field="ask", tag="take-out-of-service"):
    """No session begins there any more, until somebody returns it. Asked again it changes reason and name, not since when it is out."""

    evse: int | None = None
    """``None``: the whole station."""
    reason: str = ""
    """For people; 200 characters count."""
    by: str = ""
    """Who does it; 50 characters count."""
    at_once: bool = False
    """End what runs there; else it goes on until it ends by itself."""


class ReturnToService(Struct, frozen=True, kw_only=True, tag_field="ask", tag="return-to-service"):
    """The opposite, for just what was taken out: the station, or this EVSE."""

    evse: int | None = None
    by: str = ""


class ListOutages(Struct, frozen=True, tag_field="ask", tag="list-outages"):
    """What is out of service?"""


class Outage(Struct, frozen=True, kw_only=True):
    """One EVSE, or the whole station."""

    evse: int | None
    reason: str
    by: str
    since: str
    """ISO 8601, UTC, as the station's clock said then."""
    runs: tuple[int, ...] = ()
    """EVSEs where a session goes on; they are out of service when it has ended."""


class Outages(Struct, frozen=True, kw_only=True):
    """All that are there now, the station before its EVSEs."""

    outages: tuple[Outage, ...]
    outcome: Became = "listed"
    message: str = ""
    """What has become of the wish, for people."""
