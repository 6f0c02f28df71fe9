"""Sessions from plug-in to unplug, with control and the CSMS played by hand."""

import asyncio

import pytest

from chargepoint.domain.authorization import AuthorizationStatus, TokenInfo
from chargepoint.domain.commands import Outcome, RequestStart, RequestStop, Reset, ResetKind, UnlockConnector, Verdict
from chargepoint.domain.ids import ConnectorId, IdToken, PlugInId
from chargepoint.domain.notifications import Answer, Authorize, MeterValues, Notification, TransactionAnswer
from chargepoint.domain.transaction import StopReason, TransactionEvent
from chargepoint.link.messages import Permit, Revoke
from hal.measured import TokenSeen
from tests.station.rig import Game, PlayedCsms, play

FIRST = PlugInId("boot-1", 1)


async def charge(game: Game) -> None:
    """Cable first, then card, then current."""
    game.control.plug()
    await game.swipe()
    game.control.charge()
    await asyncio.sleep(1)
    game.control.measure(1500)
    await asyncio.sleep(1)


def test_cable_then_card_then_same_card_makes_one_transaction() -> None:
    async def script(game: Game) -> None:
        await charge(game)
        assert game.control.permits == [Permit(1, FIRST, 32_000, 10.0, 6_000)]
        await game.swipe()
        assert game.control.permits[-1] == Revoke(1, FIRST)
        assert "Ended StopAuthorized" not in game.csms.story, "it ends when the contactor is open, not before"
        game.control.open(2000)
        await asyncio.sleep(1)

    csms = play(script).csms
    assert csms.story == ["Started Authorized", "Updated ChargingStateChanged", "Ended StopAuthorized"]
    started, _, ended = csms.events
    assert (started.meter_wh, ended.meter_wh) == (1000, 2000)
    assert [event.seq_no for event in csms.events] == [0, 1, 2]
    assert started.id_token == IdToken("04A1")
    assert ended.stop_reason is StopReason.LOCAL
    assert len(csms.of(Authorize)) == 1, "its own card stops a transaction without asking (TC_068)"


def test_card_then_cable_starts_when_the_cable_comes() -> None:
    async def script(game: Game) -> None:
        await game.swipe()
        assert game.transaction is None
        game.control.plug()
        await asyncio.sleep(1)

    assert play(script).csms.story == ["Started CablePluggedIn"]


def test_card_whose_car_does_not_come_is_let_go() -> None:
    async def script(game: Game) -> None:
        await game.swipe()
        await asyncio.sleep(61)
        game.control.plug()
        await asyncio.sleep(1)
        assert game.transaction is None

    assert play(script).csms.story == []


def test_unplugging_ends_the_transaction_with_the_reading_after_it() -> None:
    async def script(game: Game) -> None:
        await charge(game)
        game.control.unplug(1777)
        await asyncio.sleep(1)

    ended = play(script).csms.events[-1]
    assert (ended.stop_reason, ended.meter_wh) == (StopReason.EV_DISCONNECTED, 1777)


def test_transaction_ends_without_a_reading_when_the_meter_stays_silent() -> None:
    async def script(game: Game) -> None:
        await charge(game)
        game.control.change(plug_in=None, cp="A", state="A", contactor_closed=False, permit="none")
        await game.until(lambda: game.csms.events[-1].stop_reason, 5)

    assert play(script).csms.events[-1].meter_wh == 1500


def test_car_that_never_lets_go_does_not_keep_the_transaction_open() -> None:
    async def script(game: Game) -> None:
        await charge(game)
        await game.swipe()
        await game.until(lambda: game.csms.events[-1].stop_reason, 12)

    play(script)


def test_refused_card_starts_nothing() -> None:
    async def script(game: Game) -> None:
        game.csms.token = TokenInfo(AuthorizationStatus.BLOCKED)
        game.control.plug()
        await game.swipe()
        assert game.transaction is None
        assert game.control.permits == []

    assert play(script).csms.story == []


