"""Deadlines on an absolute grid: a late scan does not move the next one, and a missed one is counted, not caught up."""

from collections import deque
from math import ceil

WINDOW_S = 10.0
"""Overload is judged over so long."""
TOLERATED = 0.1
"""So many of the deadlines in it may be missed."""


class Pace:
    """The deadlines of a periodic task; times are of the monotonic clock, in seconds."""

    def __init__(self, period_s: float, now: float) -> None:
        self._period_s = period_s
        self._due_s = now
        self._deadline_s = now
        self._lately: deque[tuple[float, int]] = deque(maxlen=ceil(WINDOW_S / period_s))
        """When deadlines were missed in the last 10 s, and how many at a time."""
        self._missed_lately = 0
        self.missed = 0
        """Deadlines at which no scan began."""
        self.worst_s = 0.0
        """The greatest lateness so far."""

    def late_s(self, now: float) -> float:
        """By how much the scan that begins now is late, be it for a long sleep or for a long scan before it."""
        late_s = max(0.0, now - self._due_s)
        self.worst_s = max(self.worst_s, late_s)
        return late_s

    def slack_s(self, now: float) -> float:
        """What is left of the period."""
        return self._deadline_s + self._period_s - now

    def overloaded(self, now: float) -> bool:
        """Was more than one deadline in ten missed during the last 10 s?"""
        while self._lately and self._lately[0][0] <= now - WINDOW_S:
            self._missed_lately -= self._lately.popleft()[1]
        return self._missed_lately * self._period_s > TOLERATED * WINDOW_S

    def advance(self, now: float) -> float:
        """The scan is done: how long to sleep until the next deadline."""
        skipped = max(0, int((now - self._deadline_s) / self._period_s))
        if skipped:
            self._miss(skipped, now)
        self._due_s = self._deadline_s + self._period_s
        self._deadline_s = self._due_s + skipped * self._period_s
        return max(0.0, self._deadline_s - now)

    def _miss(self, skipped: int, now: float) -> None:
        self.missed += skipped
        if len(self._lately) == self._lately.maxlen:
            self._missed_lately -= self._lately.popleft()[1]
        self._lately.append((now, skipped))
        self._missed_lately += skipped
