"""The residual current monitor: it cuts the contactor's coil by itself, and is tested through an input of its own.

pulled (test input, or a residual current) ── 30 ms ──▶ tripped ── no longer pulled, 1.2 s ──▶ armed
"""

from math import inf

from simulators.hardware import RcdFault

TRIP_S = 0.030
REARM_S = 1.2
"""Of an RDC-MD in the field; it may take longer, see ``SLOW_REARM_S``."""
SLOW_REARM_S = 5.0
STARTS_S = 4.6
"""A slow one tests itself for so long when its supply has come, and reports a trip meanwhile."""


class Rcm:
    """``tripped`` is its output. ``follow`` tells it what goes on."""

    def __init__(self) -> None:
        self.tripped = False
        self.next_event_s = inf
        self._fault: RcdFault | None = None
        self._latched = False
        self._pulled = False

    def fit(self, fault: RcdFault | None) -> None:
        """It breaks, or is mended: then it is armed, unless something pulls it."""
        if fault == self._fault:
            return
        self._fault = fault
        if fault in ("dead", None):
            self._latched, self.next_event_s = False, inf
            self._pulled = False
        self._show()

    def start(self, now: float) -> None:
        """Its supply has come."""
        if self._fault == "slow":
            self._latched, self._pulled = True, False
            self.next_event_s = now + STARTS_S
        self._show()

    def follow(self, *, test: bool, residual: bool, now: float) -> None:
        """``test``: its test input is driven; ``residual``: more flows to earth than may."""
        deaf = self._fault == "dead"
        pulled = (residual and not deaf) or (test and not deaf and self._fault != "selftest_fails")
        if pulled != self._pulled:
            self._pulled = pulled
            self.next_event_s = self._due_s(now)
        if now >= self.next_event_s:
            self.next_event_s = inf
            self._latched = self._pulled
        self._show()

    def _due_s(self, now: float) -> float:
        if self._pulled == self._latched:
            return inf
        if self._pulled:
            return now + TRIP_S
        return now + (SLOW_REARM_S if self._fault == "slow" else REARM_S)

    def _show(self) -> None:
        self.tripped = self._fault == "tripped" or (self._latched and self._fault != "dead")
