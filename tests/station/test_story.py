"""What a CSMS of 2.0.1 is told of a transaction, from its beginning to its end, online and offline."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from msgspec.structs import replace

from chargepoint.domain.authorization import AuthorizationStatus, TokenInfo
from chargepoint.domain.commands import Outcome, RequestStart, ReserveNow, SetVariables, Trigger, TriggerMessage, UnlockConnector, Verdict
from chargepoint.domain.device_model import SetResult, VariableKey, VariableStatus
from chargepoint.domain.faults import Fault
from chargepoint.domain.ids import ConnectorId, IdToken
from chargepoint.domain.limits import Limit
from chargepoint.domain.metering import END_SAMPLES, ReadingContext
from chargepoint.domain.notifications import Answer, Authorize, AuthorizeAnswer, BootAnswer, Notification, Registration, TransactionAnswer
from chargepoint.domain.transaction import ChargingState, EventKind, StopReason, TransactionEvent, TriggerReason
from chargepoint.domain.tx_points import POINTS, TxPoint
from chargepoint.link.messages import Permit, Revoke
from chargepoint.station.csms import CsmsSilent
from hal.measured import TokenSeen
from tests.station.rig import CARD, MIDNIGHT, Game, PlayedCsms, play
from tests.station.test_recovery import control_after_boot
from tests.station.test_transacting import charge

Script = Callable[[Game], Coroutine[None, None, None]]

TOKEN = IdToken(CARD.value)
CHARGING, SUSPENDED_EV, SUSPENDED_EVSE = ChargingState.CHARGING, ChargingState.SUSPENDED_EV, ChargingState.SUSPENDED_EVSE
CONNECTED, IDLE = ChargingState.EV_CONNECTED, ChargingState.IDLE
BEGIN, PERIODIC, END = ReadingContext.BEGIN, ReadingContext.PERIODIC, ReadingContext.END
QUIET = {"SampledDataCtrlr.TxUpdatedInterval": "0"}
STATION_S = 2.0
"""Enough for everything that the station does by itself."""


@pytest.fixture(autouse=True)
def csms_of_201(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PlayedCsms, "version", "2.0.1")


async def write(game: Game, values: dict[str, str]) -> None:
    """``{"TxCtrlr.TxStopPoint": "Authorized"}``, all of them accepted."""
    rows = tuple((VariableKey(component=name.split(".")[0], variable=name.split(".")[1]), value) for name, value in values.items())
    results, _ = await game.station.obey(SetVariables(rows))
    assert isinstance(results, tuple)
    assert all(isinstance(result, SetResult) and result.status is VariableStatus.ACCEPTED for result in results), results


def told(script: Script, start: str = "PowerPathClosed", stop: str = "PowerPathClosed", **more: str) -> list[TransactionEvent]:
    """The events of a story with these points; ``more``: other variables of TxCtrlr."""

    async def played(game: Game) -> None:
        await write(
            game, QUIET | {f"TxCtrlr.{name}": value for name, value in {"TxStartPoint": start, "TxStopPoint": stop, **more}.items()}
        )
        await script(game)

    return play(played).csms.events


async def pause(game: Game, energy_wh: int = 1600) -> None:
    """The car draws no more, and the offer stands."""
    game.control.change(cp="B", state="B2", contactor_closed=False)
    game.control.measure(energy_wh)
    await asyncio.sleep(STATION_S)


async def stop(game: Game, energy_wh: int = 1700) -> None:
    """By the same card."""
    await game.swipe()
    game.control.open(energy_wh)
    await asyncio.sleep(STATION_S)


async def leave(game: Game, energy_wh: int = 1700) -> None:
    game.control.unplug(energy_wh)
    await asyncio.sleep(STATION_S)


# It begins


def test_no_two_transactions_have_the_same_id_whatever_happens_in_between(tmp_path: Path) -> None:
    """E01.FR.08, E02.FR.08"""

    async def script(game: Game) -> None:
        for number in (1, 2):
            game.control.plug(number)
            await game.swipe()
            await leave(game, 1000)

    events = play(script, tmp_path / "store").csms.events
    events += play(script, tmp_path / "store", control_after_boot(car=False, energy_wh=1000)).csms.events
    started = [event.transaction_id for event in events if event.kind is EventKind.STARTED]
    assert len(set(started)) == len(started) == 4
    assert all(len(each) == 36 for each in started), "transactionId has room for no more"


@pytest.mark.parametrize("start", POINTS)
@pytest.mark.parametrize("card_first", [False, True])
def test_the_event_that_names_the_token_names_its_reservation(start: str, card_first: bool) -> None:
    """E01.FR.10, E01.FR.13, E02.FR.03, E03.FR.01, E03.FR.03"""

    async def script(game: Game) -> None:
        await game.station.obey(ReserveNow(id=7, token=TOKEN, expires=MIDNIGHT + timedelta(days=1), evse=1, connector=None))
        if card_first:
            await game.swipe()
        game.control.plug()
        await asyncio.sleep(STATION_S)
        if not card_first:
            await game.swipe()
        game.control.charge()
        await asyncio.sleep(STATION_S)

    events = told(script, start)
    assert [event.reservation_id for event in events if event.id_token == TOKEN] == [7]
    assert [event.reservation_id for event in events if event.id_token is None] == [None] * (len(events) - 1)


def test_a_token_that_comes_later_is_told_as_such_and_one_that_is_refused_is_not() -> None:
    """E02.FR.01, E02.FR.06, E02.FR.20"""

    async def script(game: Game) -> None:
        game.control.plug()
        await asyncio.sleep(STATION_S)
        game.csms.token = TokenInfo(AuthorizationStatus.INVALID)
        await game.swipe(TokenSeen("04B2"))
        game.csms.token = TokenInfo(AuthorizationStatus.ACCEPTED)
        await game.swipe()

    started, authorized = told(script, "EVConnected")
    assert (started.kind, started.trigger, started.charging_state, started.id_token) == ("Started", "CablePluggedIn", CONNECTED, None)
    assert (authorized.kind, authorized.trigger, authorized.id_token) == ("Updated", "Authorized", TOKEN)


def test_the_register_at_the_beginning_comes_with_the_first_event_that_knows_the_evse() -> None:
    """E01.FR.09, E01.FR.17, E02.FR.21, E03.FR.07, E03.FR.11, E04.FR.11, E05.FR.08"""

    async def script(game: Game) -> None:
        await game.swipe()
        await asyncio.sleep(STATION_S)
        game.control.plug()
        await asyncio.sleep(STATION_S)

    for start in POINTS[:3]:
        values = [event.values for event in told(script, start) if event.values]
        assert [[value.context for value in each] for each in values] == [[BEGIN]], start


# It goes on


def test_whatever_changes_the_charging_state_is_told_with_it() -> None:
    """E01.FR.18, E01.FR.19, E02.FR.13, E02.FR.15, E02.FR.16, E02.FR.17, E06.FR.15"""

    async def script(game: Game) -> None:
        await charge(game)
        await pause(game)
        game.control.charge()
        await asyncio.sleep(STATION_S)
        game.control.change(cp="B", state="B1", contactor_closed=False, offered_ma=0)
        await asyncio.sleep(STATION_S)
        game.control.change(state="B2", offered_ma=16_000)
        await asyncio.sleep(15)
        await stop(game)

    events = told(script)
    assert [(event.trigger, event.charging_state) for event in events] == [
        ("Authorized", CONNECTED),
        ("ChargingStateChanged", CHARGING),
        ("ChargingStateChanged", SUSPENDED_EV),
        ("ChargingStateChanged", CHARGING),
        ("ChargingStateChanged", SUSPENDED_EVSE),
        ("ChargingStateChanged", SUSPENDED_EV),
        ("StopAuthorized", CONNECTED),
    ]
    assert [event.seq_no for event in events] == list(range(len(events)))


@pytest.mark.parametrize("card_first", [False, True])
def test_phases_are_told_as_soon_as_they_are_sure_and_when_they_have_changed(card_first: bool) -> None:
    """E02.FR.18, E02.FR.19, E03.FR.13, E03.FR.14"""

    async def script(game: Game) -> None:
        await write(game, {"SampledDataCtrlr.TxUpdatedInterval": "10"})
        if card_first:
            await game.swipe()
        game.control.plug()
        if not card_first:
            await game.swipe()
        for phases in (1, 3):
            game.control.charge()
            game.control.change(phases_drawn=phases)
            await asyncio.sleep(60)
            game.control.change(phases_drawn=phases)
            await asyncio.sleep(60)

    assert [event.phases for event in told(script) if event.phases is not None] == [1, 3]


@pytest.mark.parametrize("start", POINTS)
def test_what_the_cable_carries_is_told_once_with_the_connector(start: str) -> None:
    async def script(game: Game) -> None:
        await game.swipe()
        game.control.plug(limits=(Limit("permit", 16_000), Limit("cable", 20_000)))
        game.control.charge()
        await asyncio.sleep(STATION_S)

    first, *others = [event for event in told(script, start) if event.plugged]
    assert first.cable_a == 20
    assert [event.cable_a for event in others] == [None] * len(others)


TOO_HIGH = Fault("over_voltage", "over_voltage", "voltage: 270000 mV")


def test_a_fault_is_told_as_such_and_not_as_any_other_change_of_state() -> None:
    """E02.FR.17, E03.FR.12"""

    async def script(game: Game) -> None:
        await charge(game)
        game.control.fail(TOO_HIGH)
        await asyncio.sleep(STATION_S)
        game.control.fail()
        game.control.charge()
        await asyncio.sleep(STATION_S)

    states = [(event.trigger, event.charging_state) for event in told(script)[1:]]
    assert states == [("ChargingStateChanged", CHARGING), ("AbnormalCondition", SUSPENDED_EVSE), ("ChargingStateChanged", CHARGING)]


def test_a_fault_is_told_once_where_no_energy_flows_as_well() -> None:
    """E02.FR.17, E03.FR.12: while the car pauses by the EVSE's doing, and while nobody pays."""

    async def script(game: Game) -> None:
        game.control.plug()
        await asyncio.sleep(STATION_S)
        game.control.fail(TOO_HIGH)
        await asyncio.sleep(STATION_S)
        game.control.fail()
        await game.swipe()
        await asyncio.sleep(15)
        game.control.fail(TOO_HIGH)
        game.control.fail(TOO_HIGH, replace(TOO_HIGH, name="under_voltage"))
        await asyncio.sleep(15)

    states = [(event.trigger, event.charging_state) for event in told(script, "EVConnected")]
    assert states == [
        ("CablePluggedIn", CONNECTED),
        ("AbnormalCondition", CONNECTED),
        ("Authorized", CONNECTED),
        ("ChargingStateChanged", SUSPENDED_EVSE),
        ("AbnormalCondition", SUSPENDED_EVSE),
    ]


