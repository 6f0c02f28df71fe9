"""Reset in every kind (OCPP 2.0.1 B11, B12; 1.6 §5.14), and what ResetRetries counts here."""

import asyncio
from collections.abc import Collection
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from msgspec.structs import replace

from chargepoint.domain.commands import ChangeAvailability, Outcome, RequestStart, ReserveNow, Reset, ResetKind, Verdict
from chargepoint.domain.ids import ConnectorId, IdToken, PlugInId
from chargepoint.domain.notifications import Answer, BootNotification, BootReason, Notification
from chargepoint.domain.transaction import EventKind, StopReason, TransactionEvent, TriggerReason
from chargepoint.domain.variables.parts import EVSE_ALLOW_RESET
from chargepoint.domain.variables.transactions import TX_STOP_POINT
from chargepoint.link.messages import Permit, Revoke
from chargepoint.link.pair import PairStation
from chargepoint.station.csms import CsmsSilent
from chargepoint.store.database import StoreError
from hal.measured import MeterReading, TokenSeen
from tests import virtual_time
from tests.station.rig import CARD, Game, PlayedControl, PlayedCsms, play
from tests.station.test_judging import play_201
from tests.station.test_transacting import charge
from tests.station.words_201 import BOTH, second


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


@pytest.mark.parametrize("command", [ChangeAvailability(False), ChangeAvailability(False, 1), ChangeAvailability(False, 1, 1)])
def test_what_is_out_of_operation_is_so_after_a_reset_of_the_evse_and_of_the_station(tmp_path: Path, command: ChangeAvailability) -> None:
    """B01.FR.07, B11.FR.02, B12.FR.06"""
    control = PlayedControl()

    async def script(game: Game) -> None:
        await game.station.obey(command)
        assert await asked(game, ResetKind.IMMEDIATE, 1) is Verdict.ACCEPTED
        await asyncio.sleep(5)
        assert not game.station.resetting.resets(1)
        assert not operative(game)
        await reset(game, graceful=True)
        await game.until(lambda: game.restarts is not None)

    async def after(game: Game) -> None:
        await asyncio.sleep(1)
        assert not operative(game)
        assert not game.csms.statuses[-1].facts.operative

    play(script, tmp_path / "store", control)
    play(after, tmp_path / "store", control)


@pytest.mark.parametrize("evse", [None, 1])
def test_a_reset_that_fails_ends_the_process_and_the_next_one_ends_what_it_was_to_end(tmp_path: Path, evse: int | None) -> None:
    """The disk is full, say: who starts the process anew grants the reset."""
    control = PlayedControl()

    def full(*_: object) -> None:
        raise StoreError("the disk is full")

    async def script(game: Game) -> None:
        await charge(game)
        game.station.transacting.stop = full  # type: ignore[method-assign, assignment]
        assert await asked(game, ResetKind.IMMEDIATE, evse) is Verdict.ACCEPTED
        await asyncio.sleep(5)

    async def after(game: Game) -> None:
        assert game.transaction is not None
        assert isinstance(game.control.permits[-1], Revoke)
        game.control.measure(1600)
        await asyncio.sleep(1)
        game.control.open(1700)
        await asyncio.sleep(2)
        assert game.csms.events[-1].meter_wh == 1700
        assert (game.csms.events[-1].kind, game.csms.events[-1].trigger) == (EventKind.ENDED, TriggerReason.RESET_COMMAND)
        await game.swipe()
        assert game.transaction is not None

    async def later(game: Game) -> None:
        assert game.transaction is not None
        assert game.transaction.stop is None, "it was granted once"

    with pytest.raises(ExceptionGroup, match="unhandled") as failed:
        play(script, tmp_path / "store", control)
    assert failed.group_contains(StoreError, match="the disk is full", depth=1), "the command line tells it"
    play(after, tmp_path / "store", control)
    play(later, tmp_path / "store", control)


def test_a_reset_that_finds_the_disk_full_goes_on_with_the_room_that_is_given_up_then() -> None:
    async def script(game: Game) -> None:
        await charge(game)
        keep, tries = game.store.facts.end_later, count()

        def full(evses: Collection[int], reason: str = "") -> None:
            if next(tries) == 0:
                raise StoreError("the disk is full")
            keep(evses, reason)

        game.store.facts.end_later = full  # type: ignore[method-assign]
        assert await asked(game, ResetKind.IMMEDIATE) is Verdict.ACCEPTED
        game.control.open(1700)
        await game.until(lambda: game.restarts is not None)
        assert game.csms.events[-1].kind is EventKind.ENDED

    play(script)


