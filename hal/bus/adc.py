"""Analogue to digital converters on SPI: Microchip MCP3004, MCP3008 (10 bits), MCP3204, MCP3208 (12 bits), three bytes a sample.

    sent      0000 0001  1ccc 0000  0000 0000        10 bits, channel ccc, single-ended
    received  .... ....  .... .0vv  vvvv vvvv
    sent      0000 011c  cc00 0000  0000 0000        12 bits
    received  .... ....  ...0 vvvv  vvvv vvvv

The zero before the value tells a chip from a line that nobody drives. A pilot is measured by a burst over more than three of its periods,
of which the extremes count: means of the three highest and of the three lowest samples, never a mean of all.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from math import ceil
from typing import Literal

from msgspec import Struct

from hal.bus.spi import MOST, Spi
from hal.errors import DeviceError

ChipName = Literal["mcp3004", "mcp3008", "mcp3204", "mcp3208"]
EXTREMES = 3
SPAN_S = 0.0042
"""Of a burst: four periods of the pilot, so that the shortest part (40 us, the lower one at 80 A) is sampled three times at 1 MHz."""
LEAST = 60
"""Samples in a burst."""


class Chip(Struct, frozen=True):
    """What differs between them."""

    channels: int
    bits: int

    @property
    def full(self) -> int:
        """The highest value."""
        return (1 << self.bits) - 1


CHIPS: Mapping[ChipName, Chip] = {"mcp3004": Chip(4, 10), "mcp3008": Chip(8, 10), "mcp3204": Chip(4, 12), "mcp3208": Chip(8, 12)}


def frame(chip: Chip, channel: int) -> bytes:
    """What asks for one sample."""
    if chip.bits == 10:
        return bytes((0x01, 0x80 | channel << 4, 0))
    return bytes((0x06 | channel >> 2, (channel & 3) << 6, 0))


def samples(chip: Chip, received: bytes, who: str) -> list[int]:
    """Values of a burst. Raises DeviceError where no chip has answered, or something is at the end of its range: a pilot never is."""
    highs, lows = received[1::3], received[2::3]
    null = 1 << (chip.bits - 8)
    if any(high & null for high in highs):
        raise DeviceError(f"{who}: bits that are always 0 are not; check its wiring, its chip select and the entry adc")
    values = [(high & (null - 1)) << 8 | low for high, low in zip(highs, lows, strict=True)]
    if min(values) == 0 or max(values) == chip.full:
        stands = f"all samples are {values[0]}" if min(values) == max(values) else f"samples from {min(values)} to {max(values)}"
        raise DeviceError(f"{who}: {stands}, at the end of its range; check its supply, its wiring and the divider before it")
    return values


def extremes(values: Sequence[int]) -> tuple[float, float]:
    """Mean of the three lowest and of the three highest."""
    ordered = sorted(values)
    return sum(ordered[:EXTREMES]) / EXTREMES, sum(ordered[-EXTREMES:]) / EXTREMES


def median(values: Sequence[int]) -> int:
    """For what does not oscillate."""
    return sorted(values)[len(values) // 2]


class Burst(Struct, frozen=True):
    """What was sampled of one channel."""

    began_s: float
    took_s: float
    received: bytes
    values: Sequence[int]


class Sampler:
    """One chip. It learns how fast the bus is, and takes as many samples as span the pilot's periods."""

    def __init__(self, spi: Spi, name: ChipName, who: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._spi = spi
        self._who = f"{who}: {name}"
        self._clock = clock
        self.chip = CHIPS[name]
        self.count = LEAST

    def burst(self, channel: int) -> Burst:
        """Over more than three periods of the pilot; the first after the start may be shorter, and tell nothing. Raises DeviceError."""
        while True:
            taken = self._taken(channel, self.count)
            wanted = min(MOST, max(LEAST, ceil(SPAN_S * self.count / max(taken.took_s, 1e-6))))
            enough, self.count = taken.took_s >= SPAN_S * 0.8 or self.count == MOST, wanted
            if enough:
                return taken

    def level(self, channel: int) -> int:
        """Of something that does not oscillate. Raises DeviceError."""
        return median(self._raw(channel, 7))

    def _taken(self, channel: int, count: int) -> Burst:
        began_s = self._clock()
        received = self._ask(channel, count)
        return Burst(began_s, self._clock() - began_s, received, samples(self.chip, received, self._who))

    def _raw(self, channel: int, count: int) -> list[int]:
        """Ends of the range are allowed: an open contact lies there."""
        received = self._ask(channel, count)
        null = 1 << (self.chip.bits - 8)
        if any(high & null for high in received[1::3]):
            raise DeviceError(f"{self._who}: bits that are always 0 are not; check its wiring, its chip select and the entry adc")
        return [(high & (null - 1)) << 8 | low for high, low in zip(received[1::3], received[2::3], strict=True)]

    def _ask(self, channel: int, count: int) -> bytes:
        try:
            received = self._spi.burst(frame(self.chip, channel), count)
        except OSError as error:
            raise DeviceError(f"{self._who}: {error.strerror or error}; check the bus") from error
        if len(received) != 3 * count:
            raise DeviceError(f"{self._who}: {len(received)} bytes in place of {3 * count}; check the bus")
        return received
