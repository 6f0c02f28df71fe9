"""What in the world explains a fault, looked at without control: for every row of the fault table, when it is there.

``sure`` is for *a cause that lasts is told*, ``maybe`` for *a fault that is told has a cause*: between them lie the undecided zones and
what hysteresis keeps. Where one is enough, they are the same. ``lag_s`` comes on top of the row's detection time.
"""

from collections.abc import Callable
from typing import NamedTuple

from msgspec import Struct

from chargepoint.cli.scenarios.witness import Witness
from chargepoint.control.settings import EvseSettings
from hal.measured import PILOT_FAULT_PPM, PILOT_OFF_PPM, PILOT_STEADY_PPM

SCAN_LAG_S = 0.25
"""Scans, the board's filter, and the time after a switch of the pilot in which nothing is believed."""
METER_LAG_S = 2.5
"""A meter is polled once a second, and after the contactor has moved readings are not believed for a while."""
STOP_C, DERATE_C, RESTORE_C = 71.0, 65.0, 62.0
FROZEN_WH = 210
"""By the meter's own power; more than control wants, for it adds up in other steps."""


class Circumstances(Struct):
    """What a cause looks at besides the witness."""

    witness: Witness
    settings: EvseSettings
    present: bool = False
    """An EV was seen, and was not seen to go."""
    first_ampacity_ma: int | None = None
    """What the cable was coded for when this car came."""
    celsius: float | None = None
    celsius_read: bool = True
    """It stood long enough to have been read."""
    too_hot_told: bool = False
    test_failed: bool = False
    """The monitor did not trip in the last test, or did not arm again."""
    arming: bool = False
    """It has tripped in a test, and has not armed itself again yet."""
    closings_told: int = 0
    late: bool = False
    overloaded: bool = False
    memory_lost: bool = False
    """And no technician has been there since."""
    offer_ma: int = 0
    unmetered_wh: float = 0.0
    """By its own power, since the meter's register moved."""


Holds = Callable[[Circumstances], bool]


class WorldCause(NamedTuple):
    """One row."""

    sure: Holds
    maybe: Holds
    lag_s: float = SCAN_LAG_S


def ampacity_ma(ohm: int | None) -> int | None:
    """The coding of a cable (IEC 61851-1 Annex B), the lower one in a gap."""
    if ohm is None or not 60 <= ohm <= 4_500:
        return None
    return next(ma for most_ohm, ma in ((140, 63_000), (308, 32_000), (936, 20_000), (4_500, 13_000)) if ohm <= most_ohm)


def _generator_ppm(c: Circumstances) -> int:
    """What the board was told to drive."""
    return c.witness.electrics.outputs.duty_ppm


def _short(c: Circumstances, margin_mv: int) -> bool:
    """Near 0 V while it is driven otherwise; ``margin_mv`` further away is undecided."""
    return abs(c.witness.high_mv) <= 1_000 + margin_mv and _generator_ppm(c) != PILOT_OFF_PPM


def _no_state(c: Circumstances, margin_mv: int) -> bool:
    """A voltage of no state, or one that does not go with what is driven; ``margin_mv`` nearer to a state still counts."""
    high_mv, ppm = c.witness.high_mv, _generator_ppm(c)
    if high_mv > 13_000 - margin_mv or high_mv < -13_000 + margin_mv or -10_000 - margin_mv < high_mv < -2_000 + margin_mv:
        return True
    return high_mv > 1_000 if ppm == PILOT_FAULT_PPM else high_mv <= -10_000 and ppm != PILOT_OFF_PPM


def _diode(c: Circumstances) -> bool:
    return c.witness.drive.value == "pwm" and c.witness.letter.value in "BCD" and c.witness.low_mv > -10_000


def _diode_maybe(c: Circumstances) -> bool:
    return 0 < _generator_ppm(c) < PILOT_STEADY_PPM and not -13_000 <= c.witness.low_mv <= -10_000


def _no_plug(c: Circumstances) -> bool:
    return c.witness.letter.value in "BCD" and c.witness.on_socket and c.witness.pp_ohm is None


def _no_plug_maybe(c: Circumstances) -> bool:
    return 1_000 < c.witness.high_mv < 11_000 and c.witness.on_socket and c.witness.pp_ohm is None


def _out_of_range(c: Circumstances) -> bool:
    return c.witness.on_socket and c.witness.pp_ohm is not None and ampacity_ma(c.witness.pp_ohm) is None


def _other_cable(c: Circumstances) -> bool:
    there = c.witness.on_socket and c.present and c.first_ampacity_ma is not None
    return there and ampacity_ma(c.witness.pp_ohm) != c.first_ampacity_ma


def _perhaps_another_cable(c: Circumstances) -> bool:
    """Behind a pilot that reads wrongly nobody sees a car leave, only that its cable is gone."""
    return _other_cable(c) or (c.witness.on_socket and bool(c.witness.electrics.hardware.pilot_drift_percent))


def _currents(c: Circumstances) -> tuple[int, ...]:
    reading = c.witness.reading
    return () if reading is None else tuple(value or 0 for value in reading.current_ma)


def _over_current(c: Circumstances) -> bool:
    return c.offer_ma > 0 and c.witness.command.value and max(_currents(c), default=0) > (c.offer_ma + 500) * 1.1


