"""1.6 §4.9 and §7.7: the words for a connector's facts."""

from typing import Any

import pytest

from chargepoint.domain.status import ConnectorFacts
from chargepoint.domain.transaction import ChargingState
from chargepoint.ocpp.v16.status import ERROR_CODES, error_code, status_word, told_fault
from tests.ocpp.examples import FIRST, fault

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
        (facts(faults=(GROUND,)), "Faulted", "GroundFailure"),
        (facts(operative=False, faults=(GROUND,)), "Faulted", "GroundFailure"),
        (facts(plugged=True, charging_state=ChargingState.CHARGING, faults=(GROUND,)), "Faulted", "GroundFailure"),
        (facts(faults=(SIGNAL,)), "Available", "WeakSignal"),
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


@pytest.mark.parametrize("kind", [kind for kind in ERROR_CODES if kind not in {"local_list_conflict", "reader_failure", "weak_signal"}])
def test_every_fault_that_stops_charging_is_faulted_but_one_of_the_cars(kind: str) -> None:
    connector = facts(faults=(fault(kind),))
    assert status_word(connector) == ("Available" if kind == "ev_communication_error" else "Faulted")
