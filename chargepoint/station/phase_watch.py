"""On how many phases a car draws, by the meter: what a limit in watts has to be divided by.

More phases count at once, fewer only after they have been fewer for a while: a car begins on one, or turns down two of three for a moment.
What was seen is remembered while the car pauses, and forgotten when it leaves or when the contactor closes another number of phases.
"""

from chargepoint.domain.ids import PlugInId
from chargepoint.link.messages import EvseState

STEADY_S = 30.0


class PhaseWatch:
    """One EVSE."""

    def __init__(self) -> None:
        self._of: tuple[PlugInId | None, int] | None = None
        self._drawn: int | None = None
        self._since_s = 0.0
        self.seen: int | None = None
        """As far as it is sure."""
        self.least = 0
        """Seen at least once, of this car."""

    def take(self, state: EvseState, at_s: float) -> bool:
        """Control says how the EVSE is; is there something new to reckon with?"""
        before = self.seen, self.least
        if self._of != (state.plug_in, state.phases):
            self._of = (state.plug_in, state.phases)
            self.seen, self.least, self._drawn = None, 0, None
        if state.phases_drawn != self._drawn:
            self._drawn, self._since_s = state.phases_drawn, at_s
        if self._drawn is not None:
            self._count(self._drawn, steady=at_s - self._since_s >= STEADY_S)
        return before != (self.seen, self.least)

    def _count(self, drawn: int, *, steady: bool) -> None:
        self.least = max(self.least, drawn)
        if steady or (self.seen is not None and drawn > self.seen):
            self.seen = self.least = drawn
