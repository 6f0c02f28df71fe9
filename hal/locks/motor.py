"""A plug lock with a motor: two outputs (H bridge), a pulse in one direction or the other, a pause, a few tries.

    wanted    ______/‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾‾\\________
    lock      ______/‾pulse‾\\__________/‾‾‾‾‾‾‾\\_______________          a second try where the switch says that it is not locked
    unlock    ______________________________________________/‾‾‾‾
                            ◀─ pause ─▶         ◀─ pause ─▶

The motor may be on for a share of the time only, so every pulse is followed by a pause of at least eight times its length. Between pulses
both outputs are at rest, which brakes it. Without a switch one pulse is all there is, and it is believed.
"""

from collections.abc import Mapping
from math import inf

from msgspec import Struct

from hal.errors import DriverError
from hal.locks.port import REST, Drive

PAUSE_PULSES = 8
PULSE_S = (0.05, 1.0)
"""Control believes a lock without a switch after 1 s."""
MAX_TRIES = 20


class MotorPlan(Struct, frozen=True, kw_only=True):
    """Times of one make. The pause is at least eight pulses, whatever is said here."""

    pulse_s: float = 0.3
    pause_s: float = 0.0
    tries: int = 5

    @property
    def rests_s(self) -> float:
        """Between two pulses."""
        return max(self.pause_s, PAUSE_PULSES * self.pulse_s)


PRESETS: Mapping[str, MotorPlan] = {
    "motor": MotorPlan(),
    "harting": MotorPlan(pulse_s=0.2),
}
"""HARTING type 2 (12 V): pulse up to 200 ms, 3 s at the most, pause eight pulses. Of Küster, Walther and Hella no figures were found."""


def checked(plan: MotorPlan, who: str) -> MotorPlan:
    """The same plan. Raises DriverError."""
    if not PULSE_S[0] <= plan.pulse_s <= PULSE_S[1]:
        raise DriverError(f"{who}: lock_pulse_ms {plan.pulse_s * 1000:g}, expected {PULSE_S[0] * 1000:g} to {PULSE_S[1] * 1000:g}")
    if not 1 <= plan.tries <= MAX_TRIES:
        raise DriverError(f"{who}: lock_tries {plan.tries}, expected 1 to {MAX_TRIES}")
    return plan


class MotorLock:
    """``hal.locks.port.PlugLock``."""

    def __init__(self, plan: MotorPlan) -> None:
        self.failed: str | None = None
        self._plan = plan
        self._goal: bool | None = None
        """Where the last pulse went to, or the next one goes."""
        self._tries = 0
        self._ends_s = -inf
        """Of the pulse."""
        self._rested_s = -inf

    def turn(self, wanted: bool | None, switch: bool | None, free: bool, now: float) -> Drive:
        """Every few milliseconds; a pulse is as exact as that."""
        if now < self._ends_s:
            return self._push
        if wanted is not None and wanted != self._goal:
            self._goal, self._tries, self.failed = wanted, 0, None
        if self._goal is None or not free or now < self._rested_s:
            return REST
        if self._arrived(switch):
            self.failed, self._tries = None, self._tries if switch is None else 0
            return REST
        if self._tries >= self._plan.tries:
            position = "locked" if self._goal else "unlocked"
            self.failed = f"not {position} after {self._tries} pulses of {self._plan.pulse_s * 1000:.0f} ms"
            return REST
        self._tries += 1
        self._ends_s = now + self._plan.pulse_s
        self._rested_s = self._ends_s + self._plan.rests_s
        return self._push

    def _arrived(self, switch: bool | None) -> bool:
        return self._tries > 0 if switch is None else switch == self._goal

    @property
    def _push(self) -> Drive:
        return Drive(lock=self._goal is True, unlock=self._goal is False)
