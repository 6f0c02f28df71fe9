"""1.6 §4.9 and §7.7: the words for a connector's facts."""

from typing import Any

import pytest

from chargepoint.domain.fault_table import KINDS, ROWS, FaultRow
from chargepoint.domain.status import ConnectorFacts
from chargepoint.domain.transaction import ChargingState
from chargepoint.ocpp.v16.status import (
    CHARGEX,
    ERROR_CODES,
    WARNING_CODES,
    details,
    error_code,
    shortened,
    status_word,
    told_fault,
)
from tests.ocpp.examples import FIRST, fault

TOO_HIGH = fault("over_voltage", "over_voltage")
DERATED = fault("high_temperature", "derated", info="temperature: 66 C; 50 % of the rating until below 62 C")
WORN = fault("power_switch_failure", "contactor_worn", info="contactor: 100001 closings, expected below 100000")
CURRENTS = fault("over_current_failure", "over_current", info="current: (32000, 15900, 15800) mA, offered 16000 mA per phase")
GROUND, SIGNAL, NO_EV = fault("ground_failure", "rcd"), fault("weak_signal", "signal"), fault("ev_communication_error", "pilot")


def facts(**more: Any) -> ConnectorFacts:
    return ConnectorFacts(connector=FIRST, **more)


@pytest.mark.parametrize(
    ("connector", "status", "code"),
    [
        (facts(), "Available", "NoError"),
        (facts(preparing=True), "Preparing", "NoError"),
        (facts(preparing=True, plugged=True), "Preparing", "NoError"),
        (facts(plugged=True), "Finishing", "NoError"),
        (facts(plugged=True, charging_state=ChargingState.EV_CONNECTED), "Preparing", "NoError"),
        (facts(plugged=True, charging_state=ChargingState.CHARGING), "Charging", "NoError"),
        (facts(plugged=True, charging_state=ChargingState.SUSPENDED_EV), "SuspendedEV", "NoError"),
        (facts(plugged=True, charging_state=ChargingState.SUSPENDED_EVSE), "SuspendedEVSE", "NoError"),
        (facts(charging_state=ChargingState.IDLE), "SuspendedEV", "NoError"),
        (facts(plugged=True, finishing=True), "Finishing", "NoError"),
        (facts(plugged=True, finishing=True, operative=False), "Finishing", "NoError"),
        (facts(operative=False), "Unavailable", "NoError"),
        (facts(operative=False, plugged=True, charging_state=ChargingState.CHARGING), "Charging", "NoError"),
        (facts(reserved=True), "Reserved", "NoError"),
        (facts(reserved=True, plugged=True, preparing=True), "Reserved", "NoError"),
        (facts(reserved=True, plugged=True, finishing=True), "Reserved", "NoError"),
        (facts(reserved=True, operative=False), "Unavailable", "NoError"),
        (facts(reserved=True, faults=(GROUND,)), "Faulted", "GroundFailure"),
        (facts(faults=(GROUND,)), "Faulted", "GroundFailure"),
        (facts(operative=False, faults=(GROUND,)), "Faulted", "GroundFailure"),
        (facts(plugged=True, charging_state=ChargingState.CHARGING, faults=(GROUND,)), "Faulted", "GroundFailure"),
        (facts(faults=(SIGNAL,)), "Available", "NoError"),
        (facts(plugged=True, charging_state=ChargingState.CHARGING, faults=(SIGNAL,)), "Charging", "NoError"),
        (facts(plugged=True, charging_state=ChargingState.CHARGING, faults=(DERATED,)), "Charging", "NoError"),
        (facts(plugged=True, charging_state=ChargingState.SUSPENDED_EVSE, faults=(TOO_HIGH,)), "Faulted", "OverVoltage"),
        (facts(faults=(SIGNAL, GROUND)), "Faulted", "GroundFailure"),
        (facts(plugged=True, preparing=True, faults=(NO_EV,)), "Preparing", "EVCommunicationError"),
        (facts(plugged=True, charging_state=ChargingState.SUSPENDED_EVSE, faults=(NO_EV,)), "SuspendedEVSE", "EVCommunicationError"),
        (facts(faults=(NO_EV,)), "Available", "OtherError"),
        (facts(faults=(NO_EV, GROUND)), "Faulted", "GroundFailure"),
    ],
)
def test_facts_have_a_status_and_an_error_code(connector: ConnectorFacts, status: str, code: str) -> None:
    assert status_word(connector) == status
    assert error_code(told_fault(connector), status) == code


@pytest.mark.parametrize("kind", sorted(set(ERROR_CODES) - WARNING_CODES))
def test_every_fault_that_stops_charging_is_faulted_but_one_of_the_cars(kind: str) -> None:
    connector = facts(faults=(fault(kind),))
    assert status_word(connector) == ("Available" if kind == "ev_communication_error" else "Faulted")


@pytest.mark.parametrize(
    ("connector", "payload"),
    [
        (facts(), {}),
        (
            facts(faults=(fault("over_voltage", "over_voltage", info="voltage: 270000 mV"),)),
            {"info": "CP-411 over_voltage: voltage: 270000 mV", "vendorErrorCode": "CX005", "vendorId": CHARGEX},
        ),
        (
            facts(faults=(fault("over_voltage", "smoke", info="burning", vendor_code="V1", by_board=True),)),
            {"info": "CP-491 smoke: burning", "vendorErrorCode": "V1"},
        ),
        (
            facts(faults=(fault("other", "ventilation_not_available"),)),
            {"info": "CP-105 ventilation_not_available", "vendorErrorCode": "ventilation_not_available"},
        ),
        (
            facts(faults=(DERATED,)),
            {"info": "CP-422 temperature: 66 C; 50 % of the rating until", "vendorErrorCode": "CX003", "vendorId": CHARGEX},
        ),
        (facts(faults=(WORN,)), {"info": "CP-303 contactor: 100001 closings", "vendorErrorCode": "contactor_worn"}),
        (
            facts(faults=(CURRENTS,)),
            {"info": "CP-401 current: (32000, 15900, 15800) mA", "vendorErrorCode": "CX004", "vendorId": CHARGEX},
        ),
    ],
)
def test_what_is_told_of_a_fault_beside_its_code(connector: ConnectorFacts, payload: dict[str, Any]) -> None:
    assert details(told_fault(connector)) == payload


@pytest.mark.parametrize("row", [*ROWS, *KINDS.values()], ids=lambda row: row.name)
def test_every_row_has_room_in_a_message_and_warns_without_an_error_code(row: FaultRow) -> None:
    one = fault(row.kind, row.name, info=row.cause, vendor_code="", by_board=row.name in KINDS)
    told = details(one)
    assert 0 < len(told["info"]) <= 50
    assert 0 < len(told["vendorErrorCode"]) <= 50
    silent = row.action in ("warn", "limit")
    assert (error_code(one, "Preparing") == "NoError") == silent
    assert (error_code(one, "Available", station=True) == "NoError") == (silent and row.kind not in WARNING_CODES)


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("x" * 50, "x" * 50),
        ("x" * 51, "x" * 50),
        ("short; " + "and long " * 10, "short; and long and long and long and long and"),
        ("this clause is long enough; " + "and what follows is too long", "this clause is long enough"),
        ("a sentence that may stand by itself. " + "Another one", "a sentence that may stand by itself. Another one"),
        ("a sentence that may stand by itself. " + "Another one that is long", "a sentence that may stand by itself"),
        ("(" + "1, " * 30, "(" + ("1, " * 30)[:49]),
    ],
)
def test_a_text_is_cut_at_a_sensible_place(text: str, cut: str) -> None:
    assert shortened(text) == cut
