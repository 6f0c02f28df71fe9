"""What happened on a stage, in words: the end of it goes with every verdict."""

from collections import Counter, deque

from chargepoint.cli.scenarios.clock import Clock, shown
from chargepoint.link.messages import EvseState

KEPT = 20


class Happenings:
    """The last of them. ``raised`` counts every fault by its name."""

    def __init__(self, clock: Clock, kept: int = KEPT) -> None:
        self.last: deque[str] = deque(maxlen=kept)
        self.raised: Counter[str] = Counter()
        self._clock = clock
        self._told: dict[int, EvseState] = {}

    def add(self, evse: int | None, text: str) -> None:
        """Somebody did something; ``evse`` ``None``: to the whole site."""
        self.last.append(f"{shown(self._clock.now_s)}  {'site' if evse is None else f'evse {evse}'}  {text}")

    def tell(self, state: EvseState) -> None:
        """Control told a state: what is new in it."""
        before = self._told.get(state.evse, EvseState(evse=state.evse))
        self._told[state.evse] = state
        had = {fault.name for fault in before.faults}
        self.raised.update(fault.name for fault in state.faults if fault.name not in had)
        if words := _changes(before, state):
            self.add(state.evse, "told: " + ", ".join(words))

    def forget(self) -> None:
        """Control has started anew."""
        self._told.clear()


def _changes(before: EvseState, after: EvseState) -> list[str]:
    words = [
        f"{name} {getattr(before, name)} -> {getattr(after, name)}"
        for name in ("state", "cp", "permit", "offered_ma", "phases", "contactor_closed", "locked")
        if getattr(before, name) != getattr(after, name)
    ]
    had, has = ({fault.name for fault in state.faults} for state in (before, after))
    words += [f"+{name}" for name in sorted(has - had)] + [f"-{name}" for name in sorted(had - has)]
    return words
