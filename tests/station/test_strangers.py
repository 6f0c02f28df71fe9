"""Strangers who are let in while nobody can be asked, and what becomes of them when the CSMS has its say (OCPP 2.0.1 C15)."""

import asyncio
from pathlib import Path

import pytest

from chargepoint.domain.authorization import AuthorizationStatus, TokenInfo
from chargepoint.domain.commands import RequestStart
from chargepoint.domain.ids import IdToken
from chargepoint.domain.notifications import Answer, Authorize, Notification, TransactionAnswer
from chargepoint.domain.transaction import ChargingState, EventKind, Stop, StopReason, TransactionEvent, TriggerReason
from chargepoint.link.messages import Permit, Revoke
from chargepoint.station.csms import CsmsRefused, CsmsSilent
from hal.measured import TokenSeen
from tests.station.rig import Game, play
from tests.station.test_judging import GOOD, know, play_201
from tests.station.test_recovery import control_after_boot
from tests.station.test_transacting import charge

OPEN = {"AuthCtrlr.OfflineTxForUnknownIdEnabled": "true"}
STAYS = {"TxCtrlr.StopTxOnInvalidId": "false", "TxCtrlr.TxStopPoint": "PowerPathClosed"}
WORDS = [AuthorizationStatus.INVALID, AuthorizationStatus.NO_CREDIT, AuthorizationStatus.NOT_AT_THIS_TIME]


async def unmask(game: Game, status: AuthorizationStatus = AuthorizationStatus.INVALID) -> None:
    """He has charged 500 Wh when the CSMS is back, and says what it thinks of him."""
    await charge(game)
    await asyncio.sleep(100)
    assert game.csms.events == []
    game.csms.token = TokenInfo(status)
    game.csms.connect()
    await game.until(lambda: [event.kind for event in game.csms.events[:1]] == [EventKind.STARTED])
    assert game.csms.events[0].offline
    await asyncio.sleep(2)


def charges(game: Game) -> bool:
    """Does its permit hold?"""
    last = game.control.permits[-1]
    assert isinstance(last, Permit | Revoke)
    return isinstance(last, Permit)


@pytest.mark.parametrize("status", WORDS)
def test_whom_the_csms_does_not_accept_is_stopped_and_his_plug_waits_for_him(status: AuthorizationStatus) -> None:
    """C15.FR.02, C15.FR.04, C15.FR.05, E05.FR.10, E05.FR.11."""

    async def script(game: Game) -> None:
        await unmask(game, status)
        assert not charges(game)
        game.control.open(1600)
        await game.until(lambda: game.transaction is None)
        last = game.csms.events[-1]
        assert (last.kind, last.trigger, last.stop_reason) == (EventKind.ENDED, TriggerReason.DEAUTHORIZED, StopReason.DE_AUTHORIZED)
        kept = game.station.transacting.sessions[1].plug_kept_for
        assert kept is not None
        await game.swipe()
        assert game.station.transacting.sessions[1].plug_kept_for is None

    play_201(script, {**OPEN, "TxCtrlr.TxStopPoint": "PowerPathClosed"}, connected=False)


def test_what_the_csms_thinks_of_him_is_not_forgotten_when_the_power_fails_at_that_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """C15.FR.04: its answer has come, and nothing has followed from it yet."""

    async def before(game: Game) -> None:
        def cut(*_: object) -> None:
            raise asyncio.CancelledError

        monkeypatch.setattr(game.station.access.authorizing, "transaction_judged", cut)
        await unmask(game)
        assert game.transaction.stop is None

    async def after(game: Game) -> None:
        game.csms.version, game.csms.token = "2.0.1", TokenInfo(AuthorizationStatus.INVALID)
        game.csms.connect()
        await game.until(lambda: game.transaction.stop is not None)
        assert game.transaction.stop.reason is StopReason.DE_AUTHORIZED

    play_201(before, {**OPEN, "TxCtrlr.TxStopPoint": "PowerPathClosed"}, connected=False, path=tmp_path / "store")
    play(after, tmp_path / "store", control_after_boot(car=True), connected=False)