def _percents(c: Circumstances) -> list[float]:
    reading = c.witness.reading
    if reading is None:
        return []
    used = reading.voltage_mv[:1] if c.witness.phases.value == 1 else reading.voltage_mv
    return [value * 100 / c.settings.nominal_mv for value in used if value is not None]


def _under(c: Circumstances, limit: float) -> bool:
    percents = _percents(c)
    if not percents or max(percents) < 50:
        return bool(percents) and c.witness.command.value
    return any(50 <= percent < limit for percent in percents)


def _missing(c: Circumstances) -> bool:
    percents = _percents(c)
    return len(percents) > 1 and min(percents) < 50 <= max(percents)


def _welded(c: Circumstances) -> bool:
    if c.witness.command.value:
        return False
    measured = c.witness.measured_closed
    return max(_currents(c), default=0) >= 1_000 if measured is None else measured


def _other_phases(c: Circumstances) -> bool:
    return c.witness.phases.value == 1 and c.witness.command.value and max(_currents(c)[1:], default=0) >= 1_000


def _lock(c: Circumstances, wanted: bool) -> bool:
    measured = c.witness.measured_locked
    return c.witness.on_socket and measured is not None and measured != wanted and c.witness.electrics.outputs.lock == wanted


def _hot(c: Circumstances, from_c: float) -> bool:
    return c.celsius is not None and c.celsius_read and c.celsius >= from_c


def _warm(c: Circumstances) -> bool:
    """It may have been hot, and has not cooled down since."""
    return c.celsius is not None and (not c.celsius_read or c.celsius >= RESTORE_C)


def _unheard(c: Circumstances) -> bool:
    """It has been heard, and says nothing now."""
    return c.celsius is not None and c.celsius_read and c.witness.electrics.hardware.thermometer == "none"


def _same(holds: Holds, lag_s: float = SCAN_LAG_S) -> WorldCause:
    return WorldCause(holds, holds, lag_s)


CAUSES: dict[str, WorldCause] = {
    "pilot_short": WorldCause(lambda c: _short(c, 0), lambda c: _short(c, 1_000)),
    "pilot_implausible": WorldCause(lambda c: _no_state(c, 0), lambda c: _no_state(c, 1_000)),
    "diode_failed": WorldCause(_diode, _diode_maybe),
    "pilot_without_plug": WorldCause(_no_plug, _no_plug_maybe, 0.8),
    "ventilation_not_available": _same(lambda c: c.witness.letter.value == "D" and not c.settings.ventilation, 0.7),
    "proximity_out_of_range": _same(_out_of_range),
    "proximity_changed": WorldCause(_other_cable, _perhaps_another_cable),
    "board_silent": _same(lambda c: c.witness.electrics.hardware.board == "lost" or not c.witness.electrics.powered, 0.4),
    "meter_silent": _same(lambda c: c.witness.electrics.meter.condition == "lost", 7.0),
    "meter_implausible": _same(lambda c: c.witness.electrics.meter.condition == "nonsense", METER_LAG_S + 1.0),
    "meter_frozen": WorldCause(
        lambda c: c.unmetered_wh > FROZEN_WH and c.witness.command.value,
        lambda c: c.witness.electrics.meter.condition is not None or c.witness.electrics.meter.override.energy_wh is not None,
        METER_LAG_S,
    ),
    "rcd_tripped": WorldCause(lambda c: c.witness.electrics.hardware.rcd == "tripped", lambda c: c.witness.electrics.feed.rcm.tripped, 6.0),
    "rcd_selftest_failed": WorldCause(lambda c: c.test_failed, lambda c: c.test_failed or c.arming, 1.0),
    "earth_lost": _same(lambda c: c.witness.electrics.hardware.earth == "lost"),
    "emergency_stop": _same(lambda c: bool(c.witness.electrics.hardware.emergency_stop)),
    "enclosure_open": _same(lambda c: c.witness.electrics.hardware.enclosure == "open"),
    "tilted": _same(lambda c: bool(c.witness.electrics.hardware.tilted)),
    "over_temperature": WorldCause(lambda c: _hot(c, STOP_C), _warm),
    "derated": WorldCause(lambda c: _hot(c, DERATE_C) and not _hot(c, STOP_C) and not c.too_hot_told, _warm),
    "thermometer_silent": WorldCause(_unheard, lambda c: c.witness.electrics.hardware.thermometer == "none"),
    "contactor_welded": _same(_welded, METER_LAG_S),
    "contactor_failed_to_close": _same(lambda c: c.witness.measured_closed is False and c.witness.command.value),
    "contactor_worn": _same(lambda c: c.closings_told >= c.settings.contactor_life),
    "over_current": _same(_over_current, METER_LAG_S),
    "over_voltage": WorldCause(
        lambda c: any(percent >= 116 for percent in _percents(c)), lambda c: any(percent >= 112 for percent in _percents(c)), METER_LAG_S
    ),
    "under_voltage": WorldCause(lambda c: _under(c, 84), lambda c: _under(c, 88.5), METER_LAG_S + 1.0),
    "phase_missing": _same(_missing, METER_LAG_S),
    "phase_switch_failed": _same(_other_phases, METER_LAG_S + 1.0),
    "lock_failed": _same(lambda c: _lock(c, True)),
    "lock_stuck": _same(lambda c: _lock(c, False)),
    "control_late": _same(lambda c: c.late),
    "control_overloaded": _same(lambda c: c.overloaded),
    "memory_lost": _same(lambda c: c.memory_lost),
}
"""In the order of the fault table."""
