"""Which step of the self-test finds which fault: what control has raised already decides that step."""

from collections.abc import Mapping

from chargepoint.commissioning.sight import Sight, Trouble
from chargepoint.commissioning.steps import Step

FAULTS: Mapping[str, str] = {
    **dict.fromkeys(("pilot_short", "pilot_implausible", "diode_failed", "pilot_without_plug", "ventilation_not_available"), "pilot"),
    **dict.fromkeys(("proximity_out_of_range", "proximity_changed"), "proximity"),
    **dict.fromkeys(("rcd_tripped", "rcd_selftest_failed"), "rcd"),
    "earth_lost": "earth",
    "emergency_stop": "emergency_stop",
    **dict.fromkeys(("enclosure_open", "tilted"), "housing"),
    **dict.fromkeys(("contactor_welded", "contactor_failed_to_close", "contactor_worn", "phase_switch_failed"), "contactor"),
    "lock_failed": "lock_in",
    "lock_stuck": "lock_out",
    **dict.fromkeys(("over_voltage", "under_voltage", "phase_missing"), "voltage"),
    **dict.fromkeys(("over_temperature", "derated", "thermometer_silent"), "temperature"),
    "board_silent": "board",
    **dict.fromkeys(("meter_silent", "meter_implausible"), "meter"),
    "meter_frozen": "energy",
}
"""Fault -> the step that finds it. All others: ``faults``."""
BY_BOARD: Mapping[str, str] = {
    "CP-190": "pilot",
    "CP-290": "rcd",
    "CP-390": "contactor",
    "CP-391": "lock_in",
    **dict.fromkeys(("CP-490", "CP-491", "CP-492"), "voltage"),
    "CP-493": "temperature",
    "CP-590": "meter",
}
"""The same of what a board says by itself, which has names of its own: by its number in the catalogue."""
REST = "faults"


def troubled(sight: Sight, name: str) -> Trouble | None:
    """The first active fault that this step finds."""
    return next((each for each in sight.troubles if found_by(each) == name), None)


def found_by(trouble: Trouble) -> str:
    """The step that finds it."""
    return FAULTS.get(trouble.name) or BY_BOARD.get(trouble.code, REST)


def failed(sight: Sight, name: str, title: str, found: Trouble) -> Step:
    """A step that a fault has decided."""
    return Step(evse=sight.part.id, name=name, title=title, outcome="failed", text=found.words, remedy=found.remedy, code=found.code)