@pytest.mark.parametrize(("keeps_open", "ends"), [("true", True), ("false", False)])
def test_token_withdrawn_by_the_answer_to_the_start(keeps_open: str, ends: bool) -> None:
    async def script(game: Game) -> None:
        kindly = game.csms.answer

        def invalid(notification: Notification) -> Answer:
            refused = TransactionAnswer(TokenInfo(AuthorizationStatus.INVALID), "17")
            return refused if isinstance(notification, TransactionEvent) else kindly(notification)

        game.csms.answer = invalid
        game.control.plug()
        await game.swipe()
        await asyncio.sleep(5)

    game = play(script, keys={"StopTransactionOnInvalidId": keeps_open})
    assert game.control.permits[-1] == Revoke(1, FIRST)
    assert game.csms.story[1:] == (["Ended Deauthorized"] if ends else ["Updated Deauthorized", "Updated ChargingStateChanged"])


@pytest.mark.parametrize("connected", [True, False])
def test_a_token_that_the_version_cannot_name_starts_nothing_whatever_the_keys_say(
    connected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PlayedCsms, "says", lambda csms, said: not isinstance(said, Authorize))

    async def script(game: Game) -> None:
        game.control.plug()
        await game.swipe()
        assert game.transaction is None

    play(script, connected=connected, keys={"AllowOfflineTxForUnknownId": "true"})


def test_another_card_of_the_same_group_stops_it() -> None:
    async def script(game: Game) -> None:
        game.csms.token = TokenInfo(AuthorizationStatus.ACCEPTED, IdToken("FAMILY"))
        await charge(game)
        await game.swipe(TokenSeen("04B2"))
        game.control.open(1600)
        await asyncio.sleep(1)

    ended = play(script).csms.events[-1]
    assert ended.stop_reason is StopReason.LOCAL
    assert ended.id_token == IdToken("04B2")


def test_a_stranger_does_not_stop_it() -> None:
    async def script(game: Game) -> None:
        await charge(game)
        await game.swipe(TokenSeen("04B2"))
        assert game.transaction.stop is None

    play(script)


def test_remote_start_and_stop() -> None:
    async def script(game: Game) -> None:
        game.control.plug()
        await asyncio.sleep(0.5)
        reply, _ = await game.station.obey(RequestStart(IdToken("APP"), remote_start_id=9, evse=1))
        assert reply == Outcome(Verdict.ACCEPTED)
        game.control.charge()
        await asyncio.sleep(1)
        reply, _ = await game.station.obey(RequestStart(IdToken("APP"), evse=1))
        assert isinstance(reply, Outcome)
        assert (reply.verdict, reply.reason_code) == (Verdict.REJECTED, "TxInProgress")
        assert (await game.station.obey(RequestStop("nonsense")))[0] != Outcome(Verdict.ACCEPTED)
        assert (await game.station.obey(RequestStop("17")))[0] == Outcome(Verdict.ACCEPTED)
        game.control.open(1600)
        await asyncio.sleep(1)

    csms = play(script).csms
    assert csms.events[0].remote_start_id == 9
    assert csms.story[0] == "Started RemoteStart"
    assert csms.events[-1].stop_reason is StopReason.REMOTE


@pytest.mark.parametrize(("ends_transaction", "verdict"), [(True, Verdict.UNLOCKED), (False, Verdict.ONGOING)])
def test_unlocking_during_a_transaction_stops_it_in_one_version_and_is_refused_in_the_other(
    ends_transaction: bool, verdict: Verdict
) -> None:
    async def script(game: Game) -> None:
        await charge(game)
        asked = asyncio.create_task(game.station.obey(UnlockConnector(ConnectorId(1), ends_transaction)))
        await asyncio.sleep(1)
        if ends_transaction:
            game.control.open(1600)
        reply, _ = await asked
        assert isinstance(reply, Outcome)
        assert reply.verdict is verdict
        assert (game.transaction is None) == ends_transaction

    play(script)


