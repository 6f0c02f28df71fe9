"""TriggerMessage, whatever it asks for and whenever (1.6 §5.17, §4.2; 1.6-SEC §5.5)."""

import asyncio

import pytest

from chargepoint.domain.commands import Outcome, Trigger, TriggerMessage, Verdict
from chargepoint.domain.ids import ConnectorId, IdToken
from chargepoint.domain.notifications import BootAnswer, BootNotification, Heartbeat, MeterValues, Registration
from chargepoint.domain.status import StatusNotification
from chargepoint.domain.transaction import TransactionEvent
from tests.station.rig import MIDNIGHT, Game, play
from tests.station.test_transacting import charge


async def pull(game: Game, trigger: TriggerMessage) -> Outcome:
    """What is answered; then what follows."""
    reply, after = await game.station.obey(trigger)
    assert isinstance(reply, Outcome)
    if after is not None:
        after()
    await asyncio.sleep(1)
    return reply


@pytest.mark.parametrize("trigger", [trigger for trigger in Trigger if trigger is not Trigger.SIGN_CHARGING_STATION_CERTIFICATE])
def test_every_message_is_sent_or_said_not_to_be_implemented(trigger: Trigger) -> None:
    async def script(game: Game) -> None:
        await charge(game)
        before = len(game.csms.asked)
        reply = await pull(game, TriggerMessage(trigger))
        if trigger is Trigger.BOOT_NOTIFICATION:
            assert (reply.verdict, reply.reason_code) == (Verdict.REJECTED, "NoError"), "errata 3.35, 3.40"
        elif reply.verdict is Verdict.ACCEPTED:
            assert len(game.csms.asked) > before
        else:
            assert reply.verdict is Verdict.NOT_IMPLEMENTED

    play(script)


@pytest.mark.parametrize("trigger", [Trigger.HEARTBEAT, Trigger.BOOT_NOTIFICATION])
def test_a_connector_that_a_message_says_nothing_of_is_passed_over(trigger: Trigger) -> None:
    async def script(game: Game) -> None:
        verdict = Verdict.REJECTED if trigger is Trigger.BOOT_NOTIFICATION else Verdict.ACCEPTED
        for place in (TriggerMessage(trigger, 0), TriggerMessage(trigger, 9, 1)):
            reply = await pull(game, place)
            assert (reply.verdict, reply.reason_code) == (verdict, "" if verdict is Verdict.ACCEPTED else "NoError")

    play(script)


def test_meter_values_of_every_connector_are_sent_without_a_transaction_and_none_of_a_main_meter() -> None:
    async def script(game: Game) -> None:
        assert (await pull(game, TriggerMessage(Trigger.SAMPLES))).verdict is Verdict.ACCEPTED
        assert (await pull(game, TriggerMessage(Trigger.SAMPLES, 0))).verdict is Verdict.REJECTED

    (values,) = play(script).csms.of(MeterValues)
    assert isinstance(values, MeterValues)
    assert (values.connector.evse, values.values[0].context) == (1, "Trigger")


def test_a_room_that_cannot_send_its_message_now_says_no() -> None:
    async def script(game: Game) -> None:
        pulled: list[list[ConnectorId]] = []
        game.station.triggers.serve(Trigger.SIGN_V2G_CERTIFICATE, pulled.append, lambda: False)
        assert (await pull(game, TriggerMessage(Trigger.SIGN_V2G_CERTIFICATE))).verdict is Verdict.REJECTED
        assert pulled == []

    play(script)


def pending(game: Game) -> None:
    """The CSMS wants to configure the station first."""
    game.csms.boot = BootAnswer(Registration.PENDING, 300, MIDNIGHT)
    game.csms.connect()


def test_while_the_boot_is_pending_nothing_is_sent_but_what_is_asked_for() -> None:
    async def script(game: Game) -> None:
        pending(game)
        await asyncio.sleep(120)
        assert [type(message) for _, message in game.csms.asked] == [BootNotification]
        for trigger, kind in (
            (Trigger.HEARTBEAT, Heartbeat),
            (Trigger.STATUS_NOTIFICATION, StatusNotification),
            (Trigger.SAMPLES, MeterValues),
            (Trigger.BOOT_NOTIFICATION, BootNotification),
        ):
            game.csms.asked.clear()
            assert (await pull(game, TriggerMessage(trigger))).verdict is Verdict.ACCEPTED
            assert {type(message) for _, message in game.csms.asked} == {kind}
        game.csms.asked.clear()
        await asyncio.sleep(60)
        assert game.csms.asked == []

    play(script, connected=False)


def test_while_the_boot_is_pending_known_cards_charge_and_the_story_is_told_when_it_is_accepted() -> None:
    async def script(game: Game) -> None:
        pending(game)
        await charge(game)
        assert game.transaction is not None
        await asyncio.sleep(61)
        assert not any(isinstance(message, TransactionEvent) for _, message in game.csms.asked)
        game.csms.boot = BootAnswer(Registration.ACCEPTED, 300, MIDNIGHT)
        await game.until(lambda: game.csms.events, 300)

    game = play(script, connected=False, cards=(IdToken("04A1"),))
    assert game.csms.story[0].startswith("Started")
    kinds = [type(message) for _, message in game.csms.asked]
    assert kinds.count(BootNotification) == 2