def test_a_plug_that_is_let_go_from_afar_while_nobody_pays_is_told() -> None:
    """E02.FR.17"""

    async def script(game: Game) -> None:
        game.control.plug()
        await asyncio.sleep(STATION_S)
        reply, _ = await game.station.obey(UnlockConnector(ConnectorId(1), ends_transaction=False))
        assert reply == Outcome(Verdict.UNLOCKED)
        await asyncio.sleep(STATION_S)

    assert [event.trigger for event in told(script, "EVConnected")] == ["CablePluggedIn", "UnlockCommand"]
    assert told(script) == []


def test_of_what_has_not_begun_for_the_csms_no_event_can_be_triggered() -> None:
    """F06.FR.10"""

    async def script(game: Game) -> None:
        command = TriggerMessage(Trigger.TRANSACTION_EVENT, 1)
        game.control.plug()
        await game.swipe()
        assert game.transaction is not None
        reply, _ = await game.station.obey(command)
        assert isinstance(reply, Outcome)
        assert (reply.verdict, reply.reason_code) == (Verdict.REJECTED, "TxNotFound")
        game.control.charge()
        await asyncio.sleep(STATION_S)
        reply, after = await game.station.obey(command)
        assert reply == Outcome(Verdict.ACCEPTED)
        assert after is not None
        after()
        await asyncio.sleep(STATION_S)

    assert [event.trigger for event in told(script, "EnergyTransfer")] == ["ChargingStateChanged", "Trigger"]


