"""Variables by both of their names, as a CSMS asks for them."""

from typing import Any

import pytest

from chargepoint.domain.device_model import BASES, DeviceModel, SetResult, VariableKey, VariableStatus
from chargepoint.domain.variables import (
    CONNECTOR_AVAILABILITY_STATE,
    EVSE_POWER,
    HEARTBEAT_INTERVAL,
    LOCAL_PRE_AUTHORIZE,
    MESSAGE_ATTEMPTS,
    SAMPLED_INTERVAL,
    SAMPLED_MEASURANDS,
    VARIABLES,
    Access,
)
from tests.domain.examples import configuration

ACCEPTED, REJECTED = VariableStatus.ACCEPTED, VariableStatus.REJECTED


def key_16(name: str) -> VariableKey:
    return VariableKey(component="", variable=name)


def key(component: str, variable: str, instance: str | None = None, evse: int | None = None, connector: int | None = None) -> VariableKey:
    return VariableKey(component=component, variable=variable, instance=instance, evse=evse, connector=connector)


def model(**ocpp: Any) -> DeviceModel:
    return DeviceModel(configuration(**ocpp))


# --- two names for one value -------------------------------------------------------------------------------------------------------------


def test_a_16_key_and_its_variable_are_one_value() -> None:
    known = model()
    assert known.set(key_16("metervaluesampleinterval"), " 10 ").status is ACCEPTED
    assert known.get(key("sampleddatactrlr", "TXUPDATEDINTERVAL")).value == "10"
    assert known.set(key("OCPPCommCtrlr", "MessageAttempts", "TransactionEvent"), "5").status is ACCEPTED
    assert known.get(key_16("TransactionMessageAttempts")).value == "5"
    assert (known.read(SAMPLED_INTERVAL), known.read(MESSAGE_ATTEMPTS)) == (10, 5)


def test_every_required_16_key_of_the_core_profile_is_there() -> None:
    required = {
        "AuthorizeRemoteTxRequests", "ClockAlignedDataInterval", "ConnectionTimeOut", "ConnectorPhaseRotation", "GetConfigurationMaxKeys",
        "HeartbeatInterval", "LocalAuthorizeOffline", "LocalPreAuthorize", "MeterValuesAlignedData", "MeterValuesSampledData",
        "MeterValueSampleInterval", "NumberOfConnectors", "ResetRetries", "StopTransactionOnInvalidId", "StopTxnAlignedData",
        "StopTxnSampledData", "SupportedFeatureProfiles", "TransactionMessageAttempts", "TransactionMessageRetryInterval",
        "UnlockConnectorOnEVSideDisconnect",
    }  # fmt: skip
    known = {result.key.variable: result for result in model().keys_16()}
    assert required <= set(known)
    assert known["NumberOfConnectors"].value == "2"
    assert known["NumberOfConnectors"].reason_code == "ReadOnly"
    assert known["HeartbeatInterval"].reason_code == ""
    assert (known["AuthorizationKey"].status, known["AuthorizationKey"].value) == (REJECTED, None)


# --- B06: get ----------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        (key("Toaster", "Enabled"), VariableStatus.UNKNOWN_COMPONENT),
        (key("EVSE", "Available", evse=3), VariableStatus.UNKNOWN_COMPONENT),
        (key("EVSE", "Available"), VariableStatus.UNKNOWN_COMPONENT),
        (key("TxCtrlr", "Colour"), VariableStatus.UNKNOWN_VARIABLE),
        (key("OCPPCommCtrlr", "MessageAttempts"), VariableStatus.UNKNOWN_VARIABLE),
        (key("OCPPCommCtrlr", "HeartbeatInterval", ""), ACCEPTED),
        (VariableKey(component="TxCtrlr", variable="TxStartPoint", attribute="Target"), VariableStatus.NOT_SUPPORTED_ATTRIBUTE),
        (key("SecurityCtrlr", "BasicAuthPassword"), REJECTED),
        (key_16("Foo"), VariableStatus.UNKNOWN_VARIABLE),
        (key("Connector", "ConnectorType", evse=2, connector=1), ACCEPTED),
    ],
)
def test_get_names_what_is_unknown(asked: VariableKey, status: VariableStatus) -> None:
    result = model(basic_auth_password="secret").get(asked)
    assert (result.key, result.status) == (asked, status)
    assert (result.value is not None) == (status is ACCEPTED)


