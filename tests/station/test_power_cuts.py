"""What a power cut leaves of a transaction: its register and the moment of the cut, and on how many phases its car draws."""

import asyncio
from datetime import timedelta
from pathlib import Path
from unittest.mock import Mock

import pytest
from msgspec.structs import replace

from chargepoint.domain.charging_profile import RateUnit
from chargepoint.domain.commands import Verdict
from chargepoint.domain.ids import PlugInId
from chargepoint.domain.transaction import StopReason
from chargepoint.link.messages import Permit
from chargepoint.station.phase_watch import STEADY_S
from tests.station.rig import MIDNIGHT, Game, PlayedControl, play
from tests.station.test_limiting import PlayedControlAgain, charge, permit, profile, set_profile
from tests.station.test_recovery import control_after_boot

UNSAMPLED = {"MeterValueSampleInterval": "0", "ClockAlignedDataInterval": "0"}
WH_A_MINUTE = 366
"""22 kW."""


async def flow(game: Game, minutes: int, wh_a_minute: int = WH_A_MINUTE) -> None:
    """The meter is read twice a minute."""
    for _ in range(2 * minutes):
        await asyncio.sleep(30)
        reading = game.control.state.reading
        assert reading is not None
        game.control.measure(reading.energy_wh + wh_a_minute // 2)


@pytest.mark.parametrize("left_wh", [0, 9_000])
def test_without_samples_the_end_by_power_loss_tells_the_register_and_the_time_of_the_cut(tmp_path: Path, left_wh: int) -> None:
    """``left_wh``: what the meter says after the cut; one that forgets everything is no reason to forget what was read before."""

    async def before(game: Game) -> None:
        await charge(game)
        await flow(game, 20)

    async def after(game: Game) -> None:
        await asyncio.sleep(8)

    play(before, tmp_path / "store", keys=UNSAMPLED)
    (ended,) = play(after, tmp_path / "store", control_after_boot(car=False, energy_wh=left_wh), keys=UNSAMPLED).csms.events
    assert ended.stop_reason is StopReason.POWER_LOSS
    assert ended.meter_wh is not None
    assert ended.meter_wh == left_wh or 1000 + 18 * WH_A_MINUTE <= ended.meter_wh <= 1000 + 20 * WH_A_MINUTE
    assert timedelta(minutes=18, seconds=30) <= ended.at - MIDNIGHT <= timedelta(minutes=20, seconds=10)


def test_a_transaction_without_current_ends_by_power_loss_no_more_than_a_quarter_of_an_hour_too_early(tmp_path: Path) -> None:
    async def before(game: Game) -> None:
        await charge(game)
        await flow(game, 120, wh_a_minute=0)

    async def after(game: Game) -> None:
        await asyncio.sleep(8)

    play(before, tmp_path / "store", keys=UNSAMPLED)
    (ended,) = play(after, tmp_path / "store", control_after_boot(car=False), keys=UNSAMPLED).csms.events
    assert timedelta(minutes=104) <= ended.at - MIDNIGHT <= timedelta(minutes=121)


@pytest.mark.parametrize(("keys", "most"), [(UNSAMPLED, 62), ({"MeterValueSampleInterval": "60"}, 5)])
def test_readings_are_written_once_a_minute_at_most_and_not_where_samples_are(keys: dict[str, str], most: int) -> None:
    """Beside what the samples themselves write: one row each, and its delivery."""

    async def script(game: Game) -> None:
        await asyncio.sleep(60)
        await charge(game)
        keep = Mock(wraps=game.station.transacting.keep)
        game.station.transacting.keep = keep
        await flow(game, 60)
        assert keep.call_count <= most

    play(script, keys=keys)


@pytest.mark.parametrize("power", [True, False], ids=["power cut", "station restarted"])
def test_a_limit_in_watts_is_divided_by_the_phases_of_the_car_from_the_first_moment_after_a_power_cut(tmp_path: Path, power: bool) -> None:
    control = PlayedControl()

    async def before(game: Game) -> None:
        assert await set_profile(game, profile((0, 3680.0), unit=RateUnit.WATT)) is Verdict.ACCEPTED
        await charge(game)
        game.control.change(phases_drawn=1)
        await asyncio.sleep(STEADY_S + 2)
        game.control.change(phases_drawn=1)
        await asyncio.sleep(1)
        assert permit(game)[0] == 16_000

    async def after(game: Game) -> None:
        await asyncio.sleep(2)
        permits = [message for message in game.control.heard if isinstance(message, Permit)]
        assert {message.limit_ma for message in permits} == {16_000}
        game.control.change(phases_drawn=3)
        await asyncio.sleep(0.5)
        assert permit(game)[0] == round(16_000 / 3)

    play(before, tmp_path / "store", control)
    control.state = replace(control.state, phases_drawn=None, contactor_closed=False, offered_ma=0)
    again = control_after_boot(car=True) if power else PlayedControlAgain(control)
    play(after, tmp_path / "store", again, connected=False)


def test_the_phases_of_a_car_that_has_left_during_a_power_cut_say_nothing_of_the_next(tmp_path: Path) -> None:
    async def before(game: Game) -> None:
        assert await set_profile(game, profile((0, 3680.0), unit=RateUnit.WATT)) is Verdict.ACCEPTED
        await charge(game)
        game.control.change(phases_drawn=1)
        await asyncio.sleep(STEADY_S + 2)
        game.control.change(phases_drawn=1)
        await asyncio.sleep(1)

    async def after(game: Game) -> None:
        await asyncio.sleep(8)
        await game.swipe()
        game.control.change(plug_in=PlugInId("boot-2", 2), found_at_start=False, cp="B", state="B1")
        await game.until(lambda: game.transaction is not None)
        await asyncio.sleep(1)
        assert permit(game)[0] == round(16_000 / 3)

    play(before, tmp_path / "store")
    play(after, tmp_path / "store", control_after_boot(car=False))
