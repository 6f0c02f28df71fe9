"""The meter of one EVSE: a register that integrates power, one more for each phase, and what can be wrong with a meter."""

from collections.abc import Sequence

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
        self._phases = phases
        self.set_registers(register_wh)
        self.condition: MeterFault | None = None
        self.passing_w = 0.0
        """What the register integrates, in watts per second of the car's time."""
        self._override = Override()
        self._speed = speed
        self._shares = (0.0, 0.0, 0.0)
        """Of each phase in that."""
        self._voltage_mv = self._current_ma = NOTHING
        self._live = False
        self._frozen: MeterReading | None = None

    def set_registers(self, register_wh: float, phase_wh: Sequence[float] = ()) -> None:
        """Where they stand at the start; of phases of which nothing is known, each has had as much as the others."""
        self.register_wh = register_wh
        self.phase_wh = list(phase_wh) or [register_wh / self._phases] * self._phases + [0.0] * (3 - self._phases)

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
        return sum(self._powers_w())

    def _powers_w(self) -> tuple[float, ...]:
        voltage_mv = self._override.voltage_mv or self._voltage_mv
        current_ma = self._override.current_ma or self._current_ma
        return tuple(volt * ampere / 1e6 for volt, ampere in zip(voltage_mv, current_ma, strict=True))

    def integrate(self, lasted_s: float) -> float:
        """Let time pass; returns the Wh that went through."""
        energy_wh = self.passing_w * lasted_s / 3600
        if energy_wh:
            self.register_wh += energy_wh
            self.phase_wh = [stood + share * energy_wh for stood, share in zip(self.phase_wh, self._shares, strict=True)]
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
            stands = self._frozen
            return replace(self._measure(now), energy_wh=stands.energy_wh, energy_by_phase_wh=stands.energy_by_phase_wh)
        return replace(self._frozen, at_s=now)

    @property
    def kept_wh(self) -> float:
        """What the register would be found at after a power cut: an overriding value is taken for the register then."""
        return self.register_wh if self._override.energy_wh is None else float(self._override.energy_wh)

    def _pass(self) -> None:
        powers_w = self._powers_w()
        total_w = sum(powers_w)
        self.passing_w = total_w * self._speed if self._live else 0.0
        one, two, three = (power_w / total_w if total_w else 0.0 for power_w in powers_w)
        self._shares = (one, two, three)

    def _measure(self, now: float) -> MeterReading:
        override = self._override
        energy_wh = int(self.register_wh) if override.energy_wh is None else override.energy_wh
        one, two, three = map(int, self.phase_wh)
        return MeterReading(
            at_s=now,
            energy_wh=energy_wh,
            power_w=round(self.power_w),
            energy_by_phase_wh=(one, two, three) if self._phases == 3 else (energy_wh, None, None),
            current_ma=self._wired(override.current_ma or self._current_ma),
            voltage_mv=self._wired(override.voltage_mv or self._voltage_mv),
            frequency_hz=50.0 if override.frequency_hz is None else override.frequency_hz,
        )

    def _wired(self, values: Triple) -> Phases:
        return values if self._phases == 3 else (values[0], None, None)
