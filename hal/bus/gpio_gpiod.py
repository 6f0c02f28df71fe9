"""GPIO lines through the kernel's character device (libgpiod 2).

The kernel lets go of the lines when the process dies, however it dies. What an output then does depends on its driver: most make an input
of it, so that a pull-down resistor opens the relay; a Raspberry Pi leaves it as it was, unless ``dtparam=strict_gpiod`` stands in its
config.txt (raspberrypi/linux pull request 6117).
"""

import errno
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from hal.bus.gpio import Edge, LinePlan
from hal.errors import DeviceError, DriverError, missing

if TYPE_CHECKING:
    import gpiod

try:
    import gpiod
    from gpiod.line import Bias, Clock, Direction, Value
    from gpiod.line import Edge as Edges
except ImportError as error:
    raise missing("of GPIO lines", "gpiod", "raspberry-pi") from error

BIAS = {"as-is": Bias.AS_IS, "pull-up": Bias.PULL_UP, "pull-down": Bias.PULL_DOWN, "no-pull": Bias.DISABLED}
Place = tuple[int, int]
"""Which of the requests, and which line in it."""


class GpiodLines:
    """``hal.bus.gpio.Lines``. There is one request for each chip."""

    def __init__(
        self, chips: Sequence[Path], outputs: Mapping[str, LinePlan], inputs: Mapping[str, LinePlan], who: str, *, listen: bool = False
    ) -> None:
        plans = {**outputs, **inputs}
        found = {role: _found(chips, plan.name, f"{who}: line {plan.name} ({role})") for role, plan in plans.items()}
        self._outputs, self._inputs = tuple(outputs), tuple(inputs)
        self._requests: list[gpiod.LineRequest] = []
        self._places: dict[str, Place] = {}
        with ExitStack() as otherwise:
            for chip in sorted({chip for chip, _ in found.values()}):
                here = {role: offset for role, (place, offset) in found.items() if place == chip}
                config: dict[Iterable[int | str] | int | str, gpiod.LineSettings | None] = {
                    here[role]: _settings(plans[role], output=role in outputs, listen=listen) for role in here
                }
                asked = _asked(chip, config, who, {offset: f"{plans[role].name} ({role})" for role, offset in here.items()})
                otherwise.callback(asked.release)
                self._places |= {role: (len(self._requests), offset) for role, offset in here.items()}
                self._requests.append(asked)
            otherwise.pop_all()
        self._roles = {place: role for role, place in self._places.items()}

    def set(self, values: Mapping[str, bool]) -> None:
        """Outputs of one chip change together. One that fails keeps no other from changing."""
        failed: OSError | None = None
        for number, asked in enumerate(self._requests):
            here: dict[int | str, Value] = {
                self._places[role][1]: _value(active) for role, active in values.items() if self._places[role][0] == number
            }
            try:
                if here:
                    with _released():
                        asked.set_values(here)
            except OSError as error:
                failed = error
        if failed is not None:
            raise failed

    def get(self) -> dict[str, bool]:
        """All inputs, now."""
        told: dict[str, bool] = {}
        for number, asked in enumerate(self._requests):
            here = [role for role in self._inputs if self._places[role][0] == number]
            with _released():
                values = asked.get_values([self._places[role][1] for role in here]) if here else []
            told |= {role: value == Value.ACTIVE for role, value in zip(here, values, strict=True)}
        return told

    def edges(self, at_most_s: float) -> list[Edge]:
        """The wait is for the first chip alone; of the others what is there."""
        seen = []
        for number, asked in enumerate(self._requests):
            if asked.wait_edge_events(timedelta(seconds=0 if number else at_most_s)):
                for event in asked.read_edge_events():
                    active = event.event_type == event.Type.RISING_EDGE
                    seen.append(Edge(self._roles[number, event.line_offset], active, event.timestamp_ns / 1e9))
        return seen

    def close(self) -> None:
        """Outputs inactive first: what the kernel leaves of a released output is its driver's matter."""
        if self._requests:
            with suppress(OSError):
                self.set(dict.fromkeys(self._outputs, False))
        for asked in self._requests:
            asked.release()
        self._requests = []


@contextmanager
def _released() -> Iterator[None]:
    """Lines that another thread has just let go of are an OSError like any other."""
    try:
        yield
    except gpiod.RequestReleasedError as error:
        raise OSError(errno.EBADF, "the lines are closed") from error


def _found(chips: Sequence[Path], name: str, who: str) -> tuple[str, int]:
    """Path of the chip that has this line, and its number there. Raises DeviceError and DriverError."""
    if name.isdecimal() and len(chips) != 1:
        raise DriverError(f"{who}: a number needs gpio_chip; name the line, or the chip that has it")
    found = []
    for path in chips:
        try:
            with gpiod.Chip(str(path)) as chip:
                found.append((str(path), chip.line_offset_from_id(int(name) if name.isdecimal() else name)))
        except (OSError, ValueError) as error:
            if isinstance(error, PermissionError):
                raise DeviceError(f"{who}: may not open {path}; add the user to the group gpio") from error
    if len(found) > 1:
        raise DriverError(f"{who}: there is one on {' and on '.join(path for path, _ in found)}; name the chip in gpio_chip")
    if not found:
        seen = ", ".join(path.name for path in chips) or "any chip, for there is none"
        raise DeviceError(f"{who}: not found on {seen}; gpioinfo lists the names of all lines")
    return found[0]


def _settings(plan: LinePlan, *, output: bool, listen: bool) -> "gpiod.LineSettings":
    if output:
        return gpiod.LineSettings(direction=Direction.OUTPUT, active_low=plan.active_low, bias=BIAS[plan.bias], output_value=Value.INACTIVE)
    return gpiod.LineSettings(
        direction=Direction.INPUT,
        active_low=plan.active_low,
        bias=BIAS[plan.bias],
        debounce_period=timedelta(seconds=plan.debounce_s),
        edge_detection=Edges.BOTH if listen else Edges.NONE,
        event_clock=Clock.MONOTONIC,
    )


def _asked(
    chip: str, config: "Mapping[Iterable[int | str] | int | str, gpiod.LineSettings | None]", who: str, names: Mapping[int, str]
) -> "gpiod.LineRequest":
    try:
        return gpiod.request_lines(chip, config=dict(config), consumer=who[:31])
    except OSError as error:
        if error.errno == errno.EBUSY:
            raise DeviceError(f"{who}: {_taken(chip, names)}; end the program that has it, or take its overlay out") from error
        raise DeviceError(f"{who}: {chip} refuses {', '.join(names.values())}: {error.strerror}; correct flags or lines") from error


def _taken(chip: str, names: Mapping[int, str]) -> str:
    with gpiod.Chip(chip) as opened:
        for offset, name in names.items():
            if (info := opened.get_line_info(offset)).used:
                return f"line {name} is in use by {info.consumer or 'the kernel'}"
    return f"one of {', '.join(names.values())} is in use"


def _value(active: bool) -> "Value":
    return Value.ACTIVE if active else Value.INACTIVE
