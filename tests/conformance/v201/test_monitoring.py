"""Block N: which monitors there are (N02 to N06)."""

import pytest

from tests.conformance.v201 import states
from tests.conformance.v201.cases import case
from tests.conformance.v201.lab import Lab
from tests.conformance.v201.monitors import EVSE_STATE, POWER, STATION_STATE, event, monitor, reason, report, set_all, wanted

THRESHOLDS, DELTA, PERIODIC = {"UpperThreshold", "LowerThreshold"}, {"Delta"}, {"Periodic", "PeriodicClockAligned"}


@case("TC_N_01")
async def test_a_report_of_all_monitors_of_some_kinds(lab: Lab) -> None:
    for kind, value in (("UpperThreshold", 100), ("LowerThreshold", 10), ("Delta", 50), ("Periodic", 600), ("PeriodicClockAligned", 900)):
        await monitor(lab, POWER, kind, value)
    for criteria, kinds in (
        (["ThresholdMonitoring"], THRESHOLDS),
        (["ThresholdMonitoring", "DeltaMonitoring"], THRESHOLDS | DELTA),
        (["DeltaMonitoring", "PeriodicMonitoring"], DELTA | PERIODIC),
    ):
        found = await report(lab, criteria=criteria)
        assert {each["type"] for each in found.values()} == kinds


@case("TC_N_02", "TC_N_03")
async def test_a_report_of_some_components_and_variables(lab: Lab) -> None:
    numbers = {await monitor(lab, name, "Delta", 1) for name in (STATION_STATE, EVSE_STATE)}
    await monitor(lab, POWER, "Periodic", 600)
    found = await report(lab, [STATION_STATE, "EVSE@1."])
    assert numbers < set(found)
    assert {each["type"] for each in found.values() if each["name"].endswith("AvailabilityState")} == DELTA
    await report(lab, [STATION_STATE, EVSE_STATE], ["ThresholdMonitoring"], status="EmptyResultSet")
    assert set(await report(lab, [STATION_STATE, EVSE_STATE], ["DeltaMonitoring"])) == numbers


@case("TC_N_47")
async def test_a_report_of_all_monitors(lab: Lab) -> None:
    number = await monitor(lab, EVSE_STATE, "Delta", 1)
    assert number in await report(lab)


@case("TC_N_05", "TC_N_06")
async def test_only_what_is_hard_wired_is_left(lab: Lab) -> None:
    await lab.says("Accepted", "SetMonitoringBase", monitoringBase="All")
    number = await monitor(lab, STATION_STATE, "Delta", 1)
    assert set(await report(lab, [STATION_STATE])) == {number}
    await lab.says("Accepted", "SetMonitoringBase", monitoringBase="FactoryDefault")
    number = await monitor(lab, STATION_STATE, "Delta", 1)
    await lab.says("Accepted", "SetMonitoringBase", monitoringBase="HardWiredOnly")
    assert await lab.variable("MonitoringCtrlr.ActiveMonitoringBase") == "HardWiredOnly"
    await report(lab, [STATION_STATE], status="EmptyResultSet")
    assert {each["name"].rpartition(".")[2] for each in (await report(lab)).values()} == {"Tripped", "Problem", "Active", "Protecting"}


@case("TC_N_08", "TC_N_09", "TC_N_10")
async def test_monitors_of_several_variables_and_several_of_one(lab: Lab) -> None:
    elements = [wanted(EVSE_STATE, "Delta", 1, 8), wanted(STATION_STATE, "Delta", 1, 8), wanted(EVSE_STATE, "Delta", 1, 7)]
    results = await set_all(lab, *elements)
    assert [each["status"] for each in results] == ["Accepted"] * 3
    assert len({each["id"] for each in results}) == 3
    found = await report(lab, [EVSE_STATE, STATION_STATE])
    assert {(each["name"], each["type"], each["severity"]) for each in found.values()} == {
        (EVSE_STATE, "Delta", 8),
        (STATION_STATE, "Delta", 8),
        (EVSE_STATE, "Delta", 7),
    }


@pytest.mark.parametrize(
    ("name", "kind", "value", "status", "why"),
    [
        pytest.param("EVSE@99.AvailabilityState", "Delta", 1, "UnknownComponent", "NotFound", marks=case("TC_N_11")),
        pytest.param("NonExistent.Power", "UpperThreshold", 1234, "UnknownComponent", "NotFound", marks=case("TC_N_11")),
        pytest.param(EVSE_STATE, "Delta", -1, "Rejected", "ValuePositiveOnly", marks=case("TC_N_12")),
        pytest.param(POWER, "UpperThreshold", 1_000_000, "Rejected", "ValueOutOfRange", marks=case("TC_N_13")),
        pytest.param("EVSE.unknownVariable", "Delta", 1, "UnknownVariable", "NotFound", marks=case("TC_N_37")),
    ],
)
async def test_no_monitor_of_what_there_is_not(lab: Lab, name: str, kind: str, value: float, status: str, why: str) -> None:
    (result,) = await set_all(lab, wanted(name, kind, value))
    assert (result["status"], reason(result, why)) == (status, why)
    assert "id" not in result


