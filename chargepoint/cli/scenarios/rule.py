"""What a rule is: a name, and what shows that it is broken."""

from collections.abc import Callable
from typing import NamedTuple

from chargepoint.cli.scenarios.case import Case

SCAN_S = 0.018
NEARLY_S = 0.001


class Rule(NamedTuple):
    """``broken`` is asked at every moment at which something may have changed; its answer is what was seen."""

    name: str
    broken: Callable[[Case, float], str | None]


class Broken(AssertionError):
    """A rule does not hold: which, at which EVSE, when, and what was seen."""

    def __init__(self, rule: str, evse: int | None, at_s: float, seen: str) -> None:
        super().__init__(f"{'site' if evse is None else f'evse {evse}'}: {rule}: {seen}")
        self.rule, self.evse, self.at_s, self.seen = rule, evse, at_s, seen
