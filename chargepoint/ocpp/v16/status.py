"""1.6: connector status (§4.9, §7.7) and error code (§7.6) as projections of facts."""

from chargepoint.domain.faults import Fault
from chargepoint.domain.status import ConnectorFacts
from chargepoint.domain.transaction import ChargingState

ERROR_CODES: dict[str, str] = {
    "connector_lock_failure": "ConnectorLockFailure",
    "ev_communication_error": "EVCommunicationError",
    "ground_failure": "GroundFailure",
    "high_temperature": "HighTemperature",
    "internal_error": "InternalError",
    "local_list_conflict": "LocalListConflict",
    "over_current_failure": "OverCurrentFailure",
    "over_voltage": "OverVoltage",
    "power_meter_failure": "PowerMeterFailure",
    "power_switch_failure": "PowerSwitchFailure",
    "reader_failure": "ReaderFailure",
    "reset_failure": "ResetFailure",
    "under_voltage": "UnderVoltage",
    "weak_signal": "WeakSignal",
    "other": "OtherError",
}

WITH_EV_COMMUNICATION_ERROR = frozenset({"Preparing", "SuspendedEV", "SuspendedEVSE", "Finishing"})
"""EVCommunicationError is a warning, allowed with these only (§4.9); without a car it is told as OtherError."""

TRANSACTION_WORDS: dict[ChargingState, str] = {
    ChargingState.CHARGING: "Charging",
    ChargingState.EV_CONNECTED: "Preparing",  # nothing is offered yet: from here Charging or Suspended follows (B3 to B5)
    ChargingState.SUSPENDED_EV: "SuspendedEV",
    ChargingState.SUSPENDED_EVSE: "SuspendedEVSE",
    ChargingState.IDLE: "SuspendedEV",  # the EV's side is unplugged, the transaction waits (§4.9)
}


def _faulted(fault: Fault) -> bool:
    return fault.stops_charging and fault.kind != "ev_communication_error"


def status_word(facts: ConnectorFacts) -> str:
    """ChargePointStatus of a connector, the strongest fact first."""
    if any(map(_faulted, facts.faults)):
        return "Faulted"
    if facts.charging_state is not None:
        return TRANSACTION_WORDS[facts.charging_state]
    if facts.finishing:  # out of operation only when the car is gone (F8)
        return "Finishing"
    if not facts.operative:
        return "Unavailable"
    if facts.preparing:
        return "Preparing"
    return "Finishing" if facts.plugged else "Available"  # plugged in, but nobody authorised it in time (B6, errata 3.20)


def station_word(facts: ConnectorFacts) -> str:
    """Connector 0, the charge point itself, has three words only."""
    if any(map(_faulted, facts.faults)):
        return "Faulted"
    return "Available" if facts.operative else "Unavailable"


def told_fault(facts: ConnectorFacts) -> Fault | None:
    """Of several faults the one that the message has room for: what makes it Faulted first, then the oldest."""
    return min(facts.faults, key=lambda fault: (not _faulted(fault), not fault.stops_charging, fault.since_s), default=None)


def error_code(fault: Fault | None, status: str) -> str:
    """ChargePointErrorCode."""
    if fault is None:
        return "NoError"
    if fault.kind == "ev_communication_error" and status not in WITH_EV_COMMUNICATION_ERROR:
        return "OtherError"
    return ERROR_CODES[fault.kind]
