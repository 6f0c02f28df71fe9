"""Variables by both of their names, as a CSMS asks for them."""

from typing import Any

import pytest

from chargepoint.domain.device_model import DeviceModel, SetResult, VariableKey, VariableStatus
from chargepoint.domain.entries import Entry
from chargepoint.domain.fault_table import KINDS, OF_STATION, ROWS
from chargepoint.domain.tx_points import POINTS
from chargepoint.domain.values import OPTION, STRING, written
from chargepoint.domain.variables import Access
from chargepoint.domain.variables.authorization import LOCAL_PRE_AUTHORIZE
from chargepoint.domain.variables.communication import HEARTBEAT_INTERVAL, MESSAGE_ATTEMPTS
from chargepoint.domain.variables.metering import SAMPLED_INTERVAL, SAMPLED_MEASURANDS
from chargepoint.domain.variables.parts import CONNECTOR_AVAILABILITY_STATE
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
        (key("OCPPCommCtrlr", "MessageAttempts", ""), VariableStatus.UNKNOWN_VARIABLE),
        (key("OCPPCommCtrlr", "MessageAttempts", "Heartbeat"), VariableStatus.UNKNOWN_VARIABLE),
        (key("OCPPCommCtrlr", "MessageAttempts", "TransactionEvent"), ACCEPTED),
        (VariableKey(component="TxCtrlr", component_instance="left", variable="TxStartPoint"), VariableStatus.UNKNOWN_COMPONENT),
        (VariableKey(component="TxCtrlr", component_instance="", variable="TxStartPoint"), ACCEPTED),
        (key("OCPPCommCtrlr", "HeartbeatInterval", ""), ACCEPTED),
        (VariableKey(component="TxCtrlr", variable="TxStartPoint", attribute="Target"), VariableStatus.NOT_SUPPORTED_ATTRIBUTE),
        (key("SecurityCtrlr", "BasicAuthPassword"), REJECTED),
        (key_16("Foo"), VariableStatus.UNKNOWN_VARIABLE),
        (key("Connector", "ConnectorType", evse=2, connector=1), ACCEPTED),
    ],
)
def test_get_names_what_is_unknown(asked: VariableKey, status: VariableStatus) -> None:
    """B06.FR.09, B06.FR.14, B06.FR.15"""
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
        (key("ISO15118Ctrlr", "CountryName"), "1x", "InvalidValue", '"1x": expected two letters, NL for example, or none'),
        *(
            (key("TxCtrlr", name), " ", "InvalidValue", f"at least one is needed, of {', '.join(POINTS)}")
            for name in ("TxStartPoint", "TxStopPoint")
        ),
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
    """B05.FR.08"""
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


def test_every_variable_is_found_again_by_each_of_its_names_and_keeps_its_value_over_a_restart() -> None:
    station = configuration(keys={"SupportedLanguages": "en,de,fr-CH"})
    known = DeviceModel(station)
    assert {"DefaultPriceText[en]", "DefaultPriceText[fr-CH]"} <= {entry.name for entry in known}
    for entry in known:
        names = [entry.name, entry.name.upper(), entry.name.replace("[", ",").replace("]", ""), entry.key_16 or entry.name]
        assert [known.named(name) for name in names] == [entry] * 4
        assert known.entry(entry.key) is entry
        assert not entry.key_16 or known.entry(key_16(entry.key_16)) is entry
    values = {entry.name: other(entry, known.value(entry)) for entry in known}
    again = DeviceModel(station, values)
    assert {entry.name: again.value(entry) for entry in again} == values


def other(entry: Entry, value: str) -> str:
    """One that the variable may have, another one where that is easy."""
    if entry.bounds.values:
        return entry.bounds.values[-1] if entry.variable.type is OPTION else value
    match entry.variable.type.name:
        case "integer" | "decimal":
            return written(entry.variable.type.parse(f"{entry.bounds.minimum or 1:g}", entry.bounds))
        case "string" if entry.variable.type is STRING:
            return "x"
    return '{"priceText":"0.30 per kWh"}' if entry.key.variable == "DefaultPriceText" else value


def test_kept_changes_that_no_longer_fit_fall_back_to_the_preset() -> None:
    kept = {"SampledDataCtrlr.TxUpdatedMeasurands": "Harmonics", "Gone.Variable": "1", "SampledDataCtrlr.TxUpdatedInterval": "10"}
    known = DeviceModel(configuration(), kept)
    assert known.read(SAMPLED_MEASURANDS) == ("Energy.Active.Import.Register",)
    assert known.read(SAMPLED_INTERVAL) == 10


# --- the table ---------------------------------------------------------------------------------------------------------------------------


def test_every_value_of_the_table_is_one_that_its_row_allows() -> None:
    known = model()
    for entry in known:
        if entry.initial or entry.variable.access is not Access.READ_ONLY:  # else it is looked up
            entry.variable.type.parse(entry.initial, entry.bounds)
        assert entry.variable.access is not Access.WRITE_ONLY or entry.variable.tried


def test_every_component_is_available_or_not() -> None:
    """OCPP 2.0.1 part 2, 2.13.1."""
    known = model()
    places = {(entry.key.component, entry.key.evse, entry.key.connector) for entry in known if entry.key.component}
    told = {
        (component, evse, connector): known.get(key(component, "Available", None, evse, connector)) for component, evse, connector in places
    }
    assert {result.status for result in told.values()} == {ACCEPTED}
    assert {place[0] for place, result in told.items() if result.value != "true"} == {"AcPhaseSelector", "AreaVentilation"}


def test_every_fault_has_a_variable_that_tells_of_it() -> None:
    known = {(entry.key.component, entry.key.variable) for entry in model()}
    assert {(row.component, row.variable) for row in (*ROWS, *OF_STATION.values(), *KINDS.values())} <= known


def test_what_has_a_list_of_values_says_which() -> None:
    """TC_B_53: a list without its values, or with others."""
    for entry in model(keys={"SupportedLanguages": "en,de"}):
        if entry.key.component and entry.variable.type.name in ("OptionList", "MemberList", "SequenceList"):
            assert entry.bounds.values, entry.name
            assert len(",".join(entry.bounds.values)) <= 1000, entry.name
