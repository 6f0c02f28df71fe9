"""Monitors of a station at work: what is told, what waits, and what a power cut leaves of it."""

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest

from chargepoint.domain.commands import (
    ClearVariableMonitoring,
    GetMonitoringReport,
    SetMonitoringBase,
    SetMonitoringLevel,
    SetMonitorResult,
    SetVariableMonitoring,
    SetVariables,
    TooMuch,
    Verdict,
    WantedMonitor,
)
from chargepoint.domain.device_model import DeviceModel
from chargepoint.domain.entries import VariableKey
from chargepoint.domain.faults import Fault
from chargepoint.domain.monitors import MonitorKind, Origin
from chargepoint.domain.notifications import MonitorEvent, Notification, NotifyEvent
from chargepoint.domain.reports import Wanted
from chargepoint.domain.variables.device_data import ITEMS_GET_REPORT
from chargepoint.station.csms import CsmsRefused, CsmsSilent
from chargepoint.station.monitor_book import MonitorBook
from chargepoint.station.reporting import QUEUE
from chargepoint.store import outbox
from chargepoint.store.store import Store
from tests.station.rig import Game, PlayedControl, PlayedCsms, configuration, play

POWER = VariableKey(component="EVSE", variable="Power", evse=1)
STATE = VariableKey(component="EVSE", variable="AvailabilityState", evse=1)
WELDED = Fault("contactor_welded", "power_switch_failure", "closed, but should be open", latched=True)
SHORT = Fault("pilot_short", "ev_communication_error")
WORN = Fault("contactor_worn", "power_switch_failure")


@pytest.fixture(autouse=True)
def _version(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PlayedCsms, "version", "2.0.1")


def events(game: Game) -> list[MonitorEvent]:
    return [event for news in game.csms.of(NotifyEvent) if isinstance(news, NotifyEvent) for event in news.events]


def told(game: Game) -> list[str]:
    return [f"{each.key.component}.{each.key.variable}={each.value}{' ok' if each.cleared else ''}" for each in events(game)]


async def monitor(game: Game, key: VariableKey, kind: MonitorKind, value: float, severity: int = 5, **more: Any) -> int:
    wanted = WantedMonitor(key=key, kind=kind, value=value, severity=severity, **more)
    reply, then = await game.station.obey(SetVariableMonitoring((wanted,)))
    assert isinstance(reply, tuple)
    (result,) = reply
    assert isinstance(result, SetMonitorResult)
    assert result.status == "Accepted", result
    assert result.id is not None
    if then is not None:
        then()
    return result.id


async def say(game: Game, command: Any) -> Any:
    reply, then = await game.station.obey(command)
    if then is not None:
        then()
    return reply


async def queue(game: Game, severity: int) -> None:
    key = VariableKey(component="MonitoringCtrlr", variable="OfflineQueuingSeverity")
    await say(game, SetVariables(((key, str(severity)),)))


def test_a_fault_is_told_with_its_number_and_its_end(tmp_path: Path) -> None:
    async def script(game: Game) -> None:
        game.control.plug()
        await game.swipe()
        game.control.charge()
        await asyncio.sleep(1)
        game.control.fail(WELDED)
        await game.until(lambda: events(game), 5)
        (event,) = events(game)
        assert (event.key, event.value, event.trigger, event.origin) == (
            VariableKey(component="PowerContactor", variable="Tripped", evse=1),
            "true",
            "Delta",
            "HardWiredNotification",
        )
        assert (event.tech_code, event.tech_info) == ("CP-301", "Contactor does not open: closed, but should be open")
        assert event.transaction_id == game.csms.events[0].transaction_id
        game.control.fail()
        await game.until(lambda: len(events(game)) == 2, 5)
        assert told(game) == ["PowerContactor.Tripped=true", "PowerContactor.Tripped=false ok"]

    play(script, tmp_path / "store")


