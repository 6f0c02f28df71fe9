"""Interlocks: what each fault of the fault table is seen by. One cause per row; times, actions and clearing stand in the table.

Every cause is looked at in every scan; ``watch`` makes faults of those that last. A cause may depend on what control does (a diode can only
be seen while the pilot oscillates): then the row says how the fault clears when its own action has hidden the cause.
"""

from collections.abc import Callable
from typing import NamedTuple

from msgspec import Struct

from chargepoint.control import proximity, supply
from chargepoint.control.derating import FULL, Derating
from chargepoint.control.phases import Poles
from chargepoint.control.pilot import Pilot, low_plateau_good, oscillates
from chargepoint.control.proximity import Cable
from chargepoint.control.selftest import SelfTest
from chargepoint.control.settings import EvseSettings
from chargepoint.control.supply import Flow
from chargepoint.domain.fault_table import FAULTS
from chargepoint.link.messages import ContactorCount
from hal.measured import PILOT_FAULT_PPM, PILOT_OFF_PPM, BoardInputs, BoardOutputs, MeterReading

LATE_S = 0.1
"""A scan later than this leaves no time to open within the 100 ms of Table A.6, sequence 8.1."""
OPENED_S = 2.0
"""So long after an opening a reading may still be of what was before."""

NOTHING_MEASURED = BoardInputs(at_s=float("-inf"), cp_high_mv=0, cp_low_mv=0, contactor_closed=None, plug_locked=None, pp_ohm=None)
"""Stands in before the first measurement: no sensor says anything."""


class Facts(Struct, frozen=True, kw_only=True):
    """What the causes look at: this scan's inputs and what was made of them, the last scan's outputs, and what is active."""

    now: float
    settings: EvseSettings
    pilot: Pilot
    board: BoardInputs
    """The newest measurement, however old."""
    board_age_s: float
    """Before the first measurement: since control started. So is ``meter_age_s``."""
    reading: MeterReading | None
    meter_age_s: float
    doubt: str = ""
    """Why what the meter answers cannot be believed."""
    outputs: BoardOutputs
    driven_s: float
    """When the pilot was last switched between X1, PWM, F and off."""
    moved_s: float
    """When the contactor was last commanded to move."""
    offer_ma: int
    """What the pilot offers; 0 without PWM."""
    late_s: float = 0.0
    overloaded: bool = False
    empty: bool = False
    """It is known that no car is there."""
    cable: Cable = proximity.UNREAD
    flow: Flow = Flow()
    derating: Derating = Derating()
    selftest: SelfTest = SelfTest()
    poles: Poles = Poles()
    contactor: ContactorCount = ContactorCount()
    active: frozenset[str] = frozenset()
    """Names of the faults that are active."""

    @property
    def on_socket(self) -> bool:
        """Is the pilot's connector a socket?"""
        return self.board.connector in self.settings.sockets

    @property
    def measured(self) -> bool:
        """Has the board said anything yet?"""
        return self.board is not NOTHING_MEASURED

    @property
    def fresh(self) -> bool:
        """Does the board say something about now? A silent one is no evidence against contactor, lock or car."""
        return self.board_age_s <= self.settings.abilities.silent_s

    @property
    def driven(self) -> bool:
        """Does the measurement show what the pilot is driven with now?"""
        return self.fresh and self.now - self.driven_s > self.settings.abilities.settle_s

    @property
    def answered(self) -> bool:
        """Should the feedback by now say what the contactor was commanded to do?"""
        return self.now - max(self.moved_s, self.driven_s) > self.settings.contactor_s

    @property
    def shown(self) -> MeterReading | None:
        """The reading, if it was taken well after the contactor moved last."""
        return self.reading if self.reading is not None and self.reading.at_s - self.moved_s > OPENED_S else None


class Cause(NamedTuple):
    """When a fault is seen, and a sentence for the technician, formatted with ``f``, the facts, when it is raised."""

    holds: Callable[[Facts], bool]
    sentence: str
    exhausted: Callable[[Facts], bool] | None = None
    """Whoever brings this cause about tries again by himself: has he given up?"""


def _shorted(f: Facts) -> bool:
    return f.measured and f.pilot.measured == "E" and f.outputs.duty_ppm != PILOT_OFF_PPM and f.driven


def _no_state_has_this_voltage(f: Facts) -> bool:
    if not f.measured or not f.driven:
        return False
    if f.outputs.duty_ppm == PILOT_FAULT_PPM:
        return f.pilot.measured not in {"F", "E"}
    return f.pilot.measured is None or f.pilot.measured == "F"


