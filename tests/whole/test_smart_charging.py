"""Limits of the CSMS as the car sees them at its pilot: in time, and not too often (IEC 61851-1 Table A.6, sequence 6)."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

import pytest

from chargepoint.domain.charging_profile import ChargingProfile, Kind, Recurrency
from chargepoint.domain.commands import Outcome, SetChargingProfile, Verdict
from tests import virtual_time
from tests.domain.charging.examples import profile
from tests.whole.house import House, live

CHANGE_S = 5.0
"""A car has so long to follow a duty cycle, and gets no other one meanwhile but to stop."""
SAMPLE_S = 0.02
T = TypeVar("T")


async def limit(house: House, new: ChargingProfile) -> None:
    reply, _ = await house.station.obey(SetChargingProfile(1, new))
    assert reply == Outcome(Verdict.ACCEPTED)


async def watched(house: House, see: Callable[[], T], seconds: float) -> list[tuple[float, T]]:
    """What is seen, from change to change."""
    seen: list[tuple[float, T]] = []
    end = virtual_time.now_s() + seconds
    while virtual_time.now_s() < end:
        now = see()
        if not seen or seen[-1][1] != now:
            seen.append((virtual_time.now_s(), now))
        await asyncio.sleep(SAMPLE_S)
    return seen


@pytest.mark.parametrize(
    "boundary",
    [datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 3, 29, tzinfo=UTC)],
    ids=["midnight", "Europe changes its clocks", "midnight before"],
)
@pytest.mark.parametrize("recurrency", Recurrency)
def test_a_boundary_of_a_recurring_schedule_reaches_the_pilot_at_once(tmp_path: Path, boundary: datetime, recurrency: Recurrency) -> None:
    """Up and down: at the end of one run, and between two periods of another."""
    start = boundary - timedelta(days=14)

    async def script(house: House) -> None:
        await house.charge()
        house.station.clock.correct(boundary - timedelta(seconds=15))
        await asyncio.sleep(2)
        recurring = profile((0, 10.0), (12, 20.0), kind=Kind.RECURRING, recurrency=recurrency, start=start, duration_s=30)
        await limit(house, recurring)
        now_s = virtual_time.now_s() + (boundary - house.station.clock.now()).total_seconds()
        seen = await watched(house, lambda: round(house.evse.advertised_ma, -3), now_s + 40 - virtual_time.now_s())
        assert [ma for _, ma in seen] == [32_000, 10_000, 20_000, 32_000]
        for (at_s, _), due_s in zip(seen[1:], (now_s, now_s + 12, now_s + 30), strict=True):
            assert due_s <= at_s <= due_s + 0.5

    live(script, tmp_path / "store")


def alternating(high: float, low: float) -> ChargingProfile:
    """Second by second, for a minute."""
    return profile(*((second, low if second % 2 else high) for second in range(60)), kind=Kind.RELATIVE)


def test_a_limit_that_alternates_each_second_changes_the_offer_of_a_car_no_more_often_than_it_can_follow(tmp_path: Path) -> None:
    async def script(house: House) -> None:
        await house.charge()
        await limit(house, alternating(16.0, 10.0))
        seen = await watched(house, lambda: round(house.evse.advertised_ma, -3), 80)
        assert all(later - earlier >= CHANGE_S for (earlier, _), (later, _) in pairwise(seen[1:]))
        assert seen[-1][1] == 10_000, "the last one stays"
        assert house.closed

    live(script, tmp_path / "store")


def test_a_pause_each_other_second_offers_no_more_often_than_a_stop_and_a_rest_take(tmp_path: Path) -> None:
    async def script(house: House) -> None:
        await house.charge()
        await limit(house, alternating(16.0, 0.0))
        seen = await watched(house, lambda: (house.evse.advertised_ma > 0, house.closed), 80)
        offers = [at_s for (_, (before, _)), (at_s, (after, _)) in pairwise(seen) if after and not before]
        assert all(later - earlier >= CHANGE_S for earlier, later in pairwise(offers))
        closings = [at_s for (_, (_, before)), (at_s, (_, after)) in pairwise(seen) if after and not before]
        assert all(later - earlier >= CHANGE_S for earlier, later in pairwise(closings))
        assert not house.closed

    live(script, tmp_path / "store")
