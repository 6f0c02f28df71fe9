"""Faults of what the station moves: contactor, phase switch, plug lock."""

from chargepoint.domain.fault_table.fields import FaultRow, Retry

CONTACTOR = (
    FaultRow(
        name="contactor_welded",
        kind="power_switch_failure",
        cause="The contactor is commanded open, but its feedback (or, without feedback, current on the meter) says closed.",
        seen_after_s=1.0,
        pilot_f=True,
        clears="service",
        component="PowerContactor",
        variable="Tripped",
        mrec="CX017",
        driver="The station cannot switch its power off: leave the cable alone while it is plugged in, and call the help line.",
        technician=(
            "Switch off the supply upstream, lock it off and prove that the station is dead: until then its socket may be live.",
            "Measure every main contact with the coil without voltage: above 1 Mohm is right; replace the contactor if one is not.",
            "If all main contacts are open: check the feedback contact and its wires, for it must follow the main contacts.",
            "Look for what welded it: openings under load in the counter of this EVSE, a short circuit, a contactor of too small a rating.",
            "Switch on, clear the fault with chargepoint clear-fault, and watch one charge begin and end.",
        ),
        source="Practice: 1 s for the contacts and their feedback to settle; locked out until service.",
    ),
    FaultRow(
        name="contactor_failed_to_close",
        kind="power_switch_failure",
        cause="The contactor is commanded closed, but its feedback says open.",
        seen_after_s=0.3,
        pilot_f=True,
        retry=Retry(30, 3),
        component="PowerContactor",
        mrec="CX017",
        driver="The station cannot switch its power on: it tries again by itself, and if that does not help, please use another station.",
        technician=(
            "Measure the coil of the contactor while the station tries to close: its rated voltage within 15 % is right.",
            "Without voltage: follow the coil's circuit through emergency stop, residual current monitor and watchdog to where it is open.",
            "With voltage and no click: measure the coil with its wires taken off; replace an open or a shorted one.",
            "If it closes: measure the feedback contact, below 1 ohm when closed; check its wires to the board.",
        ),
        source="Practice: a contactor and its feedback move within 0.25 s; 30 s before the next try.",
    ),
    FaultRow(
        name="contactor_worn",
        kind="power_switch_failure",
        cause="The contactor has closed more often than the installer's figure for its life.",
        action="warn",
        hold_s=0.0,
        component="PowerContactor",
        driver="You can charge as usual: a part of this station is due for replacement, and its operator has been told.",
        technician=(
            "Compare the counter of this EVSE with the electrical life in the contactor's data sheet, at the current that it switches.",
            "Plan its replacement; many openings under load mean that it should be soon.",
            "With the supply off and locked off, measure every main contact closed by hand or by its coil: below 0.1 ohm is right.",
            "When it has been replaced, clear this fault: the counter then begins anew.",
        ),
        source="Practice: the life that the contactor's maker states.",
    ),
    FaultRow(
        name="phase_switch_failed",
        kind="power_switch_failure",
        cause="The station has switched to one phase, but 1 A or more flows on L2 or L3.",
        seen_after_s=5.0,
        pilot_f=True,
        clears="unplugged",
        component="AcPhaseSelector",
        mrec="CX017",
        driver="The station did not switch its power as it should: unplug the car and plug it in again, or use another station.",
        technician=(
            "Check with a clamp meter on which conductors current flows while one phase is commanded: L1 and neutral only is right.",
            "If L2 or L3 is live at the socket: switch off upstream, lock off, and measure their contacts; replace a welded contactor.",
            "If only the meter shows current: check that its L1, L2 and L3 are those of the socket, and the direction of its transformers.",
        ),
        source="Practice: never counted as one phase before the meter has shown it.",
    ),
)

LOCK = (
    FaultRow(
        name="lock_failed",
        kind="connector_lock_failure",
        cause="The plug lock is commanded locked, but its feedback says unlocked.",
        seen_after_s=3.0,
        retry=Retry(5, 3),
        component="ConnectorPlugRetentionLock",
        mrec="CX001",
        driver="The station cannot lock your plug: push it in all the way and hold it for a moment, or plug it in again.",
        technician=(
            "Look into the socket for dirt, ice and a bent locking pin; the plug's slot must be free as well.",
            "Measure the lock's motor while the station tries to lock: a pulse of its rated voltage, mostly 12 V, is right.",
            "Without a pulse: check the wires and the board's lock output; with a pulse and no movement: replace the lock.",
            "If the pin moves: measure the feedback contact, which must change over between locked and unlocked.",
        ),
        source="IEC 61851-1: locked before closing; 3 s is the longest pulse of a motor lock, 5 s its pause.",
    ),
    FaultRow(
        name="lock_stuck",
        kind="connector_lock_failure",
        cause="The plug lock is commanded unlocked, but its feedback says locked.",
        seen_after_s=3.0,
        component="ConnectorPlugRetentionLock",
        mrec="CX001",
        driver="The station cannot release your plug: push it in firmly while it tries again, and call the help line if it stays stuck.",
        technician=(
            "Push the plug in to take the load off the locking pin, and have the station unlock again.",
            "Use the lock's emergency release from inside the enclosure, with the supply switched off and locked off.",
            "Measure the lock's motor while the station tries to unlock: a pulse opposite in sign to that of locking is right.",
            "If the pin moves: measure the feedback contact, which must change over; else replace the lock.",
        ),
        source="IEC 61851-1 Table A.6, sequence 2: removable within 5 s; 3 s is the longest pulse of a motor lock.",
    ),
)

ROWS = CONTACTOR + LOCK