def test_the_level_lets_through_the_faults_whose_monitors_are_grave_enough(tmp_path: Path) -> None:
    """N05.FR.03, N07.FR.15: an event does not say how grave it is, so its monitor has to."""

    def heard(game: Game) -> list[tuple[str, int | None]]:
        grave = {each.id: each.severity for each in game.station.monitoring._book}
        return [(f"{each.key.component}.{each.key.variable}", grave[each.monitor_id or 0]) for each in events(game)]

    async def script(game: Game) -> None:
        await say(game, SetMonitoringLevel(2))
        game.control.fail(WORN, WELDED, Fault("contactor_failed_to_close", "power_switch_failure"))
        await asyncio.sleep(5)
        assert sorted(heard(game)) == [("PowerContactor.Problem", 2), ("PowerContactor.Tripped", 0)]
        await say(game, SetMonitoringLevel(6))
        await game.until(lambda: len(events(game)) == 3, 5)
        assert heard(game)[2] == ("PowerContactor.Problem", 6)

    play(script, tmp_path / "store")


def test_the_plug_that_does_not_lock_is_told_at_its_connector(tmp_path: Path) -> None:
    """G05.FR.02."""

    async def script(game: Game) -> None:
        game.control.fail(Fault("lock_failed", "connector_lock_failure"))
        await game.until(lambda: events(game), 5)
        assert events(game)[0].key == VariableKey(component="ConnectorPlugRetentionLock", variable="Problem", evse=1, connector=1)

    play(script, tmp_path / "store")


def test_of_two_faults_of_one_variable_the_end_of_one_leaves_it_true(tmp_path: Path) -> None:
    async def script(game: Game) -> None:
        game.control.warn(WORN, Fault("contactor_failed_to_close", "power_switch_failure"))
        await game.until(lambda: len(events(game)) == 2, 5)
        game.control.warn(WORN)
        await game.until(lambda: len(events(game)) == 3, 5)
        assert told(game)[2] == "PowerContactor.Problem=true ok"

    play(script, tmp_path / "store")


def test_a_fault_that_ends_while_the_station_is_down_is_told_then_and_nothing_twice(tmp_path: Path) -> None:
    async def before(game: Game) -> None:
        game.control.warn(WORN)
        game.control.fail(WELDED, WORN)
        await game.until(lambda: len(events(game)) == 2, 5)

    async def after(game: Game) -> None:
        await asyncio.sleep(3)
        assert told(game) == []
        game.control.fail(WORN)
        await game.until(lambda: events(game), 5)
        await asyncio.sleep(3)
        assert told(game) == ["PowerContactor.Tripped=false ok"]

    first = play(before, tmp_path / "store")
    control = PlayedControl()
    control.state = first.control.state
    first.store.close()
    second = play(after, tmp_path / "store", control)
    assert not {event.id for event in events(first)} & {event.id for event in events(second)}


def test_16_knows_no_events(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PlayedCsms, "version", "1.6")

    async def script(game: Game) -> None:
        game.control.fail(WELDED)
        await asyncio.sleep(5)
        assert events(game) == []
        assert game.store.outbox.waiting() == 0

    play(script, tmp_path / "store")


def test_what_is_grave_enough_waits_in_order_through_a_power_cut(tmp_path: Path) -> None:
    """N07.FR.04, N07.FR.13."""

    async def before(game: Game) -> None:
        await queue(game, 5)
        await monitor(game, STATE, MonitorKind.DELTA, 1, 5)
        game.csms.lose()
        for number in (1, 2):
            game.control.plug(number)
            await asyncio.sleep(2)
            game.control.unplug(1000)
            await asyncio.sleep(2)
        assert events(game) == []

    async def after(game: Game) -> None:
        await game.until(lambda: len(events(game)) >= 4, 10)
        assert [each.value for each in events(game)[:4]] == ["Occupied", "Available"] * 2
        assert events(game)[0].at < events(game)[1].at < events(game)[2].at

    play(before, tmp_path / "store").store.close()
    play(after, tmp_path / "store")


