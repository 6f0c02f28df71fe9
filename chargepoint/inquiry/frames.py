"""What is said between station and CSMS, frame by frame; tokens and secrets masked."""

from msgspec import Struct

MOST = 200


class ListFrames(Struct, frozen=True, kw_only=True, tag_field="ask", tag="list-frames"):
    """Which of the newest frames? Whoever follows them asks again with ``after``."""

    after: int | None = None
    """Only those after this number, the oldest first; ``None``: the newest."""
    count: int = MOST
    """At most; never more than ``MOST``."""


class FrameLine(Struct, frozen=True, kw_only=True):
    """One of them."""

    number: int
    """Counted since the station process began."""
    at: str
    """ISO 8601, UTC, by the station's clock as it is now."""
    sent: bool
    """By the station; else by the CSMS."""
    kind: str
    """CALL, CALLRESULT, CALLERROR; else what it is not."""
    action: str = ""
    """Of an answer that of its CALL, where that is still known."""
    id: str = ""
    round_trip_ms: float | None = None
    """Of an answer: since its CALL."""
    waits_s: float | None = None
    """Of a CALL without an answer: so long it has waited."""
    error: str = ""
    """Of a CALLERROR: code and description."""
    size: int
    """Bytes, as it went."""
    text: str
    """JSON, masked; shortened where the frame was too long to be kept."""


class Frames(Struct, frozen=True, kw_only=True):
    """In order of time."""

    lines: tuple[FrameLine, ...]
    after: int
    """What to ask with next."""
    lost: int = 0
    """So many came after ``after`` and are not kept any more."""