def _diode_failed(f: Facts) -> bool:
    newer = f.driven and f.board.at_s > f.driven_s
    return newer and oscillates(f.outputs.duty_ppm) and f.pilot.measured in {"B", "C", "D"} and not low_plateau_good(f.board.cp_low_mv)


def _without_plug(f: Facts) -> bool:
    return f.fresh and f.pilot.letter in {"B", "C", "D"} and f.on_socket and f.settings.abilities.proximity and f.board.pp_ohm is None


def _out_of_range(f: Facts) -> bool:
    return f.board.pp_ohm is not None and f.on_socket and proximity.ampacity_ma(f.board.pp_ohm, f.settings.phases) is None


def _board_silent(f: Facts) -> bool:
    return f.board_age_s > (f.settings.abilities.silent_s if f.measured else f.settings.abilities.start_s)


def _meter_silent(f: Facts) -> bool:
    return f.meter_age_s > f.settings.meter_silent_s


def _welded(f: Facts) -> bool:
    """By feedback; without feedback by current that flows though it is open. A board that moves it may close it while an offer stands."""
    if f.outputs.contactor or not f.fresh or not f.answered or (f.settings.own_contactor and oscillates(f.outputs.duty_ppm)):
        return False
    if f.board.contactor_closed is None:
        return f.shown is not None and supply.highest(f.shown.current_ma) >= supply.LIVE_MA
    return f.board.contactor_closed


def _over_current(f: Facts) -> bool:
    """In every state with a closed contactor and an offer; without an offer the stop sequence has its own end."""
    return (
        f.offer_ma > 0
        and f.outputs.contactor
        and f.reading is not None
        and f.reading.at_s >= f.moved_s
        and supply.highest(f.reading.current_ma) > supply.too_much_ma(f.offer_ma)
    )


def _voltages(f: Facts) -> tuple[int, ...]:
    """Of the phases in use, in mV; nothing from a silent meter."""
    if _meter_silent(f):
        return ()
    return f.flow.voltages_mv[:1] if f.poles.phases == 1 or f.settings.phases == 1 else f.flow.voltages_mv


def _part_mv(f: Facts, percent: int) -> float:
    """So much of the nominal voltage."""
    return f.settings.nominal_mv * percent / 100


def _over_voltage(f: Facts) -> bool:
    limit_mv = _part_mv(f, supply.HIGH_AGAIN_PERCENT if "over_voltage" in f.active else supply.HIGH_PERCENT)
    return any(voltage_mv > limit_mv for voltage_mv in _voltages(f))


def _under_voltage(f: Facts) -> bool:
    """All dead counts only behind a closed contactor: a meter may be wired there."""
    voltages, missing_mv = _voltages(f), _part_mv(f, supply.MISSING_PERCENT)
    limit_mv = _part_mv(f, supply.LOW_AGAIN_PERCENT if "under_voltage" in f.active else supply.LOW_PERCENT)
    if not voltages or max(voltages) < missing_mv:
        return bool(voltages) and f.outputs.contactor and f.shown is not None
    return any(missing_mv <= voltage_mv < limit_mv for voltage_mv in voltages)


def _phase_missing(f: Facts) -> bool:
    voltages = _voltages(f)
    return len(voltages) > 1 and min(voltages) < _part_mv(f, supply.MISSING_PERCENT) <= max(voltages)


def _phases_not_gone(f: Facts) -> bool:
    """Current on a phase that is switched off."""
    if f.poles.phases == 3 or not f.outputs.contactor or f.shown is None:
        return False
    return supply.highest((None, *f.shown.current_ma[1:])) >= supply.LIVE_MA


def _locked(f: Facts) -> bool | None:
    """What the feedback of a plug lock says now; ``None``: nothing, or there is no lock."""
    return f.board.plug_locked if f.fresh and f.on_socket else None


def _test_given_up(f: Facts) -> bool:
    retry = FAULTS["rcd_selftest_failed"].retry
    assert retry is not None
    return f.selftest.failures > retry.times


