"""Lamps on real wires: LEDs and a buzzer on lines of a GPIO chip, and a WS2812 strip that reads the pulses of an SPI data line.

Each is a fixture with a chip, or a bus, of its own: two of them cannot share one on the bench.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hal.bus.gpio import LinePlan, line
from hal.bus.stand_in import answered
from hal.measured import Colour
from simulators.electrics import Electrics
from simulators.wires.face import WireFault
from simulators.wires.gpio import GpioChip
from simulators.wires.stand_in import Caller, StandIn
from simulators.wires.table import Place

CHIP = "/dev/gpiochip8"
"""Where no chip is named: not where a board's is."""
LEDS = ("red", "green", "blue", "white")
BUZZER = "buzzer"

BIT_S = 1 / 2.4e6
ONE_S, ZERO_S = (0.55e-6, 1.0e-6), (0.2e-6, 0.5e-6)
"""How long the data line is high (WS2812B data sheet, with its tolerances)."""
LOW_S = (0.2e-6, 5e-6)
TAKEN_S = 280e-6
"""After so long a silence the strip shows what it has got."""
PULSE = re.compile("(1+)(0+)")
COUNT_BYTES = 2
"""Before every frame on the bench's SPI: how often it is sent."""


class Lines:
    """``simulators.wires.face.Fixture``: whatever of LEDs and buzzer is wired to a chip."""

    def __init__(self, evse: Electrics, entries: Mapping[str, Any]) -> None:
        self.chip: GpioChip | None = None
        self._lamp = evse.lamp
        self._path = str(entries.get("gpio_chip") or CHIP)
        self._plans = {role: line(str(entries[role]), role) for role in (*LEDS, BUZZER) if entries.get(role)}
        self._root = Path()
        self._fault: WireFault | None = None
        self._sounding = False

    @property
    def fault(self) -> WireFault | None:
        """``unplugged``: the chip is gone; all others: the lamps are, and nobody notices."""
        return self._fault

    @fault.setter
    def fault(self, fault: WireFault | None) -> None:
        was, self._fault = self._fault, fault
        if fault == "unplugged" and self.chip is not None:
            self.close()
        elif was == "unplugged" and fault != was:
            self.open(self._root)
        self._driven()

    def open(self, root: Path) -> None:
        """Put it up. Raises OSError."""
        self._root = root
        if self._plans:
            path = beneath(root, self._path)
            self.chip = GpioChip(path, [plan.name for plan in self._plans.values()], dict, self._driven)
            self.chip.open()

    def close(self) -> None:
        """Take it away."""
        if self.chip is not None:
            self.chip.close()
            self.chip = None

    def _driven(self) -> None:
        driven = {} if self.chip is None or self._fault is not None else self.chip.outputs
        active = {role for role, plan in self._plans.items() if _active(plan, driven)}
        if active & set(LEDS) or self._lit:
            red, green, blue = (255 * bool(active & {led, "white"}) for led in ("red", "green", "blue"))
            self._lamp.painted = ((red, green, blue),)
        if BUZZER in active and not self._sounding:
            self._lamp.sound(())
        self._sounding = BUZZER in active

    @property
    def _lit(self) -> bool:
        return any(role in LEDS for role in self._plans)


class Strip:
    """``simulators.wires.face.Fixture``: a strip of WS2812."""

    def __init__(self, evse: Electrics, entries: Mapping[str, Any]) -> None:
        self._lamp = evse.lamp
        self._path = str(entries["spi"])
        self._pixels = int(entries["pixels"])
        self._order = str(entries["order"])
        self._sounder = Lines(evse, {BUZZER: entries.get(BUZZER), "gpio_chip": entries.get("gpio_chip")})
        self._root = Path()
        self._fault: WireFault | None = None
        self._stand_in: StandIn | None = None

    @property
    def fault(self) -> WireFault | None:
        """``unplugged``: the bus is gone. ``exception``: it refuses. All others: the data line is broken, and nobody notices."""
        return self._fault

    @fault.setter
    def fault(self, fault: WireFault | None) -> None:
        was, self._fault = self._fault, fault
        if fault == "unplugged" and was != fault:
            self.close()
        elif was == "unplugged" and fault != was:
            self.open(self._root)

    def open(self, root: Path) -> None:
        """Put it up. Raises OSError."""
        self._root = root
        self._stand_in = StandIn(beneath(root, self._path), self._said)
        self._stand_in.open()
        self._sounder.open(root)

    def close(self) -> None:
        """Take it away; without supply it is dark."""
        if self._stand_in is not None:
            self._stand_in.close()
            self._stand_in = None
        self._sounder.close()
        self._lamp.painted = ()

    def _said(self, caller: Caller, data: bytes) -> None:
        frame = data[COUNT_BYTES:]
        if self._fault == "exception":
            caller.send(answered(number=5))
            return
        if self._fault is None and (colours := decoded(frame, self._order)) is not None:
            self._lamp.painted = (*colours, *self._lamp.painted[len(colours) :])[: self._pixels]
        caller.send(answered(bytes(len(frame))))


def decoded(frame: bytes, order: str = "GRB") -> tuple[Colour, ...] | None:
    """What a strip takes from these bits on its data line, by the length of its pulses; ``None``: nothing that it understands."""
    bits = "".join(f"{byte:08b}" for byte in frame)
    pulses = [(len(high) * BIT_S, len(low) * BIT_S) for high, low in PULSE.findall(bits)]
    if not pulses or pulses[-1][1] < TAKEN_S or any(not LOW_S[0] <= low_s <= LOW_S[1] for _, low_s in pulses[:-1]):
        return None
    values = [_bit(high_s) for high_s, _ in pulses]
    if None in values or len(values) % 24:
        return None
    channels = [int("".join(str(value) for value in values[place : place + 8]), 2) for place in range(0, len(values), 8)]
    return tuple(_colour(channels[place : place + 3], order) for place in range(0, len(channels), 3))


def _bit(high_s: float) -> int | None:
    return 1 if ONE_S[0] <= high_s <= ONE_S[1] else 0 if ZERO_S[0] <= high_s <= ZERO_S[1] else None


def _colour(channels: list[int], order: str) -> Colour:
    red, green, blue = (channels[order.index(letter)] for letter in "RGB")
    return red, green, blue


def _active(plan: LinePlan, driven: Mapping[str, bool]) -> bool:
    return plan.name in driven and driven[plan.name] != plan.active_low


def beneath(root: Path, path: str) -> Path:
    """Where an absolute path lies beneath a directory that stands for ``/``; one that was moved there already stays."""
    return Path(path) if Path(path).is_relative_to(root) else Path(root, path.lstrip("/"))


def lines(place: Place) -> Lines:
    """For the driver ``gpio-rgb``."""
    assert place.evse is not None
    return Lines(place.evse, place.entries)


def strip(place: Place) -> Strip:
    """For the driver ``ws2812``."""
    assert place.evse is not None
    return Strip(place.evse, place.entries)
