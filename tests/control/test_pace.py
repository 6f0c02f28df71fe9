"""Absolute deadlines: lateness is measured, missed ones are counted, nothing is caught up, and too many of them are an overload."""

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chargepoint.control.pace import Pace

MS = 0.001


def test_the_grid_stays_where_it_is() -> None:
    pace = Pace(10 * MS, 100.0)
    for number, lateness_ms in enumerate([0, 2, 0, 9, 1]):
        begin = 100.0 + number * 10 * MS + lateness_ms * MS
        assert pace.late_s(begin) == pytest.approx(lateness_ms * MS)
        assert pace.advance(begin) == pytest.approx((10 - lateness_ms) * MS)
    assert pace.missed == 0
    assert pace.worst_s == pytest.approx(9 * MS)


@pytest.mark.parametrize(("lasted_ms", "missed", "sleep_ms"), [(12, 1, 8), (30, 3, 10), (305, 30, 5)])
def test_a_long_scan_makes_the_next_one_late_and_misses_the_deadlines_between(lasted_ms: int, missed: int, sleep_ms: int) -> None:
    pace = Pace(10 * MS, 0.0)
    pace.late_s(0.0)
    assert pace.slack_s(4 * MS) == pytest.approx(6 * MS)
    sleep_s = pace.advance(lasted_ms * MS + 1e-9)
    assert pace.missed == missed
    assert sleep_s == pytest.approx(sleep_ms * MS)
    assert pace.late_s(lasted_ms * MS + sleep_s) == pytest.approx((lasted_ms + sleep_ms - 10) * MS)
    pace.advance(lasted_ms * MS + sleep_s)
    assert pace.late_s(lasted_ms * MS + sleep_s + 10 * MS) == pytest.approx(0, abs=1e-6)


def test_a_long_sleep_is_lateness_too() -> None:
    pace = Pace(10 * MS, 0.0)
    pace.advance(1 * MS)
    assert pace.late_s(110 * MS) == pytest.approx(100 * MS)


# --- overload: more than 100 of the last 1000 deadlines ----------------------------------------------------------------------------------


class Scans:
    """A loop under a clock of its own, that remembers every deadline it missed."""

    def __init__(self) -> None:
        self.pace = Pace(10 * MS, 0.0)
        self.now = 0.0
        self.missed_s: list[float] = []

    def scan(self, lasts_periods: float = 0.1) -> None:
        self.now += lasts_periods * 10 * MS
        before = self.pace.missed
        sleep_s = self.pace.advance(self.now)
        self.missed_s += [self.now] * (self.pace.missed - before)
        self.now += sleep_s

    def run(self, scans: int, lasts_periods: float = 0.1) -> None:
        for _ in range(scans):
            self.scan(lasts_periods)

    @property
    def overloaded(self) -> bool:
        return self.pace.overloaded(self.now)


def test_one_deadline_in_ten_is_tolerated_and_one_more_is_not() -> None:
    scans = Scans()
    for _ in range(100):
        scans.run(8)
        scans.scan(1.5)
        assert not scans.overloaded
    scans.scan(2.5)
    assert scans.overloaded


def test_one_long_stall_is_an_overload_until_it_is_10_s_old() -> None:
    scans = Scans()
    scans.run(500)
    scans.scan(102.5)
    ended_s = scans.now
    while scans.overloaded:
        scans.scan()
    assert scans.now - ended_s == pytest.approx(10.0, abs=0.02)


def test_a_scan_that_always_takes_too_long_is_an_overload_before_long() -> None:
    scans = Scans()
    while not scans.overloaded:
        scans.scan(1.2)
    assert scans.now < 2.1 * 10 * 0.1 * 1.01
    scans.run(2000, 1.2)
    assert scans.overloaded


@given(st.lists(st.sampled_from([0.1, 0.9, 1.1, 1.5, 2.5, 7.0, 40.0, 99.0, 101.0, 600.0, 2000.0]), max_size=60), st.booleans())
def test_overload_is_what_a_full_count_says_and_little_is_remembered(lasts: Iterable[float], asked: bool) -> None:
    scans = Scans()
    for each in lasts:
        scans.run(7)
        scans.scan(each)
        if asked:
            lately = sum(scans.now - at_s < 10.0 - 1e-9 for at_s in scans.missed_s)
            assert scans.overloaded == (lately > 100)
    assert len(scans.pace._lately) <= 1000
