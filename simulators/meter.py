"""The meter of one EVSE: a register that integrates power, and what can be wrong with a meter."""

from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from hal.measured import MeterReading, Phases

Triple = tuple[int, int, int]
NOTHING: Triple = (0, 0, 0)
Condition = Literal["lost", "frozen"]


class Override(Struct, frozen=True, kw_only=True):
    """Values that the meter shows in place of what it measures; ``None``: as measured."""

    energy_wh: int | None = None
    voltage_mv: Triple | None = None
    current_ma: Triple | None = None
    frequency_hz: float | None = None


class Meter:
    """``phases`` are wired, 1 or 3. The register is in Wh with all its decimals; only whole Wh are shown."""

    def __init__(self, phases: int, voltage_mv: int, register_wh: float = 0.0, speed: float = 1.0) -> None:
        self.register_wh = register_wh
        self.override = Override()
        self.condition: Condition | None = None
        self._phases = phases
        self._mains_mv: Triple = (voltage_mv, voltage_mv if phases == 3 else 0, voltage_mv if phases == 3 else 0)
        self._speed = speed
        self._flowing_ma = NOTHING
        self._live = False
        self._frozen: MeterReading | None = None

    def carry(self, current_ma: Triple, *, live: bool) -> None:
        """From now on this current flows; ``live``: the main contacts are closed, so energy can pass at all."""
        self._flowing_ma = current_ma
        self._live = live

    @property
    def power_w(self) -> float:
        """Voltage times current of every phase, as the meter sees them."""
        return sum(volt * ampere for volt, ampere in zip(self._voltage_mv, self._current_ma, strict=True)) / 1e6

    @property
    def passing_w(self) -> float:
        """What the register integrates: nothing while the contacts are open. In watts per second of the car's time."""
        return self.power_w * self._speed if self._live else 0.0

    def integrate(self, lasted_s: float) -> float:
        """Let time pass; returns the Wh that went through."""
        energy_wh = self.passing_w * lasted_s / 3600
        self.register_wh += energy_wh
        return energy_wh

    def set_condition(self, condition: Condition | None, now: float) -> None:
        """Lose it, freeze what it shows, or mend it. The register itself goes on counting."""
        self._frozen = self._measure(now) if condition == "frozen" else None
        self.condition = condition

    def show(self, now: float) -> MeterReading:
        """What its display shows."""
        return self._measure(now) if self._frozen is None else replace(self._frozen, at_s=now)

    @property
    def kept_wh(self) -> float:
        """What the register would be found at after a power cut: an overriding value is taken for the register then."""
        return self.register_wh if self.override.energy_wh is None else float(self.override.energy_wh)

    @property
    def _voltage_mv(self) -> Triple:
        return self.override.voltage_mv or self._mains_mv

    @property
    def _current_ma(self) -> Triple:
        return self.override.current_ma or self._flowing_ma

    def _measure(self, now: float) -> MeterReading:
        return MeterReading(
            at_s=now,
            energy_wh=int(self.register_wh) if self.override.energy_wh is None else self.override.energy_wh,
            power_w=round(self.power_w),
            current_ma=self._wired(self._current_ma),
            voltage_mv=self._wired(self._voltage_mv),
            frequency_hz=50.0 if self.override.frequency_hz is None else self.override.frequency_hz,
        )

    def _wired(self, values: Triple) -> Phases:
        return values if self._phases == 3 else (values[0], None, None)
