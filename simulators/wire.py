"""The pilot wire from the generator to the car, and what is wrong with it.

generator ──[ 1 kΩ ]──●────────×────────▷ car        × broken    the board sees no car, the car no pilot
                      │        │                     short       0 V for both
                  measured   pilot_ohm               behind the car's diode: the high half alone
"""

from msgspec import Struct
from msgspec.structs import replace

from hal.measured import PILOT_FAULT_PPM, PILOT_OFF_PPM, PILOT_STEADY_PPM
from simulators import pilot
from simulators.hardware import Hardware, PilotFault
from simulators.pilot import Load, Plateaus

GENERATED: dict[PilotFault | None, int] = {"stuck_high": PILOT_STEADY_PPM, "stuck_low": PILOT_FAULT_PPM, "dead": PILOT_OFF_PPM}
"""What a broken generator drives, whatever it is told."""
LOADED: dict[PilotFault | None, Load] = {
    "short": pilot.SHORT,
    "short_behind_diode": Load(0.0),
    "broken": pilot.NOTHING,
}
"""What a broken wire hangs on the generator, whatever is plugged in."""
SWALLOWS_OHM = 300
"""A resistor to earth below this leaves the car no pilot that it could read."""


class Glitch(Struct, frozen=True):
    """Noise: for a while the board measures another upper plateau. The car does not."""

    high_mv: int
    ends_s: float


def driven_ppm(wanted_ppm: int, hardware: Hardware, *, powered: bool) -> int:
    """What the generator drives."""
    return GENERATED.get(hardware.pilot, wanted_ppm) if powered else PILOT_OFF_PPM


def heard_ppm(wire_ppm: int, hardware: Hardware) -> int:
    """What arrives at the car."""
    swallowed = hardware.pilot_ohm is not None and hardware.pilot_ohm < SWALLOWS_OHM
    return PILOT_OFF_PPM if swallowed or hardware.pilot in LOADED else wire_ppm


def measured(wire_ppm: int, car: Load, hardware: Hardware, glitch: Glitch | None) -> Plateaus:
    """What the board measures."""
    load = LOADED.get(hardware.pilot, car)
    if hardware.pilot_ohm is not None:
        load = replace(load, beside_ohm=float(hardware.pilot_ohm))
    drift = 1 + (hardware.pilot_drift_percent or 0.0) / 100
    levels = pilot.plateaus(wire_ppm, load, round(pilot.SOURCE_MV * drift))
    if glitch is None:
        return levels
    return Plateaus(glitch.high_mv, glitch.high_mv if levels.high_mv == levels.low_mv else levels.low_mv)
