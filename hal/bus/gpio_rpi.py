"""GPIO lines through a module ``RPi.GPIO``: the old library of that name (Raspberry Pi 0 to 4), or rpi-lgpio in its place (also 5).

The old one writes registers past the kernel: when the process dies every output stays as it was, and only a watchdog in hardware opens the
contactor. rpi-lgpio holds lines of the kernel's character device, as ``hal.bus.gpio_gpiod`` does. ``GPIO17`` and ``17`` are the same line.
"""

import logging
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
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
        self._ready: list[str] = []
        """Roles whose pins have been set up."""
        try:
            self._set_up(listen)
        except OSError as error:
            self.close()
            raise DeviceError(f"{who}: RPi.GPIO refuses the lines: {error}; correct them, or end what else uses them") from error
        log.warning("event=gpio backend=rpi-gpio %s", what_dies(self._gpio))

    def _set_up(self, listen: bool) -> None:
        gpio = self._gpio
        pulls = {"as-is": gpio.PUD_OFF, "no-pull": gpio.PUD_OFF, "pull-up": gpio.PUD_UP, "pull-down": gpio.PUD_DOWN}
        for role in self._outputs:
            self._do(role, gpio.setup, gpio.OUT, initial=self._level(role, False))
            self._ready.append(role)
        for role in self._inputs:
            plan = self._plans[role]
            self._do(role, gpio.setup, gpio.IN, pull_up_down=pulls[plan.bias])
            self._ready.append(role)
            if listen:
                bounce = {"bouncetime": round(plan.debounce_s * 1000)} if plan.debounce_s else {}  # no 0 and no None for the old library
                self._do(role, gpio.add_event_detect, gpio.BOTH, callback=self._heard, **bounce)

    def set(self, values: Mapping[str, bool]) -> None:
        """One after the other. One that fails keeps no other from changing."""
        if not self._open:
            raise OSError("RPi.GPIO: the lines are closed")
        failed: OSError | None = None
        for role, active in values.items():
            try:
                self._do(role, self._gpio.output, self._level(role, active))
            except OSError as error:
                failed = error
        if failed is not None:
            raise failed

    def get(self) -> dict[str, bool]:
        """All inputs, now; debounced only for edges."""
        return {role: bool(self._do(role, self._gpio.input)) != self._plans[role].active_low for role in self._inputs}

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
            with suppress(OSError):
                self.set({role: False for role in self._ready if role in self._outputs})
            self._open = False
            for role in self._ready:
                with suppress(OSError):
                    self._do(role, self._cleaned)

    def _cleaned(self, pin: int) -> None:
        self._gpio.cleanup([pin])

    def _do(self, role: str, what: Callable[..., Any], *values: object, **named: object) -> Any:
        """With the pin of a role. What either library raises becomes an OSError: rpi-lgpio lets through what lgpio raises."""
        own = getattr(getattr(self._gpio, "lgpio", None), "error", RuntimeError)
        try:
            return what(self._pins[role], *values, **named)
        except (RuntimeError, ValueError, own) as error:
            raise OSError(f"{self._plans[role].name} ({role}): {error}") from error

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
