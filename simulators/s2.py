"""The car's switch S2, with which it asks for current. It takes its time, and its contact may bounce."""

from math import inf

from simulators.alarm import Alarm
from simulators.manners import Manners


class S2:
    """``closed`` is what the car wants of it, ``touching`` what its contact does."""

    def __init__(self, manners: Manners) -> None:
        self.closed = False
        self.touching = False
        self.in_d = False
        """On its way: the resistor of state D."""
        self.alarm = Alarm()
        self._manners = manners
        self._switches_s = inf
        self._edges_s: list[float] = []
        self._in_d_until_s = -inf

    def follow(self, wanted: bool, now: float, *, at_once: bool, pulse: bool) -> None:
        """Move towards a position; ``at_once``: it takes no time to think. ``pulse``: time to toggle."""
        self.alarm.clear()
        if wanted == self.closed:
            self._switches_s = inf
        elif at_once:
            self._switches_s = now
        elif self._switches_s == inf:
            self._switches_s = now + (self._manners.reaction_s if wanted else self._manners.release_s)
        if wanted != self.closed and self.alarm.due(self._switches_s, now):
            self._switch(now)
        elif pulse and not self.closed:
            self._edges_s = [now + after_s for after_s in self._manners.s2.pulses_s]
        self._touch(now)

    def _switch(self, now: float) -> None:
        self._switches_s = inf
        self.closed = self.touching = not self.closed
        self._edges_s = [now + after_s for after_s in self._manners.s2.bounces_s]
        self._in_d_until_s = now + self._manners.s2.through_d_s

    def _touch(self, now: float) -> None:
        while self._edges_s and self.alarm.due(self._edges_s[0], now):
            self._edges_s.pop(0)
            self.touching = not self.touching
        self.in_d = not self.alarm.due(self._in_d_until_s, now)
