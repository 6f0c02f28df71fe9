"""The signals of an EVSE for people: one line each, what is measured beside what is wanted. What is not there says so."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from msgspec import Struct

from chargepoint.domain.configuration import EvsePart
from chargepoint.link.messages import Signals
from hal.api import Abilities
from hal.measured import PILOT_FAULT_PPM, PILOT_OFF_PPM, PILOT_STEADY_PPM, BoardInputs, MeterReading, Phases

OLD_S = 5.0
"""A meter's reading older than this is marked."""
MEANS = {
    "A": "nothing plugged in",
    "B": "a car is there",
    "C": "the car asks for current",
    "D": "the car asks for current and for ventilation",
    "E": "no voltage: short circuit, or no power",
    "F": "-12 V: not available",
}


class View(Struct, frozen=True):
    """One EVSE: what it tells, what the installer wrote of it, and what its board is."""

    signals: Signals
    part: EvsePart
    abilities: Abilities

    @property
    def on_socket(self) -> bool:
        """Is the pilot's connector a socket?"""
        connector = 1 if self.signals.inputs is None else self.signals.inputs.connector
        return any(each.id == connector and each.cable == "socket" for each in self.part.connectors)

    @property
    def board_age_s(self) -> float | None:
        """``None``: it has not been heard."""
        return None if self.signals.inputs is None else max(0.0, self.signals.at_s - self.signals.inputs.at_s)

    @property
    def meter_age_s(self) -> float | None:
        """``None``: it has not been read."""
        return None if self.signals.reading is None else max(0.0, self.signals.at_s - self.signals.reading.at_s)


def shown(view: View) -> str:
    """All of it."""
    return "\n".join([f"EVSE {view.signals.evse}", *(_row(title, text) for title, text in rows(view))])


def rows(view: View) -> Iterator[tuple[str, str]]:
    """Title and text of each; without a title one goes on with what is above it."""
    signals, board = view.signals, view.signals.inputs
    yield "state", signals.state
    if signals.exercise:
        yield "exercise", signals.exercise
    yield "board", _board(view)
    if board is not None:
        yield from ((title, line(view, board)) for title, line in LINES)
    yield "wanted", _wanted(view)
    yield "indicator", f"shows {signals.shows}" if signals.shows else "none"
    yield from (("meter" if number == 0 else "", text) for number, text in enumerate(_meter(view)))


def _row(title: str, text: str) -> str:
    return f"  {title:<15}{text}"


def _board(view: View) -> str:
    name = _device(view.part.board)
    age_s = view.board_age_s
    if age_s is None:
        return f"{name}: NOT HEARD YET; see the log of control"
    return f"{name}, heard {age_s:.2f} s ago" + (": SILENT" if age_s > view.abilities.silent_s else "")


def _device(table: Mapping[str, Any]) -> str:
    """A driver and where its device is."""
    place = table.get("port") or table.get("host")
    return f"{table.get('driver')}{f' on {place}' if place else ''}"


def _pilot(view: View, board: BoardInputs) -> str:
    high, low = (f"{plateau / 1000:+.2f} V" for plateau in (board.cp_high_mv, board.cp_low_mv))
    letter = view.signals.cp
    means = "no state has this voltage" if letter is None else f"{letter}: {MEANS[letter]}"
    return f"{high} / {low}   {means}"


def _proximity(view: View, board: BoardInputs) -> str:
    if not view.on_socket:
        return "none: fixed cable"
    if not view.abilities.proximity:
        return "not measured by this board"
    if board.pp_ohm is None:
        return "no plug in the socket"
    carries = "" if view.signals.cable_ma is None else f": a cable for {view.signals.cable_ma / 1000:g} A"
    return f"{board.pp_ohm} ohm{carries}"


def _contactor(view: View, board: BoardInputs) -> str:
    commanded = "closed" if view.signals.outputs.contactor else "open"
    who = "taken to be" if view.abilities.contactor == "own" else "commanded"
    return f"{_either(board.contactor_closed, 'closed', 'open', 'no feedback')}, {who} {commanded}"