CAUSES: dict[str, Cause] = {
    "pilot_short": Cause(_shorted, "control pilot: upper plateau {f.board.cp_high_mv} mV, expected above 2000 mV"),
    "pilot_implausible": Cause(
        _no_state_has_this_voltage,
        "control pilot: upper plateau {f.board.cp_high_mv} mV at a duty of {f.outputs.duty_ppm} ppm; no state has it",
    ),
    "diode_failed": Cause(_diode_failed, "control pilot: lower plateau {f.board.cp_low_mv} mV while it oscillates, expected -12000 mV"),
    "pilot_without_plug": Cause(_without_plug, "state {f.pilot.letter} on the pilot, but the proximity contact sees no plug in the socket"),
    "ventilation_not_available": Cause(
        lambda f: f.pilot.letter == "D" and not f.settings.ventilation,
        "the EV asks for ventilation (state D), which this EVSE does not have",
    ),
    "proximity_out_of_range": Cause(_out_of_range, "proximity: {f.board.pp_ohm} ohm, expected 60 to 4500 ohm"),
    "proximity_changed": Cause(
        lambda f: f.on_socket and proximity.changed(f.cable, f.board, f.settings.phases),
        "proximity: {f.board.pp_ohm} ohm, but the cable was coded for {f.cable.code_ma} mA when the car came",
    ),
    "board_silent": Cause(
        _board_silent, "board: no measurement for {f.board_age_s:.2f} s, expected one every {f.settings.abilities.silent_s:g} s"
    ),
    "meter_silent": Cause(
        lambda f: _meter_silent(f) and not f.doubt, "meter: no reading for {f.meter_age_s:.1f} s, expected one every second"
    ),
    "meter_implausible": Cause(lambda f: bool(f.doubt), "meter: {f.doubt}"),
    "meter_frozen": Cause(
        lambda f: f.flow.unmetered_wh >= supply.STUCK_WH and f.outputs.contactor,
        "meter: register stands at {f.flow.energy_wh} Wh while it shows {f.flow.power_w} W; {f.flow.unmetered_wh:.0f} Wh are missing",
    ),
    "rcd_tripped": Cause(lambda f: f.board.rcd_tripped and not f.selftest.running, "residual current monitor: tripped"),
    "rcd_selftest_failed": Cause(
        lambda f: f.selftest.failed, "residual current monitor: self-test failed {f.selftest.failures} time(s) in a row", _test_given_up
    ),
    "earth_lost": Cause(lambda f: f.board.earth_good is False, "protective earth: its supervision says that it is lost"),
    "emergency_stop": Cause(lambda f: f.board.emergency_stop, "emergency stop: pressed"),
    "enclosure_open": Cause(lambda f: f.board.enclosure_open, "enclosure: open"),
    "tilted": Cause(lambda f: f.board.tilted, "tilt sensor: the station does not stand upright"),
    "over_temperature": Cause(
        lambda f: f.derating.seen == 0, "temperature: {f.board.temperature_c} C, expected below 71 C; goes on below 62 C"
    ),
    "derated": Cause(
        lambda f: 0 < f.derating.seen < FULL, "temperature: {f.board.temperature_c} C; {f.derating.seen} % of the rating until below 62 C"
    ),
    "thermometer_silent": Cause(
        lambda f: f.fresh and f.derating.silent, "temperature: the board's thermometer says nothing, though there is one"
    ),
    "contactor_welded": Cause(_welded, "contactor: commanded open, but its feedback or the meter's current says closed"),
    "contactor_failed_to_close": Cause(
        lambda f: f.fresh and f.answered and f.board.contactor_closed is False and f.outputs.contactor,
        "contactor: commanded closed, but its feedback says open",
    ),
    "contactor_worn": Cause(
        lambda f: f.contactor.closings >= f.settings.contactor_life,
        "contactor: {f.contactor.closings} closings, expected below {f.settings.contactor_life}",
    ),
    "over_current": Cause(_over_current, "current: {f.reading.current_ma} mA, offered {f.offer_ma} mA per phase"),
    "over_voltage": Cause(_over_voltage, "voltage: {f.reading.voltage_mv} mV, expected below 115 % of {f.settings.nominal_mv} mV"),
    "under_voltage": Cause(_under_voltage, "voltage: {f.reading.voltage_mv} mV, expected above 85 % of {f.settings.nominal_mv} mV"),
    "phase_missing": Cause(_phase_missing, "voltage: {f.reading.voltage_mv} mV; a phase is missing"),
    "phase_switch_failed": Cause(_phases_not_gone, "current: {f.reading.current_ma} mA, though only L1 is switched on"),
    "lock_failed": Cause(lambda f: _locked(f) is False and f.outputs.lock, "plug lock: commanded locked, is unlocked"),
    "lock_stuck": Cause(lambda f: _locked(f) is True and not f.outputs.lock, "plug lock: commanded unlocked, is locked"),
    "control_late": Cause(lambda f: f.late_s > LATE_S, "control: a scan came {f.late_s:.3f} s late, expected below 0.1 s"),
    "control_overloaded": Cause(lambda f: f.overloaded, "control: more than one deadline in ten was missed in the last 10 s"),
    "memory_lost": Cause(lambda f: False, "control: what it had kept could not be read"),
}
"""One for each row of the table, in its order. ``memory_lost`` is found before the first scan, and only kept."""
