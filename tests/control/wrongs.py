"""What can be wrong with station, car and computer, as the judge sees it: how long it may last, what has to follow, and for how long.

A table of its own, so that a change of control's fault table is noticed.
"""

from collections.abc import Callable
from typing import Literal, NamedTuple

from chargepoint.control.pilot import oscillates
from chargepoint.link.messages import ClearFault
from hal.measured import BoardInputs, BoardOutputs
from tests.control.plant import HIGH_MV, Plant, read_ma
from tests.control.rig import COARSE_S, Rig

EPS_S = 1e-6
STOP_S = 6.0
DERATED = ((65.0, 50), (68.0, 25), (71.0, 0))
RETRIES = {
    "over_current": 3,
    "contactor_failed_to_close": 3,
    "lock_failed": 3,
    "meter_frozen": 3,
    "over_voltage": 20,
    "under_voltage": 20,
    "phase_missing": 20,
}
"""So often is a fault tried again for one car."""


class Sight(NamedTuple):
    """What one look at an EVSE gives."""

    rig: Rig
    plant: Plant
    board: BoardInputs
    was: BoardOutputs
    socket: bool


class Wrong(NamedTuple):
    """Something wrong: after ``lasts_s`` it has to be told as a fault and acted upon."""

    seen: Callable[[Sight], bool]
    lasts_s: float = 0.0
    action: Literal["open", "pause", "limit"] = "open"
    until: Literal["gone", "unplugged", "service"] = "gone"


def _plugged_mv(s: Sight) -> bool:
    return s.board.cp_high_mv in {HIGH_MV["B"], HIGH_MV["C"], HIGH_MV["D"]}


def _draws_too_much(s: Sight) -> bool:
    offer_ma = read_ma(s.was.duty_ppm)
    most_ma = max(value or 0 for value in s.plant.reading.current_ma) if s.plant.reading else 0
    return s.was.contactor and offer_ma > 0 and most_ma > (offer_ma + 600) * 1.1


def _volts(s: Sight, low: float, high: float) -> bool:
    """A phase in use is in this range of the nominal voltage."""
    used = s.plant.voltage_mv[: s.was.phases] if s.rig.state.evses else ()
    return s.plant.reading is not None and any(value is not None and low < value / 230_000 < high for value in used)


WRONGS: dict[str, Wrong] = {
    "rcd_tripped": Wrong(lambda s: s.board.rcd_tripped and s.was.contactor, until="unplugged"),
    "emergency_stop": Wrong(lambda s: s.board.emergency_stop, until="unplugged"),
    "earth_lost": Wrong(lambda s: s.board.earth_good is False, 0.018),
    "enclosure_open": Wrong(lambda s: s.board.enclosure_open, 0.1, until="unplugged"),
    "tilted": Wrong(lambda s: s.board.tilted, 0.5, until="service"),
    "over_temperature": Wrong(lambda s: (s.board.temperature_c or 0) >= 71, 0.5 + COARSE_S),
    "thermometer_silent": Wrong(lambda s: s.board.temperature_c is None, 60.0 + COARSE_S, action="limit"),
    "contactor_welded": Wrong(lambda s: s.board.contactor_closed is True and not s.was.contactor, 1.0, until="service"),
    "contactor_failed_to_close": Wrong(lambda s: s.board.contactor_closed is False and s.was.contactor, 0.3),
    "diode_failed": Wrong(
        lambda s: oscillates(s.was.duty_ppm) and _plugged_mv(s) and not -13_000 <= s.board.cp_low_mv <= -10_000, 0.1, until="unplugged"
    ),
    "proximity_out_of_range": Wrong(lambda s: s.socket and s.board.pp_ohm is not None and not 60 <= s.board.pp_ohm <= 4_500, 0.2),
    "control_late": Wrong(lambda s: s.rig.late_s > 0.1),
    "over_current": Wrong(_draws_too_much, 7.0 + COARSE_S),
    "smoke": Wrong(lambda s: any(fault.name == "smoke" for fault in s.board.faults)),
    "control_overloaded": Wrong(lambda s: s.rig.overloaded, action="pause"),
    "meter_silent": Wrong(lambda s: s.plant.meter_lost, 5.0 + COARSE_S, action="pause"),
    "meter_implausible": Wrong(lambda s: bool(s.plant.meter_doubt), 3.0, action="pause"),
    "over_voltage": Wrong(lambda s: _volts(s, 1.16, 9), 1.0, action="pause"),
    "under_voltage": Wrong(lambda s: _volts(s, 0.55, 0.84) and not _volts(s, -1, 0.5), 1.0, action="pause"),
}


