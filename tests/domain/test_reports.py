"""What a report of the device model tells of, and how it is cut into parts."""

from typing import Any

import msgspec
import pytest

from chargepoint.domain import reports
from chargepoint.domain.device_model import DeviceModel, VariableKey
from chargepoint.domain.notifications import NotifyReport
from chargepoint.domain.reports import BASES, VariableReport, Wanted
from chargepoint.domain.variables.authorization import AUTH_CACHE_ENABLED
from chargepoint.domain.variables.cost import DEFAULT_PRICE
from chargepoint.domain.variables.hardware import CONTACTOR_PROBLEM, CONTACTOR_TRIPPED
from chargepoint.domain.variables.security import ORGANIZATION_NAME
from chargepoint.ocpp.frames import encode_call
from tests.domain.examples import configuration
from tests.ocpp.rig import dialect
from tests.station.rig import MIDNIGHT

DEVICE_DATA = {"GetReport", "GetVariables", "SetVariables"}


def key(component: str, variable: str, evse: int | None = None, connector: int | None = None) -> VariableKey:
    return VariableKey(component=component, variable=variable, evse=evse, connector=connector)


def model(**ocpp: Any) -> DeviceModel:
    return DeviceModel(configuration(**ocpp))


def base(known: DeviceModel, name: str) -> dict[VariableKey, VariableReport]:
    return {entry.key: reports.row(known, entry) for entry in reports.base(known, name)}


def custom(known: DeviceModel, *wanted: Wanted, criteria: tuple[str, ...] = ()) -> set[VariableKey]:
    return {entry.key for entry in reports.custom(known, criteria, wanted)}


def test_the_full_inventory_has_every_variable_at_every_place() -> None:
    """B07.FR.11: what has no value, or one that nobody may read, is among it."""
    known = model(basic_auth_password="secret")
    rows = base(known, "FullInventory")
    assert set(rows) == {entry.key for entry in known if entry.key.component}
    assert {rows[key("FiscalMetering", "EnergyImportRegister", 1)].value, rows[key("AuthCtrlr", "MasterPassGroupId")].value} == {""}
    assert all(key(component, "Available", evse) in rows for component, evse in [("EVSE", 1), ("EVSE", 2)])
    assert rows[key("EVSE", "Power", 2)].maximum == 32 * 230 * 3
    password = rows[key("SecurityCtrlr", "BasicAuthPassword")]
    assert (password.value, password.access) == (None, "WriteOnly")
    interval = rows[key("SampledDataCtrlr", "TxUpdatedInterval")]
    assert (interval.access, interval.data_type, interval.unit, interval.minimum) == ("ReadWrite", "integer", "s", 0)
    measurands = rows[key("SampledDataCtrlr", "TxUpdatedMeasurands")]
    assert ("Voltage" in measurands.values, measurands.maximum) == (True, 1000)
    assert {row.values for row in rows.values() if row.data_type == "boolean"} == {()}
    assert all(row.persistent == (row.access != "ReadOnly") for row in rows.values()), "what a CSMS sets outlasts a restart, and says so"


def test_the_other_bases_are_parts_of_the_full_inventory() -> None:
    known = model()
    full = base(known, "FullInventory")
    settable = base(known, "ConfigurationInventory")
    assert {each.key for each in full.values() if each.access != "ReadOnly"} == set(settable)
    assert {each.component for each in base(known, "SummaryInventory")} == {"ChargingStation", "EVSE", "Connector"}
    assert all(set(base(known, name)) <= set(full) for name in BASES)


def test_the_summary_tells_what_is_wrong_with_whatever_is_not_well() -> None:
    known = model()
    before = set(base(known, "SummaryInventory"))
    known.show(CONTACTOR_TRIPPED, lambda: "true", 2)
    more = set(base(known, "SummaryInventory")) - before
    assert more == {key("PowerContactor", name, 2) for name in ("Active", "Problem", "Tripped")}


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Wanted(component="EVSE", evse=1, variable="AvailabilityState"), {key("EVSE", "AvailabilityState", 1)}),
        (Wanted(component="evse", variable="AVAILABILITYSTATE"), {key("EVSE", "AvailabilityState", each) for each in (1, 2)}),
        (Wanted(component="Connector", evse=2, variable="ConnectorType"), {key("Connector", "ConnectorType", 2, 1)}),
        (Wanted(component="Connector", evse=2, connector=2, variable="ConnectorType"), set()),
        (Wanted(component="Connector", evse=9), set()),
        (Wanted(component="Toaster"), set()),
        (Wanted(component="EVSE", component_instance="left", variable="AvailabilityState"), set()),
        (Wanted(component="EVSE", component_instance="", evse=1, variable="AvailabilityState"), {key("EVSE", "AvailabilityState", 1)}),
        (Wanted(component="Controller", variable="Problem"), {key("Controller", "Problem", each) for each in (None, 1, 2)}),
        (Wanted(component="Controller", evse=1, variable="Problem"), {key("Controller", "Problem", 1)}),
    ],
)
def test_what_is_not_named_is_wanted_of_every_kind(wanted: Wanted, found: set[VariableKey]) -> None:
    """B08.FR.22, B08.FR.23, B08.FR.24, B08.FR.25. No component of this station has instances."""
    assert custom(model(), wanted) == found


