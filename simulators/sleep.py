"""A car that falls asleep, wakes, or takes offence.

        no offer for after_s                    it is unplugged
awake ───────────────────────▶ asleep          faulted ──────▶
  ▲   E or F for wake_s, then X1 │                ▲
  └──────────────────────────────┘                └── F, though it fears it; mains again too soon
"""

from math import inf
from typing import Literal

from hal.measured import PILOT_FAULT_PPM, PILOT_STEADY_PPM
from simulators.alarm import Alarm
from simulators.manners import SleepManners

Condition = Literal["awake", "asleep", "faulted"]
Signal = Literal["E", "F", "X1", "PWM"]

STARTLED_S = 0.1
"""Shorter than this F is not noticed."""


def signal(duty_ppm: int) -> Signal:
    """What a duty says, apart from the current."""
    if duty_ppm < PILOT_FAULT_PPM:
        return "E"
    if duty_ppm == PILOT_FAULT_PPM:
        return "F"
    return "X1" if duty_ppm >= PILOT_STEADY_PPM else "PWM"


class Sleep:
    """``condition`` is what it is in."""

    def __init__(self, manners: SleepManners) -> None:
        self.condition: Condition = "asleep" if manners.after_s == 0 else "awake"
        self.alarm = Alarm()
        self._manners = manners
        self._signal: Signal | None = None
        self._since_s = -inf
        self._idle_s = -inf
        """Since when it has not been offered anything."""
        self._roused = False
        self._mains = False
        self._mains_gone_s = -inf

    def follow(self, heard: Signal, now: float, *, mains: bool) -> None:
        """Hear what the pilot says, and whether there is mains."""
        self.alarm.clear()
        self._hear(heard, now)
        self._feel(mains, now)
        startled = self._manners.fears_f and heard == "F" and self.alarm.due(self._since_s + STARTLED_S, now)
        if startled or self.condition == "faulted":
            self.condition = "faulted"
        elif self.condition == "asleep":
            self._wake(now)
        elif self._manners.after_s and heard != "PWM" and self.alarm.due(self._idle_s + self._manners.after_s, now):
            self.condition = "asleep"

    def _hear(self, heard: Signal, now: float) -> None:
        if heard != self._signal:
            if self._signal in ("PWM", None):
                self._idle_s = now
            self._signal, self._since_s = heard, now

    def _feel(self, mains: bool, now: float) -> None:
        if mains and not self._mains and now < self._mains_gone_s + self._manners.rest_s:
            self.condition = "faulted"
        if self._mains and not mains:
            self._mains_gone_s = now
        self._mains = mains

    def _wake(self, now: float) -> None:
        if self._signal == self._manners.wakes_on and self.alarm.due(self._since_s + self._manners.wake_s, now):
            self._roused = True
        if self._signal == "PWM":
            self._roused = False
        steady = self._signal == "X1" and self._roused and self.alarm.due(self._since_s + self._manners.wake_x1_s, now)
        if steady:
            self._roused = False
            self.condition = "awake"
            self._idle_s = now
