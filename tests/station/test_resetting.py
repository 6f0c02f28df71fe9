"""Reset in either kind (1.6 §5.14), and what ResetRetries counts here."""

import asyncio
from pathlib import Path

from msgspec.structs import replace

from chargepoint.domain.commands import ChangeAvailability, Reset, ResetKind
from chargepoint.domain.notifications import BootNotification, BootReason
from chargepoint.domain.transaction import StopReason
from chargepoint.link.messages import Permit, Revoke
from chargepoint.link.pair import PairStation
from hal.measured import MeterReading
from tests import virtual_time
from tests.station.rig import Game, PlayedControl, play
from tests.station.test_transacting import charge


class Leaving(PlayedControl):
    """Control that can go and not come back."""

    gone = False

    async def connect(self) -> PairStation:
        """Nobody answers any more."""
        if self.gone:
            raise OSError
        return await super().connect()


async def reset(game: Game, graceful: bool) -> None:
    """It is accepted, and begins when the answer has left."""
    _, after = await game.station.obey(Reset(ResetKind.IMMEDIATE, graceful=graceful))
    assert after is not None
    after()


def test_a_soft_reset_tells_the_end_of_the_transaction_before_it_restarts(tmp_path: Path) -> None:
    control = PlayedControl()

    async def script(game: Game) -> None:
        await charge(game)
        await reset(game, graceful=True)
        await asyncio.sleep(1)
        assert game.restarts is None
        game.control.open(1600)
        await game.until(lambda: game.restarts is not None)
        assert game.csms.events[-1].stop_reason is StopReason.SOFT_RESET

    async def after(game: Game) -> None:
        await asyncio.sleep(2)

    assert play(script, tmp_path / "store", control).restarts is True
    csms = play(after, tmp_path / "store", control).csms
    (boot,) = csms.of(BootNotification)
    assert isinstance(boot, BootNotification)
    assert (boot.reason, csms.events) == (BootReason.REMOTE_RESET, [])


def test_a_hard_reset_does_not_wait_and_the_end_is_told_once_after_the_boot(tmp_path: Path) -> None:
    control = PlayedControl()

    async def script(game: Game) -> None:
        await charge(game)
        await reset(game, graceful=False)
        await game.until(lambda: game.restarts is not None, 6)

    async def after(game: Game) -> None:
        game.control.open(1603)
        await asyncio.sleep(2)

    assert not any(event.stop_reason for event in play(script, tmp_path / "store", control).csms.events)
    control.state = replace(control.state, reading=MeterReading(at_s=0.0, energy_wh=1500))  # the virtual clock begins anew
    events = play(after, tmp_path / "store", control).csms.events
    assert [(event.stop_reason, event.meter_wh) for event in events] == [(StopReason.IMMEDIATE_RESET, 1603)]


def test_transactions_that_do_not_end_are_given_as_many_more_tries_as_the_key_says_then_it_restarts_all_the_same() -> None:
    def reset_without_control(retries: int) -> None:
        async def script(game: Game) -> None:
            await charge(game)
            control.gone = True
            control.end.hang_up()  # nobody says any more that the contactor has opened
            game.station.transacting.sheets[1].state = None
            began_s = virtual_time.now_s()
            await reset(game, graceful=True)
            await game.until(lambda: game.restarts is not None, 120)
            waited_s = virtual_time.now_s() - began_s
            assert 15 * (1 + retries) <= waited_s <= 15 * (1 + retries) + 8

        control = Leaving()
        play(script, control=control, keys={"ResetRetries": str(retries)})

    reset_without_control(0)
    reset_without_control(2)


def test_nobody_starts_while_a_reset_is_under_way() -> None:
    async def script(game: Game) -> None:
        await charge(game)
        await reset(game, graceful=True)
        game.control.unplug(1600)
        game.control.plug(2)
        await game.swipe()
        assert game.transaction is None

    said = play(script).control.permits
    assert not isinstance(said[-1], Permit)
    assert any(isinstance(message, Revoke) for message in said)


def test_a_connector_that_is_out_of_operation_is_so_after_the_reset(tmp_path: Path) -> None:
    control = PlayedControl()

    async def script(game: Game) -> None:
        await game.station.obey(ChangeAvailability(False, 1, 1, cascades=True))
        await reset(game, graceful=True)
        await game.until(lambda: game.restarts is not None)

    async def after(game: Game) -> None:
        await asyncio.sleep(1)
        assert not game.csms.statuses[-1].facts.operative

    play(script, tmp_path / "store", control)
    play(after, tmp_path / "store", control)