def test_live_values_are_asked_for_each_time() -> None:
    known, states = model(), iter(["Available", "Occupied"])
    known.show(CONNECTOR_AVAILABILITY_STATE, lambda: next(states), 2, 1)
    asked = key("Connector", "AvailabilityState", evse=2, connector=1)
    assert [known.get(asked).value, known.get(asked).value] == ["Available", "Occupied"]
    assert known.get(key("Connector", "AvailabilityState", evse=1, connector=1)).value == ""


# --- B05: set ----------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "value", "reason", "info"),
    [
        (key_16("HeartbeatInterval"), "soon", "InvalidValue", '"soon" is not a whole number'),
        (key_16("HeartbeatInterval"), "0", "ValueTooLow", "0 is too low; the minimum is 1"),
        (key_16("MeterValueSampleInterval"), "-1", "ValueTooLow", "-1 is too low; the minimum is 0"),
        (key_16("WebSocketPingInterval"), "-1", "ValueTooLow", "-1 is too low; the minimum is 0"),
        (key_16("MeterValueSampleInterval"), "1e3", "InvalidValue", '"1e3" is not a whole number'),
        (key_16("MeterValueSampleInterval"), "3000000000", "ValueTooHigh", "3000000000 is too high; the maximum is 2147483647"),
        (key_16("LocalPreAuthorize"), "1", "InvalidValue", '"1" is neither true nor false'),
        (key_16("MeterValuesSampledData"), "Voltage,Voltage", "InvalidValue", '"Voltage" is named twice'),
        (key_16("ConnectorPhaseRotation"), "0.RST,0.RTS", "InvalidValue", "connector 0 is named twice"),
        (key_16("NumberOfConnectors"), "3", "ReadOnly", "NumberOfConnectors cannot be changed"),
        (key("OCPPCommCtrlr", "MessageTimeout", "Default"), "5", "ReadOnly", "OCPPCommCtrlr.MessageTimeout[Default] cannot be changed"),
        (
            key("SecurityCtrlr", "BasicAuthPassword"),
            "0123456789abcdef",
            "UnsupportedRequest",
            "SecurityCtrlr.BasicAuthPassword has to be tried before it is kept",
        ),
    ],
)
def test_set_refuses_with_a_reason_and_changes_nothing(asked: VariableKey, value: str, reason: str, info: str) -> None:
    known = model()
    before = known.get(asked)
    assert known.set(asked, value) == SetResult(asked, REJECTED, reason, info)
    assert known.get(asked) == before


def test_one_unsupported_measurand_refuses_the_whole_list() -> None:
    known = model()
    result = known.set(key_16("MeterValuesSampledData"), "Voltage,SoC,Power.Active.Import")
    assert result.status is REJECTED
    assert result.info.startswith('"SoC" is not supported here; expected some of Energy.Active.Import.Register')
    assert known.read(SAMPLED_MEASURANDS) == ("Energy.Active.Import.Register",)


def test_lists_may_have_spaces_and_may_be_empty() -> None:
    known = model()
    assert known.set(key_16("MeterValuesSampledData"), "Voltage, Current.Import ").status is ACCEPTED
    assert known.read(SAMPLED_MEASURANDS) == ("Voltage", "Current.Import")
    assert known.get(key_16("MeterValuesSampledData")).value == "Voltage,Current.Import"
    assert known.set(key_16("MeterValuesSampledData"), "").status is ACCEPTED
    assert known.read(SAMPLED_MEASURANDS) == ()


def test_booleans_are_kept_in_one_spelling() -> None:
    known = model()
    assert known.set(key_16("LocalPreAuthorize"), "TRUE").status is ACCEPTED
    assert known.get(key_16("LocalPreAuthorize")).value == "true"
    assert known.read(LOCAL_PRE_AUTHORIZE) is True


def test_message_timeout_can_be_changed_by_16_only() -> None:
    known = model()
    assert known.set(key_16("MessageTimeout"), "20").status is ACCEPTED
    assert known.get(key("OCPPCommCtrlr", "MessageTimeout", "Default")).value == "20"


def test_network_priority_takes_effect_at_the_next_start() -> None:
    assert model().set(key("OCPPCommCtrlr", "NetworkConfigurationPriority"), "1").status is VariableStatus.REBOOT_REQUIRED