def test_what_is_not_grave_enough_tells_how_it_is_when_the_csms_is_back(tmp_path: Path) -> None:
    async def script(game: Game) -> None:
        await monitor(game, STATE, MonitorKind.DELTA, 1, 8)
        game.csms.lose()
        game.control.plug()
        await asyncio.sleep(2)
        game.control.unplug(1000)
        await asyncio.sleep(2)
        game.control.plug(2)
        await asyncio.sleep(2)
        assert game.store.outbox.waiting() == 0
        game.csms.connect()
        await game.until(lambda: events(game), 5)
        assert told(game) == ["EVSE.AvailabilityState=Occupied"]

    play(script, tmp_path / "store")


@pytest.mark.parametrize("stays", [True, False])
@pytest.mark.parametrize("unanswered", [NotifyEvent, object])
def test_what_went_into_a_line_that_was_dead_already_counts_as_not_told(tmp_path: Path, stays: bool, unanswered: type) -> None:
    """TC_N_23: nobody notices at once that a cable was pulled. What is not kept is told as it is when the CSMS is back, if it is news."""

    async def script(game: Game) -> None:
        def dead(notification: Notification) -> Any:
            if isinstance(notification, unanswered):
                raise CsmsSilent
            return game.csms.kindly(notification)

        await monitor(game, STATE, MonitorKind.DELTA, 1, 8)
        await monitor(game, POWER, MonitorKind.UPPER, 100, 8)
        game.csms.answer = dead
        game.control.plug()
        game.control.measure(1000, 3000)
        game.control.warn(WORN)
        await asyncio.sleep(60)
        game.csms.lose()
        if not stays:
            game.control.warn()
            game.control.measure(1000, 0)
            game.control.unplug(1000)
        await asyncio.sleep(5)
        game.csms.asked.clear()
        game.csms.answer = game.csms.kindly
        game.csms.connect()
        await asyncio.sleep(10)
        news = {"EVSE.AvailabilityState=Occupied", "EVSE.Power=3000", "PowerContactor.Problem=true"}
        assert (set(told(game)), len(told(game))) == ((news, 3) if stays else (set(), 0))
        game.control.measure(1000, 0)
        game.control.warn()
        await asyncio.sleep(5)
        assert set(told(game)) - news == ({"EVSE.Power=0 ok", "PowerContactor.Problem=false ok"} if stays else set())

    play(script, tmp_path / "store")


def test_what_a_busy_csms_has_no_room_for_is_told_when_it_has(tmp_path: Path) -> None:
    async def script(game: Game) -> None:
        await monitor(game, POWER, MonitorKind.DELTA, 10, 8)
        await asyncio.sleep(2)
        game.csms.asked.clear()
        async with game.csms._one:  # it does not answer yet
            for step in range(2 * QUEUE):
                game.control.measure(1000, 100 * (step + 1))
                await asyncio.sleep(1.5)
        await asyncio.sleep(10)
        values = [event.value for event in events(game)]
        assert values[:QUEUE] == [str(100 * (step + 1)) for step in range(QUEUE)], "none of them is dropped"
        assert values[-1] == str(100 * 2 * QUEUE), "and how it is in the end is told"

    play(script, tmp_path / "store")


def test_what_the_csms_has_heard_is_not_told_again_after_a_break(tmp_path: Path) -> None:
    async def script(game: Game) -> None:
        await monitor(game, STATE, MonitorKind.DELTA, 1, 8)
        game.control.plug()
        game.control.warn(WORN)
        await game.until(lambda: len(events(game)) == 2, 5)
        await asyncio.sleep(1)
        game.csms.lose()
        await asyncio.sleep(5)
        game.csms.connect()
        await asyncio.sleep(10)
        assert len(events(game)) == 2

    play(script, tmp_path / "store")


def test_the_queue_is_bounded_and_the_oldest_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """N08.FR.03: what is periodic waits as well."""

    monkeypatch.setattr(outbox, "MOST_EVENTS", 5)

    async def before(game: Game) -> None:
        await queue(game, 9)
        await monitor(game, STATE, MonitorKind.PERIODIC, 10, 5)
        await asyncio.sleep(120)
        assert game.store.outbox.waiting() == 6, "five of them, and the start of the device in the security log"
        game.csms.connect()
        await asyncio.sleep(5)
        times = [event.at for event in events(game)]
        assert times == sorted(times)
        assert len(times) == 5

    play(before, tmp_path / "store", connected=False)