@case("TC_N_15", "TC_N_43")
async def test_each_element_is_judged_by_itself(lab: Lab) -> None:
    one = wanted(EVSE_STATE, "Delta", 1)
    first, second = await set_all(lab, one, one)
    assert (first["status"], second["status"], reason(second, "InvalidValue")) == ("Accepted", "Duplicate", "InvalidValue")
    mixed = wanted(POWER, "UpperThreshold", 5000), wanted(POWER, "Delta", -1), wanted(POWER, "LowerThreshold", 0)
    assert [each["status"] for each in await set_all(lab, *mixed)] == ["Accepted", "Rejected", "Accepted"]


@case("TC_N_39", "TC_N_40")
async def test_a_monitor_is_replaced_by_one_of_the_same_variable_only(lab: Lab) -> None:
    number = await monitor(lab, EVSE_STATE, "Delta", 1, 5)
    for name, kind in (("ChargingStation.Power", "UpperThreshold"), (POWER, "Delta")):
        (result,) = await set_all(lab, wanted(name, kind, 1, id=number))
        assert result["status"] == "Rejected"
    left = (await report(lab))[number]
    assert (left["name"], left["type"], left["value"], left["severity"]) == (EVSE_STATE, "Delta", 1, 5)
    assert await monitor(lab, EVSE_STATE, "Delta", 1, 4, id=number) == number
    assert (await report(lab, [EVSE_STATE], ["DeltaMonitoring"]))[number]["severity"] == 4


@case("TC_N_41")
async def test_a_preconfigured_monitor_comes_back_with_the_factory_default(lab: Lab) -> None:
    await lab.says("Accepted", "SetMonitoringBase", monitoringBase="FactoryDefault")
    found = await report(lab, ["TemperatureSensor@1.Temperature"])
    ((number, before),) = found.items()
    changed = wanted(before["name"], before["type"], before["value"], before["severity"] + 1, id=number)
    (result,) = await set_all(lab, changed)
    assert result["status"] == "Accepted"
    assert (await report(lab, [before["name"]]))[number]["severity"] == before["severity"] + 1
    await lab.says("Accepted", "SetMonitoringBase", monitoringBase="FactoryDefault")
    assert await report(lab, [before["name"]]) == found


@case("TC_N_17")
async def test_no_level_beyond_the_severities(lab: Lab) -> None:
    for severity in (10, -1):
        assert reason(await lab.says("Rejected", "SetMonitoringLevel", severity=severity), "ValueOutOfRange") == "ValueOutOfRange"


@case("TC_N_18", "TC_N_19", "TC_N_44")
async def test_monitors_are_cleared_but_for_those_that_are_hard_wired(lab: Lab) -> None:
    fixed = next(iter(await report(lab)))  # the first that is told, as the case has it
    numbers = [await monitor(lab, name, "Delta", 1) for name in (STATION_STATE, EVSE_STATE)]
    answer = await lab.call("ClearVariableMonitoring", id=[*numbers, fixed, numbers[-1] + 1])
    told = {each["id"]: each["status"] for each in answer["clearMonitoringResult"]}
    assert {reason(each, "NotFound") for each in answer["clearMonitoringResult"] if each["status"] == "NotFound"} == {"NotFound"}
    assert told == {numbers[0]: "Accepted", numbers[1]: "Accepted", fixed: "Rejected", numbers[-1] + 1: "NotFound"}
    await report(lab, [STATION_STATE, EVSE_STATE], status="EmptyResultSet")


@case("TC_N_53", fresh=True)
async def test_a_monitor_survives_a_restart_with_its_number(lab: Lab) -> None:
    number = await monitor(lab, POWER, "UpperThreshold", 5000)
    await states.booted(lab)
    found = await report(lab, criteria=["ThresholdMonitoring"])
    assert (found[number]["name"], found[number]["type"], found[number]["value"]) == (POWER, "UpperThreshold", 5000)


@case("TC_N_48", change=lambda tree: tree["ocpp"].update(security_profile=1, basic_auth_password="0123456789abcdef"))
async def test_the_event_of_a_password_does_not_tell_it(lab: Lab) -> None:
    await monitor(lab, "SecurityCtrlr.BasicAuthPassword", "Delta", 1)
    results = await lab.write({"SecurityCtrlr.BasicAuthPassword": "fedcba9876543210"})
    assert [each["attributeStatus"] for each in results.values()] == ["Accepted"]
    told = await event(lab, name="SecurityCtrlr.BasicAuthPassword")
    assert told["actualValue"] == ""
