"""Deadlines on an absolute grid: a late scan does not move the next one, and a missed one is counted, not caught up."""


class Pace:
    """The deadlines of a periodic task; times are of the monotonic clock, in seconds."""

    def __init__(self, period_s: float, now: float) -> None:
        self._period_s = period_s
        self._due_s = now
        self._deadline_s = now
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

    def advance(self, now: float) -> float:
        """The scan is done: how long to sleep until the next deadline."""
        skipped = max(0, int((now - self._deadline_s) / self._period_s))
        self.missed += skipped
        self._due_s = self._deadline_s + self._period_s
        self._deadline_s = self._due_s + skipped * self._period_s
        return max(0.0, self._deadline_s - now)
