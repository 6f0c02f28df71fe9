"""The meter of one EVSE: a register that integrates power, and what can be wrong with a meter."""

from msgspec import Struct
from msgspec.structs import replace

from hal.measured import MeterReading, Phases
from simulators.hardware import MeterFault
from simulators.mains import NOTHING, Triple

SLOW_S = 0.8
"""After this a slow meter answers."""


class Override(Struct, frozen=True, kw_only=True):
    """Values that the meter shows in place of what it measures; ``None``: as measured."""

    energy_wh: int | None = None
    voltage_mv: Triple | None = None
    current_ma: Triple | None = None
    frequency_hz: float | None = None


class Meter:
    """``phases`` are wired, 1 or 3. The register is in Wh with all its decimals; only whole Wh are shown."""

    def __init__(self, phases: int, register_wh: float = 0.0, speed: float = 1.0) -> None:
        self.register_wh = register_wh
        self.condition: MeterFault | None = None
        self.passing_w = 0.0
        """What the register integrates, in watts per second of the car's time."""
        self._override = Override()
        self._phases = phases
        self._speed = speed
        self._voltage_mv = self._current_ma = NOTHING
        self._live = False
        self._frozen: MeterReading | None = None

    def carry(self, current_ma: Triple, voltage_mv: Triple, *, live: bool) -> None:
        """From now on it is like this; ``live``: main contacts are closed, so energy can pass at all."""
        if (current_ma, voltage_mv, live) != (self._current_ma, self._voltage_mv, self._live):
            self._current_ma, self._voltage_mv, self._live = current_ma, voltage_mv, live
            self._pass()

    @property
    def override(self) -> Override:
        """What it shows in place of what it measures."""
        return self._override

    @override.setter
    def override(self, override: Override) -> None:
        self._override = override
        self._pass()

    @property
    def power_w(self) -> float:
        """Voltage times current of every phase, as the meter sees them."""
        voltage_mv = self._override.voltage_mv or self._voltage_mv
        current_ma = self._override.current_ma or self._current_ma
        return sum(volt * ampere for volt, ampere in zip(voltage_mv, current_ma, strict=True)) / 1e6

    def integrate(self, lasted_s: float) -> float:
        """Let time pass; returns the Wh that went through."""
        energy_wh = self.passing_w * lasted_s / 3600
        self.register_wh += energy_wh
        return energy_wh

    def set_condition(self, condition: MeterFault | None, now: float) -> None:
        """Lose it, freeze what it shows, slow it down, or mend it. The register itself goes on counting."""
        self._frozen = self._measure(now) if condition in ("frozen", "register_stands") else None
        self.condition = condition

    def show(self, now: float) -> MeterReading:
        """What its display shows."""
        if self.condition == "nonsense":
            return replace(self._measure(now), energy_wh=-1)
        if self._frozen is None:
            return self._measure(now)
        if self.condition == "register_stands":
            return replace(self._measure(now), energy_wh=self._frozen.energy_wh)
        return replace(self._frozen, at_s=now)

    @property
    def kept_wh(self) -> float:
        """What the register would be found at after a power cut: an overriding value is taken for the register then."""
        return self.register_wh if self._override.energy_wh is None else float(self._override.energy_wh)

    def _pass(self) -> None:
        self.passing_w = self.power_w * self._speed if self._live else 0.0

    def _measure(self, now: float) -> MeterReading:
        override = self._override
        return MeterReading(
            at_s=now,
            energy_wh=int(self.register_wh) if override.energy_wh is None else override.energy_wh,
            power_w=round(self.power_w),
            current_ma=self._wired(override.current_ma or self._current_ma),
            voltage_mv=self._wired(override.voltage_mv or self._voltage_mv),
            frequency_hz=50.0 if override.frequency_hz is None else override.frequency_hz,
        )

    def _wired(self, values: Triple) -> Phases:
        return values if self._phases == 3 else (values[0], None, None)
