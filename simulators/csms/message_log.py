"""Every frame in order, both directions, numbered. Bounded: the oldest are forgotten first."""

from collections import deque
from collections.abc import Iterator
from datetime import datetime
from itertools import takewhile
from typing import Any, Literal

from msgspec import Struct

from simulators.csms.frames import CALL, CALLERROR, CALLRESULT, parse

MAX_MESSAGES = 200_000
MAX_CHARACTERS = 64 * 1024 * 1024

Direction = Literal["received", "sent"]
_TYPES = {CALL: "CALL", CALLRESULT: "CALLRESULT", CALLERROR: "CALLERROR"}


class Message(Struct, frozen=True, kw_only=True):
    """One frame. ``direction`` is as the CSMS sees it."""

    number: int
    at: datetime
    station: str
    direction: Direction
    text: str
    """As it was on the wire."""
    action: str | None = None
    """Of an answer: what it answers. ``None`` where that is not known."""

    @property
    def frame(self) -> Any:
        """The frame as JSON, or ``None`` where it is none."""
        try:
            return parse(self.text)
        except ValueError:
            return None

    @property
    def payload(self) -> Any:
        """The last part of a frame: payload, or error details."""
        frame = self.frame
        return frame[-1] if isinstance(frame, list) and len(frame) > 2 else None

    def shown(self) -> dict[str, Any]:
        """For ``GET /v1/messages``."""
        frame = self.frame
        readable = isinstance(frame, list) and len(frame) > 2 and isinstance(frame[0], int)
        kind = _TYPES.get(frame[0], "unreadable") if readable else "unreadable"
        shown: dict[str, Any] = {"number": self.number, "time": self.at.isoformat().replace("+00:00", "Z"), "station": self.station}
        shown |= {"direction": self.direction, "type": kind, "id": frame[1] if readable else None, "action": self.action}
        if kind == "CALLERROR":
            shown |= {"error": {"code": frame[2], "description": frame[3] if len(frame) > 3 else ""}}
        elif kind != "unreadable":
            shown |= {"payload": frame[-1]}
        return shown | {"text": self.text}


class MessageLog:
    """The messages that are still remembered. ``last`` is the number of the newest ever."""

    def __init__(self) -> None:
        self.last = 0
        self._messages: deque[Message] = deque()
        self._characters = 0

    def __iter__(self) -> Iterator[Message]:
        return iter(self._messages)

    def __len__(self) -> int:
        return len(self._messages)

    def __getitem__(self, index: int) -> Message:
        return self._messages[index]

    def add(self, at: datetime, station: str, direction: Direction, text: str, action: str | None) -> Message:
        """Write down one frame."""
        self.last += 1
        message = Message(number=self.last, at=at, station=station, direction=direction, text=text, action=action)
        self._messages.append(message)
        self._characters += len(text)
        while len(self._messages) > MAX_MESSAGES or self._characters > MAX_CHARACTERS:
            self._characters -= len(self._messages.popleft().text)
        return message

    def after(self, number: int, station: str | None = None) -> list[Message]:
        """The messages with a higher number, of one station or of all."""
        newer = takewhile(lambda message: message.number > number, reversed(self._messages))
        return [message for message in newer if station in (None, message.station)][::-1]
