"""Blocks N and G: what monitors and faults tell (N07, N08, G05)."""

import asyncio
from datetime import datetime

import pytest

from tests.conformance.v201 import states
from tests.conformance.v201.cases import case
from tests.conformance.v201.lab import Lab
from tests.conformance.v201.monitors import EVSE_STATE, LOOK_S, POWER, event, events, monitor, report
from tests.conformance.v201.sites import SOCKET

QUEUE = "MonitoringCtrlr.OfflineQueuingSeverity"


@case("TC_N_16")
async def test_what_is_less_grave_than_the_level_is_not_told(lab: Lab) -> None:
    await monitor(lab, EVSE_STATE, "Delta", 1, 8)
    await lab.says("Accepted", "SetMonitoringLevel", severity=7)
    await lab.plug(SOCKET)
    await lab.status("Occupied", evse=SOCKET)
    await asyncio.sleep(LOOK_S)
    assert not events(lab, name=EVSE_STATE)


@case("TC_N_20")
async def test_power_beyond_its_thresholds_and_back(lab: Lab) -> None:
    await lab.says("Accepted", "SetMonitoringBase", monitoringBase="All")
    upper = await monitor(lab, POWER, "UpperThreshold", 100, 5)
    transaction = await states.charging(lab)
    told = await event(lab, variableMonitoringId=upper, trigger="Alerting")
    assert float(told["actualValue"]) > 100
    assert not told.get("cleared", False)
    assert told["transactionId"] == transaction
    lower = await monitor(lab, POWER, "LowerThreshold", 10, 5)
    await states.stop_authorized(lab)
    back = await event(lab, variableMonitoringId=upper, cleared=True)
    below = await event(lab, variableMonitoringId=lower)
    for each in (back, below):
        assert float(each["actualValue"]) < 10
        assert each["transactionId"] == transaction
        assert (each["trigger"], each["eventNotificationType"], each["name"]) == ("Alerting", "CustomMonitor", POWER)
    assert not below.get("cleared", False)


@case("TC_N_21")
async def test_a_plug_that_does_not_lock_never_charges_and_is_told_by_itself(lab: Lab) -> None:
    """As TC_G_20 of part 6 has it, which part 5 does not ask for."""
    await lab.hardware(SOCKET, lock="stuck_open")
    await lab.plug(SOCKET)
    await lab.card(evse=SOCKET)
    told = await event(lab, name=f"ConnectorPlugRetentionLock@{SOCKET}.1.Problem")
    assert (told["eventNotificationType"], told["trigger"], told["actualValue"]) == ("HardWiredNotification", "Delta", "true")
    assert told["variableMonitoringId"] in await report(lab, [told["name"]])
    assert not [each for each in lab.heard("TransactionEvent") if each.payload["transactionInfo"].get("chargingState") == "Charging"]


@case("TC_N_45", "TC_N_56")
async def test_a_change_is_told_of_numbers_beyond_the_difference_and_of_others_always(lab: Lab) -> None:
    power, state = await monitor(lab, POWER, "Delta", 100), await monitor(lab, EVSE_STATE, "Delta", 1)
    await states.charging(lab)
    told = await event(lab, variableMonitoringId=state)
    assert (told["trigger"], told["name"], told["actualValue"]) == ("Delta", EVSE_STATE, "Occupied")
    told = await event(lab, variableMonitoringId=power)
    assert (told["trigger"], told["name"]) == ("Delta", POWER)


@case("TC_N_51", "TC_N_52")
async def test_a_threshold_that_is_moved_is_looked_at_and_one_that_is_gone_is_not(lab: Lab) -> None:
    number = await monitor(lab, POWER, "UpperThreshold", 20_000)
    await states.charging(lab)
    await monitor(lab, POWER, "UpperThreshold", 100, id=number)
    told = await event(lab, variableMonitoringId=number)
    assert told["trigger"] == "Alerting"
    assert float(told["actualValue"]) > 100
    answer = await lab.call("ClearVariableMonitoring", id=[number])
    assert answer["clearMonitoringResult"][0]["status"] == "Accepted"
    await report(lab, [POWER], ["ThresholdMonitoring"], status="EmptyResultSet")
    await states.stop_authorized(lab)
    await states.ev_disconnected(lab)
    assert len(events(lab, variableMonitoringId=number)) == 1


@case("TC_N_24")
async def test_a_value_is_told_periodically(lab: Lab) -> None:
    number = await monitor(lab, EVSE_STATE, "Periodic", 1)
    await lab.csms.until(lambda: len(events(lab, variableMonitoringId=number, trigger="Periodic")) >= 2, 5)
    first, second, *_ = events(lab, variableMonitoringId=number)
    assert (first["name"], first["actualValue"], first["eventNotificationType"]) == (EVSE_STATE, "Available", "CustomMonitor")
    between = datetime.fromisoformat(second["timestamp"]) - datetime.fromisoformat(first["timestamp"])
    assert between.total_seconds() == pytest.approx(1, abs=0.5)


@case("TC_N_22")
async def test_what_is_grave_enough_waits_for_the_connection(lab: Lab) -> None:
    await lab.configure({QUEUE: "5"})
    number = await monitor(lab, EVSE_STATE, "Delta", 1, 5)
    await lab.network("down")
    await lab.plug(SOCKET)
    await lab.shows(SOCKET, status="Occupied")
    await lab.unplug(SOCKET)
    await lab.shows(SOCKET, status="Available")
    await lab.plug(SOCKET)
    await lab.shows(SOCKET, status="Occupied")
    await lab.network("up")
    await lab.csms.until(lambda: len(events(lab, variableMonitoringId=number)) >= 3, 10)
    told = [(each["actualValue"], each["trigger"], each["name"]) for each in events(lab, variableMonitoringId=number)]
    assert told == [(value, "Delta", EVSE_STATE) for value in ("Occupied", "Available", "Occupied")]


@case("TC_N_23")
async def test_what_is_not_grave_enough_does_not_wait(lab: Lab) -> None:
    await lab.configure({QUEUE: "5"})
    await lab.plug(SOCKET)
    await lab.status("Occupied", evse=SOCKET)
    number = await monitor(lab, EVSE_STATE, "Delta", 1, 6)
    await lab.network("down")
    await lab.unplug(SOCKET)
    await lab.shows(SOCKET, status="Available")
    await lab.plug(SOCKET)
    await lab.shows(SOCKET, status="Occupied")
    lab.passed()
    await lab.network("up")
    await lab.online()
    await lab.unplug(SOCKET)
    await event(lab, variableMonitoringId=number)
    told = [each["actualValue"] for each in events(lab, variableMonitoringId=number)]
    assert told == ["Available"], "what comes now, and nothing of before"
