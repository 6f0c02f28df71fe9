"""1.6: connector status (§4.9, §7.7) and what is told of faults (§6.47, §7.6) as projections of facts.

                      errorCode   vendorErrorCode                                            info
keeps from charging   its kind    the board's code, or else MREC, or else the fault's name   its number and name, and what was seen
mere warning          NoError     the same                                                   its number, and what was seen

The number is that of the error catalogue (docs/errors.md): who reads it to a technician on the phone has said everything.

Some energy managers take any other errorCode than NoError for a failure, even while the car charges; so warnings go without one. Connector
0, the station itself, charges no car: there a warning that has a code of its own goes by it.
"""

from chargepoint.domain.faults import Fault
from chargepoint.domain.status import ConnectorFacts
from chargepoint.domain.transaction import ChargingState
from chargepoint.ocpp.frames import Payload
from chargepoint.ocpp.payloads import present

LONGEST = 50
"""CiString50Type, of ``info`` and ``vendorErrorCode`` (§6.47)."""
CHARGEX = "https://chargex.inl.gov"
"""The vendorId under which minimum required error codes (MREC) are told."""

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

WARNING_CODES = frozenset({"local_list_conflict", "reader_failure", "weak_signal"})
"""Kinds that are never more than a warning, and have a code of their own all the same: for connector 0."""

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
    if facts.reserved and facts.operative:  # until its owner comes: a cable, even one that nobody pays for in time, changes nothing (G2)
        return "Reserved"
    if facts.finishing:  # out of operation only when the car is gone (F8)
        return "Finishing"
    if not facts.operative or facts.shut_out:  # Available is for a new user (§7.7)
        return "Unavailable"
    if facts.preparing:
        return "Preparing"
    if facts.plugged:  # but nobody authorised it in time (B6, errata 3.20)
        return "Finishing"
    return "Unavailable" if facts.unheard else "Available"  # Unavailable may have causes of the station's own (§4.9)


def station_word(facts: ConnectorFacts) -> str:
    """Connector 0, the charge point itself, has three words only."""
    if any(map(_faulted, facts.faults)):
        return "Faulted"
    return "Available" if facts.operative else "Unavailable"


def told_fault(facts: ConnectorFacts) -> Fault | None:
    """Of several faults the one that the message has room for: what makes it Faulted first, then the oldest."""
    return min(facts.faults, key=lambda fault: (not _faulted(fault), not fault.stops_charging, fault.since_s), default=None)


def error_code(fault: Fault | None, status: str, *, station: bool = False) -> str:
    """ChargePointErrorCode. A warning of a connector goes as NoError: some energy managers stop at anything else. One of the station
    itself, connector 0, goes by its own code where there is one."""
    if fault is None or not (fault.stops_charging or (station and fault.kind in WARNING_CODES)):
        return "NoError"
    if fault.kind == "ev_communication_error" and status not in WITH_EV_COMMUNICATION_ERROR:
        return "OtherError"
    return ERROR_CODES[fault.kind]


def details(fault: Fault | None, note: str = "") -> Payload:
    """What else the message says of a fault, or, without one, of the connector. ``vendorId``: the code is one of ChargeX."""
    if fault is None:
        return present(info=note)
    row = fault.row
    return present(
        info=_info(fault),
        vendorErrorCode=(fault.vendor_code or row.mrec or fault.name)[:LONGEST],
        vendorId=CHARGEX if row.mrec and not fault.vendor_code else None,
    )


def _info(fault: Fault) -> str:
    """The number says what it is: where readings and name have no room together, the name goes. A board's own name has no number."""
    row = fault.row
    if not fault.stops_charging:
        return shortened(f"{row.code} {fault.info or row.driver}")
    named = " ".join((row.code, ": ".join(filter(None, (fault.name, fault.info)))))
    return shortened(named if len(named) <= LONGEST or fault.by_board or not fault.info else f"{row.code} {fault.info}")


def shortened(text: str) -> str:
    """No longer than CiString50 has room for: cut where a clause ends if much is left then, else where a word does, not inside brackets."""
    if len(text) <= LONGEST:
        return text
    head = text[: LONGEST + 1]
    for mark in ("; ", ". ", ", ", " "):
        place = head.rfind(mark)
        if place >= LONGEST // 2 and head.count("(", 0, place) == head.count(")", 0, place):
            return head[:place]
    return head[:LONGEST]