# Its token is not accepted


def withdraws(game: Game) -> None:
    """The answer to the event that names a token says that it is invalid."""

    def answer(notification: Notification) -> Answer:
        if isinstance(notification, TransactionEvent) and notification.id_token is not None:
            return TransactionAnswer(TokenInfo(AuthorizationStatus.INVALID))
        return game.csms.kindly(notification)

    game.csms.answer = answer


async def refused_later(game: Game) -> None:
    """It charges when its token turns out not to be valid."""
    game.csms.lose()
    game.control.plug()
    await game.swipe()
    game.control.charge()
    await asyncio.sleep(STATION_S)
    withdraws(game)
    game.csms.connect()
    await asyncio.sleep(STATION_S)


OFFLINE = {"AuthCtrlr.OfflineTxForUnknownIdEnabled": "true"}


@pytest.mark.parametrize("point", ["Authorized", "PowerPathClosed", "EnergyTransfer", "EVConnected,Authorized"])
def test_a_token_that_is_not_accepted_ends_the_transaction(point: str) -> None:
    """E05.FR.10, E05.FR.11, E06.FR.04, C15.FR.04, C15.FR.05"""

    async def script(game: Game) -> None:
        await write(game, OFFLINE)
        game.control.change(cable=True, locked=True)
        await refused_later(game)
        assert isinstance(game.control.permits[-1], Revoke)
        game.control.open(1600)
        await asyncio.sleep(STATION_S)
        assert game.station.transacting.sessions[1].plug_kept_for is not None, "until its owner shows his card"
        await game.swipe()
        assert game.station.transacting.sessions[1].plug_kept_for is None

    ended = told(script, stop=point)[-1]
    assert (ended.kind, ended.trigger, ended.stop_reason) == ("Ended", "Deauthorized", StopReason.DE_AUTHORIZED)


