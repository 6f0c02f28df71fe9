"""What a board diagnoses by itself and calls by a name of its own: one row for each kind, cleared when the board says so."""

from chargepoint.domain.fault_table.fields import Action, FaultRow, StopReason
from hal.measured import FaultKind

_BOARD = (
    "Note the board's own name and code of the fault, and look them up in the board's manual.",
    "Look into the log of chargepoint control for what came before it.",
)


def _kind(
    kind: FaultKind,
    component: str,
    driver: str,
    look_at: str,
    *,
    variable: str = "Problem",
    mrec: str | None = None,
    action: Action = "open",
    stop_reason: StopReason = "Other",
) -> FaultRow:
    return FaultRow(
        name=kind,
        kind=kind,
        cause="The board says so.",
        action=action,
        component=component,
        variable=variable,
        mrec=mrec,
        stop_reason=stop_reason,
        driver=driver,
        technician=(*_BOARD, look_at),
        source="The board's own diagnosis.",
    )


_ROWS = (
    _kind(
        "connector_lock_failure",
        "ConnectorPlugRetentionLock",
        "The station cannot lock or release your plug: push it in all the way, or plug it in again.",
        "Look into the socket for dirt and a bent locking pin, and follow lock_failed and lock_stuck in the fault table.",
        mrec="CX001",
    ),
    _kind(
        "ev_communication_error",
        "CPPWMController",
        "Station and car do not understand each other: unplug the cable and try again, if you can with another cable.",
        "Measure CP against PE with nothing plugged in: 11.4 to 12.6 V DC is right; then follow pilot_short and diode_failed.",
        mrec="CX014",
    ),
    _kind(
        "ground_failure",
        "RCD",
        "Current is leaking to earth in the cable or the car: unplug it, and have both checked before you plug in anywhere again.",
        "Measure the insulation of cable and socket wiring with 500 V: 1 Mohm or more is right; then follow rcd_tripped and earth_lost.",
        variable="Tripped",
        mrec="CX002",
        stop_reason="GroundFault",
    ),
    _kind(
        "high_temperature",
        "TemperatureSensor",
        "The station is too hot to charge: leave your car plugged in, it goes on by itself when the station has cooled down.",
        "Look for scorched or loose power terminals and blocked ventilation, and follow over_temperature.",
        variable="Protecting",
        mrec="CX003",
    ),
    _kind(
        "internal_error",
        "Controller",
        "The station has an internal fault: wait a moment, and use another station if it does not go on by itself.",
        "Measure the board's supply, its rated voltage within 5 %; switch it off and on once; if the fault comes back, replace the board.",
    ),
    _kind(
        "local_list_conflict",
        "LocalAuthListCtrlr",
        "You can charge as usual: a list of known cards does not fit together, and the operator has been told.",
        "Have the operator send the whole local list anew, with a higher version number.",
        action="warn",
    ),
    _kind(
        "other",
        "EVSE",
        "The station has a fault: unplug your car, and use another station if it does not go on by itself.",
        "Check the supply and the wiring of what the board's manual names for it.",
    ),
    _kind(
        "over_current_failure",
        "OverCurrentProtection",
        "Your car draws more current than the station allows: unplug it, and lower the current set in the car.",
        "Compare the current of each phase with a clamp meter, within 5 %, and follow over_current.",
        variable="Active",
        mrec="CX004",
        stop_reason="OvercurrentFault",
    ),
    _kind(
        "over_voltage",
        "ElectricalFeed",
        "The mains voltage is too high for charging: leave your car plugged in, it goes on by itself when the voltage is right.",
        "Measure each phase against neutral at the supply terminals, for 230 V nominal 196 to 264 V is right, and follow over_voltage.",
        mrec="CX005",
        stop_reason="PowerQuality",
    ),
    _kind(
        "power_meter_failure",
        "FiscalMetering",
        "The station's energy meter does not work: unplug your car, and use another station if it does not go on by itself.",
        "Read the meter's display and check its wires and address, as under meter_silent.",
    ),
    _kind(
        "power_switch_failure",
        "PowerContactor",
        "The station cannot switch its power properly: leave the cable alone while it is plugged in, and call the help line.",
        "Switch off upstream, lock off and prove dead; measure every main contact, above 1 Mohm is right, and follow contactor_welded.",
        mrec="CX017",
    ),
    _kind(
        "reader_failure",
        "TokenReader",
        "The station cannot read cards at present: start charging with the app or from the operator's website.",
        "Check the reader's supply and data cable, and hold a known card to it while watching the log of chargepoint station.",
        action="warn",
    ),
    _kind(
        "reset_failure",
        "Controller",
        "The station could not restart properly: please use another station.",
        "Switch the station off for 10 s and on again, and watch in the log how far it starts.",
    ),
    _kind(
        "under_voltage",
        "ElectricalFeed",
        "The mains voltage is too low for charging: leave your car plugged in, it goes on by itself when the voltage is right.",
        "Measure each phase against neutral at the supply terminals, for 230 V nominal 196 to 264 V is right, and follow under_voltage.",
        mrec="CX006",
        stop_reason="PowerQuality",
    ),
    _kind(
        "weak_signal",
        "DataLink",
        "You can charge as usual: the station's radio link is weak, and starting may take a little longer.",
        "Check antenna, its cable and its place: above -85 dBm is right for mobile radio, above -70 dBm for Wi-Fi.",
        action="warn",
        mrec="CX007",
    ),
)

KINDS: dict[FaultKind, FaultRow] = {each.kind: each for each in _ROWS}
