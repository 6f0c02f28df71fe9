from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chargepoint.ocpp import times

NOON = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-01T12:00:00Z",
        "2026-03-01T12:00:00.000Z",
        "2026-03-01t12:00:00z",
        "2026-03-01T12:00:00",
        "2026-03-01 12:00:00Z",
        "2026-03-01T12:00Z",
        "2026-03-01T13:00:00+01:00",
        "2026-03-01T13:00:00.0000000+0100",
        "2026-03-01T13:00:00+01",
        "2026-03-01T12:00:00+0000",
        "2026-03-01T06:30:00-05:30",
        " 2026-03-01T12:00:00Z ",
    ],
)
def test_a_time_is_read_as_it_comes_in_the_field(text: str) -> None:
    assert times.read(text) == NOON


@pytest.mark.parametrize("decimals", range(1, 10))
def test_up_to_nine_decimals_are_read(decimals: int) -> None:
    assert times.read(f"2026-03-01T12:00:00.{'9' * decimals}Z") == NOON + timedelta(
        microseconds=int("9" * 6) // 10 ** max(0, 6 - decimals) * 10 ** max(0, 6 - decimals)
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "2026-13-01T00:00:00Z",
        "2026-03-01T25:00:00Z",
        "2026-03-01",
        "1772366400",
        "٢٠٢٦-03-01T12:00:00Z",
        "0001-01-01T00:00:00+23:59",
        "2026-03-01T12:00:00+99:00",
    ],
)
def test_what_is_no_time_is_none(text: str) -> None:
    assert times.read(text) is None


@given(st.text())
def test_nothing_makes_the_reader_fail(text: str) -> None:
    times.read(text)


@given(st.datetimes(min_value=datetime(1000, 1, 2), max_value=datetime(9999, 12, 30), timezones=st.just(timezone(timedelta(hours=2)))))
def test_ours_are_whole_seconds_in_utc_and_can_be_read_again(at: datetime) -> None:
    text = times.write(at)
    assert len(text) == 20
    assert text.endswith("Z")
    assert times.read(text) == at.astimezone(UTC).replace(microsecond=0)
