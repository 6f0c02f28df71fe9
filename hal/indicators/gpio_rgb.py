"""Light-emitting diodes and a buzzer on GPIO lines: on or off, no shades between. Any of them may be missing, not all.

A colour lights the lines it is made of: amber is red and green. A line ``white`` lights for every colour, so with it alone only rhythms
are told apart (preset ``mono``); with red and green alone, ``two-led``. The buzzer is one that sounds by itself when it has voltage:
hardware PWM belongs to the pilot.
"""

from typing import Literal

from hal.api import Geometry
from hal.bus.gpio import Backend, LinePlan, Lines, line, request
from hal.errors import DeviceError, DriverError
from hal.facts import DriverFacts
from hal.indicators.lamp import Lamp
from hal.indicators.rhythm import Picture, switched
from hal.measured import Colour

Led = Literal["red", "green", "blue", "white"]
LEDS: tuple[Led, ...] = ("red", "green", "blue", "white")
BUZZER = "buzzer"


def indicator(
    *,
    red: str = "",
    green: str = "",
    blue: str = "",
    white: str = "",
    buzzer: str = "",
    gpio_chip: str = "",
    gpio: Backend = "gpiod",
    root: str = "/",
) -> Lamp:
    """``hal.api.Indicator``. Lines as ``hal.bus.gpio`` has them: ``GPIO17``, ``GPIO17 active-low``. Raises DriverError."""
    named = {"red": red, "green": green, "blue": blue, "white": white, BUZZER: buzzer}
    plans = {role: line(text, f"indicator.gpio-rgb {role}") for role, text in named.items() if text}
    if not plans:
        raise DriverError("indicator.gpio-rgb: no line is named; expected some of red, green, blue, white, buzzer, as in red = 'GPIO17'")
    return Lamp(GpioLamps(plans, gpio_chip, gpio, root))


class GpioLamps:
    """``hal.indicators.lamp.Lamps`` on lines."""

    def __init__(self, plans: dict[str, LinePlan], chip: str, backend: Backend, root: str) -> None:
        self.name = "gpio-rgb " + " ".join(f"{role}={plan.name}" for role, plan in plans.items())
        self.geometry = Geometry(leds=tuple(led for led in LEDS if led in plans), dims=False, beeps=BUZZER in plans)
        self._plans = plans
        self._chip = chip
        self._backend = backend
        self._root = root
        self._lines: Lines | None = None

    def open(self) -> None:
        """Ask for the lines, all inactive. Raises DeviceError or DriverError."""
        self.close()
        try:
            self._lines = request(self._plans, {}, who="indicator.gpio-rgb", backend=self._backend, chip=self._chip, root=self._root)
        except OSError as error:
            raise DeviceError(f"{self.name}: {error.strerror or error}; check gpio_chip and its permissions") from error

    def paint(self, painted: Picture, sound: bool) -> None:
        """There is one pixel."""
        if self._lines is None:
            raise DeviceError(f"{self.name}: not open; open it first")
        active = {**lit(painted[0]), BUZZER: sound}
        try:
            self._lines.set({role: active[role] for role in self._plans})
        except OSError as error:
            raise DeviceError(f"{self.name}: cannot be set ({error.strerror or error}); check that the chip is there") from error

    def close(self) -> None:
        """All inactive."""
        if self._lines is not None:
            self._lines.close()
            self._lines = None


def lit(colour: Colour) -> dict[str, bool]:
    """Which of the diodes shine for a colour."""
    red, green, blue = switched(colour)
    return {"red": red, "green": green, "blue": blue, "white": red or green or blue}


DRIVER = DriverFacts(
    name="gpio-rgb",
    kind="indicators",
    title="LEDs (red, green, blue or white) and a buzzer on GPIO lines",
    link="GPIO, on and off",
    extra="raspberry-pi",
    proven=("tests/hal/indicators/test_gpio_rgb.py", "tests/hal/conformance/test_drivers.py"),
    doubts=(
        "Whether a line goes dark when this process is killed is up to the chip's driver; a Raspberry Pi wants dtparam=strict_gpiod.",
        "The buzzer has to be an active one (it sounds by itself); one that wants a tone stays silent or only clicks.",
    ),
    sources=("hardware practice: LED by GPIO, buzzer by GPIO only",),
    entries={
        "red": "line of the red LED: GPIO17, or a number on gpio_chip; behind it active-low",
        "green": "line of the green LED",
        "blue": "line of the blue LED",
        "white": "line of an LED that shines for every colour",
        "buzzer": "line of an active buzzer",
        "gpio_chip": "path of the chip; without it every chip is searched for the names",
        "gpio": "gpiod (default), or rpi-gpio for RPi.GPIO and rpi-lgpio",
    },
)
