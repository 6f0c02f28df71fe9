"""GPIO lines through a module ``RPi.GPIO``: the old library of that name (Raspberry Pi 0 to 4), or rpi-lgpio in its place (also 5).

The old one writes registers past the kernel: when the process dies every output stays as it was, and only a watchdog in hardware opens the
contactor. rpi-lgpio holds lines of the kernel's character device, as ``hal.bus.gpio_gpiod`` does. ``GPIO17`` and ``17`` are the same line.
"""

import logging
import time
from collections.abc import Mapping
from queue import Empty, SimpleQueue
from typing import Any

from hal.bus.gpio import Edge, LinePlan
from hal.errors import DeviceError, DriverError, missing

log = logging.getLogger(__name__)

try:
    import RPi.GPIO as GPIO
except ImportError as error:
    raise missing("of GPIO lines", "RPi.GPIO, or rpi-lgpio in its place,", "rpi-gpio") from error
except RuntimeError as error:
    raise DeviceError(f"RPi.GPIO: {error}; it runs on a Raspberry Pi alone (gpio = 'gpiod' runs everywhere)") from error

DIES = "when this process dies its outputs {stay}; the watchdog in the coil circuit {opens} the contactor"


class RpiLines:
    """``hal.bus.gpio.Lines``."""

    def __init__(self, outputs: Mapping[str, LinePlan], inputs: Mapping[str, LinePlan], who: str, *, listen: bool = False) -> None:
        self._gpio: Any = GPIO
        self._plans = {**outputs, **inputs}
        self._pins = {role: _pin(plan, f"{who}: line {plan.name} ({role})") for role, plan in self._plans.items()}
        self._outputs, self._inputs = tuple(outputs), tuple(inputs)
        self._edges: SimpleQueue[Edge] = SimpleQueue()
        self._open = True
        self._gpio.setmode(self._gpio.BCM)
        self._gpio.setwarnings(False)
        try:
            self._set_up(listen)
        except (RuntimeError, ValueError) as error:
            raise DeviceError(f"{who}: RPi.GPIO refuses the lines: {error}; correct them, or end what else uses them") from error
        log.warning("event=gpio backend=rpi-gpio %s", what_dies(self._gpio))

    def _set_up(self, listen: bool) -> None:
        gpio = self._gpio
        pulls = {"as-is": gpio.PUD_OFF, "no-pull": gpio.PUD_OFF, "pull-up": gpio.PUD_UP, "pull-down": gpio.PUD_DOWN}
        for role in self._outputs:
            gpio.setup(self._pins[role], gpio.OUT, initial=self._level(role, False))
        for role in self._inputs:
            plan = self._plans[role]
            gpio.setup(self._pins[role], gpio.IN, pull_up_down=pulls[plan.bias])
            if listen:
                gpio.add_event_detect(self._pins[role], gpio.BOTH, callback=self._heard, bouncetime=round(plan.debounce_s * 1000) or None)

    def set(self, values: Mapping[str, bool]) -> None:
        """One after the other."""
        if not self._open:
            raise OSError("RPi.GPIO: the lines are closed")
        for role, active in values.items():
            self._gpio.output(self._pins[role], self._level(role, active))

    def get(self) -> dict[str, bool]:
        """All inputs, now; debounced only for edges."""
        return {role: bool(self._gpio.input(self._pins[role])) != self._plans[role].active_low for role in self._inputs}

    def edges(self, at_most_s: float) -> list[Edge]:
        """In the order in which the library's thread told of them."""
        try:
            seen = [self._edges.get(timeout=at_most_s) if at_most_s > 0 else self._edges.get_nowait()]
        except Empty:
            return []
        while not self._edges.empty():
            seen.append(self._edges.get())
        return seen

    def close(self) -> None:
        """Outputs inactive, and all lines inputs again."""
        if self._open:
            self.set(dict.fromkeys(self._outputs, False))
            self._open = False
            self._gpio.cleanup(list(self._pins.values()))

    def _level(self, role: str, active: bool) -> int:
        return int(active != self._plans[role].active_low)

    def _heard(self, pin: int) -> None:
        role = next(role for role, number in self._pins.items() if number == pin)
        self._edges.put(Edge(role, bool(self._gpio.input(pin)) != self._plans[role].active_low, time.monotonic()))


def what_dies(gpio: Any) -> str:
    """A sentence on what becomes of the outputs with this library."""
    if hasattr(gpio, "RPI_REVISION") and not hasattr(gpio, "_chip"):
        return DIES.format(stay="stay as they are", opens="alone opens")
    return DIES.format(stay="are let go of by the kernel, which on a Raspberry Pi wants dtparam=strict_gpiod", opens="has to open")


def _pin(plan: LinePlan, who: str) -> int:
    number = plan.name.removeprefix("GPIO")
    if not number.isdecimal() or int(number) > 53:
        raise DriverError(f"{who}: RPi.GPIO knows lines by their BCM number, GPIO0 to GPIO53; correct it")
    return int(number)
