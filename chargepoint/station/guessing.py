"""PINs that somebody tries out (OCPP 2.0.1 C04.FR.06): where some were wrong the next has to wait, each time twice as long.

    wrong ones at a reader    1    2    3     4     5 ...
    the next waits, in s      0    0   10    20    40 ... 600

One that waits is not looked at, so nobody learns whether it is right. In memory, and forgotten after a right one or an hour without any.
Only tokens of type KeyCode: the number of a card cannot be tried out at a reader.
"""

from collections.abc import Iterable

from msgspec import Struct

from chargepoint.domain.ids import KEY_CODE, IdToken
from chargepoint.station.clock import StationClock

FREE = 2
FIRST_S, LONGEST_S = 10.0, 600.0
KEPT_S = 3600.0


class Tries(Struct):
    """Wrong ones at one reader."""

    wrong: int
    last_s: float

    def waits_s(self) -> float:
        """From the last one on."""
        return 0.0 if self.wrong <= FREE else min(LONGEST_S, FIRST_S * 2.0 ** min(self.wrong - FREE - 1, 10))


class Guessing:
    """A reader is known by the EVSEs that it serves."""

    def __init__(self, clock: StationClock) -> None:
        self._clock = clock
        self._tries: dict[tuple[int, ...], Tries] = {}

    def waits(self, token: IdToken, served: Iterable[int]) -> bool:
        """Is this one not to be looked at yet?"""
        tries = self._tries.get(tuple(served))
        return token.kind == KEY_CODE and tries is not None and self._clock.monotonic() - tries.last_s < tries.waits_s()

    def judged(self, token: IdToken, served: Iterable[int], *, right: bool) -> None:
        """It was looked at."""
        if token.kind != KEY_CODE:
            return
        now_s, reader = self._clock.monotonic(), tuple(served)
        before = self._tries.pop(reader, None)
        if not right:
            wrong = 0 if before is None or now_s - before.last_s >= KEPT_S else before.wrong
            self._tries[reader] = Tries(wrong + 1, now_s)
