"""On how many phases a car draws, by the meter: what a limit in watts has to be divided by.

More phases count at once, fewer only after they have been fewer for a while: a car begins on one, or turns down two of three for a moment.
What was seen is remembered while the car pauses and while control restarts, and forgotten when it leaves or when the contactor closes
another number of phases. What a car draws on when the station begins to look, it has drawn on for long; what it drew on before a power cut
is kept with its transaction, so that its limit in watts is right before the meter has been watched anew.
"""

from chargepoint.domain.ids import PlugInId
from chargepoint.domain.transaction import PhasesInUse, Transaction
from chargepoint.link.messages import EvseState

STEADY_S = 30.0


class PhaseWatch:
    """One EVSE. ``transaction``: that runs there already."""

    def __init__(self, transaction: Transaction | None = None) -> None:
        kept = None if transaction is None or transaction.phases is None else (transaction.plug_in, transaction.phases)
        self._of: tuple[PlugInId | None, int] | None = None if kept is None else (kept[0], kept[1].closed)
        self._drawn: int | None = None
        self._since_s = 0.0
        self.seen = None if kept is None else kept[1].drawn
        """As far as it is sure."""

    @property
    def in_use(self) -> PhasesInUse | None:
        """To be kept."""
        return None if self.seen is None or self._of is None else PhasesInUse(self.seen, self._of[1])

    def take(self, state: EvseState, at_s: float) -> None:
        """Control says how the EVSE is."""
        if not state.plug_known:
            return
        first = self._of is None
        if not self._same_car(state):
            self.seen = self._drawn = None
        self._of = (state.plug_in, state.phases)
        if state.phases_drawn != self._drawn:
            self._drawn, self._since_s = state.phases_drawn, at_s
        if self._drawn is not None:
            self._count(self._drawn, steady=first or at_s - self._since_s >= STEADY_S)

    def _same_car(self, state: EvseState) -> bool:
        """On as many phases as before. One that control finds when it starts is the one that was there."""
        if self._of is None or self._of[1] != state.phases:
            return False
        before, now = self._of[0], state.plug_in
        restarted = before is not None and now is not None and state.found_at_start and before.boot != now.boot
        return before == now or restarted

    def _count(self, drawn: int, *, steady: bool) -> None:
        if steady or (self.seen is not None and drawn > self.seen):
            self.seen = drawn
