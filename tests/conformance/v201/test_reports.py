"""Block B: reports of the device model (B07, B08)."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.campaigns.bench import Json
from tests.conformance.v201.cases import case
from tests.conformance.v201.lab import Lab
from tests.conformance.v201.naming import read, written
from tests.conformance.v201.sites import CABLE, SOCKET

REQUIRED = Path(__file__).parents[2] / "domain" / "required_2.0.1.csv"
LISTS = ("OptionList", "SequenceList", "MemberList")
STATES = {"Available", "Occupied", "Reserved", "Unavailable", "Faulted"}
DEVICE_DATA = {"GetReport", "GetVariables", "SetVariables"}


async def reported(lab: Lab, action: str, request_id: int, **wanted: Any) -> dict[str, Json]:
    """The rows of a report that is accepted, by their names; its parts are numbered, and each is told once."""
    answer = await lab.says("Accepted", action, requestId=request_id, **wanted)
    assert answer.get("statusInfo", {}).get("reasonCode", "NoError") == "NoError"
    rows: dict[str, Json] = {}
    for number in range(1000):
        part = await lab.hears("NotifyReport", requestId=request_id)
        assert part.payload["seqNo"] == number
        assert part.payload["generatedAt"]
        for row in part.payload["reportData"]:
            assert written(row) not in rows, f"{written(row)} is reported twice"
            rows[written(row)] = row
        if not part.payload.get("tbc", False):
            break
    assert_sound(rows)
    return rows


def assert_sound(rows: dict[str, Json]) -> None:
    """What has a list of values says which, and has one of them; what is write-only has no value, and everything else has."""
    for name, row in rows.items():
        characteristics, (attribute,) = row["variableCharacteristics"], row["variableAttribute"]
        value = attribute.get("value")
        assert (value is None) == (attribute.get("mutability") == "WriteOnly"), name
        if characteristics["dataType"] in LISTS:
            allowed = characteristics["valuesList"].split(",")
            assert all(allowed), name
            assert value is None or set(value.split(",") if value else ()) <= set(allowed), (name, value, allowed)


def value(row: Json) -> str:
    """Of its only attribute."""
    found: str = row["variableAttribute"][0]["value"]
    return found


def required() -> Iterator[tuple[str, Json]]:
    """The required variables at the places of this station, by their names."""
    with REQUIRED.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            places = {"EVSE": [f"@{SOCKET}", f"@{CABLE}"], "Connector": [f"@{SOCKET}.1", f"@{CABLE}.1"]}.get(row["component"], [""])
            instance = f"[{row['instance']}]" if row["instance"] else ""
            for place in places:
                yield f"{row['component']}{place}.{row['variable']}{instance}", row


@case("TC_B_12")
async def test_the_configuration_inventory_has_all_that_can_be_set(lab: Lab) -> None:
    rows = await reported(lab, "GetBaseReport", 12, reportBase="ConfigurationInventory")
    assert {row["variableAttribute"][0]["mutability"] for row in rows.values()} <= {"ReadWrite", "WriteOnly"}
    assert {name for name, row in required() if row["access"] == "ReadWrite"} <= set(rows)


@case("TC_B_13", "TC_B_53")
async def test_the_full_inventory_has_every_required_variable(lab: Lab) -> None:
    rows = await reported(lab, "GetBaseReport", 13, reportBase="FullInventory")
    for name, wanted in required():
        assert name in rows
        attribute, characteristics = rows[name]["variableAttribute"][0], rows[name]["variableCharacteristics"]
        assert attribute["mutability"] in wanted["access"].split(), name
        assert characteristics["dataType"] == wanted["type"], name
    power = rows[f"EVSE@{SOCKET}.Power"]["variableCharacteristics"]
    assert (power["maxLimit"], power["unit"]) == (32 * 230 * 3, "W")


@case("TC_B_14")
async def test_the_summary_inventory_tells_how_things_are_and_what_is_wrong(lab: Lab) -> None:
    places = {"ChargingStation", *(f"{kind}" for evse in (SOCKET, CABLE) for kind in (f"EVSE@{evse}", f"Connector@{evse}.1"))}
    rows = await reported(lab, "GetBaseReport", 14, reportBase="SummaryInventory")
    assert {name: value(row) for name, row in rows.items()} == {f"{place}.AvailabilityState": "Available" for place in places}
    await lab.ask("PUT", f"/evses/{CABLE}/faults/leaks", kind="ground_failure")
    await lab.status("Faulted", evse=CABLE)
    rows = await reported(lab, "GetBaseReport", 15, reportBase="SummaryInventory")
    assert value(rows[f"EVSE@{CABLE}.AvailabilityState"]) == "Faulted"
    wrong = {name: value(row) for name, row in rows.items() if not name.endswith(".AvailabilityState")}
    assert wrong == {
        f"{component}@{CABLE}.{name}": "true" for component, name in (("EVSE", "Problem"), ("RCD", "Problem"), ("RCD", "Tripped"))
    }


@case("TC_B_16")
async def test_a_report_by_criteria_has_what_meets_them(lab: Lab) -> None:
    full = await reported(lab, "GetBaseReport", 16, reportBase="FullInventory")
    enabled = {name for name, row in full.items() if name.endswith(".Enabled") and value(row) == "true"}
    rows = await reported(lab, "GetReport", 17, componentCriteria=["Enabled"])
    assert enabled
    assert {name for name in rows if name.endswith(".Enabled")} == enabled
    answer = await lab.call("GetVariables", getVariableData=[read(name) for name in sorted(enabled)])
    assert {(result["attributeStatus"], result["attributeValue"]) for result in answer["getVariableResult"]} == {("Accepted", "true")}
    secret = await lab.result("SecurityCtrlr.BasicAuthPassword")
    assert (secret["attributeStatus"], "attributeValue" in secret) == ("Rejected", False)


@case("TC_B_17", "TC_B_18")
async def test_a_report_of_one_variable_with_and_without_criteria(lab: Lab) -> None:
    name = f"EVSE@{SOCKET}.AvailabilityState"
    for number, criteria in enumerate(({}, {"componentCriteria": ["Available"]}), start=20):
        rows = await reported(lab, "GetReport", number, componentVariable=[read(name)], **criteria)
        assert set(rows) == {name}
        attribute, characteristics = rows[name]["variableAttribute"], rows[name]["variableCharacteristics"]
        assert attribute == [{"type": "Actual", "value": "Available", "mutability": "ReadOnly"}]
        assert characteristics["dataType"] == "OptionList"
        assert set(characteristics["valuesList"].split(",")) == STATES
    answer = await lab.says("EmptyResultSet", "GetReport", requestId=22, componentCriteria=["Problem"], componentVariable=[read(name)])
    assert answer.get("statusInfo", {}).get("reasonCode", "NotFound") == "NotFound"
    await lab.variable(name)
    assert not lab.heard("NotifyReport", requestId=22)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        pytest.param(
            "DeviceDataCtrlr.ItemsPerMessage", {f"DeviceDataCtrlr.ItemsPerMessage[{each}]" for each in DEVICE_DATA}, marks=case("TC_B_54")
        ),
        pytest.param("DeviceDataCtrlr.ItemsPerMessage[GetReport]", {"DeviceDataCtrlr.ItemsPerMessage[GetReport]"}, marks=case("TC_B_55")),
        pytest.param("EVSE.AvailabilityState", {f"EVSE@{each}.AvailabilityState" for each in (SOCKET, CABLE)}, marks=case("TC_B_56")),
    ],
)
async def test_what_is_not_named_is_reported_of_every_kind(lab: Lab, name: str, found: set[str]) -> None:
    assert set(await reported(lab, "GetReport", 30, componentVariable=[read(name)])) == found
