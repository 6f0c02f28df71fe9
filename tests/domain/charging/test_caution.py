"""What is followed where nobody knows the time: never more than at any moment that it may be."""

from collections.abc import Sequence
from math import inf

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chargepoint.domain.charging.caution import cautious
from chargepoint.domain.charging.installed import Installed
from chargepoint.domain.charging.stacking import prevailing
from chargepoint.domain.charging.timetable import Timetable, timetable
from chargepoint.domain.charging_profile import ChargingProfile, Kind, LimitSource, RateUnit, Recurrency, SchedulePeriod
from tests.domain.charging.examples import NOON, after, profile
from tests.domain.charging.test_composite import MOMENTS, profiles

NOON_S = NOON.timestamp()
CHARGING_S = NOON_S - 600
DAY_S = 86_400


def amperes(period: SchedulePeriod, unit: RateUnit) -> float:
    return period.limit if unit is RateUnit.AMPERE else period.limit / 690


def at(tables: Sequence[Timetable], at_s: float) -> float:
    """The limit at a time; infinite: none."""
    held = prevailing(tables, at_s)
    return inf if held is None else amperes(held.period, held.unit)


def followed(tables: Sequence[Timetable], at_s: float, floor_a: float = 0.0, sure_s: float = inf) -> float:
    return at(cautious(tables, at_s, sure_s, floor_a, amperes), at_s)


def stack(*many: ChargingProfile, source: LimitSource = LimitSource.CSO) -> tuple[Timetable, ...]:
    """The strongest first."""
    return tuple(timetable(each, CHARGING_S, source) for each in many)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.integers(0, 5).flatmap(profiles), max_size=4), MOMENTS, st.lists(st.integers(0, 3 * DAY_S), max_size=20))
def test_it_is_no_more_than_at_any_moment_from_the_last_one_that_was_seen(many: list[Installed], moment: int, later: list[int]) -> None:
    tables, now_s = stack(*(each.profile for each in many)), NOON_S + moment
    lowest = followed(tables, now_s)
    for after_s in (0, *later):
        assert lowest <= at(tables, now_s + after_s), after_s
    for floor_a in (6.0, 16.0):
        assert followed(tables, now_s, floor_a) == pytest.approx(min(at(tables, now_s), max(lowest, floor_a)))


NIGHT = profile((0, 32.0), (8 * 3600, 0.0), kind=Kind.RECURRING, recurrency=Recurrency.DAILY, start=after(-3600))
FALLS = profile((0, 32.0), (7200, 10.0), start=after(-3600))
RISES = profile((0, 10.0), (7200, 32.0), start=after(-3600))
OVER = profile((0, 6.0), start=after(-3600), duration_s=60)
TO_COME = profile((0, 8.0), start=after(365 * DAY_S))
CONSTANT = profile((0, 16.0), start=after(-3600))


@pytest.mark.parametrize(
    ("tables", "floor_a", "limit_a"),
    [
        (stack(NIGHT), 0.0, 0.0),
        (stack(NIGHT), 6.0, 6.0),
        (stack(FALLS), 6.0, 10.0),
        (stack(RISES), 6.0, 10.0),
        (stack(OVER), 6.0, inf),
        (stack(OVER, CONSTANT), 6.0, 16.0),
        (stack(TO_COME), 6.0, 8.0),
        (stack(CONSTANT, NIGHT), 0.0, 16.0),
        (stack(TO_COME, CONSTANT), 6.0, 8.0),
        (stack(profile((0, 4.0))), 6.0, 4.0),
    ],
)
def test_the_lowest_that_may_come_is_followed_down_to_the_failsafe_current(
    tables: tuple[Timetable, ...], floor_a: float, limit_a: float
) -> None:
    assert followed(tables, NOON_S, floor_a) == limit_a


def test_what_counts_from_a_moment_that_the_process_has_seen_is_followed_as_it_is() -> None:
    relative = profile((0, 32.0), (3600, 10.0), kind=Kind.RELATIVE)
    assert followed(stack(relative), NOON_S, sure_s=CHARGING_S) == 32.0
    assert followed(stack(relative), NOON_S, sure_s=CHARGING_S + 1) == 10.0, "the power was off since it began"
    mine = profile((0, 32.0), (3600, 10.0), start=NOON)
    assert followed(stack(mine, source=LimitSource.EMS), NOON_S, sure_s=NOON_S) == 32.0
    assert followed(stack(mine), NOON_S, sure_s=NOON_S) == 10.0
