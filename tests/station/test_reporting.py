"""What the CSMS hears of connectors, and what it can ask about them."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from chargepoint.domain.commands import (
    ChangeAvailability,
    ClearCache,
    GetBaseReport,
    GetVariables,
    Outcome,
    RequestStart,
    SetVariables,
    Trigger,
    TriggerMessage,
    Verdict,
)
from chargepoint.domain.device_model import VariableKey, VariableStatus
from chargepoint.domain.faults import Fault
from chargepoint.domain.ids import ConnectorId, IdToken
from chargepoint.domain.limits import Limit
from chargepoint.domain.notifications import Answer, Authorize, Heartbeat, MeterValues, Notification, NotifyReport
from chargepoint.domain.status import ConnectorFacts, StatusNotification, availability_state
from chargepoint.domain.transaction import ChargingState
from chargepoint.link.messages import EvseState
from chargepoint.ocpp.v16 import status as v16
from chargepoint.station.csms import CsmsRefused, CsmsSilent
from tests.station.rig import Game, PlayedControl, play
from tests.station.test_transacting import charge

EVERYTHING = TriggerMessage(Trigger.STATUS_NOTIFICATION)


def places(game: Game) -> list[int]:
    """Of which connectors the CSMS heard, 0 for the station."""
    return [status.facts.connector.connector for status in game.csms.statuses]


def test_after_boot_all_connectors_are_told_and_after_a_short_time_offline_only_what_changed() -> None:
    async def script(game: Game) -> None:
        assert places(game) == [0, 1]
        game.csms.lose()
        await asyncio.sleep(20)
        game.csms.connect()
        await asyncio.sleep(1)
        assert places(game) == [0, 1], "nothing changed"
        game.csms.lose()
        game.control.plug()
        await asyncio.sleep(20)
        game.csms.connect()
        await asyncio.sleep(1)
        assert places(game) == [0, 1, 1]

    play(script)


@pytest.mark.parametrize(("version", "told"), [("2.0.1", [0, 1, 0, 1]), ("1.6", [0, 1])])
def test_after_a_long_time_offline_2_x_hears_everything_again_and_1_6_only_what_is_new(version: str, told: list[int]) -> None:
    async def script(game: Game) -> None:
        game.csms.version = version
        game.csms.lose()
        await asyncio.sleep(61)
        game.csms.connect()
        await asyncio.sleep(1)
        assert places(game) == told

    play(script)


def test_status_that_changed_while_offline_is_told_with_the_time_of_the_change() -> None:
    async def script(game: Game) -> None:
        game.csms.lose()
        await asyncio.sleep(10)
        changed = game.station.clock.now()
        game.control.plug()
        await asyncio.sleep(30)
        game.csms.connect()
        await game.until(lambda: len(game.csms.statuses) == 3)
        assert abs(game.csms.statuses[-1].at - changed) < timedelta(seconds=1)

    play(script)


def test_states_that_pass_while_an_answer_is_awaited_are_not_told() -> None:
    async def script(game: Game) -> None:
        await asyncio.sleep(1)
        async with game.csms._one:  # the line is busy: the station waits for its turn
            game.control.plug()
            await asyncio.sleep(1)
            for number in range(2, 7):
                game.control.unplug(1000)
                await asyncio.sleep(1)
                game.control.plug(number)
                await asyncio.sleep(1)
            game.control.unplug(1000)
            await asyncio.sleep(1)
        await asyncio.sleep(1)
        assert [status.facts.plugged for status in game.csms.statuses[2:]] == [True, False], "the one that was on its way, and the last"

    play(script)


def test_what_came_and_went_while_offline_is_not_told() -> None:
    async def script(game: Game) -> None:
        game.csms.lose()
        game.control.plug()
        await asyncio.sleep(5)
        game.control.unplug(1000)
        await asyncio.sleep(5)
        game.csms.connect()
        await asyncio.sleep(1)
        assert places(game) == [0, 1]

    play(script)


def test_status_that_the_csms_did_not_answer_is_told_again() -> None:
    async def script(game: Game) -> None:
        kindly = game.csms.answer

        def silent(notification: Notification) -> None:
            raise CsmsSilent

        game.csms.answer = silent  # type: ignore[assignment]
        game.control.plug()
        await asyncio.sleep(0.5)
        game.csms.answer = kindly
        count = len(game.csms.statuses)
        await asyncio.sleep(5)
        assert len(game.csms.statuses) == count + 1

    play(script)


def test_status_that_the_csms_refuses_is_tried_again_a_few_times() -> None:
    async def script(game: Game) -> None:
        def refuse(notification: Notification) -> Answer:
            if isinstance(notification, StatusNotification):
                raise CsmsRefused("InternalError")
            return game.csms.kindly(notification)

        game.csms.answer = refuse
        game.control.fail(Fault("rcd_tripped", "ground_failure"))
        await asyncio.sleep(59)
        assert places(game) == [0, 1, 1]
        await asyncio.sleep(600)
        assert places(game) == [0, 1, 1, 1, 1]
        game.csms.answer = game.csms.kindly
        game.control.fail()
        await asyncio.sleep(600)
        assert places(game) == [0, 1, 1, 1, 1, 1]

    play(script)


def test_every_active_fault_is_told_with_the_connector() -> None:
    async def script(game: Game) -> None:
        game.control.fail(Fault("rcd_tripped", "ground_failure"), Fault("over_temperature", "high_temperature"))
        await asyncio.sleep(1)
        assert [fault.name for fault in game.csms.statuses[-1].facts.faults] == ["rcd_tripped", "over_temperature"]

    play(script)


def test_a_state_shorter_than_minimum_status_duration_is_not_told_but_a_fault_is() -> None:
    async def script(game: Game) -> None:
        game.control.plug()
        await asyncio.sleep(2)
        game.control.unplug(1000)
        await asyncio.sleep(10)
        assert places(game) == [0, 1]
        game.control.fail(Fault("rcd_tripped", "ground_failure"))
        await asyncio.sleep(1)
        assert places(game) == [0, 1, 1]
        game.control.fail()
        await asyncio.sleep(10)
        assert places(game) == [0, 1, 1, 1]

    play(script, keys={"MinimumStatusDuration": "5"})


WORN = Fault("contactor_worn", "power_switch_failure", "contactor: 100001 closings")
DERATED = Fault("derated", "high_temperature", "temperature: 66 C")


def test_a_warning_that_comes_or_goes_is_told_once_and_lets_no_state_be_told_earlier() -> None:
    async def script(game: Game) -> None:
        game.control.warn(WORN)
        await asyncio.sleep(1)
        assert places(game) == [0, 1, 1]
        game.control.plug()
        await asyncio.sleep(2)
        game.control.unplug(1000)
        await asyncio.sleep(10)
        assert places(game) == [0, 1, 1], "a state shorter than MinimumStatusDuration"
        game.control.warn(WORN, DERATED)
        await asyncio.sleep(1)
        game.control.warn(WORN)
        await asyncio.sleep(10)
        assert places(game) == [0, 1, 1, 1, 1]
        assert [fault.name for fault in game.csms.statuses[-1].facts.faults] == ["contactor_worn"]

    play(script, keys={"MinimumStatusDuration": "5"})


def test_a_limit_that_will_end_a_little_later_is_no_news() -> None:
    async def script(game: Game) -> None:
        heard: list[None] = []
        game.control.change(limits=(Limit("permit", 6_000, "station", expires_s=10.0),))
        await asyncio.sleep(0.5)
        game.station.transacting.changed = lambda: heard.append(None)
        for expires_s in (13.0, 16.0):
            game.control.state = replace(game.control.state, limits=(Limit("permit", 6_000, "station", expires_s=expires_s),))
            game.control.measure(1000)
            await asyncio.sleep(0.5)
        assert heard == []
        game.control.change(limits=(Limit("permit", 7_000, "station", expires_s=16.0),))
        await asyncio.sleep(0.5)
        assert heard == [None]

    play(script)


def test_inoperative_waits_for_the_transaction_survives_a_restart_and_lets_nobody_start(tmp_path: Path) -> None:
    async def before(game: Game) -> None:
        await charge(game)
        reply, _ = await game.station.obey(ChangeAvailability(False, 1, 1))
        assert reply == Outcome(Verdict.SCHEDULED)
        assert game.csms.statuses[-1].facts.operative
        game.control.unplug(1600)
        await asyncio.sleep(2)
        assert not game.csms.statuses[-1].facts.operative
        await asyncio.sleep(1)

    async def after(game: Game) -> None:
        game.control.plug()
        await game.swipe()
        assert game.transaction is None
        reply, _ = await game.station.obey(RequestStart(IdToken("APP"), evse=1))
        assert isinstance(reply, Outcome)
        assert reply.verdict is Verdict.REJECTED
        assert (await game.station.obey(ChangeAvailability(True, 1, 1)))[0] == Outcome(Verdict.ACCEPTED)
        await game.swipe()
        assert game.transaction is not None

    play(before, tmp_path / "store")
    play(after, tmp_path / "store")


def test_1_6_connector_0_sets_every_connector() -> None:
    async def script(game: Game) -> None:
        await game.station.obey(ChangeAvailability(False, 1, 1))
        await game.station.obey(ChangeAvailability(True, cascades=True))
        assert game.station.availability.operative(game.station.availability.connectors[0])

    play(script)


@pytest.mark.parametrize(
    ("trigger", "kind"), [(Trigger.HEARTBEAT, Heartbeat), (Trigger.METER_VALUES, MeterValues), (Trigger.SAMPLES, MeterValues)]
)
def test_triggered_message_comes_after_the_answer(trigger: Trigger, kind: type) -> None:
    async def script(game: Game) -> None:
        reply, after = await game.station.obey(TriggerMessage(trigger))
        assert reply == Outcome(Verdict.ACCEPTED)
        await asyncio.sleep(1)
        assert game.csms.of(kind) == []
        assert after is not None
        after()
        await asyncio.sleep(1)
        assert len(game.csms.of(kind)) == 1

    play(script)


def test_triggers_that_cannot_be_served_say_so() -> None:
    async def script(game: Game) -> None:
        verdicts = []
        for message in (
            TriggerMessage(None),
            TriggerMessage(Trigger.BOOT_NOTIFICATION),
            TriggerMessage(Trigger.TRANSACTION_EVENT),
            TriggerMessage(Trigger.METER_VALUES, 7),
        ):
            reply, _ = await game.station.obey(message)
            assert isinstance(reply, Outcome)
            verdicts.append(reply.verdict)
        assert verdicts == [Verdict.NOT_IMPLEMENTED, Verdict.REJECTED, Verdict.REJECTED, Verdict.REJECTED]

    play(script)


def test_triggered_samples_during_a_transaction_belong_to_it() -> None:
    async def script(game: Game) -> None:
        await charge(game)
        _, after = await game.station.obey(TriggerMessage(Trigger.SAMPLES, 1, 1))
        assert after is not None
        after()
        await asyncio.sleep(1)

    csms = play(script).csms
    assert csms.events[-1].trigger == "Trigger"
    assert csms.events[-1].values[0].context == "Trigger"


def test_changed_variable_takes_effect_at_once_and_survives_a_restart(tmp_path: Path) -> None:
    key = VariableKey(component="", variable="metervaluesampleinterval")

    async def before(game: Game) -> None:
        await charge(game)
        reply, _ = await game.station.obey(SetVariables(((key, "5"), (VariableKey(component="", variable="Nonsense"), "1"))))
        assert [result.status for result in reply] == [VariableStatus.ACCEPTED, VariableStatus.UNKNOWN_VARIABLE]  # type: ignore[union-attr]
        await asyncio.sleep(6)
        assert "Updated MeterValuePeriodic" in game.csms.story

    async def after(game: Game) -> None:
        reply, _ = await game.station.obey(GetVariables((key,)))
        assert [result.value for result in reply] == ["5"]  # type: ignore[union-attr]

    play(before, tmp_path / "store")
    play(after, tmp_path / "store")


def test_base_report_comes_in_numbered_parts_after_the_answer() -> None:
    async def script(game: Game) -> None:
        reply, after = await game.station.obey(GetBaseReport(3, "FullInventory"))
        assert reply == Outcome(Verdict.ACCEPTED)
        assert after is not None
        after()
        await asyncio.sleep(2)
        reply, after = await game.station.obey(GetBaseReport(3, "Nonsense"))
        assert isinstance(reply, Outcome)
        assert (reply.verdict, after) == (Verdict.NOT_SUPPORTED, None)

    parts = [part for part in play(script).csms.of(NotifyReport) if isinstance(part, NotifyReport)]
    assert [part.seq_no for part in parts] == list(range(len(parts)))
    assert [part.to_be_continued for part in parts] == [True] * (len(parts) - 1) + [False]
    shown = {row.key.variable: row.value for part in parts for row in part.rows}
    assert shown["AvailabilityState"] == "Available"
    assert shown["DateTime"].startswith("2026-03-01T00:00:")  # type: ignore[union-attr]


def test_cache_lets_a_known_card_charge_offline_until_it_is_cleared() -> None:
    async def script(game: Game) -> None:
        await charge(game)
        game.control.unplug(1600)
        await asyncio.sleep(2)
        game.csms.lose()
        game.control.plug(2)
        await game.swipe()
        assert game.transaction is not None, "remembered"
        game.control.unplug(1600)
        await asyncio.sleep(2)
        assert (await game.station.obey(ClearCache()))[0] == Outcome(Verdict.ACCEPTED)
        game.control.plug(3)
        await game.swipe()
        assert game.transaction is None, "forgotten"

    assert len(play(script).csms.of(Authorize)) == 1


def test_csms_that_does_not_answer_authorize_counts_as_offline() -> None:
    async def script(game: Game) -> None:
        await charge(game)
        game.control.unplug(1600)
        await asyncio.sleep(2)
        kindly = game.csms.answer

        def silent(notification: Notification) -> object:
            if isinstance(notification, Authorize):
                raise CsmsSilent
            return kindly(notification)

        game.csms.answer = silent  # type: ignore[assignment]
        game.control.plug(2)
        await game.swipe()
        assert game.transaction is not None

    play(script)


UNMEASURED = EvseState(evse=1, plug_known=False)
SILENT_BOARD = Fault("board_silent", "internal_error")


@pytest.mark.parametrize(
    ("measured_after_s", "words"), [(1.0, ["Available"]), (9.0, ["Unavailable", "Available"]), (None, ["Unavailable", "Faulted"])]
)
def test_a_connector_is_told_available_only_once_its_board_was_measured(measured_after_s: float | None, words: list[str]) -> None:
    """A fast board is waited for; a slow one is Unavailable until then (1.6 §4.9), and one that stays silent Faulted."""

    async def script(game: Game) -> None:
        await asyncio.sleep(9.0 if measured_after_s is None else measured_after_s)
        if measured_after_s is None:
            game.control.fail(SILENT_BOARD)
        else:
            game.control.change(plug_known=True)
        await asyncio.sleep(30)
        told = [status.facts for status in game.csms.statuses if not status.station]
        assert [v16.status_word(facts) for facts in told] == words
        assert [availability_state(facts) for facts in told] == words

    control = PlayedControl()
    control.state = UNMEASURED
    play(script, control=control)


def test_what_is_known_of_a_car_and_a_reservation_is_told_before_the_board_was_measured() -> None:
    facts = ConnectorFacts(connector=ConnectorId(1), unheard=True)
    known = {"charging_state": ChargingState.CHARGING}, {"plugged": True, "preparing": True}, {"finishing": True}, {"reserved": True}
    words = [v16.status_word(replace(facts, **fact)) for fact in known]
    assert words == ["Charging", "Preparing", "Finishing", "Reserved"]
