"""What faults make of transactions, and what never looks like a fault or an unplugged car."""

import asyncio
from pathlib import Path

import pytest

from chargepoint.domain.fault_table import OF_STATION
from chargepoint.domain.faults import Fault
from chargepoint.domain.ids import ConnectorId, PlugInId
from chargepoint.domain.metering import Offer
from chargepoint.domain.transaction import ChargingState, StopReason, TriggerReason
from chargepoint.link.messages import Permit, Revoke
from chargepoint.station.control_link import SILENT_S
from hal.measured import FaultKind
from tests.station.rig import Game, PlayedControl, play
from tests.station.test_transacting import charge

FIRST = PlugInId("boot-1", 1)
EMERGENCY_STOP = Fault("emergency_stop", "other", "emergency stop: pressed", latched=True)
WELDED = Fault("contactor_welded", "power_switch_failure", latched=True)
TOO_HIGH = Fault("over_voltage", "over_voltage", "voltage: 270000 mV")
STATION_S = 2.0
"""Enough for everything that the station does by itself."""


def states(game: Game) -> list[ChargingState | None]:
    """The story of charging states."""
    return [event.charging_state for event in game.csms.events if event.trigger is not TriggerReason.METER_VALUE_PERIODIC]


def told(game: Game) -> list[str]:
    """What was told of the connector, in the words of 1.6 (those of the rig are good enough to tell one from another)."""
    return [game.csms.status_word(status.facts) for status in game.csms.statuses if status.facts.connector == ConnectorId(1)]


def test_a_fault_that_clears_by_itself_suspends_and_charging_goes_on_in_the_same_transaction() -> None:
    async def script(game: Game) -> None:
        await charge(game)
        game.control.fail(TOO_HIGH)
        await asyncio.sleep(30)
        game.control.fail()
        game.control.change(state="B2", offered_ma=16_000)
        await asyncio.sleep(4)
        game.control.charge()
        await asyncio.sleep(STATION_S)

    game = play(script)
    assert states(game) == [ChargingState.EV_CONNECTED, ChargingState.CHARGING, ChargingState.SUSPENDED_EVSE, ChargingState.CHARGING]
    assert not any(isinstance(message, Revoke) for message in game.control.heard)


@pytest.mark.parametrize(
    ("name", "kind", "reason"),
    [
        ("emergency_stop", "other", StopReason.EMERGENCY_STOP),
        ("rcd_tripped", "ground_failure", StopReason.GROUND_FAULT),
        ("over_current", "over_current_failure", StopReason.OVERCURRENT_FAULT),
        ("phase_missing", "under_voltage", StopReason.POWER_QUALITY),
        ("contactor_welded", "power_switch_failure", StopReason.OTHER),
    ],
)
def test_a_latched_fault_ends_the_transaction_with_its_reason_and_its_last_reading(name: str, kind: FaultKind, reason: StopReason) -> None:
    async def script(game: Game) -> None:
        await charge(game)
        game.control.fail(Fault(name, kind, latched=True))
        await asyncio.sleep(STATION_S)
        assert game.control.permits[-1] == Revoke(1, FIRST), "the plug is the driver's again"
        game.control.open(2000)
        await game.until(lambda: game.transaction is None, STATION_S)

    ended = play(script).csms.events[-1]
    assert (ended.stop_reason, ended.trigger, ended.meter_wh) == (reason, TriggerReason.ABNORMAL_CONDITION, 2000)


def test_a_fault_that_has_been_tried_often_enough_ends_what_it_only_suspended_before() -> None:
    async def script(game: Game) -> None:
        await charge(game)
        game.control.fail(TOO_HIGH)
        await asyncio.sleep(10)
        assert game.transaction.stop is None
        game.control.fail(Fault("over_voltage", "over_voltage", latched=True))
        game.control.open(1600)
        await game.until(lambda: game.transaction is None, STATION_S)

    assert play(script).csms.events[-1].stop_reason is StopReason.POWER_QUALITY


def test_a_contactor_that_stays_closed_does_not_keep_the_transaction_open() -> None:
    async def script(game: Game) -> None:
        await charge(game)
        game.control.change(faults=(WELDED,), state="fault", offered_ma=0)
        await game.until(lambda: game.transaction is None, 15)

    assert play(script).csms.events[-1].stop_reason is StopReason.OTHER


def test_after_a_latched_fault_nobody_starts_until_the_car_has_left() -> None:
    async def script(game: Game) -> None:
        await charge(game)
        game.control.fail(EMERGENCY_STOP)
        game.control.open(1600)
        await asyncio.sleep(STATION_S)
        await game.swipe()
        assert game.transaction is None
        game.control.unplug(1600)
        game.control.fail()
        await asyncio.sleep(STATION_S)
        facts = game.csms.statuses[-1].facts
        assert (facts.plugged, facts.finishing, facts.faults) == (False, False, ())
        game.control.plug(2)
        await game.swipe()
        assert game.transaction is not None

    play(script)


def test_a_service_fault_outlasts_the_car() -> None:
    async def script(game: Game) -> None:
        await charge(game)
        game.control.fail(WELDED)
        game.control.open(1600)
        await asyncio.sleep(STATION_S)
        game.control.unplug(1600)
        game.control.change(cp="F", state="out")
        await asyncio.sleep(STATION_S)
        assert [fault.name for fault in game.csms.statuses[-1].facts.faults] == ["contactor_welded"]
        assert not game.station.availability.usable(1)

    play(script)


