"""The newest frames of OCPP, for technicians: kept as they went, read and masked only when somebody asks."""

import re
from collections import deque
from collections.abc import Iterator, Set
from datetime import UTC

import msgspec
from msgspec import Struct

from chargepoint.domain.masking import masked_payload
from chargepoint.inquiry.frames import MOST, FrameLine, Frames, ListFrames
from chargepoint.station.clock import StationClock
from chargepoint.station.inquiry import Takers

LONGEST = 32_768
"""Bytes of a frame that is kept whole."""
HEAD = 160
"""Of a longer one: enough to know whose it is."""
MOST_BYTES = 262_144
"""Of all together; the oldest go first."""
HEADING = re.compile(rb'\s*\[\s*(\d{1,3})\s*,\s*"([^"\\]{1,36})"(?:\s*,\s*"(\w{1,50})")?')
CALL, CALLRESULT, CALLERROR = 2, 3, 4
ANSWERS = (CALLRESULT, CALLERROR)
KINDS = {CALL: "CALL", CALLRESULT: "CALLRESULT", CALLERROR: "CALLERROR"}
PLAIN = {CALL: 3, CALLRESULT: 2, CALLERROR: 3}
"""By the number of its kind: so many parts of a frame have nothing that could be secret."""


class Kept(Struct, frozen=True):
    """One frame. ``at_s``: monotonic."""

    number: int
    at_s: float
    sent: bool
    size: int
    data: bytes


class Heading(Struct, frozen=True):
    """What it is."""

    kind: int = 0
    id: str = ""
    action: str = ""


class FrameBook:
    """A ring. ``note`` is called for each frame."""

    def __init__(self, clock: StationClock) -> None:
        self._clock = clock
        self._kept: deque[Kept] = deque()
        self._number = 0
        self._bytes = 0

    def takers(self) -> Takers:
        """What it answers."""
        return {ListFrames: self.list}

    def note(self, sent: bool, data: bytes | bytearray | memoryview) -> None:
        """One has gone, or come."""
        size = len(data)
        kept = bytes(data) if size <= LONGEST else bytes(data[:HEAD])
        self._number += 1
        self._bytes += len(kept)
        self._kept.append(Kept(self._number, self._clock.monotonic(), sent, size, kept))
        while len(self._kept) > MOST or self._bytes > MOST_BYTES:
            self._bytes -= len(self._kept.popleft().data)

    async def list(self, question: ListFrames) -> Frames:
        """Those that are wanted; of the others only what they are is read, for an answer has its action from its CALL."""
        count, newest = max(0, min(question.count, MOST)), question.after is None
        after = self._number if question.after is None else min(question.after, self._number)  # a number of before a restart: from here on
        wanted = [kept for kept in self._kept if newest or kept.number > after]
        wanted = wanted[-count:] if newest and count else wanted[:count]
        lines = tuple(self._lines({kept.number for kept in wanted}))
        oldest = self._kept[0].number if self._kept else self._number + 1
        return Frames(lines=lines, after=lines[-1].number if lines else after, lost=max(0, oldest - after - 1))

    def _lines(self, wanted: Set[int]) -> Iterator[FrameLine]:
        headed = [(kept, _heading(kept)) for kept in self._kept] if wanted else []
        answered = {(not kept.sent, heading.id) for kept, heading in headed if heading.kind in ANSWERS}
        calls: dict[tuple[bool, str], tuple[float, str]] = {}
        for kept, heading in headed:
            began_s, action = None, heading.action
            if heading.kind == CALL:
                calls[kept.sent, heading.id] = kept.at_s, action
            elif heading.kind in ANSWERS:
                began_s, action = calls.get((not kept.sent, heading.id), (None, ""))
            if kept.number in wanted:
                waits = heading.kind == CALL and (kept.sent, heading.id) not in answered
                yield self._line(kept, Heading(heading.kind, heading.id, action), began_s, waits)

    def _line(self, kept: Kept, heading: Heading, began_s: float | None, waits: bool) -> FrameLine:
        text, error = _shown(kept)
        return FrameLine(
            number=kept.number,
            at=self._clock.at(kept.at_s).astimezone(UTC).isoformat(timespec="milliseconds"),
            sent=kept.sent,
            kind=KINDS.get(heading.kind, f"message type {heading.kind}" if heading.kind else "not a frame"),
            action=heading.action,
            id=heading.id,
            round_trip_ms=None if began_s is None else round((kept.at_s - began_s) * 1000, 1),
            waits_s=round(self._clock.monotonic() - kept.at_s, 1) if waits else None,
            error=error,
            size=kept.size,
            text=text,
        )


def _heading(kept: Kept) -> Heading:
    """What stands at its beginning."""
    found = HEADING.match(kept.data)
    if found is None:
        return Heading()
    kind, name, action = (each.decode(errors="replace") for each in found.groups(b""))
    return Heading(int(kind), name, action if int(kind) == CALL else "")


def _shown(kept: Kept) -> tuple[str, str]:
    """The frame, masked; and of a CALLERROR what it says."""
    if kept.size > len(kept.data):
        return f"{kept.size} bytes, too many to be kept", ""
    try:
        parts = msgspec.json.decode(kept.data)
    except (ValueError, RecursionError):
        return f"{kept.size} bytes that are not JSON", ""
    plain = PLAIN.get(parts[0]) if isinstance(parts, list) and parts and type(parts[0]) is int else None
    if plain is None:
        return f"{kept.size} bytes of JSON that are no frame of OCPP", ""
    shown = [*parts[:plain], *map(masked_payload, parts[plain:])]
    said = [each for each in shown[2:4] if isinstance(each, str)] if parts[0] == CALLERROR else []
    return msgspec.json.encode(shown).decode(), ": ".join(filter(None, said))[:200]
