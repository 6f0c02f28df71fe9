"""How a board ``raspberry-pi`` is wired to the simulated electrics: what its lines mean, both ways.

A line is wired as the configuration says: what is ``active-low`` there pulls its relay, or closes its contact, at a low level. Every relay
has a pull-down: a line that nobody drives leaves its coil dead.
"""

from collections.abc import Mapping

from hal.boards.raspberry_pi_plan import INPUTS, LOCK_OUTPUTS, OUTPUTS, Plan
from hal.bus.gpio import LinePlan
from hal.measured import PILOT_OFF_PPM, PILOT_STEADY_PPM, BoardOutputs, SwitchedPhases
from simulators import sense
from simulators.electrics import Electrics

DISABLED = {"0 V": PILOT_OFF_PPM, "+12 V": PILOT_STEADY_PPM, "-12 V": 0, None: PILOT_OFF_PPM}


class Wiring:
    """Of one EVSE."""

    def __init__(self, plan: Plan, evse: Electrics) -> None:
        self.plan = plan
        self._evse = evse
        self.outputs = plan.lines(*OUTPUTS, *LOCK_OUTPUTS)
        self.inputs = plan.lines(*INPUTS)
        self._lock = False

    @property
    def names(self) -> frozenset[str]:
        """Lines that are wired to anything."""
        return frozenset(line.name for line in (*self.outputs.values(), *self.inputs.values()))

    def active(self, role: str, driven: Mapping[str, bool]) -> bool:
        """Is this output active, by the levels that are driven?"""
        line = self.outputs.get(role)
        return line is not None and line.name in driven and driven[line.name] != line.active_low

    def wanted(self, driven: Mapping[str, bool], pwm_ppm: int) -> BoardOutputs:
        """What the lines and the PWM come to at the electrics."""
        closed, second = self.active("contactor", driven), self.active("contactor_23", driven)
        return BoardOutputs(
            duty_ppm=self._pilot_ppm(driven, pwm_ppm),
            contactor=closed,
            lock=self._locked(driven),
            phases=self._phases(closed, second),
            rcd_test=self.active("rcm_test", driven),
            shunt_trip=self.active("shunt_trip", driven),
        )

    def levels(self, now: float) -> dict[str, bool]:
        """What the contacts put on the inputs."""
        seen = sense.inputs(self._evse, now)
        mirrors = self.plan.contactor_mirror == "NC"
        first, second = self._contacts(seen.contactor_closed)
        told: dict[str, bool | None] = {
            "contactor_feedback": None if first is None else first != mirrors,
            "contactor_23_feedback": None if second is None else second != mirrors,
            "rcm_fault": seen.rcd_tripped,
            "emergency_stop": seen.emergency_stop,
            "enclosure": seen.enclosure_open,
            "tilt": seen.tilted,
            "earth_good": seen.earth_good,
            "lock_feedback": seen.plug_locked,
        }
        return {line.name: _level(line, told[role]) for role, line in self.inputs.items()}

    def _contacts(self, told: bool | None) -> tuple[bool | None, bool | None]:
        """Auxiliary contacts of both contactors: one that hangs hangs in both."""
        contacts = self._evse.contacts
        sound = self._evse.hardware.contactor_feedback is None
        return (contacts.first.position, contacts.second.position) if sound else (told, told)

    def _pilot_ppm(self, driven: Mapping[str, bool], pwm_ppm: int) -> int:
        if "pilot_enable" in self.outputs and not self.active("pilot_enable", driven):
            return PILOT_OFF_PPM
        return DISABLED[self.plan.pilot_disabled] if pwm_ppm == PILOT_OFF_PPM else pwm_ppm

    def _locked(self, driven: Mapping[str, bool]) -> bool:
        """A motor stays where it was last driven to; a solenoid is where its coil holds it."""
        towards, back = self.active("lock_a", driven), self.active("lock_b", driven)
        if self.plan.lock == "solenoid" or towards != back:
            self._lock = towards
        return self._lock

    def _phases(self, closed: bool, second: bool) -> SwitchedPhases:
        if "contactor_23" not in self.outputs:
            return 3
        before = self._evse.outputs.phases
        return before if not closed else 3 if second else 1


def _level(line: LinePlan, active: bool | None) -> bool:
    """A contact that is not there leaves the level to the line's own bias."""
    return line.bias == "pull-up" if active is None else active != line.active_low
