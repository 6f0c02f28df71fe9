"""What the microcontroller of a board finds wrong by itself, and for how long it holds on to it.

gone       until the cause is gone
unplugged  until the car has left
retry      for ``Traits.retry``'s pause, so many times; then as ``power``
power      until its supply is switched off and on
"""

from collections import Counter
from collections.abc import Callable, Collection
from math import inf
from typing import Literal, NamedTuple, get_args

from msgspec import Struct

from hal.measured import BoardInputs, FaultKind

Trouble = Literal[
    "diode",
    "gfci",
    "ground",
    "stuck_relay",
    "not_closed",
    "selftest",
    "over_temperature",
    "over_current",
    "ventilation",
    "lock",
]
TROUBLES: frozenset[Trouble] = frozenset(get_args(Trouble))

STOP_C, AGAIN_C = 71.0, 62.0
DIODE_MV = -10_000
OVER_MA = 5_000


class Retry(Struct, frozen=True):
    """How a board tries again after a residual current: so often, after such a pause."""

    times: int = 6
    pause_s: float = 300.0


class Sight(NamedTuple):
    """What the rules look at."""

    seen: BoardInputs
    letter: str
    offered_ma: int
    """What the pilot has offered for a while; 0 without PWM."""
    flow_ma: int
    commanded: bool
    """Is the coil driven?"""
    testing: bool
    """The residual current monitor is being tested."""
    ventilation: bool
    """State D is served."""
    held: Collection[Trouble]
    """What it holds on to already."""


class Rule(NamedTuple):
    """``after_s``: so long it must be so."""

    holds: Callable[[Sight], bool]
    after_s: float
    clears: Literal["gone", "unplugged", "retry", "power"]
    kinds: tuple[FaultKind, ...] = ()
    """A fault of one of these kinds, raised on the board by the bench, is taken for this as well."""


def _hot(sight: Sight) -> bool:
    celsius = sight.seen.temperature_c
    return celsius is not None and celsius >= (AGAIN_C if "over_temperature" in sight.held else STOP_C)


RULES: dict[Trouble, Rule] = {
    "diode": Rule(lambda s: s.offered_ma > 0 and s.letter in "BCD" and s.seen.cp_low_mv > DIODE_MV, 0.1, "unplugged"),
    "gfci": Rule(lambda s: s.seen.rcd_tripped and not s.testing, 0.0, "retry"),
    "ground": Rule(lambda s: s.seen.earth_good is False, 0.0, "gone", ("ground_failure",)),
    "stuck_relay": Rule(lambda s: not s.commanded and s.seen.contactor_closed is True, 1.0, "power", ("power_switch_failure",)),
    "not_closed": Rule(lambda s: s.commanded and s.seen.contactor_closed is False, 1.0, "unplugged"),
    "selftest": Rule(lambda s: False, 0.0, "power"),
    "over_temperature": Rule(_hot, 0.0, "gone", ("high_temperature",)),
    "over_current": Rule(lambda s: 0 < s.offered_ma + OVER_MA < s.flow_ma, 10.0, "unplugged", ("over_current_failure",)),
    "ventilation": Rule(lambda s: s.letter == "D" and not s.ventilation, 0.0, "gone"),
    "lock": Rule(lambda s: False, 0.0, "gone", ("connector_lock_failure",)),
}


class Diagnosis:
    """``held`` are the troubles that there are now; ``trips`` counts how often each began."""

    def __init__(self, retry: Retry | None) -> None:
        self.held: set[Trouble] = set()
        self.trips: Counter[Trouble] = Counter()
        self._retry = retry
        self._since_s: dict[Trouble, float] = {}
        self._retry_s = inf
        self._tries = 0

    @property
    def locked_out(self) -> bool:
        """Will only switching its supply off and on help?"""
        exhausted = "gfci" in self.held and self._retry is not None and self._tries > self._retry.times
        return exhausted or any(RULES[trouble].clears == "power" for trouble in self.held)

    def boot(self) -> None:
        """Its supply has come."""
        self.held.clear()
        self._since_s.clear()
        self._tries = 0

    def find(self, trouble: Trouble, now: float) -> None:
        """Something is wrong."""
        if trouble in self.held:
            return
        self.held.add(trouble)
        self.trips[trouble] += 1
        if trouble == "gfci":
            self._tries += 1
            self._retry_s = inf if self._retry is None or self._tries > self._retry.times else now + self._retry.pause_s

    def look(self, sight: Sight, checks: Collection[Trouble], now: float) -> None:
        """Find what there is to find among ``checks``, and let go of what may be let go."""
        kinds = {fault.kind for fault in sight.seen.faults}
        for trouble, rule in RULES.items():
            raised = not kinds.isdisjoint(rule.kinds)
            if trouble in checks and (raised or rule.holds(sight)):
                if now - self._since_s.setdefault(trouble, now) >= rule.after_s:
                    self.find(trouble, now)
            else:
                self._since_s.pop(trouble, None)
                self._release(trouble, rule, sight.letter, now)

    def _release(self, trouble: Trouble, rule: Rule, letter: str, now: float) -> None:
        gone = {
            "gone": True,
            "unplugged": letter == "A",
            "retry": now >= self._retry_s or (letter == "A" and self._retry is None),
            "power": False,
        }
        if gone[rule.clears]:
            self.held.discard(trouble)
