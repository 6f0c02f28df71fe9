"""Scenario ``fleet``: every car of the garage plays a whole session, and a good station is expected to deal with it."""

from random import Random
from typing import NamedTuple

from msgspec import Struct

from chargepoint.cli.scenarios import sites
from chargepoint.cli.scenarios.catalogue import Options
from chargepoint.cli.scenarios.judge import Judge
from chargepoint.cli.scenarios.printing import again, happenings, table
from chargepoint.cli.scenarios.rule import Broken
from chargepoint.cli.scenarios.stage import Installed, Stage
from chargepoint.cli.scenarios.visit import Expected, Visit
from simulators.garage import GARAGE

LONGEST_S = 900.0
ORDINARY = Expected()


class Place(NamedTuple):
    """Where a car is received."""

    name: str
    installed: Installed


SOCKET = Place("socket", sites.socket(1))
WAKES_BY_E = Place("socket, wakes by E", sites.with_settings(sites.socket(1), wake_up="E"))
SHORT_PAUSE = Place("socket, phase pause of 30 s", sites.with_settings(sites.socket(1), phase_pause_s=30.0))
FROM_8_A = Place("socket, from 8 A or 13 A", sites.with_settings(sites.socket(1), minimum_1p_ma=8_000, minimum_3p_ma=13_000))
VENTILATED = Place("ventilated cable of 25 A", sites.fixed(1))


class Row(Struct, frozen=True):
    """One car at one place."""

    car: str
    expected: Expected = ORDINARY
    place: Place = SOCKET


class Seen(Struct, frozen=True):
    """What came of it."""

    row: Row
    notes: str
    wrong: tuple[str, ...]
    last: tuple[str, ...] = ()


REFUSED = Expected(starts_s=None)
"""Nothing can be done for it; nothing is wrong with the station."""
SLOW = Expected(starts_s=15.0, resumes_s=14.0)
WOKEN = Expected(starts_s=40.0, resumes_s=40.0)
"""30 s of patience, 4 s of F or E, X1, and its own second."""
DEAF = Expected(lets_go_s=6.2, at_least_s=6.0)
"""Switched off under load, after 6 s and not before (Table A.6, sequence 10.2)."""


def _faulty(fault: str, within_s: float = 2.0) -> Expected:
    """It never gets current, for this reason."""
    return Expected(starts_s=None, fault=fault, fault_s=within_s)


def _trips(fault: str, within_s: float) -> Expected:
    """It gets current, and loses it for this reason."""
    return Expected(fault=fault, fault_s=within_s)


ODD: tuple[Row, ...] = (
    Row("does-not-want", REFUSED),
    Row("wants-ventilation", _faulty("ventilation_not_available", 5.0)),
    Row("wants-ventilation", Expected(full_ma=25_000), VENTILATED),
    Row("slow-starter", SLOW),
    Row("impatient", Expected(one_phase_s=None)),
    Row("impatient", place=SHORT_PAUSE),
    Row("sleeper-f", WOKEN),
    Row("sleeper-f", REFUSED, WAKES_BY_E),
    Row("sleeper-e", REFUSED),
    Row("sleeper-e", WOKEN, WAKES_BY_E),
    Row("sleeper-fears-f", REFUSED),
    Row("sleeper-fears-f", WOKEN, WAKES_BY_E),
    Row("sleeps-for-good", REFUSED),
    Row("ignores-x1", DEAF),
    Row("clings-to-c", DEAF),
    Row("hasty", DEAF),
    Row("simplified", DEAF),
    Row("over-draws", _trips("over_current", 9.5)),
    Row("draws-63-a", _trips("over_current", 9.5)),
    Row("zoe"),
    Row("zoe", place=FROM_8_A),
    Row("smart-ed", Expected(pause_s=65.0)),
    Row("leaks", _trips("rcd_tripped", 0.1)),
    Row("toggles", Expected(starts_s=9.0, resumes_s=9.0)),
    Row("shorted-diode", _faulty("diode_failed")),
    Row("resistor", _faulty("diode_failed")),
    Row("resistor-882", _faulty("diode_failed")),
    Row("shorts-in-c", _trips("pilot_short", 6.0)),
    Row("cable-13", Expected(full_ma=13_000)),
    Row("cable-20", Expected(full_ma=20_000)),
    Row("cable-20-or-32", Expected(full_ma=20_000)),
    Row("cable-13-or-20", Expected(full_ma=13_000)),
    Row("cable-crushed", _faulty("proximity_out_of_range")),
    Row("cable-worn", _faulty("proximity_out_of_range")),
)
ROWS: tuple[Row, ...] = (*ODD, *(Row(car) for car in GARAGE if car not in {row.car for row in ODD}))
"""Every car of the garage at least once; those without a row of their own are treated like any other."""


def play(row: Row, seed: int) -> Seen:
    """One of them. The seed shifts it against the grid of the scans."""
    stage = Stage([row.place.installed], sites.FUSE_MA)
    Judge(stage)
    visit = Visit(stage, 1, row.car, row.expected, Random(f"{row.car} {seed}").random())
    stage.agenda.start(visit.script())
    try:
        while not visit.over and stage.clock.now_s < stage.began_s + LONGEST_S:
            stage.run(10.0)
    except Broken as broken:
        visit.wrong.append(str(broken))
    return Seen(row, "; ".join(visit.notes), tuple(visit.wrong), tuple(stage.happenings.last) if visit.wrong else ())


def run(options: Options) -> bool:
    """All of them; a table row each."""
    seen = [play(row, options.seed) for row in ROWS]
    rows = [(one.row.car, one.row.place.name, GARAGE[one.row.car].does, one.notes, "; ".join(one.wrong) or "ok") for one in seen]
    table(("car", "place", "behaviour", "what happened", "verdict"), rows, (19, 14, 30, 44, 24))
    wrong = [one for one in seen if one.wrong]
    for one in wrong:
        print(f"\nseed {options.seed}: {one.row.car} at {one.row.place.name}: {'; '.join(one.wrong)}")
        happenings(one.last)
        again(f"--scenario fleet --seed {options.seed}")
    print(f"\n{len(seen) - len(wrong)} of {len(seen)} as expected, {len({one.row.car for one in seen})} kinds of cars")
    return not wrong