# --- OCPP 2.0.1: on idle, and of one EVSE ------------------------------------------------------------------------------------------------


async def asked(game: Game, kind: ResetKind, evse: int | None = None) -> Verdict:
    """What is answered, and what follows is done."""
    reply, after = await game.station.obey(Reset(kind, evse))
    assert isinstance(reply, Outcome)
    if after is not None:
        after()
    return reply.verdict


async def reserve(game: Game, left: timedelta) -> None:
    await game.station.obey(ReserveNow(id=7, token=IdToken(CARD.value), expires=game.station.clock.now() + left, evse=1))


def operative(game: Game) -> bool:
    return game.station.availability.operative(ConnectorId(1))


def test_an_idle_station_restarts_at_once_also_on_idle() -> None:
    """B11.FR.03"""

    async def script(game: Game) -> None:
        assert await asked(game, ResetKind.ON_IDLE) is Verdict.ACCEPTED
        await game.until(lambda: game.restarts is not None, 2)

    assert play(script).store.facts.boot_reason() is BootReason.REMOTE_RESET


def test_on_idle_waits_for_the_transaction_and_lets_nobody_begin_meanwhile() -> None:
    """B12.FR.01, B12.FR.03"""

    async def script(game: Game) -> None:
        await charge(game)
        assert await asked(game, ResetKind.ON_IDLE) is Verdict.SCHEDULED
        await asyncio.sleep(30)
        assert game.restarts is None
        assert game.transaction is not None
        await game.swipe()
        game.control.open(1600)
        await game.until(lambda: game.restarts is not None, 5)
        assert game.csms.events[-1].stop_reason is StopReason.LOCAL

    assert play(script).store.facts.boot_reason() is BootReason.SCHEDULED_RESET


def test_on_idle_waits_for_who_has_yet_to_come_with_his_car() -> None:
    """B11.FR.07"""

    async def script(game: Game) -> None:
        await game.swipe()
        assert await asked(game, ResetKind.ON_IDLE) is Verdict.SCHEDULED
        await asyncio.sleep(20)
        assert game.restarts is None
        await game.until(lambda: game.restarts is not None, 60)

    play(script, keys={"ConnectionTimeOut": "30"})


@pytest.mark.parametrize("evse", [None, 1], ids=["of the station", "of an EVSE"])
@pytest.mark.parametrize("values", [{}, {"TxCtrlr.TxStartPoint": "EVConnected"}], ids=["card first", "car first"])
def test_on_idle_lets_those_charge_whom_it_waits_for(values: dict[str, str], evse: int | None) -> None:
    """B12.FR.01: their car has yet to come, or their card."""

    async def script(game: Game) -> None:
        if values:
            game.control.plug()
            await asyncio.sleep(1)
        else:
            await game.swipe()
        assert await asked(game, ResetKind.ON_IDLE, evse) is Verdict.SCHEDULED
        if values:
            await game.swipe()
        else:
            game.control.plug()
        game.control.charge()
        await game.until(lambda: game.transaction is not None, 5)
        await game.swipe()
        game.control.open(1600)
        await asyncio.sleep(1)
        game.control.unplug(1600)
        await game.until(lambda: game.restarts is not None or not all(each.facts.operative for each in game.csms.statuses), 10)

    play_201(script, values)


def test_on_idle_accepts_nobody_new_who_would_wait_for_it_as_it_for_him() -> None:
    """F01.FR.23: neither card nor remote start, and free charging goes on after it."""

    async def script(game: Game) -> None:
        await charge(game)
        assert await asked(game, ResetKind.ON_IDLE) is Verdict.SCHEDULED
        second(game, plug_in=PlugInId("boot-1", 9), cp="B", state="B1")
        await game.swipe(TokenSeen("04B2", evses=(2,)))
        reply, _ = await game.station.obey(RequestStart(IdToken("APP"), evse=2, authorize=False))
        assert isinstance(reply, Outcome)
        assert reply.verdict is Verdict.REJECTED
        assert game.station.transacting.sessions[2].authorization is None
        await game.swipe()
        game.control.open(1600)
        await game.until(lambda: game.restarts is not None, 5)

    play(script, evses=BOTH)


