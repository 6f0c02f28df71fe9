"""Which readings are believed."""

import pytest
from msgspec import structs

from hal.measured import MeterReading
from hal.meters.plausible import STEP_WH, Course, judge

RATED_MA = 32_000


def reading(at_s: float, energy_wh: int, **other: object) -> MeterReading:
    values = {"power_w": 7_360, "current_ma": (32_000, 0, 0), "voltage_mv": (230_000, 231_000, 229_000), **other}
    return structs.replace(MeterReading(at_s=at_s, energy_wh=energy_wh), **values)


def doubts(*readings: MeterReading) -> list[bool]:
    """Of each reading in turn: is it doubted?"""
    course: Course | None = None
    found = []
    for each in readings:
        course, doubt = judge(course, each, RATED_MA)
        found.append(doubt is not None)
    return found


def doubt_of(*readings: MeterReading) -> str | None:
    """Of the last."""
    course, doubt = None, None
    for each in readings:
        course, doubt = judge(course, each, RATED_MA)
    return doubt


def test_a_register_that_counts_is_believed() -> None:
    assert not any(doubts(*(reading(at_s, 5_000 + 2 * at_s) for at_s in range(20))))


def test_a_coarse_register_may_move_by_a_step_at_once() -> None:
    assert doubts(reading(0, 5_000), reading(1, 5_000), reading(2, 5_000 + STEP_WH)) == [False, False, False]


def test_a_register_that_ran_on_while_nobody_listened_is_believed() -> None:
    assert doubts(reading(0, 5_000), reading(1, 5_001), reading(3601, 25_000)) == [False, False, False]


def test_a_register_that_runs_back_is_doubted_until_it_is_where_it_should_be() -> None:
    """OCPP 2.0.1 J02.FR.16"""
    course = [reading(0, 5_000), reading(1, 5_002), reading(2, 4_999), reading(3, 4_000), reading(4, 5_004)]
    assert doubts(*course) == [False, False, True, True, False]
    assert "ran back from 5002 to 4999 Wh" in (doubt_of(*course[:3]) or "")


def test_a_leap_is_doubted_and_what_comes_after_it_is_believed() -> None:
    course = [reading(0, 5_000), reading(1, 5_002), reading(2, 900_000), reading(3, 5_006)]
    assert doubts(*course) == [False, False, True, False]
    assert "jumped by 894998 Wh in 1.0 s" in (doubt_of(*course[:3]) or "")


def test_one_false_value_at_the_beginning_does_not_set_the_course() -> None:
    assert doubts(reading(0, 16_000_000), reading(1, 5_000), reading(2, 5_002), reading(3, 5_004)) == [False, True, False, False]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"energy_wh": -1}, "energy is -1 Wh"),
        ({"voltage_mv": (2_300_000, None, None)}, "voltage of L1 is 2300; expected 0 to 300"),
        ({"voltage_mv": (230_000, -1, None)}, "voltage of L2"),
        ({"current_ma": (0, 0, 32_000_000)}, "current of L3 is 32000; expected -96 to 96"),
        ({"power_w": 7_360_000}, "power is 7360000 W"),
    ],
)
def test_values_that_no_evse_has_are_named(wrong: dict[str, object], words: str) -> None:
    good = reading(0, 5_000)
    bad = structs.replace(reading(2, 5_001), **wrong)
    assert words in (doubt_of(good, structs.replace(good, at_s=1), bad) or "")
    assert doubts(good, bad, reading(3, 5_003)) == [False, True, False]


ZERO = {"power_w": 0, "current_ma": (0, 0, 0), "voltage_mv": (0, 0, 0)}


def test_a_meter_that_shows_nothing_but_zeros_has_just_been_switched_on() -> None:
    assert "just been switched on" in (doubt_of(reading(0, 0, **ZERO)) or "")
    assert doubts(reading(0, 5_000), reading(1, 5_001), reading(2, 0, **ZERO), reading(3, 5_001)) == [False, False, True, False]
    assert doubts(reading(0, 0, **ZERO), reading(1, 900_000), reading(2, 900_001)) == [True, False, False]


def test_a_new_meter_without_current_is_believed_as_it_has_voltage() -> None:
    assert doubts(reading(0, 0, power_w=0, current_ma=(0, 0, 0))) == [False]


def test_zeros_of_a_meter_that_measures_no_voltage_are_believed_and_settle_nothing() -> None:
    bare = {"power_w": 0, "current_ma": (None, None, None), "voltage_mv": (None, None, None)}
    new = [reading(at_s, 0, **bare) for at_s in range(3)]
    assert doubts(*new, reading(3, 1, **bare), reading(4, 2, **bare)) == [False] * 5
    assert doubts(*new, reading(3, 900_000, **bare), reading(4, 900_001, **bare)) == [False, False, False, True, False]
