"""The pilot, measured: both plateaus, by bursts of a converter on SPI or by peaks that hardware holds."""

from collections.abc import Callable
from typing import Protocol

from msgspec import Struct

from hal.boards.raspberry_pi_plan import WHO, Plan
from hal.bus import adc, spi
from hal.bus.iio import Converter, PeakHold
from hal.errors import DeviceError

STUCK = 5
"""So many bursts that are alike bit for bit while the pilot oscillates: no converter sees that."""


class Plateaus(Struct, frozen=True):
    """Of one measurement that began at ``at_s``."""

    at_s: float
    high_mv: int
    low_mv: int


class Meter(Protocol):
    """What measures. All raise DeviceError, and OSError where a line does."""

    def plateaus(self, oscillates: bool) -> Plateaus:
        """Now. ``oscillates``: the pilot is meant to."""

    def level_mv(self, channel: int | str) -> float:
        """Something steady, in mV at the converter."""

    def close(self) -> None:
        """Let go of it."""


class SpiMeter:
    """``Meter`` with an MCP3xxx."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._spi = spi.opened(plan.spi, plan.spi_hz, plan.spi_mode, WHO)
        self._sampler = adc.Sampler(self._spi, plan.adc, f"{WHO}: {plan.spi}")
        self._last, self._alike = b"", 0

    def plateaus(self, oscillates: bool) -> Plateaus:
        """One burst."""
        burst = self._sampler.burst(self._plan.cp_channel)
        both = min(len(burst.received), len(self._last))
        self._alike = self._alike + 1 if oscillates and both and burst.received[:both] == self._last[:both] else 0
        self._last = burst.received
        if self._alike >= STUCK:
            text = f"{self._alike} bursts alike bit for bit while the pilot oscillates"
            raise DeviceError(f"{WHO}: {self._plan.adc} on {self._plan.spi}: {text}; it is stuck, or its channel is not wired to the pilot")
        ends_mv = [self._plan.cp_mv(raw) for raw in adc.extremes(burst.values)]
        return Plateaus(burst.began_s, max(ends_mv), min(ends_mv))

    def level_mv(self, channel: int | str) -> float:
        """A few samples, the middle one."""
        return self._sampler.level(int(channel)) * self._plan.adc_mv / self._plan.full

    def close(self) -> None:
        """Let go of the bus."""
        self._spi.close()


class IioMeter:
    """``Meter`` of the kernel's, behind peak hold."""

    def __init__(self, plan: Plan, root: str, reset: Callable[[bool], None]) -> None:
        self._plan = plan
        self._converter = Converter(plan.iio, root=root, who=WHO)
        self._converter.open()
        self._peaks = PeakHold(self._converter, plan.cp_high, plan.cp_low, reset)

    def plateaus(self, oscillates: bool) -> Plateaus:
        """Reset, wait, read."""
        peaks = self._peaks.read()
        for name, raw in ((self._plan.cp_low, peaks.low), (self._plan.cp_high, peaks.high)):
            if not 0 < raw < self._plan.full:
                raise DeviceError(f"{WHO}: iio {self._plan.iio}: {name} is {raw}, at the end of its range; check the circuit before it")
        return Plateaus(peaks.at_s, self._plan.cp_mv(peaks.high), self._plan.cp_mv(peaks.low))

    def level_mv(self, channel: int | str) -> float:
        """One conversion."""
        return self._converter.raw(str(channel)) * self._plan.adc_mv / self._plan.full

    def close(self) -> None:
        """Nothing is held."""