def test_a_monitor_of_a_kind_that_a_later_release_knew_keeps_no_station_from_starting(tmp_path: Path) -> None:
    async def before(game: Game) -> None:
        number = await monitor(game, STATE, MonitorKind.DELTA, 1)
        later = await monitor(game, POWER, MonitorKind.DELTA, 1)
        with game.store.commit():
            game.store._database.change("UPDATE monitors SET body = replace(body, 'Delta', 'TargetDelta') WHERE id = ?", later)
        kept.append(number)

    async def after(game: Game) -> None:
        assert [each.id for each in game.station.monitoring._book if each.origin is Origin.CUSTOM] == kept
        assert await monitor(game, POWER, MonitorKind.DELTA, 1) > kept[0] + 1, "its number is not used again"

    kept: list[int] = []
    for script in (before, after):
        play(script, tmp_path / "store").store.close()


def test_a_threshold_that_was_exceeded_before_a_restart_is_cleared_after_it(tmp_path: Path) -> None:
    """N07.FR.14."""

    async def before(game: Game) -> None:
        await monitor(game, POWER, MonitorKind.UPPER, 100)
        game.control.measure(1000, 7360)
        await game.until(lambda: events(game), 5)
        game.control.measure(1000, 7000)
        await asyncio.sleep(3)
        assert told(game) == ["EVSE.Power=7360"]

    async def after(game: Game) -> None:
        game.control.measure(1000, 0)
        await game.until(lambda: events(game), 5)
        assert told(game) == ["EVSE.Power=0 ok"]

    first = play(before, tmp_path / "store")
    control = PlayedControl()
    control.state = first.control.state
    first.store.close()
    play(after, tmp_path / "store", control)


@pytest.mark.parametrize("leaves", [True, False])
def test_a_change_while_the_station_is_down_is_told_after_it_and_a_restart_is_none(tmp_path: Path, leaves: bool) -> None:
    """N07.FR.13, N07.FR.19."""

    async def before(game: Game) -> None:
        await queue(game, 9)
        await monitor(game, STATE, MonitorKind.DELTA, 1)
        game.control.plug()
        await game.until(lambda: told(game) == ["EVSE.AvailabilityState=Occupied"], 5)
        await asyncio.sleep(70)

    async def after(game: Game) -> None:
        await asyncio.sleep(10)
        assert told(game) == (["EVSE.AvailabilityState=Available"] if leaves else [])

    first = play(before, tmp_path / "store")
    control = PlayedControl()
    control.state = first.control.state if not leaves else control.state
    first.store.close()
    play(after, tmp_path / "store", control)


def test_a_number_that_creeps_is_told_however_often_the_station_restarts(tmp_path: Path) -> None:
    """N07.FR.18."""
    heard: list[str] = []
    for power in (1000, 1040, 1080, 1120):

        async def script(game: Game, power: int = power) -> None:
            game.control.measure(1000, power)
            if power == 1000:
                await asyncio.sleep(2)
                await monitor(game, POWER, MonitorKind.DELTA, 100)
            await asyncio.sleep(5)
            heard.extend(told(game))

        play(script, tmp_path / "store").store.close()
    assert heard == ["EVSE.Power=1120"]


def test_what_only_can_be_written_is_not_kept_in_another_place(tmp_path: Path) -> None:
    async def script(game: Game) -> None:
        key = VariableKey(component="SecurityCtrlr", variable="BasicAuthPassword")
        await monitor(game, key, MonitorKind.DELTA, 1)
        await monitor(game, STATE, MonitorKind.DELTA, 1)
        await asyncio.sleep(70)
        assert set(game.store.monitors.told().values()) >= {"Available"}
        assert "correct horse battery" not in str(game.store.monitors.told())

    play(script, tmp_path / "store", keys={"AuthorizationKey": "text:correct horse battery"})


