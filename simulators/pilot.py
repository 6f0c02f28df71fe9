"""The control pilot's electrics (IEC 61851-1 Annex A): what a board measures for what it drives and what hangs on the wire.

    ±12 V ──[ 1 kΩ ]──●── CP ──▷|──┬────────┬──────────┐
                      │   diode    2.74 kΩ  1.3 kΩ     270 Ω
                  measured         │        S2 (C)     S2 (D)
                                   └── PE ──┴──────────┘

Voltages are in millivolts, the duty is the high part in millionths: 1 000 000 is constant +12 V, 0 constant -12 V, -1 no pilot at all.
"""

from msgspec import Struct

from hal.measured import PILOT_FAULT_PPM, PILOT_OFF_PPM, PILOT_STEADY_PPM

SOURCE_MV = 12_000
SOURCE_OHM = 1_000
DIODE_MV = 700
PLUGGED_OHM = 2_740
"""In the car whenever it is connected: state B."""
REQUEST_OHM = 1_300
"""In parallel once the car closes S2: state C."""
VENTILATION_OHM = 270
"""Instead of it in a car that needs ventilation: state D."""


class Load(Struct, frozen=True):
    """What lies between the pilot and earth."""

    ohm: float | None = None
    """``None``: nothing is connected."""
    diode: bool = True
    """False: current flows in both halves, as through a resistor without a car, or through a broken diode."""
    beside_ohm: float | None = None
    """A resistor to earth beside it, without a diode."""


NOTHING = Load()
SHORT = Load(0.0, diode=False)


class Plateaus(Struct, frozen=True):
    """Both levels of the pilot; equal while it does not oscillate."""

    high_mv: int
    low_mv: int


UNPOWERED = Plateaus(0, 0)
"""A board without supply, and one whose pilot is off, drives nothing: 0 V, which every car reads as state E."""


def parallel_ohm(one_ohm: float, other_ohm: float) -> float:
    """Two resistors side by side."""
    return one_ohm * other_ohm / (one_ohm + other_ohm) if one_ohm and other_ohm else 0.0


def car_load(
    *,
    requests: bool,
    ventilation: bool = False,
    diode: bool = True,
    plugged_ohm: float = PLUGGED_OHM,
    request_ohm: float = REQUEST_OHM,
) -> Load:
    """The resistors of a car: alone, or with S2 closed."""
    if not requests:
        return Load(plugged_ohm, diode)
    return Load(parallel_ohm(plugged_ohm, VENTILATION_OHM if ventilation else request_ohm), diode)


def level_mv(source_mv: int, load: Load) -> int:
    """What is left of a source voltage at the EVSE's output."""
    behind_ohm, open_mv = float(SOURCE_OHM), float(source_mv)
    if load.beside_ohm is not None:
        open_mv = source_mv * load.beside_ohm / (load.beside_ohm + SOURCE_OHM)
        behind_ohm = parallel_ohm(SOURCE_OHM, load.beside_ohm)
    if load.ohm is None or (load.diode and open_mv <= DIODE_MV):
        return round(open_mv)
    drop = DIODE_MV if load.diode else 0
    return round(drop + (open_mv - drop) * load.ohm / (load.ohm + behind_ohm)) if behind_ohm else 0


def plateaus(duty_ppm: int, load: Load, source_mv: int = SOURCE_MV) -> Plateaus:
    """What a board measures while it drives this duty into this load."""
    if duty_ppm == PILOT_OFF_PPM:
        return UNPOWERED
    high = level_mv(-source_mv if duty_ppm <= PILOT_FAULT_PPM else source_mv, load)
    low = level_mv(source_mv if duty_ppm >= PILOT_STEADY_PPM else -source_mv, load)
    return Plateaus(high, low)


LETTERS = ((10_500, "A"), (7_500, "B"), (4_500, "C"), (1_500, "D"), (-1_500, "E"))
"""Half-way between the nominal 12, 9, 6, 3 and 0 V; below all of them -12 V, state F."""


def letter(high_mv: int) -> str:
    """The state that is physically on the wire, by the nearest nominal voltage. Control measures with finer bands than this."""
    return next((name for floor_mv, name in LETTERS if high_mv >= floor_mv), "F")


def advertised_ma(duty_ppm: int) -> int:
    """What a car may draw per phase by a duty cycle, 0 for nothing (IEC 61851-1 Table A.8). 5 % means digital talk, which is not for it."""
    if not 80_000 <= duty_ppm <= 970_000:
        return 0
    if duty_ppm < 100_000:
        return 6_000
    if duty_ppm <= 850_000:
        return round(duty_ppm * 0.06)
    return min(80_000, round((duty_ppm - 640_000) * 0.25))