def test_a_token_that_is_not_accepted_ends_only_the_flow_of_energy_where_unplugging_ends_the_transaction() -> None:
    """E05.FR.09, C15.FR.03"""

    async def script(game: Game) -> None:
        await write(game, OFFLINE)
        await refused_later(game)
        assert isinstance(game.control.permits[-1], Revoke)
        game.control.open(1600)
        await asyncio.sleep(STATION_S)
        await leave(game)

    *_, withdrawn, dark, ended = told(script, stop="EVConnected")
    assert (withdrawn.kind, withdrawn.trigger) == ("Updated", "Deauthorized")
    assert (dark.kind, dark.trigger, dark.charging_state) == ("Updated", "ChargingStateChanged", CONNECTED)
    assert (ended.kind, ended.trigger, ended.charging_state) == ("Ended", "EVCommunicationLost", IDLE)
    assert ended.stop_reason is StopReason.DE_AUTHORIZED


@pytest.mark.parametrize("point", ["Authorized", "EVConnected"])
@pytest.mark.parametrize("most_wh", [0, 2000])
def test_a_transaction_that_is_to_stay_open_gets_no_more_energy_than_it_may(point: str, most_wh: int) -> None:
    """E05.FR.02, E05.FR.03, E05.FR.04, C15.FR.06, C15.FR.07"""

    async def script(game: Game) -> None:
        await write(game, OFFLINE | {"TxCtrlr.MaxEnergyOnInvalidId": str(most_wh)})
        await refused_later(game)
        game.control.measure(999 + most_wh)
        await asyncio.sleep(STATION_S)
        assert isinstance(game.control.permits[-1], Permit if most_wh else Revoke)
        game.control.measure(1000 + most_wh)
        await asyncio.sleep(STATION_S)
        assert isinstance(game.control.permits[-1], Revoke)
        game.control.open(1000 + most_wh)
        await asyncio.sleep(STATION_S)
        assert game.transaction is not None

    events = told(script, stop=point, StopTxOnInvalidId="false")
    assert [event.seq_no for event in events] == list(range(len(events)))
    last = events[-1]
    assert (last.kind, last.trigger, last.charging_state) == ("Updated", "ChargingStateChanged", SUSPENDED_EVSE)