def test_a_threshold_that_is_moved_is_looked_at_at_once_and_a_cleared_monitor_says_nothing(tmp_path: Path) -> None:
    """N07.FR.11, N07.FR.12."""

    async def script(game: Game) -> None:
        game.control.measure(1000, 3000)
        number = await monitor(game, POWER, MonitorKind.UPPER, 5000)
        assert told(game) == []
        await monitor(game, POWER, MonitorKind.UPPER, 1000, id=number)
        await game.until(lambda: events(game), 2)
        await monitor(game, POWER, MonitorKind.UPPER, 4000, id=number)
        await game.until(lambda: len(events(game)) == 2, 2)
        await monitor(game, POWER, MonitorKind.UPPER, 1000, id=number)
        await game.until(lambda: len(events(game)) == 3, 2)
        await say(game, ClearVariableMonitoring((number,)))
        game.control.measure(1000, 0)
        await asyncio.sleep(3)
        assert told(game) == ["EVSE.Power=3000", "EVSE.Power=3000 ok", "EVSE.Power=3000"]

    play(script, tmp_path / "store")


def test_the_level_keeps_what_is_less_grave_and_counts_after_a_restart(tmp_path: Path) -> None:
    """N07.FR.15."""

    async def before(game: Game) -> None:
        await monitor(game, STATE, MonitorKind.DELTA, 1, 8)
        await say(game, SetMonitoringLevel(7))

    async def after(game: Game) -> None:
        game.control.plug()
        await asyncio.sleep(3)
        assert told(game) == []
        await say(game, SetMonitoringLevel(8))
        await game.until(lambda: events(game), 3)
        game.control.unplug(1000)
        await game.until(lambda: len(events(game)) == 2, 3)
        assert told(game) == ["EVSE.AvailabilityState=Occupied", "EVSE.AvailabilityState=Available"]
        await say(game, SetMonitoringBase("HardWiredOnly"))
        game.control.plug(2)
        await asyncio.sleep(3)
        assert len(events(game)) == 2

    play(before, tmp_path / "store").store.close()
    play(after, tmp_path / "store")


def test_a_monitor_of_transactions_looks_only_while_one_runs(tmp_path: Path) -> None:
    async def script(game: Game) -> None:
        await monitor(game, POWER, MonitorKind.UPPER, 100, transaction=True)
        game.control.measure(1000, 3000)
        await asyncio.sleep(2)
        assert told(game) == []
        game.control.plug()
        await game.swipe()
        await game.until(lambda: events(game), 5)
        assert events(game)[0].transaction_id == game.csms.events[0].transaction_id

    play(script, tmp_path / "store")


def test_a_change_that_comes_with_a_fault_names_it_as_its_cause(tmp_path: Path) -> None:
    """N07.FR.05."""

    async def script(game: Game) -> None:
        await monitor(game, STATE, MonitorKind.DELTA, 1, 4)
        game.control.fail(SHORT)
        await game.until(lambda: len(events(game)) == 2, 5)
        fault, state = events(game)
        assert (state.value, state.cause) == ("Faulted", fault.id)

    play(script, tmp_path / "store")


def test_a_csms_that_does_not_know_events_gets_each_once(tmp_path: Path) -> None:
    async def script(game: Game) -> None:
        kindly = game.csms.answer

        def refuse(notification: Notification) -> Any:
            if isinstance(notification, NotifyEvent):
                raise CsmsRefused("NotImplemented", "")
            return kindly(notification)

        game.csms.answer = refuse
        game.control.fail(SHORT)
        await asyncio.sleep(30)
        assert len(events(game)) == 1
        assert game.store.outbox.waiting() == game.store.outbox.given_up() == 0

    play(script, tmp_path / "store")


