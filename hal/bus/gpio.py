"""GPIO lines: outputs and inputs that belong together, asked for at once, each under the name of what it does.

    lines = request({"contactor": line("GPIO17", "contactor")}, {"stop": line("GPIO5 pull-up debounce=10", "stop")})
    lines.set({"contactor": True})
    lines.get()                         {"stop": False}
    lines.close()

A line is written ``GPIO17``, by its name in the device tree, or ``17``, by its number on the chip that is named; behind it, in any order,
``active-low``, ``pull-up``, ``pull-down``, ``no-pull``, ``debounce=10`` (ms). Every output begins inactive. What becomes of the outputs
when the process dies is the kernel's matter, see the backends: ``hal.bus.gpio_gpiod``, ``hal.bus.gpio_rpi``.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal, Protocol

from msgspec import Struct

from hal.bus import stand_in
from hal.errors import DriverError

Backend = Literal["gpiod", "rpi-gpio"]
Bias = Literal["as-is", "pull-up", "pull-down", "no-pull"]
BIASES: tuple[Bias, ...] = ("pull-up", "pull-down", "no-pull")
MAX_DEBOUNCE_MS = 1000


class LinePlan(Struct, frozen=True):
    """One line as it is wanted."""

    name: str
    """Name, or digits for a number."""
    active_low: bool = False
    bias: Bias = "as-is"
    debounce_s: float = 0.0


class Edge(Struct, frozen=True):
    """An input has changed."""

    role: str
    active: bool
    at_s: float
    """Of the host's monotonic clock."""


class Lines(Protocol):
    """Lines that were granted. All but ``close`` raise OSError."""

    def set(self, values: Mapping[str, bool]) -> None:
        """Outputs, by what they do: active or not."""

    def get(self) -> dict[str, bool]:
        """All inputs, now."""

    def edges(self, at_most_s: float) -> list[Edge]:
        """What has changed since the last call, waiting so long for the first of it. Only where ``request`` was told to listen."""

    def close(self) -> None:
        """Outputs inactive, and let go of all."""


def line(text: str, what: str) -> LinePlan:
    """Read it as it stands in the configuration. Raises DriverError."""
    name, *flags = text.split() or [""]
    plan = LinePlan(name)
    for flag in flags:
        plan = _flagged(plan, flag, f"{what} = {text!r}")
    if not name or any(mark in name for mark in "=,"):
        raise DriverError(f"{what} = {text!r}: no name of a line; expected one as in 'GPIO17 active-low pull-up debounce=10'")
    return plan


def _flagged(plan: LinePlan, flag: str, what: str) -> LinePlan:
    bias = next((bias for bias in BIASES if bias == flag), None)
    if bias is not None:
        return LinePlan(plan.name, plan.active_low, bias, plan.debounce_s)
    if flag == "active-low":
        return LinePlan(plan.name, True, plan.bias, plan.debounce_s)
    word, _, value = flag.partition("=")
    if word == "debounce" and value.isdecimal() and int(value) <= MAX_DEBOUNCE_MS:
        return LinePlan(plan.name, plan.active_low, plan.bias, int(value) / 1000)
    raise DriverError(f"{what}: {flag!r} is none of active-low, {', '.join(BIASES)}, debounce=0 to {MAX_DEBOUNCE_MS}; correct it")


def request(
    outputs: Mapping[str, LinePlan],
    inputs: Mapping[str, LinePlan],
    *,
    who: str = "chargepoint",
    backend: Backend = "gpiod",
    chip: str = "",
    root: str = "/",
    listen: bool = False,
) -> Lines:
    """Take these lines; keys are what they do. ``who``: shown to others as the user of the lines, and in errors. ``chip``: its path;
    without one every chip is searched for the names. ``listen``: edges are wanted. Raises DeviceError and DriverError.
    """
    _one_each({**outputs, **inputs}, who)
    there = {path.resolve() for path in Path(root, "dev").glob("gpiochip*")}  # a Raspberry Pi 5 has a second name for one of them
    places = [Path(chip)] if chip else sorted(there, key=lambda path: (len(path.name), path.name))
    bench = next((path for path in places if path.exists() and stand_in.is_one(path)), None)
    if bench is not None:
        from hal.bus.gpio_simulated import SimulatedLines

        return SimulatedLines(bench, outputs, inputs, who)
    if backend == "rpi-gpio":
        from hal.bus.gpio_rpi import RpiLines

        return RpiLines(outputs, inputs, who, listen=listen)
    from hal.bus.gpio_gpiod import GpiodLines

    return GpiodLines(places, outputs, inputs, who, listen=listen)


def _one_each(plans: Mapping[str, LinePlan], who: str) -> None:
    taken: dict[str, str] = {}
    for role, plan in plans.items():
        if plan.name in taken:
            raise DriverError(f"{who}: line {plan.name} is named for {taken[plan.name]} and for {role}; expected a line for each")
        taken[plan.name] = role
