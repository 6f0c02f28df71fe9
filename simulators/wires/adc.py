"""A converter on SPI, as its bits cross the bus: a Microchip MCP3xxx whose channels are whatever the world has on them, at that moment."""

from collections.abc import Callable
from random import Random

from hal.bus.adc import CHIPS, Chip, ChipName
from hal.bus.stand_in import answered

BETWEEN_S = 12e-6
"""Of two transfers, beside their bits."""

Volts = Callable[[int, float], float]
"""(channel, at which time) -> mV at the input."""


class Converter:
    """``mv``: what lies on its inputs. ``fault``: what it answers instead."""

    def __init__(self, name: ChipName, reference_mv: int, hz: int, mv: Volts) -> None:
        self._chip: Chip = CHIPS[name]
        self._reference_mv = reference_mv
        self._spacing_s = 24 / hz + BETWEEN_S
        self._mv = mv
        self._random = Random(1)
        self._last = b""

    def takes_s(self, count: int) -> float:
        """How long the bus is busy with so many samples."""
        return count * self._spacing_s

    def burst(self, frame: bytes, count: int, now: float) -> bytes:
        """What the host reads while it sends this frame so many times, from now on."""
        channel = self._channel(frame)
        if channel is None:
            return bytes(3 * count)
        self._last = b"".join(self._sample(channel, now + number * self._spacing_s) for number in range(count))
        return self._last

    def _channel(self, frame: bytes) -> int | None:
        """The one that is asked for; ``None``: this is no question that the chip understands."""
        if self._chip.bits == 10:
            right = frame[0] == 0x01 and frame[1] & 0x80
            return frame[1] >> 4 & (self._chip.channels - 1) if right else None
        return (frame[0] & 1) << 2 | frame[1] >> 6 if frame[0] & 0x06 == 0x06 else None

    def _sample(self, channel: int, at_s: float) -> bytes:
        mv = self._mv(channel, at_s)
        value = min(self._chip.full, max(0, round(mv * self._chip.full / self._reference_mv)))
        floating = self._random.getrandbits(8) & ~((2 << (self._chip.bits - 8)) - 1) & 0xFF
        return bytes((self._random.getrandbits(8), floating | value >> 8, value & 0xFF))


def spoilt(fault: str | None, data: bytes, random: Random) -> bytes:
    """A whole answer, as a broken wire has it."""
    match fault:
        case "silent":
            return answered(bytes(len(data)))
        case "garbage":
            return answered(random.randbytes(len(data)))
        case "bad_checksum":
            return answered(b"\xff" * len(data))
        case "half_frame":
            return answered(data[: len(data) // 2] + bytes(len(data) - len(data) // 2))
        case "exception":
            return answered(number=5)
    return answered(data)