@pytest.mark.parametrize(("said", "released"), [(AuthorizationStatus.ACCEPTED, True), (AuthorizationStatus.BLOCKED, False)])
def test_of_his_group_only_who_is_accepted_gets_his_plug(said: AuthorizationStatus, released: bool) -> None:
    """C15.FR.05, and C09.FR.11 in its spirit."""
    family = IdToken("FAMILY", "Central")

    async def script(game: Game) -> None:
        game.csms.token = TokenInfo(AuthorizationStatus.ACCEPTED, family)
        await charge(game)
        transacting = game.station.transacting
        transacting.stop(1, Stop(StopReason.DE_AUTHORIZED, TriggerReason.DEAUTHORIZED))
        game.control.open(1600)
        await game.until(lambda: game.transaction is None)
        assert transacting.sessions[1].plug_kept_for is not None
        game.csms.token = TokenInfo(said, family)
        game.station.access.known.heard(IdToken("04B2"), game.csms.token)
        await game.swipe(TokenSeen("04B2"))
        assert (transacting.sessions[1].plug_kept_for is None) == released

    play_201(script, {"TxCtrlr.TxStopPoint": "PowerPathClosed"})


@pytest.mark.parametrize(("kind", "kept"), [("Central", False), ("ISO14443", True)])
def test_no_plug_waits_for_a_token_that_nobody_can_show(kind: str, kept: bool) -> None:
    """C15.FR.05: of one whom his app has started nobody would get the cable out again."""

    async def script(game: Game) -> None:
        game.csms.token = TokenInfo(AuthorizationStatus.INVALID)
        game.control.plug()
        await game.station.obey(RequestStart(IdToken("X", kind), 5, 1))
        await game.until(lambda: game.csms.events and game.csms.events[-1].stop_reason is StopReason.DE_AUTHORIZED)
        assert (game.station.transacting.sessions[1].plug_kept_for is not None) == kept

    play_201(script, {"TxCtrlr.TxStopPoint": "PowerPathClosed"})


def test_where_only_the_cable_ends_a_transaction_it_goes_on_without_him() -> None:
    """C15.FR.03, E05.FR.09."""

    async def script(game: Game) -> None:
        await unmask(game)
        assert not charges(game)
        game.control.open(1600)
        await game.until(lambda: game.transaction is None)
        told = [(event.kind, event.trigger) for event in game.csms.events]
        assert (EventKind.UPDATED, TriggerReason.DEAUTHORIZED) in told
        assert game.csms.events[-1].charging_state is ChargingState.EV_CONNECTED
        assert EventKind.ENDED not in [event.kind for event in game.csms.events]

    play_201(script, {**OPEN, "TxCtrlr.TxStopPoint": "EVConnected"}, connected=False)


@pytest.mark.parametrize("energy_wh", ["0", "400"])
def test_where_he_may_stay_he_gets_no_more_than_the_energy_that_is_left(energy_wh: str) -> None:
    """C15.FR.06, E05.FR.02: none, or it is used up already."""

    async def script(game: Game) -> None:
        await unmask(game)
        game.control.measure(1501)
        await asyncio.sleep(2)
        assert not charges(game)
        game.control.open(1501)
        await asyncio.sleep(2)
        last = [event for event in game.csms.events if event.trigger is TriggerReason.CHARGING_STATE_CHANGED][-1]
        assert (last.kind, last.charging_state) == (EventKind.UPDATED, ChargingState.SUSPENDED_EVSE)
        assert TriggerReason.DEAUTHORIZED not in [event.trigger for event in game.csms.events]
        assert game.transaction is not None

    play_201(script, {**OPEN, **STAYS, "TxCtrlr.MaxEnergyOnInvalidId": energy_wh}, connected=False)


