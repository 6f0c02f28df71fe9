"""The time that schedules are held against: of day for those that begin at a date, elapsed for those that begin with charging.

When the CSMS sets the clock, absolute schedules move with it, relative ones do not. Until a CSMS has told the time, the clock of a host
without a battery may lag behind; then it is no earlier than the latest time that is on disk, of a profile or of a running transaction: a
limit that held before a power cut does not vanish with it.
"""

from datetime import datetime

from chargepoint.station.clock import StationClock

REMEMBERED = 200
"""So many beginnings are known by elapsed time, the newest; the others by their date."""


class Reckoning:
    """Time as seconds since 1970. ``latest``: it was no earlier when this process began."""

    def __init__(self, clock: StationClock, latest: datetime | None) -> None:
        self._clock = clock
        self._opened_s = clock.monotonic()
        self._least_s = 0.0 if latest is None else latest.timestamp()
        self._begun: dict[tuple[str, datetime], float] = {}

    def now_s(self) -> float:
        """Now."""
        now_s = self._clock.now().timestamp()
        return now_s if self._clock.told else max(now_s, self._least_s + self._clock.monotonic() - self._opened_s)

    def began_s(self, name: str, began: datetime) -> float:
        """When something began, by the clock as it goes now: the difference to now is what has really elapsed."""
        return self.now_s() - (self._clock.monotonic() - self._anchor_s(name, began))

    def _anchor_s(self, name: str, began: datetime) -> float:
        known = self._begun.get((name, began))
        if known is not None:
            return known
        if len(self._begun) >= REMEMBERED:
            del self._begun[next(iter(self._begun))]
        anchor_s = self._clock.monotonic() - max(0.0, self.now_s() - began.timestamp())
        self._begun[name, began] = anchor_s
        return anchor_s

    def drift_s(self) -> float:
        """Time of day less elapsed time: it moves only when somebody sets the clock."""
        return self.now_s() - self._clock.monotonic()
