"""Everything that one board ``raspberry-pi`` holds while it is open: PWM, lines, converter, lock.

Two threads come here. The scan's drives the outputs on which people's safety rests (``drive``), which is one call of the kernel. The
worker's does all that may take milliseconds: the pilot's duty, measuring, the lock.
"""

import contextlib
from collections.abc import Mapping

from hal.boards import raspberry_pi_scales as scales
from hal.boards.raspberry_pi_pilot import IioMeter, Meter, Plateaus, SpiMeter
from hal.boards.raspberry_pi_plan import INPUTS, LOCK_OUTPUTS, OUTPUTS, WHO, Plan
from hal.bus import gpio
from hal.bus.pwm import Pwm
from hal.locks.motor import PRESETS, MotorLock, MotorPlan, checked
from hal.locks.port import PlugLock
from hal.locks.solenoid import SolenoidLock
from hal.measured import PILOT_OFF_PPM, PILOT_STEADY_PPM, BoardInputs, BoardOutputs

PP_S = 0.2
WARMTH_S = 2.0
COIL_OUTPUTS = ("contactor", "contactor_23", "rcm_test", "shunt_trip")


class Rig:
    """``Rig(...)`` opens all of it, in its safe state, or raises DeviceError or DriverError with nothing left open."""

    def __init__(self, plan: Plan, evse: int, root: str) -> None:
        self.plan = plan
        self._roles = frozenset(plan.lines(*OUTPUTS))
        self._phases = 3
        self._closed: bool | None = None
        self._commanded = False
        self._kick = False
        self._pp_ohm: int | None = None
        self._warmth_c: float | None = None
        self._pp_s = self._warmth_s = float("-inf")
        self._lock = lock_of(plan)
        with contextlib.ExitStack() as otherwise:
            self._lines = gpio.request(
                plan.lines(*OUTPUTS, *(LOCK_OUTPUTS if plan.lock else ())),
                plan.lines(*INPUTS),
                who=f"{WHO} evse {evse}",
                backend=plan.gpio,
                chip=plan.gpio_chip,
                root=root,
            )
            otherwise.callback(self._lines.close)
            self._pwm = Pwm(plan.pwm, plan.pwm_channel, polarity=plan.pwm_polarity, root=root, who=WHO)
            self._pwm.open()
            otherwise.callback(self._pwm.close)
            self._meter: Meter = SpiMeter(plan) if plan.cp == "spi" else IioMeter(plan, root, self._reset_peaks)
            otherwise.callback(self._meter.close)
            self._enable_pilot(True)
            otherwise.pop_all()

    # In the scan's thread

    def drive(self, outputs: BoardOutputs) -> None:
        """Coils, tests and the watchdog's kick. The number of phases changes only while everything is open, and the monitor is never tested
        with the contactor closed. Raises OSError."""
        if not self._commanded and not outputs.contactor and not self._closed:
            self._phases = outputs.phases
        self._commanded = outputs.contactor
        self._kick = not self._kick
        self._set(
            {
                "contactor": outputs.contactor,
                "contactor_23": outputs.contactor and self._phases == 3,
                "rcm_test": outputs.rcd_test and not outputs.contactor,
                "shunt_trip": outputs.shunt_trip,
                "kick": self._kick,
            }
        )

    def release(self) -> None:
        """Coils off; the watchdog is not kicked. Raises nothing."""
        self._commanded = False
        with contextlib.suppress(OSError):
            self._set(dict.fromkeys(COIL_OUTPUTS, False))

    # In the worker's thread

    def pilot(self, duty_ppm: int) -> None:
        """Raises DeviceError, and OSError."""
        off = duty_ppm == PILOT_OFF_PPM
        if off and self.plan.pilot_enable:
            duty_ppm = PILOT_STEADY_PPM
        self._pwm.set(duty_ppm)
        self._enable_pilot(not off)

    def measure(self, oscillates: bool, lock: bool | None, now: float) -> BoardInputs:
        """A turn of the lock, then everything there is to measure. Takes some milliseconds. Raises DeviceError, and OSError."""
        active = self._lines.get()
        self._closed = self._feedback(active)
        switch = active.get("lock_feedback")
        self._turn(lock, switch, now)
        seen = self._meter.plateaus(oscillates)
        return BoardInputs(
            at_s=seen.at_s,
            cp_high_mv=seen.high_mv,
            cp_low_mv=seen.low_mv,
            contactor_closed=self._closed,
            plug_locked=switch if self._lock is not None else None,
            pp_ohm=self._proximity(seen),
            rcd_tripped=active.get("rcm_fault", False),
            emergency_stop=active.get("emergency_stop", False),
            earth_good=active.get("earth_good"),
            enclosure_open=active.get("enclosure", False),
            tilted=active.get("tilt", False),
            temperature_c=self._temperature(seen),
        )

    def rest(self) -> None:
        """A motor of the lock stops; a coil that holds it does not. Raises nothing."""
        if isinstance(self._lock, MotorLock):
            with contextlib.suppress(OSError):
                self._lines.set(dict.fromkeys(LOCK_OUTPUTS, False))

    def close(self) -> None:
        """Coils off, the pilot as it is to be left, everything let go, though one of it may refuse."""
        self.release()
        with contextlib.ExitStack() as last:
            last.callback(self._lines.close)
            last.callback(self._meter.close)
            last.callback(self._pwm.close, self.plan.left_ppm)

    # What they are made of

    def _set(self, values: Mapping[str, bool]) -> None:
        self._lines.set({role: active for role, active in values.items() if role in self._roles})

    def _enable_pilot(self, on: bool) -> None:
        if "pilot_enable" in self._roles:
            self._set({"pilot_enable": on})

    def _reset_peaks(self, on: bool) -> None:
        self._set({"peak_reset": on, "peak_reset_low": on})

    def _feedback(self, active: Mapping[str, bool]) -> bool | None:
        """Is at least one of them closed? A mirror contact (NC) is closed while its contactor is open."""
        told = [
            active[role] != (self.plan.contactor_mirror == "NC")
            for role in ("contactor_feedback", "contactor_23_feedback")
            if role in active
        ]
        return any(told) if told else None

    def _turn(self, wanted: bool | None, switch: bool | None, now: float) -> None:
        if self._lock is None:
            return
        drive = self._lock.turn(wanted, switch, free=not self._commanded and not self._closed, now=now)
        outputs = {"lock_a": drive.lock, "lock_b": drive.unlock}
        self._lines.set({role: active for role, active in outputs.items() if getattr(self.plan, role)})

    def _proximity(self, seen: Plateaus) -> int | None:
        if self.plan.pp is not None and seen.at_s >= self._pp_s:
            mv = self._meter.level_mv(self.plan.pp)
            if self.plan.pp_pullup_ohm is None:
                self._pp_ohm = scales.pp_by_thresholds(mv)
            else:
                self._pp_ohm = scales.pp_by_divider(mv, self.plan.adc_mv, self.plan.pp_pullup_ohm)
            self._pp_s = seen.at_s + PP_S
        return self._pp_ohm

    def _temperature(self, seen: Plateaus) -> float | None:
        plan = self.plan
        if plan.thermometer in ("mcp9700", "ntc") and plan.thermometer_at is not None and seen.at_s >= self._warmth_s:
            mv = self._meter.level_mv(plan.thermometer_at)
            if plan.thermometer == "mcp9700":
                self._warmth_c = scales.mcp9700_c(mv)
            else:
                self._warmth_c = scales.ntc_c(mv, plan.adc_mv, plan.ntc_pullup_ohm, plan.ntc_ohm, plan.ntc_beta)
            self._warmth_s = seen.at_s + WARMTH_S
        return self._warmth_c


def lock_of(plan: Plan) -> PlugLock | None:
    """The lock that the plan names. Raises DriverError."""
    if plan.lock is None:
        return None
    if plan.lock == "solenoid":
        return SolenoidLock()
    preset = PRESETS[plan.lock]
    pulse_s = preset.pulse_s if plan.lock_pulse_ms is None else plan.lock_pulse_ms / 1000
    return MotorLock(checked(MotorPlan(pulse_s=pulse_s, pause_s=preset.pause_s, tries=plan.lock_tries or preset.tries), WHO))
