"""Quiet before the software is replaced: nothing begins, what runs goes on, and whoever waited is served."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from chargepoint.domain.notifications import BootNotification, BootReason
from chargepoint.inquiry.restarting import KeepQuiet, Quiet
from tests.station.rig import Game, play
from tests.station.test_transacting import charge


async def keep(game: Game, for_s: float = 60.0) -> Quiet:
    return await game.station.takers[KeepQuiet](KeepQuiet(for_s=for_s))  # type: ignore[return-value]


def test_a_car_that_was_expected_and_comes_while_it_is_quiet_is_served_afterwards() -> None:
    async def script(game: Game) -> None:
        await game.swipe()
        assert await keep(game) == Quiet(idle=True)
        game.control.plug()
        await asyncio.sleep(30)
        assert game.transaction is None
        assert await keep(game) == Quiet(idle=True), "who is only authorised loses nothing by a restart"
        await keep(game, 0)
        game.control.measure(1000)
        await game.until(lambda: game.transaction, 5)

    play(script)


def test_the_updater_that_dies_keeps_nobody_from_charging_for_longer_than_two_minutes() -> None:
    async def script(game: Game) -> None:
        await game.swipe()
        await keep(game, 86_400.0)
        game.control.plug()
        await asyncio.sleep(115)
        game.control.measure(1000)
        await asyncio.sleep(1)
        assert game.transaction is None
        await asyncio.sleep(5)
        game.control.measure(1000)
        await game.until(lambda: game.transaction, 5)

    play(script)


def test_a_card_that_is_shown_while_it_is_quiet_finds_no_place() -> None:
    """As while an installation is due: its driver reads why, and comes back or goes on."""

    async def script(game: Game) -> None:
        game.control.plug()
        await keep(game)
        await game.swipe()
        await keep(game, 0)
        game.control.measure(1000)
        await asyncio.sleep(5)
        assert game.transaction is None
        await game.swipe()
        assert game.transaction is not None

    play(script)


def test_a_session_goes_on_and_is_told() -> None:
    async def script(game: Game) -> None:
        await charge(game)
        assert await keep(game) == Quiet(idle=False, busy=(1,))
        assert game.station.availability.facts(game.station.transacting.sessions[1].place).operative, "its own EVSE is in use"
        game.control.unplug(1200)
        await game.until(lambda: game.transaction is None)
        assert await keep(game) == Quiet(idle=True)

    play(script)


def test_a_car_that_a_technician_has_charge_by_hand_is_waited_for() -> None:
    async def script(game: Game) -> None:
        game.control.plug(permit="live")
        await asyncio.sleep(1)
        assert await keep(game) == Quiet(idle=False, busy=(1,))

    play(script)


def test_a_station_that_is_about_to_leave_is_not_quiet() -> None:
    async def script(game: Game) -> None:
        game.station.resetting.scheduled = True
        assert not (await keep(game)).idle

    play(script)


def test_csms_and_driver_see_what_an_installation_makes_them_see() -> None:
    async def script(game: Game) -> None:
        await keep(game)
        await asyncio.sleep(1)
        assert not game.csms.statuses[-1].facts.operative
        assert game.station.document()["evses"][0]["why_code"] == "CP-903"
        await keep(game, 0)
        await asyncio.sleep(1)
        assert game.csms.statuses[-1].facts.operative

    play(script)


@pytest.mark.parametrize("for_s", [float("nan"), float("inf"), -1.0])
def test_nonsense_is_no_lease(for_s: float) -> None:
    async def script(game: Game) -> None:
        assert await keep(game, for_s) == Quiet(idle=False)
        assert not game.station.availability.held()

    play(script)


def test_a_start_that_comes_while_it_is_quiet_is_one_for_new_firmware(tmp_path: Path) -> None:
    def start(script: Callable[[Game], Any]) -> BootReason:
        (boot,) = play(script, tmp_path / "store").csms.of(BootNotification)
        assert isinstance(boot, BootNotification)
        return boot.reason

    async def twice(game: Game) -> None:
        await keep(game)
        await asyncio.sleep(30)
        await keep(game)

    async def given_back(game: Game) -> None:
        await keep(game)
        await keep(game, 0)

    async def runs_out(game: Game) -> None:
        await keep(game)
        await asyncio.sleep(70)

    assert start(twice) is BootReason.POWER_UP
    assert start(given_back) is BootReason.FIRMWARE_UPDATE
    assert start(runs_out) is BootReason.POWER_UP
    assert start(keep) is BootReason.POWER_UP
