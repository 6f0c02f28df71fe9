"""Schedules while nobody knows the time: a station wakes up without a clock, and exceeds no limit for that (1.6 §4.2; OCPP 2.0.1 K01)."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from chargepoint.domain.charging_profile import ChargingProfile, Kind, Recurrency
from chargepoint.domain.commands import SetChargingProfile, SetVariables, Verdict
from chargepoint.domain.device_model import VariableKey
from chargepoint.domain.ids import IdToken
from chargepoint.domain.notifications import BootAnswer, Registration
from tests import virtual_time
from tests.domain.charging import examples
from tests.station.rig import MIDNIGHT, Game, PlayedControl, play
from tests.station.test_limiting import STATION_MAX, PlayedControlAgain, charge, composite, obey, permit, profile, set_profile, site_permits

HOUR_S = 3600


def cheap_at_night(day_a: float, **fields: Any) -> ChargingProfile:
    """32 A for eight hours from midnight on, every day."""
    return profile((0, 32.0), (8 * HOUR_S, day_a), since_s=0, kind=Kind.RECURRING, recurrency=Recurrency.DAILY, **fields)


@pytest.mark.parametrize(("day_a", "limit_ma"), [(10.0, 10_000), (0.0, 6_000)])
def test_a_host_that_wakes_up_in_the_past_grants_what_is_allowed_at_any_hour_until_it_is_told_the_time(
    tmp_path: Path, day_a: float, limit_ma: int
) -> None:
    """At least the installer's failsafe current: what a car has anyway when nobody says anything."""
    control = PlayedControl()

    async def before(game: Game) -> None:
        await charge(game)
        await set_profile(game, cheap_at_night(day_a))
        await set_profile(game, cheap_at_night(20.0, purpose=STATION_MAX, id=2), evse=0)
        assert permit(game) == (32_000, "csms profile 1")

    async def after(game: Game) -> None:
        game.control.heard.clear()
        await asyncio.sleep(4)
        assert permit(game) == (limit_ma, "csms profile 1")
        assert site_permits(game)[-1].limit_ma == 20_000
        assert (await composite(game))[0] == (0, limit_ma / 1000), "what is said is what is granted"
        assert game.station.limiting.expected_ma(1) == limit_ma
        game.csms.boot = BootAnswer(Registration.ACCEPTED, 300, MIDNIGHT + timedelta(hours=25))
        game.csms.connect()
        await asyncio.sleep(2)
        assert permit(game) == (32_000, "csms profile 1"), "it is night"
        assert site_permits(game)[-1].limit_ma == 32_000

    play(before, tmp_path / "store.sqlite", control)
    play(after, tmp_path / "store.sqlite", PlayedControlAgain(control), connected=False)


def test_a_csms_whose_time_does_not_count_may_still_limit_at_once() -> None:
    """TimeSource NTP, and no network time yet: by the station's own clock the schedule begins only in weeks."""

    async def script(game: Game) -> None:
        await obey(game, SetVariables(((VariableKey(component="ClockCtrlr", variable="TimeSource"), "NTP"),)))
        game.csms.boot = BootAnswer(Registration.ACCEPTED, 300, MIDNIGHT + timedelta(days=40))
        game.csms.connect()
        await asyncio.sleep(1)
        assert abs((game.station.clock.now() - MIDNIGHT).total_seconds()) < HOUR_S
        await charge(game)
        limit = examples.profile((0, 10.0), start=datetime(2026, 4, 10, tzinfo=UTC), strict=True)
        assert (await obey(game, SetChargingProfile(1, limit))).verdict is Verdict.ACCEPTED
        await asyncio.sleep(0.2)
        assert permit(game) == (10_000, "csms profile 1")

    play(script, connected=False)


def test_what_began_before_the_eyes_of_the_station_goes_on_by_its_own_count() -> None:
    async def script(game: Game) -> None:
        await set_profile(game, examples.profile((0, 32.0), (60, 10.0), kind=Kind.RELATIVE))
        game.csms.lose()
        await charge(game)
        game.station.clock.told = False
        await asyncio.sleep(4)
        assert permit(game)[0] == 32_000
        await asyncio.sleep(60)
        assert permit(game)[0] == 10_000
        assert virtual_time.now_s() < 120

    play(script, cards=(IdToken("04A1"),))