def test_an_event_that_nobody_answers_is_told_again_and_then_kept_aside(tmp_path: Path) -> None:
    async def script(game: Game) -> None:
        kindly = game.csms.answer

        def silent(notification: Notification) -> Any:
            if isinstance(notification, NotifyEvent):
                raise CsmsSilent
            return kindly(notification)

        game.csms.answer = silent
        game.control.fail(SHORT)
        await game.until(lambda: game.store.outbox.given_up() == 1, 900)
        assert len({event.id for event in events(game)}) == 1
        assert len(events(game)) > 1

    play(script, tmp_path / "store")


def test_more_than_a_message_may_hold_is_refused_as_a_whole(tmp_path: Path) -> None:
    """N02.FR.07, N04.FR.09, N06.FR.06, N06.FR.07."""

    async def script(game: Game) -> None:
        wanted = WantedMonitor(key=STATE, kind=MonitorKind.DELTA, value=1, severity=5)
        assert await say(game, SetVariableMonitoring((wanted,) * 101)) == TooMuch("items", 101, 100)
        assert await say(game, SetVariableMonitoring((wanted,), size=65_537)) == TooMuch("bytes", 65_537, 65_536)
        assert await say(game, ClearVariableMonitoring((1,) * 501)) == TooMuch("items", 501, 500)
        assert await say(game, ClearVariableMonitoring((1,), size=65_537)) == TooMuch("bytes", 65_537, 65_536)
        most = game.station.monitoring._model.read(ITEMS_GET_REPORT)
        asked = GetMonitoringReport(7, wanted=(Wanted(component="EVSE"),) * (most + 1))
        assert await say(game, asked) == TooMuch("items", most + 1, most)
        assert not [each for each in game.station.monitoring._book if each.key == STATE], "nothing of it was done"

    play(script, tmp_path / "store")


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Wanted(component="EVSE"), {(1, None, "AvailabilityState"), (1, None, "Power"), (2, None, "AvailabilityState")}),
        (Wanted(component="EVSE", evse=1), {(1, None, "AvailabilityState"), (1, None, "Power")}),
        (Wanted(component="evse", evse=1, variable="power"), {(1, None, "Power")}),
        (Wanted(component="Connector"), {(1, 1, "AvailabilityState"), (1, 2, "AvailabilityState"), (2, 1, "AvailabilityState")}),
        (Wanted(component="Connector", evse=1), {(1, 1, "AvailabilityState"), (1, 2, "AvailabilityState")}),
        (Wanted(component="Connector", evse=1, connector=2), {(1, 2, "AvailabilityState")}),
        (Wanted(component="OCPPCommCtrlr", variable="MessageTimeout"), {(None, None, "MessageTimeout")}),
        (Wanted(component="OCPPCommCtrlr", variable="MessageTimeout", instance="Default"), {(None, None, "MessageTimeout")}),
        (Wanted(component="OCPPCommCtrlr", variable="MessageTimeout", instance="Other"), set()),
        (Wanted(component="Controller"), {(None, None, "Problem"), (1, None, "Problem")}),
        (Wanted(component="Controller", component_instance="other"), set()),
    ],
)
def test_what_is_not_named_in_a_report_is_wanted_of_every_kind(
    tmp_path: Path, wanted: Wanted, found: set[tuple[int | None, int | None, str]]
) -> None:
    """N02.FR.16, N02.FR.17, N02.FR.18, N02.FR.19, N02.FR.20, N02.FR.21."""

    def key(component: str, variable: str, evse: int | None = None, connector: int | None = None, **more: str) -> VariableKey:
        return VariableKey(component=component, variable=variable, evse=evse, connector=connector, **more)

    store = Store(tmp_path / "store.sqlite", alone=True)
    book = MonitorBook(store, DeviceModel(configuration(evses=2, connectors=2)), 230.0)
    keys = [key("EVSE", "AvailabilityState", 1), key("EVSE", "Power", 1), key("EVSE", "AvailabilityState", 2)]
    keys += [key("Connector", "AvailabilityState", *place) for place in ((1, 1), (1, 2), (2, 1))]
    keys += [key("OCPPCommCtrlr", "MessageTimeout", instance="Default"), key("Controller", "Problem"), key("Controller", "Problem", 1)]
    with store.commit():
        for each in keys:
            result, _ = book.set(WantedMonitor(key=each, kind=MonitorKind.PERIODIC, value=600, severity=8))
            assert result.status == "Accepted", result
    chosen = book.chosen(("PeriodicMonitoring",), (wanted,))
    assert {(each.key.evse, each.key.connector, each.key.variable) for each in chosen} == found
    store.close()


