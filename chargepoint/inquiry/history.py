"""What happened."""

from msgspec import Struct

from chargepoint.domain.history import Area, Happening, Level

MOST = 500


class ListEvents(Struct, frozen=True, kw_only=True, tag_field="ask", tag="list-events"):
    """Which lines of the history? Whoever follows it asks again with ``after``."""

    after: int | None = None
    """Only those after this number, the oldest first; ``None``: the newest."""
    evse: int | None = None
    area: Area | None = None
    least: Level = "info"
    """Only those at least as bad."""
    count: int = 100
    """At most; never more than ``MOST``."""


class EventLine(Struct, frozen=True, kw_only=True):
    """One of them."""

    number: int
    at: str
    """ISO 8601, UTC; as the station's clock said then."""
    what: Happening
    more: int = 0
    """So often it happened again right after."""
    last: str = ""
    """When it happened last."""


class Events(Struct, frozen=True, kw_only=True):
    """In order of time."""

    lines: tuple[EventLine, ...]
    after: int
    """What to ask with next."""
