"""One profile over time: nothing changes before the change that is told."""

from datetime import timedelta
from math import inf

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chargepoint.domain.charging.timetable import Timetable, next_change_s, period_at, runs, timetable
from chargepoint.domain.charging_profile import Kind, Recurrency
from tests.domain.charging import plain
from tests.domain.charging.examples import NOON, after, installed, profile
from tests.domain.charging.test_composite import MOMENTS, profiles

NOON_S = NOON.timestamp()


def table(*periods: tuple[float, ...], **more: object) -> Timetable:
    return timetable(profile(*periods, **more), NOON_S)  # type: ignore[arg-type]


@settings(max_examples=300, deadline=None)
@given(profiles(0), MOMENTS, st.integers(0, 100))
def test_it_says_what_the_standard_says_and_the_same_until_its_next_change(given_: object, moment: int, percent: int) -> None:
    assert isinstance(given_, type(installed(profile())))
    schedule = timetable(given_.profile, NOON_S)
    now_s = NOON_S + moment
    said = period_at(schedule, now_s)
    assert said == plain.says(given_.profile, NOON, after(moment))
    change_s = next_change_s(schedule, now_s)
    assert change_s > now_s
    later_s = now_s + (min(change_s, now_s + 10**6) - now_s) * percent / 100
    if later_s < change_s:
        assert period_at(schedule, later_s) == said
    if change_s < inf:
        assert plain.says(given_.profile, NOON, NOON + timedelta(seconds=change_s - NOON_S)) == period_at(schedule, change_s)


def test_every_change_of_a_profile_is_told_in_turn() -> None:
    schedule = table((0, 6.0), (60, 8.0), duration_s=100, kind=Kind.RECURRING, recurrency=Recurrency.DAILY, valid_to=after(86_470))
    moment, told = NOON_S - 10, []
    while (moment := next_change_s(schedule, moment)) < inf:
        told.append(moment - NOON_S)
    assert told == [0, 60, 100, 86_400, 86_460, 86_470]


@pytest.mark.parametrize(
    ("valid", "expected"),
    [
        ({}, [(100, 160, 100)]),
        ({"valid_from": after(120)}, [(120, 160, 100)]),
        ({"valid_to": after(120)}, [(100, 120, 100)]),
        ({"valid_from": after(160)}, []),
        ({"valid_to": after(100)}, []),
    ],
)
def test_a_run_is_cut_where_the_profile_is_not_valid(valid: dict[str, object], expected: list[tuple[float, ...]]) -> None:
    schedule = table((0, 6.0), start=after(100), duration_s=60, **valid)
    assert [tuple(each - NOON_S for each in run) for run in runs(schedule, NOON_S, NOON_S + 3600)] == expected