def test_that_a_car_gets_no_energy_is_told_at_once_even_if_it_has_not_had_any() -> None:
    """E05.FR.02: a car takes up to ten seconds to begin, but there is nothing to wait for."""

    async def script(game: Game) -> None:
        withdraws(game)
        game.control.plug()
        await game.swipe()
        await asyncio.sleep(STATION_S)

    states = [(event.kind, event.trigger, event.charging_state) for event in told(script, StopTxOnInvalidId="false")]
    assert states == [("Started", "Authorized", CONNECTED), ("Updated", "ChargingStateChanged", SUSPENDED_EVSE)]


# It ends


async def by_card(game: Game) -> None:
    await stop(game)


async def by_group(game: Game) -> None:
    await game.swipe(TokenSeen("04B2"))
    game.control.open(1700)
    await asyncio.sleep(STATION_S)


async def at_the_car(game: Game) -> None:
    await leave(game)


async def by_fault(game: Game) -> None:
    game.control.fail(Fault("rcd_tripped", "ground_failure", latched=True))
    game.control.open(1700)
    await asyncio.sleep(STATION_S)


async def by_a_pause_of_the_car(game: Game) -> None:
    await pause(game, 1700)
    game.control.open(1700)
    await asyncio.sleep(STATION_S)


async def by_a_passing_fault(game: Game) -> None:
    game.control.fail(TOO_HIGH)
    await asyncio.sleep(STATION_S)
    game.control.open(1700)
    await asyncio.sleep(STATION_S)


@pytest.mark.parametrize(
    ("ends", "stops", "trigger", "reason"),
    [
        (by_card, "Authorized", TriggerReason.STOP_AUTHORIZED, StopReason.LOCAL),
        (by_group, "Authorized", TriggerReason.STOP_AUTHORIZED, StopReason.LOCAL),
        (at_the_car, "EVConnected", TriggerReason.EV_COMMUNICATION_LOST, StopReason.EV_DISCONNECTED),
        (by_fault, "Authorized", TriggerReason.ABNORMAL_CONDITION, StopReason.GROUND_FAULT),
        (by_a_pause_of_the_car, "EnergyTransfer", TriggerReason.CHARGING_STATE_CHANGED, StopReason.STOPPED_BY_EV),
        (by_a_passing_fault, "EnergyTransfer", TriggerReason.ABNORMAL_CONDITION, StopReason.POWER_QUALITY),
    ],
)
@pytest.mark.parametrize("offline", [False, True])
def test_the_last_event_says_what_ended_it_with_beginning_and_end_of_the_register(
    ends: Script, stops: str, trigger: TriggerReason, reason: StopReason, offline: bool
) -> None:
    """E06.FR.08, E06.FR.11, E06.FR.14, E06.FR.15, E06.FR.16, E07.FR.01, E07.FR.02, E07.FR.05, E07.FR.06, E07.FR.08, E07.FR.11, E08.FR.01,
    E08.FR.02, E08.FR.04, E08.FR.05, E08.FR.06, E08.FR.07, E08.FR.08, E08.FR.09, E12.FR.07, E15.FR.01"""

    async def script(game: Game) -> None:
        family = TokenInfo(AuthorizationStatus.ACCEPTED, IdToken("FAMILY"))
        game.csms.token = family
        game.station.access.known.heard(IdToken("04B2"), family)
        await charge(game)
        if offline:
            game.csms.lose()
        await ends(game)
        if offline:
            game.csms.connect()
            await asyncio.sleep(STATION_S)
        asked = [each.token for each in game.csms.of(Authorize) if isinstance(each, Authorize)]
        assert asked == [TOKEN], "who stops is known"
        assert isinstance(game.control.permits[-1], Revoke), "the plug is let go"

    events = told(script, stop=stops)
    ended = events[-1]
    assert (ended.kind, ended.trigger, ended.stop_reason) == (EventKind.ENDED, trigger, reason)
    shown: dict[Script, IdToken] = {by_card: TOKEN, by_group: IdToken("04B2")}
    assert ended.id_token == shown.get(ends)
    assert [(value.context, value.samples[0].value) for value in ended.values] == [(BEGIN, 1000), (END, 1700)]
    assert [event.seq_no for event in events] == list(range(len(events)))
    assert [event.offline for event in events[:2]] == [False, False]
    assert ended.offline == offline


