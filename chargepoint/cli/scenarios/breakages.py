"""What can go wrong at an EVSE in a storm: every entry of ``PATCH hardware``, the meter, the mains, the board's own faults, and the EV."""

from collections.abc import Sequence
from random import Random
from typing import Any, NamedTuple

from chargepoint.cli.scenarios.stage import Stage
from simulators import verbs


class Breakage(NamedTuple):
    """Something that breaks, and lasts between these many seconds; how often, against the others."""

    what: str
    value: Any
    shortest_s: float
    longest_s: float
    weight: int = 2


def _of(what: str, *values: Any, lasts_s: tuple[float, float] = (0.05, 120.0), weight: int = 2) -> tuple[Breakage, ...]:
    return tuple(Breakage(what, value, *lasts_s, weight) for value in values)


HARDWARE: tuple[Breakage, ...] = (
    *_of("lock", "stuck_open", "stuck_closed"),
    *_of("lock_feedback", "none", weight=1),
    *_of("contactor", "welded", "one_welded", "stuck_open", lasts_s=(0.2, 300.0)),
    *_of("contactor_feedback", "none", "reads_open", "reads_closed", weight=1),
    *_of("pole_missing", 1, 2, 3, weight=1),
    *_of("rcd", "tripped", "selftest_fails", "dead", "slow", lasts_s=(0.05, 600.0)),
    *_of("meter", "lost", "frozen", "register_stands", "slow", "nonsense", lasts_s=(0.5, 900.0)),
    *_of("board", "lost", lasts_s=(0.02, 20.0), weight=5),
    *_of("board", "late", lasts_s=(0.1, 5.0), weight=1),
    *_of("temperature_c", 64.0, 66.0, 69.0, 72.0, 85.0, lasts_s=(1.0, 900.0), weight=1),
    *_of("thermometer", "none", lasts_s=(0.05, 1_200.0), weight=1),
    *_of("emergency_stop", True, lasts_s=(0.05, 300.0), weight=4),
    *_of("enclosure", "open", lasts_s=(0.05, 60.0)),
    *_of("tilted", True, lasts_s=(0.05, 30.0), weight=1),
    *_of("pp_ohm", "open", 20, 100, 680, 1_500, 6_000, lasts_s=(0.05, 60.0), weight=1),
    *_of("pilot", "short", "short_behind_diode", "broken", "stuck_high", "stuck_low", "dead", lasts_s=(0.005, 30.0)),
    *_of("pilot_ohm", 150, 500, 1_500, 3_000, 10_000, lasts_s=(0.01, 30.0), weight=1),
    *_of("pilot_drift_percent", -12.0, -5.0, 5.0, 12.0, weight=1),
    *_of("earth", "lost", lasts_s=(0.01, 60.0), weight=4),
    *_of("earth", "none", weight=1),
    *_of("mains_v", (270.0, 230.0, 230.0), (230.0, 230.0, 185.0), (230.0, 0.0, 230.0), (0.0, 0.0, 0.0), lasts_s=(0.2, 120.0)),
    *_of("neutral", "lost", lasts_s=(0.2, 60.0), weight=1),
    *_of("breaker", "tripped", lasts_s=(1.0, 300.0)),
)
OTHERS: tuple[Breakage, ...] = (
    *_of("pilot_glitch", (12.0, 5), (9.0, 10), (6.0, 200), (3.0, 20), (0.0, 40), (-12.0, 10), (5.0, 400), weight=2),
    *_of("current_a", [40.0, 0.0, 0.0], [60.0, 60.0, 60.0], [16.0, 16.0, 16.0], lasts_s=(2.0, 30.0), weight=2),
    *_of("voltage_v", [290.0, 230.0, 230.0], [150.0, 230.0, 230.0], lasts_s=(0.5, 30.0), weight=1),
    *_of("energy_wh", 1_000_000, lasts_s=(10.0, 600.0), weight=1),
    *_of("request", False, lasts_s=(0.1, 300.0), weight=4),
    *_of("ventilation", True, lasts_s=(0.1, 120.0)),
    *_of("diode", "failed", lasts_s=(0.5, 60.0)),
    *_of("pilot_e", "E", lasts_s=(0.01, 60.0)),
    *_of("board_fault", "ground_failure", "other", "weak_signal", "high_temperature", lasts_s=(0.05, 60.0), weight=1),
    *_of("late", 0.05, 0.15, 0.5, weight=1),
    *_of("overloaded", True, lasts_s=(1.0, 40.0), weight=1),
)
BREAKAGES = (*HARDWARE, *OTHERS)
WEIGHTS = tuple(each.weight for each in BREAKAGES)


def draw(rng: Random, count: int) -> Sequence[Breakage]:
    """Some of them, by their weights."""
    return rng.choices(BREAKAGES, WEIGHTS, k=count)


def strike(stage: Stage, evse: int, breakage: Breakage) -> None:
    """It breaks."""
    _apply(stage, evse, breakage.what, breakage.value)


def mend(stage: Stage, evse: int, breakage: Breakage) -> None:
    """It is whole again."""
    _apply(stage, evse, breakage.what, None)


def mend_all(stage: Stage, evse: int) -> None:
    """A technician has been there: every part is whole."""
    stage.do(evse, verbs.patch_hardware, **{each.what: None for each in HARDWARE})
    stage.do(evse, verbs.patch_meter, energy_wh=None, voltage_v=None, current_a=None)
    for name in tuple(stage.world.evses[evse].faults):
        stage.do(evse, verbs.clear_fault, name=name)


def _apply(stage: Stage, evse: int, what: str, value: Any) -> None:
    match what:
        case "current_a" | "voltage_v" | "energy_wh":
            stage.do(evse, verbs.patch_meter, **{what: value})
        case "request" | "ventilation" | "diode" | "pilot_e":
            if stage.world.evses[evse].ev is not None:
                stage.do(evse, verbs.patch_ev, **{"pilot" if what == "pilot_e" else what: value})
        case "board_fault":
            _board_fault(stage, evse, value)
        case "late":
            stage.control.late_s = value or 0.0
            stage.happenings.add(None, f"the next scan is {stage.control.late_s:g} s late")
        case "overloaded":
            stage.control.overloaded = bool(value)
            stage.happenings.add(None, f"control overloaded: {stage.control.overloaded}")
        case "pilot_glitch" if value is None:
            pass
        case _:
            stage.do(evse, verbs.patch_hardware, **{what: value})


def _board_fault(stage: Stage, evse: int, kind: str | None) -> None:
    """Of the board's own, under a name of its own."""
    if kind is not None:
        stage.do(evse, verbs.raise_fault, name=f"board says {kind}", kind=kind)
        return
    for name in tuple(stage.world.evses[evse].faults):
        stage.do(evse, verbs.clear_fault, name=name)
