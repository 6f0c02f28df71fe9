"""May a reading be true? What cannot be is not passed on: the meter counts as silent, and the reason is in its error.

    Course     what is believed of the register so far: where it stood, and when
    judge      the course after a reading, and the doubt about that reading
    Judge      the same for drivers: a reading, or an error

A register moves forward only (OCPP 2.0.1 J02.FR.16), and no faster than the EVSE can deliver. Until two readings agree the course is not
settled, so that one false value at the beginning does not set it. From then on the register has to go on where it stood: one that does
not is doubted for as long as that lasts, and believed again as soon as it does. A meter that was exchanged takes a restart, as its energy
is another's.
A meter that has just been switched on shows zeros: where it measures voltage that cannot be true, elsewhere it settles nothing.
"""

from typing import Annotated

from msgspec import Meta, Struct

from hal.errors import ImplausibleError
from hal.measured import MeterReading

RATED_A = 80
"""IEC 61851-1 mode 3 knows no more on AC."""
RatedAmperes = Annotated[int, Meta(ge=6, le=RATED_A)]
STEP_WH = 200
"""What a coarse register may move at once."""
HIGHEST_MV = 300_000
"""Between a phase and neutral, in a low voltage grid."""


class Course(Struct, frozen=True):
    """What is believed of a register."""

    at_s: float
    energy_wh: int
    confirmed: bool = False


class Judge:
    """Of one meter. ``rated_ma``: of its EVSE, per phase."""

    def __init__(self, rated_ma: int) -> None:
        self._rated_ma = rated_ma
        self._course: Course | None = None

    def believed(self, reading: MeterReading, where: str) -> MeterReading:
        """The reading, if it can be true. Raises ImplausibleError, which begins with ``where``."""
        self._course, doubt = judge(self._course, reading, self._rated_ma)
        if doubt is not None:
            raise ImplausibleError(f"{where}: {doubt}")
        return reading


def judge(course: Course | None, reading: MeterReading, rated_ma: int) -> tuple[Course | None, str | None]:
    """The course after this reading, and why it cannot be true, if so. ``rated_ma``: the EVSE's, per phase."""
    zero = not any((reading.energy_wh, reading.power_w, *reading.current_ma, *reading.voltage_mv))
    if zero and any(value is not None for value in reading.voltage_mv):
        return course, "all its values are zero, as of a meter that has just been switched on; wait, and check its voltage"
    doubt = _impossible(reading, rated_ma)
    if doubt is not None:
        return course, doubt
    if course is None:
        return Course(reading.at_s, reading.energy_wh), None
    doubt = _off_course(course, reading, rated_ma)
    if doubt is not None and course.confirmed:
        return course, doubt
    return Course(reading.at_s, reading.energy_wh, doubt is None and not zero), doubt


def _impossible(reading: MeterReading, rated_ma: int) -> str | None:
    """Values that no EVSE has, whatever was before."""
    if reading.energy_wh < 0:
        return f"its energy is {reading.energy_wh} Wh; energy is never negative, so compare driver and model"
    for name, values, least, most in (
        ("voltage", reading.voltage_mv, 0, HIGHEST_MV),
        ("current", reading.current_ma, -3 * rated_ma, 3 * rated_ma),
    ):
        for phase, value in enumerate(values, start=1):
            if value is not None and not least <= value <= most:
                return (
                    f"its {name} of L{phase} is {value / 1000:g}; expected {least / 1000:g} to {most / 1000:g}, so compare driver and model"
                )
    most_w = 3 * _most_w(rated_ma)
    if reading.power_w is not None and abs(reading.power_w) > most_w:
        return f"its power is {reading.power_w} W; expected less than {most_w} W, so compare driver and model"
    return None


def _off_course(course: Course, reading: MeterReading, rated_ma: int) -> str | None:
    moved_wh = reading.energy_wh - course.energy_wh
    if moved_wh < 0:
        return (
            f"its energy register ran back from {course.energy_wh} to {reading.energy_wh} Wh; restart the station if the meter was "
            "exchanged, else compare driver and model"
        )
    lasted_s = reading.at_s - course.at_s
    most_wh = _most_w(rated_ma) * lasted_s / 3600 + STEP_WH
    if moved_wh > most_wh:
        return (
            f"its energy register jumped by {moved_wh} Wh in {lasted_s:.1f} s, which is more than the EVSE delivers; restart the station "
            "if the meter was exchanged, else compare driver and model"
        )
    return None


def _most_w(rated_ma: int) -> int:
    """With a fifth to spare."""
    return rated_ma * 3 * HIGHEST_MV * 12 // 10_000_000