@pytest.mark.parametrize("car", [False, True])
def test_energy_that_flowed_before_a_power_cut_is_told_even_if_nobody_saw_it_begin(tmp_path: Path, car: bool) -> None:
    """E01.FR.06: the register says so afterwards. Where none has flowed there is nothing to tell."""

    async def before(game: Game) -> None:
        await write(game, QUIET | {"TxCtrlr.TxStartPoint": "EnergyTransfer"})
        game.control.plug()
        await game.swipe()
        await asyncio.sleep(STATION_S)

    async def after(game: Game) -> None:
        await asyncio.sleep(8)

    for number, energy_wh in enumerate((1011, 1000)):
        path = tmp_path / str(number)
        assert play(before, path).csms.events == []
        events = play(after, path, control_after_boot(car=car, energy_wh=energy_wh), resume_after_power_loss=False).csms.events
        if energy_wh == 1000:
            assert events == []
            continue
        started, ended = events
        assert (started.kind, started.trigger, started.charging_state) == ("Started", "ChargingStateChanged", CHARGING)
        assert started.id_token == TOKEN
        assert (ended.kind, ended.trigger, ended.stop_reason) == ("Ended", "AbnormalCondition", StopReason.POWER_LOSS)
        assert [(value.context, value.samples[0].value) for value in ended.values] == [(BEGIN, 1000), (END, 1011)]
        assert (started.path.meter_wh, ended.path.meter_wh) == (1000, 1011)


def test_a_power_cut_is_the_reason_where_the_end_of_the_flow_of_energy_is_the_end(tmp_path: Path) -> None:
    """E06.FR.07, E06.FR.08"""

    async def before(game: Game) -> None:
        await write(game, QUIET | {"TxCtrlr.TxStopPoint": "EnergyTransfer"})
        await charge(game)

    async def after(game: Game) -> None:
        await asyncio.sleep(5)

    play(before, tmp_path / "store")
    (ended,) = play(after, tmp_path / "store", control_after_boot(car=True)).csms.events
    assert (ended.kind, ended.trigger, ended.stop_reason) == ("Ended", "AbnormalCondition", StopReason.POWER_LOSS)


