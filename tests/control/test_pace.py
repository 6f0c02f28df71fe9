"""Absolute deadlines: lateness is measured, missed ones are counted, nothing is caught up."""

import pytest

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