def test_until_then_he_charges() -> None:
    """C15.FR.07, E05.FR.03."""

    async def script(game: Game) -> None:
        await unmask(game)
        game.control.measure(1999)
        await asyncio.sleep(2)
        assert charges(game)
        game.control.measure(2000)
        await asyncio.sleep(2)
        assert not charges(game)

    play_201(script, {**OPEN, **STAYS, "TxCtrlr.MaxEnergyOnInvalidId": "1000"}, connected=False)


@pytest.mark.parametrize(("error", "anybody"), [(CsmsSilent(), True), (CsmsRefused("InternalError"), False)])
@pytest.mark.parametrize("known", [True, False])
def test_a_csms_that_is_there_and_will_not_say_lets_in_whom_the_station_knows(error: Exception, anybody: bool, known: bool) -> None:
    """C15.FR.08 is about a station that is offline; one that hears nothing is as good as that."""

    async def script(game: Game) -> None:
        if known:
            know(game, "cache", GOOD)
        kindly = game.csms.kindly

        def answer(notification: Notification) -> Answer:
            if isinstance(notification, Authorize):
                raise error
            return kindly(notification)

        game.csms.answer = answer
        game.control.plug()
        await game.swipe()
        assert (game.transaction is not None) == (anybody or known)

    play_201(script, OPEN)


def mumble(game: Game) -> None:
    """From now on the CSMS says of tokens what nobody can read."""
    kindly = game.csms.kindly

    def answer(notification: Notification) -> Answer:
        return TransactionAnswer(unclear=True) if isinstance(notification, TransactionEvent) else kindly(notification)

    game.csms.answer = answer


@pytest.mark.parametrize("cut", [False, True])
def test_a_stranger_of_whom_the_csms_says_what_nobody_can_read_does_not_charge_on(cut: bool, tmp_path: Path) -> None:
    """C15.FR.04: it is no Accepted, and nobody has ever said that. Also where the power has failed meanwhile."""

    async def stranger(game: Game) -> None:
        await charge(game)
        if not cut:
            await unmasked(game)

    async def unmasked(game: Game) -> None:
        mumble(game)
        game.csms.version = "2.0.1"
        game.csms.connect()
        await game.until(lambda: game.transaction.stop is not None)
        assert game.transaction.stop.reason is StopReason.DE_AUTHORIZED
        await game.until(lambda: not game.station.store.outbox.unsent())

    play_201(stranger, {**OPEN, "TxCtrlr.TxStopPoint": "PowerPathClosed"}, connected=False, path=tmp_path / "store")
    if cut:
        play(unmasked, tmp_path / "store", control_after_boot(car=True), connected=False)


def test_where_a_stranger_may_stay_he_gets_no_energy_for_such_a_word() -> None:
    """C15.FR.06."""

    async def script(game: Game) -> None:
        await charge(game)
        mumble(game)
        game.csms.connect()
        await game.until(lambda: not charges(game))
        assert game.transaction.stop is None

    play_201(script, {**OPEN, **STAYS}, connected=False)


@pytest.mark.parametrize("then", ["by Authorize", "by the answer to his start"])
def test_who_has_been_accepted_is_not_stopped_for_a_word_that_nobody_can_read(then: str) -> None:
    """E05.FR.02, E05.FR.10 are about whom the CSMS does not accept; this one it has accepted."""

    async def script(game: Game) -> None:
        if then == "by Authorize":
            mumble(game)
            game.csms.connect()
            await asyncio.sleep(0.5)
            await charge(game)
        else:
            await unmask(game, AuthorizationStatus.ACCEPTED)
            mumble(game)
        count = len(game.csms.events)
        game.control.change(cp="B", state="B2", contactor_closed=False)
        await game.until(lambda: len(game.csms.events) > count)
        await asyncio.sleep(2)
        assert game.transaction.stop is None
        assert not game.transaction.withdrawn

    play_201(script, {**OPEN, "TxCtrlr.TxStopPoint": "PowerPathClosed"}, connected=False)
