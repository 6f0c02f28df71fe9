"""What really happens at one EVSE of the world: contacts, voltages, locks and currents, each since when. Control is not asked."""

from typing import Literal

from chargepoint.cli.scenarios.trace import Trace
from hal.measured import PILOT_FAULT_PPM, PILOT_OFF_PPM, PILOT_STEADY_PPM, MeterReading
from simulators import sense
from simulators.electrics import Electrics

Drive = Literal["X1", "pwm", "F", "off"]
DRIVES: dict[int, Drive] = {PILOT_STEADY_PPM: "X1", PILOT_FAULT_PPM: "F", PILOT_OFF_PPM: "off"}

BANDS = ((13_000, "?"), (11_000, "A"), (10_000, "?"), (8_000, "B"), (7_000, "?"), (5_000, "C"), (4_000, "?"), (2_000, "D"), (1_000, "?"))
"""Above this many mV: this letter for sure (IEC 61851-1 Table A.4); ``?``: undecided, or none."""
LOW_BANDS = ((-1_000, "E"), (-10_000, "?"), (-13_000, "F"))
ASKING_MV = (1_000, 8_000)
"""Between them the EV may be taken as asking; outside never."""


def letter_of(high_mv: int) -> str:
    """What the upper plateau says for sure."""
    for floor_mv, letter in BANDS:
        if high_mv > floor_mv:
            return letter
    return next((letter for floor_mv, letter in LOW_BANDS if high_mv >= floor_mv), "?")


class Witness:
    """Looks at one EVSE. ``alive``: control runs. ``sees``: control can see this EVSE, and looks."""

    def __init__(self, electrics: Electrics, now: float) -> None:
        self.electrics = electrics
        self.alive = True
        self.letter = Trace("A", now)
        """On the wire, as the board measures it."""
        self.asking = Trace(False, now)
        """C or D on the wire, or what may pass for it."""
        self.drive: Trace[Drive] = Trace("X1", now)
        self.duty_ppm = Trace(PILOT_STEADY_PPM, now)
        self.closed = Trace(False, now)
        """Any of the main contacts."""
        self.command = Trace(False, now)
        """What the board was told last, or has fallen back to."""
        self.locked = Trace(False, now)
        self.phases = Trace(3, now)
        self.sees = Trace(True, now)
        self.jammed = Trace(False, now)
        """The contacts do not do what they are told, or not in their time."""
        self.feedback = Trace[str | None](None, now)
        """What is wrong with the feedback of the contacts."""
        self.closings = self.commands = 0
        """How often the contacts closed because they were told to, and how often they were told. An emergency stop that is released while
        the command still stands closes them again, which nobody has told them."""

    def look(self, now: float) -> None:
        """Take it all in."""
        electrics, hardware = self.electrics, self.electrics.hardware
        high_mv, ppm = electrics.plateaus.high_mv, electrics.wire_ppm
        self.letter.see(letter_of(high_mv), now)
        self.asking.see(ASKING_MV[0] < high_mv < ASKING_MV[1], now)
        self.drive.see(DRIVES.get(ppm, "pwm"), now)
        self.duty_ppm.see(electrics.outputs.duty_ppm, now)
        self.commands += self.command.see(electrics.outputs.contactor, now) and self.command.value
        by_coil = self.command.value and hardware.contactor is None
        if self.closed.see(electrics.contacts.closed, now) and self.closed.value and by_coil:
            self.closings = min(self.closings + 1, self.commands)
        self.locked.see(electrics.locked is not False, now)
        self.phases.see(electrics.outputs.phases, now)
        self.sees.see(self.alive and electrics.powered and hardware.board is None, now)
        self.jammed.see(hardware.contactor is not None or hardware.contactor_travel_s is not None, now)
        self.feedback.see(hardware.contactor_feedback, now)

    @property
    def reading(self) -> MeterReading | None:
        """What the meter shows; nothing while it is lost."""
        meter = self.electrics.meter
        return None if meter.condition in ("lost", "nonsense") else meter.show(0.0)

    @property
    def low_mv(self) -> int:
        """The lower plateau."""
        return self.electrics.plateaus.low_mv

    @property
    def high_mv(self) -> int:
        """The upper plateau."""
        return self.electrics.plateaus.high_mv

    @property
    def measured_closed(self) -> bool | None:
        """The feedback of the contacts."""
        return sense.contactor_feedback(self.electrics)

    @property
    def measured_locked(self) -> bool | None:
        """The feedback of the lock."""
        return None if self.electrics.hardware.lock_feedback == "none" else self.electrics.locked

    @property
    def pp_ohm(self) -> int | None:
        """The proximity contact, as measured."""
        return sense.proximity_ohm(self.electrics)

    @property
    def on_socket(self) -> bool:
        """Is the present connector a socket?"""
        return self.electrics.locked is not None