def test_free_charging_holds_up_no_reset() -> None:
    async def script(game: Game) -> None:
        game.control.plug()
        await game.until(lambda: game.transaction is not None, 5)
        assert await asked(game, ResetKind.ON_IDLE) is Verdict.SCHEDULED
        second(game, plug_in=PlugInId("boot-1", 9), cp="B", state="B1")
        await asyncio.sleep(5)
        assert game.restarts is None
        game.control.unplug(1600)
        await game.until(lambda: game.restarts is not None, 10)
        assert len(game.csms.events) == 2

    play(script, evses=BOTH, free_token=IdToken("free"))


def test_on_idle_waits_for_whoever_has_a_reservation_and_he_may_still_charge() -> None:
    """Errata 2025-06 to B11."""

    async def script(game: Game) -> None:
        await reserve(game, timedelta(hours=1))
        assert await asked(game, ResetKind.ON_IDLE) is Verdict.SCHEDULED
        await charge(game)
        assert game.restarts is None
        await game.swipe()
        game.control.open(1600)
        await game.until(lambda: game.restarts is not None, 5)

    play(script)


def test_a_reservation_that_expires_is_waited_for_no_more() -> None:
    async def script(game: Game) -> None:
        await reserve(game, timedelta(minutes=5))
        assert await asked(game, ResetKind.ON_IDLE) is Verdict.SCHEDULED
        await asyncio.sleep(290)
        assert game.restarts is None
        await game.until(lambda: game.restarts is not None, 20)

    play(script)


def test_an_immediate_reset_does_not_wait_for_one_that_is_scheduled() -> None:
    """B12.FR.02, B12.FR.04"""

    async def script(game: Game) -> None:
        await charge(game)
        assert await asked(game, ResetKind.ON_IDLE) is Verdict.SCHEDULED
        assert await asked(game, ResetKind.IMMEDIATE) is Verdict.ACCEPTED
        game.control.open(1600)
        await game.until(lambda: game.restarts is not None, 5)
        end = game.csms.events[-1]
        assert (end.kind, end.trigger, end.id_token) == (EventKind.ENDED, TriggerReason.RESET_COMMAND, None)

    play(script)


def test_an_end_that_the_csms_does_not_answer_holds_up_no_reset_and_is_told_again_afterwards(tmp_path: Path) -> None:
    """B12.FR.05"""
    control = PlayedControl()

    async def script(game: Game) -> None:
        await charge(game)
        assert await asked(game, ResetKind.IMMEDIATE) is Verdict.ACCEPTED
        await asyncio.sleep(0.2)
        game.csms.answer = silent
        game.control.open(1600)
        await game.until(lambda: game.restarts is not None, 12)
        unheard.append(game.csms.events[-1])

    async def after(game: Game) -> None:
        await game.until(lambda: game.csms.events)
        assert replace(game.csms.events[-1], offline=False) == unheard[0]

    unheard: list[TransactionEvent] = []
    play(script, tmp_path / "store", control)
    assert unheard[0].kind is EventKind.ENDED
    play(after, tmp_path / "store", control)


def silent(notification: Notification) -> Answer:
    raise CsmsSilent


def test_an_evse_that_is_reset_ends_its_transaction_and_is_out_of_operation_for_a_moment() -> None:
    """B12.FR.08, B11.FR.08"""

    async def script(game: Game) -> None:
        await charge(game)
        assert await asked(game, ResetKind.IMMEDIATE, 1) is Verdict.ACCEPTED
        await asyncio.sleep(0.2)
        game.control.open(1600)
        await game.until(lambda: game.transaction is None, 3)
        assert game.csms.events[-1].trigger is TriggerReason.RESET_COMMAND
        assert not operative(game)
        await game.until(lambda: operative(game), 3)
        game.control.unplug(1600)
        game.control.plug(2)
        await game.swipe()
        assert game.transaction is not None
        assert game.restarts is None

    said = play(script).csms.statuses
    assert [facts.operative for facts in (each.facts for each in said if not each.station)].count(False) == 1


def test_an_evse_is_reset_on_idle_when_its_transaction_has_ended() -> None:
    """B12.FR.07"""

    async def script(game: Game) -> None:
        await charge(game)
        assert await asked(game, ResetKind.ON_IDLE, 1) is Verdict.SCHEDULED
        await asyncio.sleep(10)
        assert operative(game)
        await game.swipe()
        game.control.open(1600)
        await game.until(lambda: not operative(game), 3)
        await game.until(lambda: operative(game), 3)
        assert game.csms.events[-1].stop_reason is StopReason.LOCAL
        assert await asked(game, ResetKind.ON_IDLE, 1) is Verdict.ACCEPTED

    assert play(script).restarts is None


