"""How each fault of the table is brought about and taken away again. One case for each row."""

from collections.abc import Callable
from typing import NamedTuple

from msgspec import structs

from chargepoint.control.kept import KeptEvse, KeptFault
from chargepoint.control.settings import EvseSettings
from chargepoint.domain.fault_table import FAULTS, FaultRow
from tests.control.rig import ABLE, COARSE_S, FINE_S, SOCKET, Rig

Move = Callable[[Rig], None]


def charging(rig: Rig) -> None:
    """A car has been charging for three seconds."""
    rig.run(4)
    rig.charge()
    rig.run(3)


def waiting(rig: Rig) -> None:
    """A car is there that nobody has permitted."""
    rig.run(4)
    rig.arrive()
    rig.run(4)


def alone(rig: Rig) -> None:
    """Nobody is there."""
    rig.run(4)


def on_one_phase(rig: Rig) -> None:
    """A car has been charging on one phase for three seconds."""
    rig.run(4)
    rig.charge(phases=1)
    rig.run(3)


def closes(rig: Rig) -> None:
    """The car that waits is permitted, and its contactor closes."""
    rig.permit()
    rig.run_until(rig.closed, 10)


def plugs_deaf(rig: Rig) -> None:
    """A car comes when the monitor does not react to its test any more."""
    rig.plants[1].deaf = True
    rig.plants[1].plug()


def plugs(rig: Rig) -> None:
    """A car comes whose cable has no coding."""
    rig.plants[1].plug()
    rig.plants[1].pp_ohm = None


def turn(**values: object) -> Move:
    """Something about car or hardware changes."""

    def move(rig: Rig) -> None:
        for name, value in values.items():
            assert hasattr(rig.plants[1], name)
            setattr(rig.plants[1], name, value)

    return move


def load(**values: object) -> Move:
    """Something about the computer changes."""

    def move(rig: Rig) -> None:
        for name, value in values.items():
            assert hasattr(rig, name)
            setattr(rig, name, value)

    return move


class Case(NamedTuple):
    """One way to a fault."""

    begin: Move
    end: Move
    before: Move = charging
    settings: EvseSettings = SOCKET
    seen_s: float = FINE_S
    """From the beginning until the cause is there; most are seen in the next scan."""
    slack_s: float = 2 * FINE_S
    beside: frozenset[str] = frozenset()
    """Other faults that the same thing brings about."""
    hidden: bool = False
    """The fault's own action takes the cause out of sight."""
    kept: KeptEvse = KeptEvse()
    """Found before the first scan."""

    @property
    def closed(self) -> bool:
        """Was the contactor closed before?"""
        return self.before in (charging, on_one_phase)


ABLE_SOCKET = structs.replace(SOCKET, abilities=ABLE)
STUCK_S = 200 * 3600 / (3 * 230 * 32)
"""200 Wh take so long at 32 A."""

CASES: dict[str, Case] = {
    "pilot_short": Case(turn(forced="E"), turn(forced=None)),
    "pilot_implausible": Case(turn(forced="?"), turn(forced=None)),
    "diode_failed": Case(turn(diode=False), turn(diode=True), hidden=True),
    "pilot_without_plug": Case(plugs, turn(pp_ohm=220), alone, seen_s=FINE_S + 0.05, slack_s=0.06, beside=frozenset({"proximity_changed"})),
    "ventilation_not_available": Case(turn(forced="D"), turn(forced=None), seen_s=FINE_S + 0.05),
    "proximity_out_of_range": Case(turn(pp_ohm=59), turn(pp_ohm=220), waiting, beside=frozenset({"proximity_changed"})),
    "proximity_changed": Case(turn(pp_ohm=680), turn(pp_ohm=220)),
    "board_silent": Case(turn(board_lost=True), turn(board_lost=False), seen_s=0.15),
    "meter_silent": Case(turn(meter_lost=True), turn(meter_lost=False), seen_s=5.0),
    "meter_implausible": Case(turn(meter_doubt="register at -1 Wh"), turn(meter_doubt="")),
    "meter_frozen": Case(turn(register_stands=True), turn(register_stands=False), seen_s=STUCK_S - 0.2, slack_s=0.5, hidden=True),
    "rcd_tripped": Case(turn(rcd=True), turn(rcd=False)),
    "rcd_selftest_failed": Case(
        plugs_deaf,
        turn(deaf=False),
        alone,
        ABLE_SOCKET,
        seen_s=FINE_S + 0.05 + 0.5,
        slack_s=0.08,
    ),
    "earth_lost": Case(turn(earth_good=False), turn(earth_good=True)),
    "emergency_stop": Case(turn(emergency_stop=True), turn(emergency_stop=False)),
    "enclosure_open": Case(turn(enclosure_open=True), turn(enclosure_open=False)),
    "tilted": Case(turn(tilted=True), turn(tilted=False)),
    "over_temperature": Case(turn(temperature_c=71.0), turn(temperature_c=61.9)),
    "derated": Case(turn(temperature_c=65.0), turn(temperature_c=61.9)),
    "thermometer_silent": Case(turn(temperature_c=None), turn(temperature_c=25.0), slack_s=COARSE_S),
    "contactor_welded": Case(turn(stuck=True), turn(stuck=None), waiting, ABLE_SOCKET),
    "contactor_failed_to_close": Case(turn(stuck=False), turn(stuck=None), hidden=True),
    "contactor_worn": Case(closes, lambda rig: None, waiting, structs.replace(SOCKET, contactor_life=1)),
    "over_current": Case(turn(draws_ma=40_000), turn(draws_ma=None), hidden=True),
    "over_voltage": Case(turn(voltage_mv=(270_000, 230_000, 230_000)), turn(voltage_mv=(230_000,) * 3)),
    "under_voltage": Case(turn(voltage_mv=(230_000, 190_000, 230_000)), turn(voltage_mv=(230_000,) * 3)),
    "phase_missing": Case(turn(voltage_mv=(230_000, 230_000, 0)), turn(voltage_mv=(230_000,) * 3)),
    "phase_switch_failed": Case(turn(current_ma=(16_000,) * 3), turn(current_ma=None), on_one_phase, ABLE_SOCKET, hidden=True),
    "lock_failed": Case(turn(jammed=False), turn(jammed=None), hidden=True),
    "lock_stuck": Case(turn(jammed=True), turn(jammed=None), waiting),
    "control_late": Case(load(late_s=0.11), load(late_s=0.0)),
    "control_overloaded": Case(load(overloaded=True), load(overloaded=False)),
    "memory_lost": Case(
        lambda rig: None, lambda rig: None, alone, kept=KeptEvse((KeptFault("memory_lost", "kept.json: cut off after 12 bytes"),))
    ),
}


def prepared(name: str) -> Rig:
    """The world before the cause of a fault."""
    case = CASES[name]
    rig = Rig(case.settings, kept={1: case.kept})
    case.before(rig)
    if not case.kept.latched:
        assert not rig.faults()
    return rig


def raised(name: str) -> Rig:
    """The world in the scan in which the fault was raised."""
    rig = prepared(name)
    CASES[name].begin(rig)
    rig.run_until(lambda: name in rig.faults(), CASES[name].seen_s + FAULTS[name].seen_after_s + 1)
    return rig


def latched(row: FaultRow) -> bool:
    """Does it wait for somebody from the beginning?"""
    return row.clears != "gone"