def test_free_charging_without_a_csms_starts_at_plug_in_and_keeps_no_mail() -> None:
    async def script(game: Game) -> None:
        await asyncio.sleep(1)
        game.control.plug()
        await asyncio.sleep(1)
        assert game.transaction is not None
        game.control.unplug(1001)
        await asyncio.sleep(2)
        assert game.transaction is None
        assert game.store.outbox.waiting() == 0

    play(script, connected=False, has_csms=False, free_token=IdToken("free"))


def test_own_cards_charge_without_a_csms_and_strangers_do_not() -> None:
    async def script(game: Game) -> None:
        game.control.plug()
        await game.swipe(TokenSeen("ffff"))
        assert game.transaction is None
        await game.swipe(TokenSeen("04a1"))
        assert game.transaction is not None

    play(script, connected=False, has_csms=False, cards=(IdToken("04A1"),))


def test_periodic_values_count_from_the_start_and_aligned_ones_from_midnight() -> None:
    async def script(game: Game) -> None:
        await charge(game)
        await asyncio.sleep(100)
        game.control.open(1600)
        await game.swipe()
        await asyncio.sleep(30)

    csms = play(script, keys={"MeterValueSampleInterval": "40", "ClockAlignedDataInterval": "60"}).csms
    clock = [event for event in csms.events if event.trigger == "MeterValueClock"]
    periodic = [event for event in csms.events if event.trigger == "MeterValuePeriodic"]
    assert [event.at.second for event in clock] == [0]
    assert len(periodic) == 2
    assert (periodic[1].at - periodic[0].at).total_seconds() == pytest.approx(40, abs=1)
    assert len(csms.of(MeterValues)) == 1, "the aligned one after the end belongs to no transaction"


def test_stop_that_crosses_the_closing_of_the_contactor_counts_what_flows_until_it_is_open() -> None:
    async def script(game: Game) -> None:
        game.control.plug()
        await game.swipe()
        game.control.change(cp="C", state="C2", contactor_closed=False, offered_ma=16_000, permit="live")
        await game.swipe()
        game.control.change(state="stopping", contactor_closed=True, offered_ma=0, permit="none")
        await asyncio.sleep(1)
        game.control.open(1003)
        await game.until(lambda: game.transaction is None)

    assert play(script).csms.events[-1].meter_wh == 1003


def test_stop_of_a_car_that_pauses_needs_no_new_reading() -> None:
    async def script(game: Game) -> None:
        await charge(game)
        game.control.change(cp="B", state="B2", contactor_closed=False)
        game.control.measure(1503)
        await game.swipe()
        game.control.change(state="B1", offered_ma=0, permit="none")
        await game.until(lambda: game.transaction is None, 0.2)

    assert play(script).csms.events[-1].meter_wh == 1503


def test_permit_is_renewed_before_it_runs_out() -> None:
    async def script(game: Game) -> None:
        await charge(game)
        game.control.heard.clear()
        await asyncio.sleep(30)
        assert sum(isinstance(message, Permit) for message in game.control.heard) >= 9

    play(script)


def test_reset_ends_the_transaction_tells_it_and_starts_anew() -> None:
    async def script(game: Game) -> None:
        await charge(game)
        _, after = await game.station.obey(Reset(ResetKind.IMMEDIATE))
        assert after is not None
        after()
        await asyncio.sleep(0.5)
        game.control.open(1600)
        await game.until(lambda: game.restarts is not None)

    game = play(script)
    assert game.restarts is True
    assert game.csms.events[-1].stop_reason is StopReason.SOFT_RESET


def test_reset_on_idle_waits_for_the_transaction() -> None:
    async def script(game: Game) -> None:
        await charge(game)
        reply, _ = await game.station.obey(Reset(ResetKind.ON_IDLE))
        assert reply == Outcome(Verdict.SCHEDULED)
        await asyncio.sleep(60)
        assert game.restarts is None
        game.control.unplug(1600)
        await game.until(lambda: game.restarts is not None)

    play(script)