def _lock(view: View, board: BoardInputs) -> str:
    if not view.on_socket:
        return "none: fixed cable"
    commanded = "locked" if view.signals.outputs.lock else "unlocked"
    return f"{_either(board.plug_locked, 'locked', 'unlocked', 'no feedback')}, commanded {commanded}"


def _monitor(view: View, board: BoardInputs) -> str:
    if not view.abilities.rcm and not view.abilities.rcd_test and not board.rcd_tripped:
        return "none on this board"
    test = ("driven" if view.signals.outputs.rcd_test else "at rest") if view.abilities.rcd_test else "none"
    return f"{'TRIPPED' if board.rcd_tripped else 'not tripped'}, test line {test}"


def _faults(view: View, board: BoardInputs) -> str:
    return "; ".join(f"{each.name} {each.vendor_code} {each.info}".strip() for each in board.faults) or "none"


def _temperature(view: View, board: BoardInputs) -> str:
    return "not measured" if board.temperature_c is None else f"{board.temperature_c:.1f} °C"


LINES: tuple[tuple[str, Callable[[View, BoardInputs], str]], ...] = (
    ("pilot", _pilot),
    ("proximity", _proximity),
    ("contactor", _contactor),
    ("lock", _lock),
    ("RCM", _monitor),
    ("earth", lambda _, board: _either(board.earth_good, "good", "LOST", "not supervised")),
    ("emergency stop", lambda _, board: "PRESSED" if board.emergency_stop else "not pressed, or none wired"),
    ("enclosure", lambda _, board: "OPEN" if board.enclosure_open else "closed, or no contact wired"),
    ("tilt", lambda _, board: "TILTED" if board.tilted else "upright, or no sensor"),
    ("temperature", _temperature),
    ("board faults", _faults),
)


def _either(value: bool | None, yes: str, no: str, nothing: str) -> str:
    return nothing if value is None else yes if value else no


def _wanted(view: View) -> str:
    outputs = view.signals.outputs
    if outputs.duty_ppm == PILOT_OFF_PPM:
        pilot = "pilot off, 0 V"
    elif outputs.duty_ppm == PILOT_FAULT_PPM:
        pilot = "pilot -12 V (F)"
    elif outputs.duty_ppm == PILOT_STEADY_PPM:
        pilot = "pilot +12 V (X1), no offer"
    else:
        pilot = f"pilot {outputs.duty_ppm / 10_000:.1f} % duty, offers {outputs.offer_ma / 1000:g} A"
    phases = f", {outputs.phases} phase{'s' * (outputs.phases > 1)}" if view.abilities.phase_switching and view.part.phases == 3 else ""
    return f"{pilot}{phases}{', SHUNT TRIP' if outputs.shunt_trip else ''}"


def _meter(view: View) -> Iterator[str]:
    name, reading, age_s = _device(view.part.meter), view.signals.reading, view.meter_age_s
    if reading is None or age_s is None:
        yield f"{name}: NOT READ YET; see the log of control"
    else:
        yield f"{name}, read {age_s:.1f} s ago{': SILENT' if age_s > OLD_S else ''}"
        yield ", ".join(_delivered(reading))
        if flows := ", ".join(_flows(reading)):
            yield flows
    if view.signals.doubt:
        yield f"NOT BELIEVED: {view.signals.doubt}"


def _delivered(reading: MeterReading) -> Iterator[str]:
    yield f"{reading.energy_wh} Wh"
    if reading.power_w is not None:
        yield f"{reading.power_w} W"


def _flows(reading: MeterReading) -> Iterator[str]:
    yield from _phases(reading.current_ma, "A")
    yield from _phases(reading.voltage_mv, "V")
    if reading.frequency_hz is not None:
        yield f"{reading.frequency_hz:.2f} Hz"


def _phases(values: Phases, unit: str) -> Iterator[str]:
    if any(value is not None for value in values):
        yield " / ".join("-" if value is None else f"{value / 1000:.1f}" for value in values) + f" {unit}"