def test_a_restart_while_a_latched_fault_ends_it_keeps_the_reason(tmp_path: Path) -> None:
    control = PlayedControl()

    async def before(game: Game) -> None:
        await charge(game)
        control.fail(EMERGENCY_STOP)
        await asyncio.sleep(0.5)
        assert game.transaction is not None

    async def after(game: Game) -> None:
        control.measure(1600)
        await asyncio.sleep(0.5)
        assert control.permits[-1] == Revoke(1, FIRST)
        control.open(1600)
        await game.until(lambda: game.transaction is None, STATION_S)
        await asyncio.sleep(STATION_S)

    play(before, tmp_path / "store", control)
    game = play(after, tmp_path / "store", control)
    assert [(event.stop_reason, event.meter_wh) for event in game.csms.events] == [(StopReason.EMERGENCY_STOP, 1600)]


def test_a_fault_that_latched_while_the_station_was_dead_ends_the_transaction(tmp_path: Path) -> None:
    control = PlayedControl()

    async def before(game: Game) -> None:
        await charge(game)
        control.end.hang_up()
        control.fail(EMERGENCY_STOP)
        control.unplug(1650)
        control.fail()

    async def after(game: Game) -> None:
        await asyncio.sleep(8)

    play(before, tmp_path / "store", control)
    game = play(after, tmp_path / "store", control)
    assert [(event.stop_reason, event.meter_wh) for event in game.csms.events] == [(StopReason.EMERGENCY_STOP, 1650)]


def test_control_that_hangs_with_its_socket_open_is_told_as_a_fault_until_it_goes_on() -> None:
    async def script(game: Game) -> None:
        await charge(game)
        await asyncio.sleep(60)
        assert "Charging" in told(game)[-1]
        game.control.hangs = True
        await asyncio.sleep(45)
        assert [fault.name for fault in game.csms.statuses[-1].facts.faults] == ["control_silent"]
        assert game.transaction is not None
        game.control.hangs = False
        await game.until(lambda: not game.csms.statuses[-1].facts.faults, 15)
        assert "Charging" in told(game)[-1]

    play(script)


def test_control_that_stays_away_is_told_as_a_fault_and_nothing_begins_until_it_is_back() -> None:
    async def script(game: Game) -> None:
        await charge(game)
        game.control.absent = True
        game.control.end.hang_up()
        await asyncio.sleep(8)
        assert "Charging" in told(game)[-1], "a restart takes seconds and is nobody's business"
        await asyncio.sleep(4)
        faults = game.csms.statuses[-1].facts.faults
        assert [(fault.name, fault.kind, fault.stops_charging) for fault in faults] == [("control_silent", "internal_error", True)]
        assert game.station.document()["evses"][0]["faults"] == ["control_silent"]
        assert faults[0].row is OF_STATION["control_silent"]
        assert faults[0].row.seen_after_s == SILENT_S
        assert game.transaction is not None, "control goes on with what it was granted, or opens; what it metered is not lost"
        game.control.absent = False
        await game.until(lambda: not game.csms.statuses[-1].facts.faults, 5)
        assert "Charging" in told(game)[-1]

    play(script)


def test_waking_a_sleeping_car_looks_as_waiting_for_it_does() -> None:
    async def script(game: Game) -> None:
        game.control.plug()
        await game.swipe()
        game.control.change(state="B2", offered_ma=16_000, permit="live")
        await asyncio.sleep(30)
        before = len(told(game))
        game.control.change(state="waking", cp="F", offered_ma=0)
        await asyncio.sleep(4)
        game.control.change(state="woken", cp="B")
        await asyncio.sleep(0.75)
        game.control.change(state="B2", offered_ma=16_000)
        await asyncio.sleep(4)
        assert len(told(game)) == before
        game.control.charge()
        await asyncio.sleep(STATION_S)

    game = play(script)
    assert states(game) == [ChargingState.EV_CONNECTED, ChargingState.SUSPENDED_EV, ChargingState.CHARGING]
    assert all(isinstance(message, Permit) for message in game.control.permits)


def test_switching_phases_is_one_pause_of_the_evses_own() -> None:
    async def script(game: Game) -> None:
        await charge(game)
        game.control.change(state="stopping", offered_ma=0)
        await asyncio.sleep(1)
        game.control.change(state="B1", cp="B", contactor_closed=False)
        await asyncio.sleep(60)
        game.control.change(state="B2", phases=1, offered_ma=16_000)
        await asyncio.sleep(5)
        game.control.charge()
        await asyncio.sleep(STATION_S)
        assert game.station.transacting.sheets[1].offer == Offer(16_000, 3_680)

    game = play(script)
    assert states(game) == [ChargingState.EV_CONNECTED, ChargingState.CHARGING, ChargingState.SUSPENDED_EVSE, ChargingState.CHARGING]


def test_a_car_that_does_not_take_the_offer_after_a_pause_has_suspended_itself() -> None:
    async def script(game: Game) -> None:
        await charge(game)
        game.control.change(state="B1", cp="B", contactor_closed=False, offered_ma=0)
        await asyncio.sleep(20)
        game.control.change(state="B2", offered_ma=16_000)
        await asyncio.sleep(15)

    assert states(play(script))[2:] == [ChargingState.SUSPENDED_EVSE, ChargingState.SUSPENDED_EV]