def test_connection_time_is_told_from_the_first_plug_in_to_the_last_reading() -> None:
    """E06.FR.02, E06.FR.11. Who charges in between, and how often, makes no beginning and no end."""

    async def script(game: Game) -> None:
        game.control.plug()
        await asyncio.sleep(30)
        for energy_wh in (1500, 1900):
            await game.swipe()
            game.control.charge()
            game.control.measure(energy_wh)
            await stop(game, energy_wh)
        await asyncio.sleep(30)
        await leave(game, 1900)

    events = told(script, "EVConnected", "EVConnected")
    started, ended = events[0], events[-1]
    assert [event.kind for event in events[1:-1]] == [EventKind.UPDATED] * (len(events) - 2)
    assert [(value.context, value.at) for value in ended.values] == [(BEGIN, started.at), (END, ended.at)]
    assert [value.samples[0].value for value in ended.values] == [1000, 1900]


def test_samples_count_from_the_start_of_the_transaction_wherever_that_is() -> None:
    """J02.FR.11, E06.FR.11"""
    every_20_s = {"SampledDataCtrlr.TxUpdatedInterval": "20", "SampledDataCtrlr.TxEndedInterval": "20"}

    async def script(game: Game) -> None:
        await write(game, every_20_s)
        game.control.plug()
        await asyncio.sleep(11)
        await game.swipe()
        await asyncio.sleep(13)
        game.control.charge()
        await asyncio.sleep(50)
        await stop(game)
        await leave(game)

    for start in (TxPoint.EV_CONNECTED, TxPoint.POWER_PATH_CLOSED, TxPoint.ENERGY_TRANSFER):
        events = told(script, start)
        began, ended = events[0].at, events[-1]
        samples = [event.at for event in events if event.trigger is TriggerReason.METER_VALUE_PERIODIC]
        steps = [(after - before).total_seconds() for before, after in pairwise([began, *samples])]
        assert steps == [pytest.approx(20, abs=1.5)] * len(steps), start
        assert len(steps) >= 2
        contexts = [value.context for value in ended.values]
        assert contexts == [BEGIN] + [PERIODIC] * len(samples) + [END], start
        assert ended.values[0].at == began


def test_of_too_many_values_for_its_end_every_second_goes_and_the_course_stays() -> None:
    """E06.FR.12, E06.FR.13, E07.FR.09, E07.FR.10, E08.FR.10, E08.FR.11, E09.FR.06, E09.FR.07, E10.FR.05, E10.FR.06, E12.FR.08, E12.FR.09,
    E15.FR.02, E15.FR.03, F03.FR.05, F03.FR.06, F04.FR.05, F04.FR.06, J02.FR.20"""

    def long(measurands: str) -> Script:
        async def script(game: Game) -> None:
            await write(game, {"SampledDataCtrlr.TxEndedInterval": "1", "SampledDataCtrlr.TxEndedMeasurands": measurands})
            await charge(game)
            for energy_wh in range(1501, 1701):
                game.control.measure(energy_wh)
                await asyncio.sleep(1)
            await stop(game, 1701)

        return script

    narrow = "Energy.Active.Import.Register"
    assert len(told(long(narrow))[-1].values) > 200, "there is room for all of them"
    values = told(long(f"{narrow},Power.Active.Import,Current.Offered,Power.Offered"))[-1].values
    assert END_SAMPLES // 8 <= len(values) <= END_SAMPLES // 4
    assert (values[0].context, values[-1].context) == (BEGIN, END)
    gaps = [(after.at - before.at).total_seconds() for before, after in pairwise(values)]
    assert max(gaps) <= 9, "no stretch of the 200 s is missing"


def test_what_one_transaction_leaves_in_the_register_the_next_one_finds() -> None:
    """J02.FR.17"""

    async def script(game: Game) -> None:
        for number, energy_wh in enumerate((1700, 2600), start=1):
            game.control.plug(number)
            await game.swipe()
            game.control.charge()
            await stop(game, energy_wh)
            await leave(game, energy_wh)

    registers = [[value.samples[0].value for value in event.values] for event in told(script) if event.kind is EventKind.ENDED]
    assert registers == [[1000, 1700], [1700, 2600]]


# Offline


