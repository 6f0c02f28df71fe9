"""The event ring: what happened, numbered within the boot, kept until the station has committed it.

    1 2 3 │ 4 5 6 │ 7 8
    acked │ sent  │ to be sent            a new connection starts again at 4

The ring is bounded. When it is full the oldest event is forgotten and counted; the state of every later one contains what it said. The
newest event is kept although acknowledged: a station that has lost its memory still hears how far control has come.
"""

from collections import deque

from chargepoint.link.messages import Event, EvseState

SIZE = 10_000
"""Days without a station; about 1 kB each."""


class Ring:
    """Events of one boot of control."""

    def __init__(self, boot: str, size: int = SIZE) -> None:
        self._boot = boot
        self._size = size
        self._events: deque[Event] = deque()
        self._next = 1
        self.number = 0
        """Of the newest event."""
        self.dropped = 0

    def add(self, state: EvseState, now: float) -> None:
        """Something changed: the state of its EVSE right after."""
        self.number += 1
        self._events.append(Event(self._boot, self.number, now, state))
        if len(self._events) > self._size:
            self._forget()
            self.dropped += 1

    def ack(self, boot: str, number: int) -> None:
        """The station has committed everything up to ``number``. Another boot's numbers mean nothing here."""
        while boot == self._boot and len(self._events) > 1 and self._events[0].number <= number:
            self._forget()

    def rewind(self) -> None:
        """A new connection: everything not acknowledged is due again."""
        self._next = self._events[0].number if self._events else self.number + 1

    def due(self) -> Event | None:
        """The event to be sent next."""
        return self._events[self._next - self.number - 1] if self._next <= self.number else None

    def sent(self) -> None:
        """The event that was due has been handed over."""
        self._next += 1

    def _forget(self) -> None:
        self._next = max(self._next, self._events.popleft().number + 1)