class Wrongs:
    """What is wrong with one EVSE, and since when; what waits for somebody, and for whom."""

    def __init__(self) -> None:
        self.since_s: dict[str, float] = {}
        self.due: set[str] = set()
        """Has lasted for its time."""
        self.latched: set[str] = set()
        self._silent_s: float | None = None
        self._hot_s: dict[float, float] = {}
        self._car = 0

    def follow(self, rig: Rig, number: int, was: BoardOutputs) -> None:
        """One scan."""
        plant, board = rig.plants[number], rig.inputs.evses[number].board
        fresh = board is not None and rig.now - board.at_s <= 0.15
        self._silent_s = None if fresh else rig.now if self._silent_s is None else self._silent_s
        self._forgive(rig, plant, number)
        if board is None or not fresh:
            self.since_s, self.due = {}, set()
            return
        sight = Sight(rig, plant, board, was, bool(rig.state.evses[number].settings.sockets))
        seen = {name for name, wrong in WRONGS.items() if wrong.seen(sight)}
        self.since_s = {name: self.since_s.get(name, rig.now) for name in seen}
        self.due = {name for name, since_s in self.since_s.items() if rig.now - since_s >= WRONGS[name].lasts_s + EPS_S or _at_once(name)}
        self.latched |= {name for name in self.due if WRONGS[name].until != "gone"}
        hot = [floor_c for floor_c, _ in DERATED if (board.temperature_c or 0) >= floor_c]
        self._hot_s = {floor_c: self._hot_s.get(floor_c, rig.now) for floor_c in hot}

    def _forgive(self, rig: Rig, plant: Plant, number: int) -> None:
        """The car has left, or a technician has been there."""
        if plant.letter == "A" or plant.car != self._car:
            self.latched -= {name for name in self.latched if WRONGS[name].until == "unplugged"}
        self._car = plant.car
        cleared = {wish.name for wish in rig.wishes if isinstance(wish, ClearFault) and wish.evse == number}
        self.latched -= cleared

    def hot_ma(self, now: float, rating_ma: int) -> int:
        """What temperature allows; the EV has 5 s."""
        steps = [percent for floor_c, percent in DERATED if now - self._hot_s.get(floor_c, now) > 5.5 + 2 * COARSE_S]
        unseen = now - self.since_s.get("thermometer_silent", now) > 65.5 + 2 * COARSE_S
        return max(6_000, rating_ma * min([*steps, *[50] * unseen], default=100) // 100)

    def rules(self, rig: Rig, number: int) -> dict[str, bool]:
        """What has to follow."""
        outputs, told = rig.outputs[number], rig.told(number)
        names = {fault.name for fault in told.faults}
        paused = {name for name in self.due if WRONGS[name].action == "pause"}
        too_long = {name for name in paused if rig.now - self.since_s[name] > WRONGS[name].lasts_s + STOP_S + 2 * COARSE_S}
        opened = {name for name in self.due if WRONGS[name].action == "open"}
        silent = self._silent_s is not None
        return {
            "every cause is told": self.due <= names,
            "open while something is wrong": not (outputs.contactor and (opened or (silent and rig.now - (self._silent_s or 0) > EPS_S))),
            "paused while something is wrong": not (oscillates(outputs.duty_ppm) and paused) and not (outputs.contactor and too_long),
            "open while a fault is told": not (outputs.contactor and any(fault.row.action == "open" for fault in told.faults)),
            "never closed on what is latched": not (outputs.contactor and self.latched),
            "nothing offered on what is latched": not (oscillates(outputs.duty_ppm) and self.latched),
        }


def _at_once(name: str) -> bool:
    return WRONGS[name].lasts_s == 0
