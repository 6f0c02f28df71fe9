"""Interlocks: every abnormal input leads to the open contactor and a named fault. One table.

A row's *cause* is looked at in every scan. It has to last ``after_s`` to become a fault; the fault is kept until the cause has been gone
for ``hold_s``, so that a chattering cause is one fault (``watch`` does that). Nothing is latched. Some causes can only be seen while the
pilot oscillates or the contactor is commanded closed, which the fault itself ends: those are held for ``RETEST_S``, or until the EV
leaves, and tried anew.
"""

from collections.abc import Callable
from typing import NamedTuple

from msgspec import Struct

from chargepoint.control.pilot import Pilot, low_plateau_good, oscillates
from chargepoint.control.settings import EvseSettings
from hal.measured import BoardInputs, BoardOutputs, FaultKind

BOARD_SILENT_S = 0.15
"""A measurement older than this is none. Below the 200 ms of the board's own dead-man, above a few periods of a slow one."""
BOARD_START_S = 1.0
"""How long a board may take for its first measurement."""
METER_SILENT_S = 5.0
CONTACTOR_S = 0.5
"""A contactor moves, and its feedback with it, in well under this."""
LOCK_S = 3.0
"""Longest pulse of a motor lock."""
DIODE_S = 0.1
"""From the start of PWM to a measurement that shows it."""
LATE_S = 0.1
"""A scan later than this leaves no time to open within the 100 ms of Table A.6, sequence 8.1."""
HOT_C, COOL_C = 80.0, 75.0
PP_OHM = (60, 4_500)
"""Outside, the plug in the socket has no known coding (IEC 61851-1 Annex B)."""
HOLD_S = 1.0
RETEST_S = 30.0

NOTHING_MEASURED = BoardInputs(at_s=float("-inf"), cp_high_mv=0, cp_low_mv=0, contactor_closed=None, plug_locked=None, pp_ohm=None)
"""Stands in before the first measurement: no sensor says anything."""


class Facts(Struct, frozen=True):
    """What the causes look at: this scan's inputs, the last scan's outputs, and what is active."""

    now: float
    settings: EvseSettings
    pilot: Pilot
    board: BoardInputs
    """The newest measurement, however old."""
    board_age_s: float
    """Before the first measurement: since control started. So is ``meter_age_s``."""
    meter_age_s: float
    late_s: float
    outputs: BoardOutputs
    active: tuple[str, ...] = ()


class Interlock(NamedTuple):
    """One row: its name, what it counts as for the outside, when it holds, and a sentence for the technician."""

    name: str
    kind: FaultKind
    cause: Callable[[Facts], bool]
    sentence: str
    """Formatted with ``f``, the facts, when the fault is raised."""
    after_s: float = 0.0
    hold_s: float = HOLD_S
    untestable: bool = False
    """The fault ends what shows its cause. It also ends when the EV leaves."""


def _measured(facts: Facts) -> bool:
    return facts.board is not NOTHING_MEASURED


def _no_state_has_this_voltage(facts: Facts) -> bool:
    return _measured(facts) and facts.pilot.measured in {None, "F"}


def _diode_failed(facts: Facts) -> bool:
    return oscillates(facts.outputs.duty_ppm) and facts.pilot.measured in {"B", "C", "D"} and not low_plateau_good(facts.board.cp_low_mv)


def _board_silent(facts: Facts) -> bool:
    return facts.board_age_s > (BOARD_SILENT_S if _measured(facts) else BOARD_START_S)


def _hot(facts: Facts) -> bool:
    limit_c = COOL_C if "over_temperature" in facts.active else HOT_C
    return facts.board.temperature_c is not None and facts.board.temperature_c >= limit_c


def _lock_failed(facts: Facts) -> bool:
    locked = facts.board.plug_locked
    return locked is not None and locked != facts.outputs.lock and facts.board.connector in facts.settings.sockets


def _proximity_out_of_range(facts: Facts) -> bool:
    pp_ohm = facts.board.pp_ohm
    return pp_ohm is not None and not PP_OHM[0] <= pp_ohm <= PP_OHM[1] and facts.board.connector in facts.settings.sockets


INTERLOCKS: tuple[Interlock, ...] = (
    Interlock(
        "pilot_short",
        "ev_communication_error",
        lambda f: f.pilot.measured == "E",
        "control pilot: upper plateau {f.board.cp_high_mv} mV, expected above 2000 mV; look for a short between CP and PE",
    ),
    Interlock(
        "pilot_implausible",
        "ev_communication_error",
        _no_state_has_this_voltage,
        "control pilot: upper plateau {f.board.cp_high_mv} mV, expected +12, +9, +6 or +3 V; check the pilot's supply and wiring",
    ),
    Interlock(
        "diode_failed",
        "ev_communication_error",
        _diode_failed,
        "control pilot: lower plateau {f.board.cp_low_mv} mV while it oscillates, expected -12 V; the EV's diode or the cable is damaged",
        DIODE_S,
        RETEST_S,
        True,
    ),
    Interlock(
        "ventilation_not_available",
        "other",
        lambda f: f.pilot.letter == "D" and not f.settings.ventilation,
        "the EV asks for ventilation (state D), which this EVSE does not have; it cannot charge here",
    ),
    Interlock(
        "board_silent",
        "internal_error",
        _board_silent,
        "board: no measurement for {f.board_age_s:.1f} s, expected one every 0.1 s; check its power and connection",
    ),
    Interlock(
        "meter_silent",
        "power_meter_failure",
        lambda f: f.meter_age_s > METER_SILENT_S,
        "meter: no reading for {f.meter_age_s:.1f} s, expected one every second; check its address, wiring and supply",
    ),
    Interlock(
        "rcd_tripped",
        "ground_failure",
        lambda f: f.board.rcd_tripped,
        "residual current device: tripped; look for a fault to earth in cable and EV, then reset it",
    ),
    Interlock(
        "emergency_stop",
        "other",
        lambda f: f.board.emergency_stop,
        "emergency stop: pressed; release it when the place is safe",
    ),
    Interlock(
        "over_temperature",
        "high_temperature",
        _hot,
        "temperature: {f.board.temperature_c:.0f} C, expected below 80 C; goes on below 75 C",
    ),
    Interlock(
        "contactor_welded",
        "power_switch_failure",
        lambda f: f.board.contactor_closed is True and not f.outputs.contactor,
        "contactor: feedback says closed, commanded open; switch the supply off and have the contactor replaced",
        CONTACTOR_S,
    ),
    Interlock(
        "contactor_failed_to_close",
        "power_switch_failure",
        lambda f: f.board.contactor_closed is False and f.outputs.contactor,
        "contactor: feedback says open, commanded closed; check its coil and feedback wiring",
        CONTACTOR_S,
        RETEST_S,
        True,
    ),
    Interlock(
        "lock_failed",
        "connector_lock_failure",
        _lock_failed,
        "plug lock: feedback says locked={f.board.plug_locked}, commanded {f.outputs.lock}; check for a jammed plug, then the lock's motor",
        LOCK_S,
    ),
    Interlock(
        "proximity_out_of_range",
        "other",
        _proximity_out_of_range,
        "proximity: {f.board.pp_ohm} ohm, expected 60 to 4500 ohm; the cable or its plug is damaged",
    ),
    Interlock(
        "control_late",
        "internal_error",
        lambda f: f.late_s > LATE_S,
        "control: a scan came {f.late_s:.3f} s late, expected below 0.1 s; the host is overloaded, or real-time scheduling not permitted",
    ),
)
