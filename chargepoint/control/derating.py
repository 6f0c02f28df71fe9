"""Temperature: less current when it is hot, none when it is too hot, and all of it again only when it has cooled down well.

A thermometer that falls silent leaves what it said last, and after a while no more than half: what it was fitted for is not seen any
more. Half the current makes a quarter of the heat, so where all of it was cool enough, half stays so in summer as well; and the car still
charges. No standard asks for a thermometer: where none was ever heard, and none is fitted, nothing is missed.
"""

from msgspec import Struct
from msgspec.structs import replace

from chargepoint.domain.fault_table import FAULTS
from chargepoint.domain.limits import MINIMUM_OFFER_MA

STEPS = ((71.0, 0), (68.0, 25), (65.0, 50))
"""From this many degrees Celsius on: this part of the rating in per cent, the hottest first; 0 is the end of charging."""
RESTORE_C = 62.0
"""Below this everything may be offered again."""
FULL, UNSEEN = 100, 50
"""With a thermometer that is heard, and with one that is not; in per cent of the rating."""


class Derating(Struct, frozen=True):
    """What temperature leaves of the rating, in per cent."""

    percent: int = FULL
    seen: int = FULL
    """By the newest measurement; it has to last to count."""
    since_s: float = float("-inf")
    fitted: bool = False
    """There is a thermometer."""
    silent: bool = False
    """It says nothing now."""


COLD = Derating()


def follow(derating: Derating, temperature_c: float | None, now: float, *, fitted: bool) -> Derating:
    """Take in a measurement; ``fitted``: the board says that it has a thermometer. One that falls silent leaves what was seen last."""
    fitted = fitted or derating.fitted or temperature_c is not None
    silent = fitted and temperature_c is None
    if fitted != derating.fitted or silent != derating.silent:
        derating = replace(derating, fitted=fitted, silent=silent)
    seen = derating.seen if temperature_c is None else _left_over(derating.percent, temperature_c)
    if seen != derating.seen:
        return replace(derating, seen=seen, since_s=now)
    if seen != derating.percent and now - derating.since_s >= FAULTS["derated"].seen_after_s:
        return replace(derating, percent=seen)
    return derating


def _left_over(percent: int, temperature_c: float) -> int:
    if temperature_c < RESTORE_C:
        return FULL
    return min([percent, *(step for floor_c, step in STEPS if temperature_c >= floor_c)])


def limit_ma(percent: int, rating_ma: int) -> int:
    """What that is in mA; derating alone never ends an offer."""
    return 0 if percent == 0 else min(rating_ma, max(MINIMUM_OFFER_MA, rating_ma * percent // 100))