def test_what_waits_when_the_connection_goes_is_told_as_offline_and_what_happens_afterwards_is_not() -> None:
    """E04.FR.01, E04.FR.02, E04.FR.03, E11.FR.01, E11.FR.02, E11.FR.07, E12.FR.01, E12.FR.02"""

    async def script(game: Game) -> None:
        silent = True

        def answer(notification: Notification) -> Answer:
            if isinstance(notification, TransactionEvent) and silent:
                raise CsmsSilent
            return AuthorizeAnswer(game.csms.token) if isinstance(notification, Authorize) else game.csms.kindly(notification)

        game.csms.answer = answer
        await charge(game)
        game.csms.lose()
        await asyncio.sleep(STATION_S)
        silent = False
        game.csms.connect()
        await asyncio.sleep(90)
        await pause(game)

    events = told(script)
    assert (events[0].seq_no, events[0].offline) == (0, False), "the first attempt"
    late = {event.seq_no: event.offline for event in events}
    assert late == {0: True, 1: True, 2: False}


def test_who_has_a_connection_is_online_accepted_or_not() -> None:
    """E04.FR.03, E08.FR.07, B02.FR.03; part 2 §2.2: offline is who has no open WebSocket."""

    async def script(game: Game) -> None:
        await charge(game)
        game.csms.boot = BootAnswer(Registration.PENDING, 30, MIDNIGHT)
        game.csms.connect()
        await pause(game)
        assert game.csms.events == []
        game.csms.boot = BootAnswer(Registration.ACCEPTED, 300, MIDNIGHT)
        await asyncio.sleep(60)

    events = play(script, connected=False, cards=(TOKEN,)).csms.events
    assert [(event.charging_state, event.offline) for event in events[:3]] == [
        (CONNECTED, True),
        (CHARGING, True),
        (SUSPENDED_EV, False),
    ]


@pytest.mark.parametrize("start", POINTS)
def test_a_whole_transaction_offline_is_told_over_a_power_cut_without_a_gap(tmp_path: Path, start: str) -> None:
    """E04.FR.04, E12.FR.01, E12.FR.02, E12.FR.03"""
    path = tmp_path / "store"

    async def before(game: Game) -> None:
        await write(game, {"TxCtrlr.TxStartPoint": start, "SampledDataCtrlr.TxUpdatedInterval": "10"})
        await charge(game)
        await asyncio.sleep(15)

    async def after(game: Game) -> None:
        await game.until(lambda: game.transaction is not None)
        game.control.charge()
        await asyncio.sleep(15)
        await stop(game, 2000)
        await leave(game, 2000)
        assert game.csms.events == []
        game.csms.connect()
        await asyncio.sleep(STATION_S)

    assert play(before, path, connected=False, cards=(TOKEN,)).csms.events == []
    events = play(after, path, control_after_boot(car=True), connected=False, cards=(TOKEN,)).csms.events
    assert [event.seq_no for event in events] == list(range(len(events)))
    assert (events[0].kind, events[-1].kind) == (EventKind.STARTED, EventKind.ENDED)
    assert len({event.transaction_id for event in events}) == 1
    assert all(event.offline for event in events)
    assert any(event.trigger is TriggerReason.METER_VALUE_PERIODIC and event.values for event in events)
    assert all(before.at <= after.at for before, after in pairwise(events))


def test_a_remote_start_says_so_and_is_not_asked_about_twice() -> None:
    """F02.FR.21, E03.FR.01"""

    async def script(game: Game) -> None:
        await game.station.obey(RequestStart(TOKEN, remote_start_id=9, evse=1))
        await asyncio.sleep(STATION_S)
        game.control.plug()
        await asyncio.sleep(STATION_S)

    for start in POINTS[:3]:
        events = told(script, start)
        assert (events[0].remote_start_id, events[0].id_token, events[0].trigger) == (9, TOKEN, TriggerReason.REMOTE_START)
        assert {event.remote_start_id for event in events[1:]} <= {None}