def test_an_evse_that_is_reset_forgets_who_was_authorised_there() -> None:
    async def script(game: Game) -> None:
        await game.swipe()
        assert game.station.transacting.sessions[1].authorization is not None
        assert await asked(game, ResetKind.IMMEDIATE, 1) is Verdict.ACCEPTED
        await asyncio.sleep(3)
        assert game.station.transacting.sessions[1].authorization is None
        assert operative(game)

    play(script)


def test_an_evse_whose_transaction_does_not_end_is_in_operation_again_all_the_same() -> None:
    async def script(game: Game) -> None:
        await charge(game)
        control.gone = True
        control.end.hang_up()
        game.station.transacting.sheets[1].state = None
        assert await asked(game, ResetKind.IMMEDIATE, 1) is Verdict.ACCEPTED
        await asyncio.sleep(60)
        assert not game.station.resetting.resets(1)

    control = Leaving()
    play(script, control=control, keys={"ResetRetries": "0"})


@pytest.mark.parametrize("charges", [False, True])
def test_what_cannot_be_reset_is_refused(charges: bool) -> None:
    """B11.FR.06, B11.FR.09, B12.FR.09, B12.FR.10"""

    async def script(game: Game) -> None:
        if charges:
            await charge(game)
        assert await asked(game, ResetKind.IMMEDIATE, 2) is Verdict.REJECTED
        game.station.resetting.forbidden = lambda: True
        for kind in ResetKind:
            assert await asked(game, kind) is Verdict.REJECTED
            assert await asked(game, kind, 1) is Verdict.REJECTED
        game.station.resetting.forbidden = lambda: False
        game.station._model.show(EVSE_ALLOW_RESET, lambda: "false", 1)
        for kind in ResetKind:
            assert await asked(game, kind, 1) is Verdict.REJECTED
        await asyncio.sleep(1)
        assert (game.transaction is not None) == charges
        assert not game.station.resetting.resets(1)

    assert play(script).restarts is None


def test_a_scheduled_reset_is_granted_by_any_restart(tmp_path: Path) -> None:
    control = PlayedControl()

    async def script(game: Game) -> None:
        await charge(game)
        assert await asked(game, ResetKind.ON_IDLE) is Verdict.SCHEDULED

    async def after(game: Game) -> None:
        game.control.open(1600)
        await asyncio.sleep(20)
        assert game.restarts is None

    play(script, tmp_path / "store", control)
    play(after, tmp_path / "store", control)


# --- what 2.x calls a transaction may outlast what a driver gets --------------------------------------------------------------------------


@pytest.fixture
def until_unplugged(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    monkeypatch.setattr(PlayedCsms, "version", "2.0.1")
    return {"StopTransactionOnEVSideDisconnect": "true"}


async def paid_for(game: Game) -> None:
    """Charged and paid for; the car is still there, and so is what the CSMS knows as a transaction."""
    game.station._model.put(TX_STOP_POINT, ("EVConnected",))
    await charge(game)
    await game.swipe()
    game.control.open(1600)
    await game.until(lambda: game.transaction is None)
    assert game.station.transacting.going_on() == [1]


def test_on_idle_waits_for_the_end_of_what_the_csms_was_told_of(until_unplugged: dict[str, str]) -> None:
    async def script(game: Game) -> None:
        await paid_for(game)
        assert await asked(game, ResetKind.ON_IDLE) is Verdict.SCHEDULED
        await asyncio.sleep(10)
        assert game.restarts is None
        game.control.unplug(1600)
        await game.until(lambda: game.restarts is not None, 5)
        assert (game.csms.events[-1].kind, game.csms.events[-1].stop_reason) == (EventKind.ENDED, StopReason.LOCAL)

    play(script, keys=until_unplugged)


@pytest.mark.parametrize("evse", [None, 1])
def test_an_immediate_reset_ends_what_the_csms_was_told_of_though_nobody_charges(until_unplugged: dict[str, str], evse: int | None) -> None:
    """B12.FR.04, B12.FR.08"""

    async def script(game: Game) -> None:
        await paid_for(game)
        assert await asked(game, ResetKind.IMMEDIATE, evse) is Verdict.ACCEPTED
        await asyncio.sleep(2)
        end = game.csms.events[-1]
        assert (end.kind, end.trigger) == (EventKind.ENDED, TriggerReason.RESET_COMMAND)
        assert (game.restarts is None) == (evse == 1)

    play(script, keys=until_unplugged)