def test_every_variable_of_a_component_and_every_instance_of_a_variable() -> None:
    """B08.FR.20, B08.FR.21"""
    known = model()
    everything = {entry.key for entry in known if entry.key.component == "DeviceDataCtrlr"}
    assert custom(known, Wanted(component="DeviceDataCtrlr")) == everything
    items = custom(known, Wanted(component="DeviceDataCtrlr", variable="ItemsPerMessage"))
    assert {each.instance for each in items} == DEVICE_DATA
    (one,) = custom(known, Wanted(component="DeviceDataCtrlr", variable="ItemsPerMessage", instance="getreport"))
    assert one.instance == "GetReport"


def test_a_component_that_has_no_such_word_meets_every_criterion_but_problem() -> None:
    """B08.FR.07, B08.FR.08, B08.FR.09, B08.FR.10, B08.FR.13"""
    known = model()
    known.put(AUTH_CACHE_ENABLED, False)
    known.show(CONTACTOR_PROBLEM, lambda: "true", 1)
    enabled = {each.component for each in custom(known, criteria=("Enabled",))}
    assert "AuthCacheCtrlr" not in enabled
    assert {"LocalAuthListCtrlr", "SecurityCtrlr", "EVSE"} <= enabled
    available = {(each.component, each.evse) for each in custom(known, criteria=("Available",))}
    assert ("AreaVentilation", 1) not in available
    assert {("EVSE", 1), ("AuthCacheCtrlr", None)} <= available
    assert {(each.component, each.evse) for each in custom(known, criteria=("Problem",))} == {("PowerContactor", 1)}
    both = {each.component for each in custom(known, criteria=("Problem", "Active"))}
    assert {"PowerContactor", "EVSE"} <= both, "one of them is enough"
    assert "EmergencyStopSensor" not in both
    assert custom(known) == {entry.key for entry in known if entry.key.component}


def test_criteria_and_names_have_both_to_be_met() -> None:
    wanted = Wanted(component="EVSE", evse=1, variable="AvailabilityState")
    assert custom(model(), wanted, criteria=("Available",)) == {key("EVSE", "AvailabilityState", 1)}
    assert custom(model(), wanted, criteria=("Problem",)) == set()


@pytest.mark.parametrize(("items", "size"), [(1, 65_536), (7, 65_536), (100, 2_000), (100, 65_536)])
def test_every_part_keeps_within_both_limits_however_its_texts_are_written(items: int, size: int) -> None:
    known = model(keys={"SupportedLanguages": "en,de"})
    known.put(ORGANIZATION_NAME, '"\\\n\x00ü€' * 10)
    known.put(DEFAULT_PRICE, "x" * 400)
    entries = reports.base(known, "FullInventory")
    parts = list(reports.parts(known, entries, items, size))
    assert [made.key for part in parts for made in part] == [entry.key for entry in entries]
    for number, part in enumerate(parts):
        request = dialect("2.0.1").encode(NotifyReport(2_000_000_000, number, True, MIDNIGHT, part))
        assert request is not None
        frame = encode_call("x" * 36, request.action, request.payload)
        assert len(part) <= items
        assert len(frame) <= size
        assert dialect("2.0.1").schemas.check_request("NotifyReport", msgspec.json.decode(frame)[3]) is None


def test_a_row_that_is_longer_than_a_part_may_be_is_told_all_the_same() -> None:
    known = model()
    known.put(ORGANIZATION_NAME, "x" * 900)
    parts = list(reports.parts(known, reports.base(known, "FullInventory"), 100, 500))
    assert all(len(part) == 1 for part in parts)