def test_what_is_hard_wired_is_neither_replaced_nor_cleared_and_no_other_base_is_known(tmp_path: Path) -> None:
    """N03.FR.02, N04.FR.18, N06.FR.03."""

    async def script(game: Game) -> None:
        book = game.station.monitoring._book
        fixed = next(each for each in book if each.origin is Origin.HARD_WIRED)
        wanted = WantedMonitor(key=fixed.key, kind=fixed.kind, value=5, severity=9, id=fixed.id)
        (result,) = await say(game, SetVariableMonitoring((wanted,)))
        assert (result.status, result.reason_code) == ("Rejected", "ReadOnly")
        (cleared,) = await say(game, ClearVariableMonitoring((fixed.id,)))
        assert cleared.status == "Rejected"
        assert fixed in list(book)
        number = await monitor(game, STATE, MonitorKind.DELTA, 1)
        refused = await say(game, SetMonitoringBase("Everything"))
        assert refused.verdict is Verdict.NOT_SUPPORTED
        assert number in {each.id for each in book}

    play(script, tmp_path / "store")


def test_the_base_counts_after_a_restart_and_factory_default_brings_back_what_was_changed(tmp_path: Path) -> None:
    """N03.FR.03, N03.FR.04, N03.FR.05, N04.FR.15."""

    def origins(game: Game) -> set[Origin]:
        return {each.origin for each in game.station.monitoring._book}

    async def before(game: Game) -> None:
        await monitor(game, STATE, MonitorKind.DELTA, 1)
        await say(game, SetMonitoringBase("HardWiredOnly"))
        assert origins(game) == {Origin.HARD_WIRED}

    async def after(game: Game) -> None:
        assert origins(game) == {Origin.HARD_WIRED}
        await say(game, SetMonitoringBase("All"))
        own = next(each for each in game.station.monitoring._book if each.origin is Origin.PRECONFIGURED and each.kind is MonitorKind.UPPER)
        await monitor(game, own.key, own.kind, own.value - 1, own.severity, id=own.id)
        await say(game, SetMonitoringBase("All"))
        (changed,) = (each for each in game.station.monitoring._book if each.id == own.id)
        assert (changed.origin, changed.value) == (Origin.CUSTOM, own.value - 1)

    async def at_last(game: Game) -> None:
        assert Origin.CUSTOM in origins(game)
        await say(game, SetMonitoringBase("FactoryDefault"))
        assert origins(game) == {Origin.HARD_WIRED, Origin.PRECONFIGURED}

    for script in (before, after, at_last):
        play(script, tmp_path / "store").store.close()


def test_looking_costs_next_to_nothing_while_nothing_changes(tmp_path: Path) -> None:
    async def script(game: Game) -> None:
        names = [entry.key for entry in DeviceModel(configuration()) if entry.key.component][:200]
        wanted = [WantedMonitor(key=key, kind=MonitorKind.DELTA, value=1, severity=8) for key in names]
        preconfigured_ms = _each_ms(game)
        for start in (0, 100):
            await say(game, SetVariableMonitoring(tuple(wanted[start : start + 100])))
        assert preconfigured_ms < 0.5, f"{preconfigured_ms:.3f} ms"
        assert (custom_ms := _each_ms(game)) < 5, f"{custom_ms:.3f} ms"

    play(script, tmp_path / "store")


def _each_ms(game: Game) -> float:
    """Processor time of one look."""
    game.station.monitoring.watch.look()
    begun = time.thread_time()
    for _ in range(50):
        game.station.monitoring.watch.look()
    return (time.thread_time() - begun) * 20