def test_a_fixed_cable_never_unlocks() -> None:
    """1.6 errata 3.84; OCPP 2.0.1 part 2 appendix 2.1.12."""
    known = DeviceModel(configuration(cables=("fixed",)))
    unlock = known.get(key_16("UnlockConnectorOnEVSideDisconnect"))
    assert (unlock.value, unlock.reason_code) == ("false", "ReadOnly")


# --- where values come from --------------------------------------------------------------------------------------------------------------


def test_changes_win_over_presets_and_presets_over_the_table() -> None:
    preset: dict[str, Any] = {"keys": {"MeterValueSampleInterval": "30", "HeartbeatInterval": "600"}}
    known = DeviceModel(configuration(**preset), {"SampledDataCtrlr.TxUpdatedInterval": "10"})
    assert (known.read(SAMPLED_INTERVAL), known.read(HEARTBEAT_INTERVAL), known.read(MESSAGE_ATTEMPTS)) == (10, 600, 3)


def test_presets_may_set_what_a_csms_may_not() -> None:
    variable = {"component": "DeviceDataCtrlr", "variable": "ItemsPerMessage", "instance": "GetReport", "value": "4"}
    known = model(keys={"SupportedFeatureProfiles": "Core"}, variables=[variable])
    assert known.get(key("DeviceDataCtrlr", "ItemsPerMessage", "GetReport")).value == "4"
    assert known.get(key_16("SupportedFeatureProfiles")).value == "Core"


def test_changes_are_kept_under_names_that_find_them_again() -> None:
    kept: dict[str, str] = {}
    known = DeviceModel(configuration(), keep=kept.__setitem__)
    known.set(key_16("MeterValueSampleInterval"), "10")
    known.set(key_16("HeartbeatInterval"), "never")
    known.put(HEARTBEAT_INTERVAL, 300)
    assert kept == {"SampledDataCtrlr.TxUpdatedInterval": "10"}
    assert DeviceModel(configuration(), kept).read(SAMPLED_INTERVAL) == 10


def test_kept_changes_that_no_longer_fit_fall_back_to_the_preset() -> None:
    kept = {"SampledDataCtrlr.TxUpdatedMeasurands": "Harmonics", "Gone.Variable": "1", "SampledDataCtrlr.TxUpdatedInterval": "10"}
    known = DeviceModel(configuration(), kept)
    assert known.read(SAMPLED_MEASURANDS) == ("Energy.Active.Import.Register",)
    assert known.read(SAMPLED_INTERVAL) == 10


# --- B07: reports ------------------------------------------------------------------------------------------------------------------------


def test_the_full_inventory_has_every_variable_at_every_place() -> None:
    rows = {row.key: row for row in model(basic_auth_password="secret").report("FullInventory")}
    assert all(key(component, "Available", evse=evse) in rows for component, evse in [("EVSE", 1), ("EVSE", 2)])
    assert rows[key("EVSE", "Power", evse=2)].maximum == 32 * 230 * 3
    assert rows[key("SecurityCtrlr", "BasicAuthPassword")].value is None
    interval = rows[key("SampledDataCtrlr", "TxUpdatedInterval")]
    assert (interval.access, interval.data_type, interval.unit, interval.minimum) == ("ReadWrite", "integer", "s", 0)
    assert "Voltage" in rows[key("SampledDataCtrlr", "TxUpdatedMeasurands")].values
    assert all(each.component for each in rows)


def test_the_other_bases_are_parts_of_the_full_inventory() -> None:
    known = model()
    assert all(row.access != "ReadOnly" for row in known.report("ConfigurationInventory"))
    assert {row.key.component for row in known.report("SummaryInventory")} == {"ChargingStation", "EVSE", "Connector"}
    assert all(set(known.report(base)) <= set(known.report("FullInventory")) for base in BASES)


def test_every_value_of_the_table_is_one_that_its_row_allows() -> None:
    known = model()
    live = {row.name for row in VARIABLES if row.name.endswith(("AvailabilityState", "DateTime")) or row is EVSE_POWER}
    for entry in known:
        if entry.variable.name not in live:
            entry.variable.type.parse(entry.initial, entry.bounds)
        assert entry.variable.access is not Access.WRITE_ONLY or entry.variable.tried
