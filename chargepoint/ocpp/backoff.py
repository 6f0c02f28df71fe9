"""How long to wait before the next attempt to connect (OCPP 2.0.1 part 4 §5.3; used for 1.6 as well, which leaves it free).

first wait      minimum + random part
then            twice the last wait + a new random part, ``doublings`` times
from there on   the same wait, for ever
"""

from collections.abc import Callable
from random import uniform

from msgspec import Struct

SHORTEST_S = 0.1
"""Below this nobody waits, whatever is configured: a CSMS that refuses at once must not be hammered."""

LONGEST_S = 86_400.0
"""Above this nobody waits: a station that is told to wait for years would be lost."""


class BackOffRule(Struct, frozen=True):
    """RetryBackOffWaitMinimum, RetryBackOffRandomRange, RetryBackOffRepeatTimes."""

    minimum_s: float = 1.0
    random_s: float = 1.0
    doublings: int = 5


class BackOff:
    """The waits of one series of attempts."""

    def __init__(self, rule: Callable[[], BackOffRule], random: Callable[[float, float], float] = uniform) -> None:
        self._rule = rule
        self._random = random
        self._waits = 0
        self._last_s = 0.0

    def next_s(self) -> float:
        """How long to wait now. The rule is read anew each time: the CSMS may have changed it."""
        rule = self._rule()
        if self._waits == 0:
            self._last_s = rule.minimum_s + self._random(0.0, rule.random_s)
        elif self._waits <= rule.doublings:
            self._last_s = 2 * self._last_s + self._random(0.0, rule.random_s)
        self._waits += 1
        return min(max(self._last_s, SHORTEST_S), LONGEST_S)

    def reset(self) -> None:
        """A connection stood, or the network is back: the next series starts from the beginning."""
        self._waits = 0
