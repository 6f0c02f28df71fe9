"""WS2812 (NeoPixel) and its kin, SK6812 in RGB, on the data line of an SPI bus; never on PWM, which belongs to the pilot.

The strip wants pulses of about 0.4 and 0.8 us every 1.25 us. At 2.4 MHz an SPI bit lasts 0.417 us, so three make one of the strip's:

    1   ██████···      0.83 us high, 0.42 us low
    0   ███······      0.42 us high, 0.83 us low

A picture is one transfer: a silent byte, for MOSI may rest high; nine bytes for each pixel; 300 us of silence, at which the strip takes it.
"""

from collections.abc import Sequence

from hal.api import Geometry
from hal.bus.gpio import Backend, LinePlan, Lines, line, request
from hal.bus.spi import Spi, opened
from hal.errors import DeviceError, DriverError
from hal.facts import DriverFacts
from hal.indicators.lamp import Lamp
from hal.indicators.rhythm import Picture
from hal.measured import DARK, Colour

HZ = 2_400_000
BIT_S = 1 / HZ
QUIET = bytes(90)
"""300 us: newer strips want 280 before they show anything."""
MOST_PIXELS = 64
LED_MA = 20
"""Of one colour of one pixel at full brightness."""
ORDERS = {"GRB": (1, 0, 2), "RGB": (0, 1, 2), "BRG": (2, 0, 1), "RBG": (0, 2, 1), "GBR": (1, 2, 0), "BGR": (2, 1, 0)}
"""In which order the strip takes red, green and blue."""


def _expanded(byte: int) -> bytes:
    bits = "".join("110" if byte >> place & 1 else "100" for place in range(7, -1, -1))
    return int(bits, 2).to_bytes(3, "big")


EXPANDED = tuple(_expanded(byte) for byte in range(256))
"""A byte of the strip -> three on the bus."""


def encoded(painted: Sequence[Colour], order: str = "GRB") -> bytes:
    """What goes over the bus for a picture."""
    places = ORDERS[order]
    return b"\0" + b"".join(EXPANDED[colour[place]] for colour in painted for place in places) + QUIET


def bounded(painted: Sequence[Colour], share: float, most_ma: int) -> Picture:
    """At this share of full brightness, and darker yet where the strip would draw more than its supply gives."""
    wanted_ma = sum(map(sum, painted)) / 255 * LED_MA * share
    share *= min(1.0, most_ma / wanted_ma) if wanted_ma else 1.0
    return tuple((int(red * share), int(green * share), int(blue * share)) for red, green, blue in painted)


def indicator(
    *,
    spi: str,
    pixels: int = 8,
    brightness_percent: int = 60,
    order: str = "GRB",
    max_ma: int = 500,
    buzzer: str = "",
    gpio_chip: str = "",
    gpio: Backend = "gpiod",
    root: str = "/",
) -> Lamp:
    """``hal.api.Indicator``. ``spi``: the bus whose data line (MOSI) feeds the strip; nothing else may be on it. ``max_ma``: what the
    supply gives the strip. ``buzzer``: a line as ``hal.bus.gpio`` has them. Raises DriverError.
    """
    for name, value, least, most in (
        ("pixels", pixels, 1, MOST_PIXELS),
        ("brightness_percent", brightness_percent, 1, 100),
        ("max_ma", max_ma, 10, 10_000),
    ):
        if not least <= value <= most:
            raise DriverError(f"indicator.ws2812: {name} = {value}: expected {least} to {most}; correct it")
    if order not in ORDERS:
        raise DriverError(f"indicator.ws2812: order = {order!r}: expected one of {', '.join(ORDERS)}; GRB is usual")
    sounder = Buzzer(line(buzzer, "indicator.ws2812 buzzer"), gpio_chip, gpio, root) if buzzer else None
    return Lamp(Strip(spi, pixels, order, brightness_percent / 100, max_ma, sounder))


class Buzzer:
    """One line that sounds."""

    def __init__(self, plan: LinePlan, chip: str, backend: Backend, root: str) -> None:
        self._plan = plan
        self._chip, self._backend, self._root = chip, backend, root
        self._lines: Lines | None = None

    def open(self) -> None:
        """Silent. Raises DeviceError or DriverError."""
        self.close()
        self._lines = request({"buzzer": self._plan}, {}, who="indicator.ws2812", backend=self._backend, chip=self._chip, root=self._root)

    def sound(self, on: bool) -> None:
        """On or off. Raises OSError."""
        if self._lines is not None:
            self._lines.set({"buzzer": on})

    def close(self) -> None:
        """Silent."""
        if self._lines is not None:
            self._lines.close()
            self._lines = None


class Strip:
    """``hal.indicators.lamp.Lamps``: the strip, and a buzzer beside it."""

    def __init__(self, path: str, pixels: int, order: str, share: float, max_ma: int, buzzer: Buzzer | None) -> None:
        self.name = f"ws2812 on {path}"
        self.geometry = Geometry(pixels=pixels, beeps=buzzer is not None)
        self._path = path
        self._order = order
        self._share = share
        self._max_ma = max_ma
        self._buzzer = buzzer
        self._spi: Spi | None = None

    def open(self) -> None:
        """Take the bus. Raises DeviceError or DriverError."""
        self._let_go()
        self._spi = opened(self._path, HZ, 0, self.name)
        if self._buzzer is not None:
            self._buzzer.open()

    def paint(self, painted: Picture, sound: bool) -> None:
        """One transfer."""
        if self._spi is None:
            raise DeviceError(f"{self.name}: not open; open it first")
        try:
            self._spi.burst(encoded(bounded(painted, self._share, self._max_ma), self._order), 1)
            if self._buzzer is not None:
                self._buzzer.sound(sound)
        except OSError as error:
            raise DeviceError(f"{self.name}: {error.strerror or error}; check that SPI is switched on and nobody else uses it") from error

    def close(self) -> None:
        """Dark: a strip keeps what it was shown last. Raises DeviceError."""
        try:
            if self._spi is not None:
                self.paint((DARK,) * self.geometry.pixels, False)
        finally:
            self._let_go()

    def _let_go(self) -> None:
        if self._buzzer is not None:
            self._buzzer.close()
        if self._spi is not None:
            self._spi.close()
            self._spi = None


DRIVER = DriverFacts(
    name="ws2812",
    kind="indicators",
    title="WS2812, WS2812B and SK6812 RGB strips and rings (NeoPixel)",
    link="SPI data line, 2.4 MHz",
    proven=("tests/hal/indicators/test_ws2812.py", "tests/hal/conformance/test_drivers.py"),
    doubts=(
        "A strip keeps its last picture when this process is killed, until the service manager has started it again: let that do so at once"
        " and without limit (Restart=always, StartLimitIntervalSec=0). A command after its end (ExecStopPost) is no better: what keeps"
        " control from starting, an unreadable configuration say, keeps that from finding the strip. Where a picture must never outlive"
        " control, use gpio-rgb on lines that the kernel drops.",
        "On a Raspberry Pi 3 and older the SPI clock follows the core clock: core_freq=250 in config.txt, or the colours flicker.",
        "Data at 3.3 V is below what the data sheet asks of a strip at 5 V; a level shifter, or the first pixel at 4.3 V, helps.",
        "Strips with a white LED in each pixel (SK6812 RGBW) are not driven.",
    ),
    sources=("WorldSemi WS2812B data sheet (bit times, 280 us reset)",),
    entries={
        "spi": "device of the bus: /dev/spidev0.0",
        "pixels": "how many (8); 1 to 64",
        "brightness_percent": "of full brightness (60); 1 to 100",
        "order": "of the colours (GRB); another one where red and green are swapped",
        "max_ma": "what its supply gives (500); a brighter picture is dimmed to it; 10 to 10000",
        "buzzer": "line of an active buzzer: GPIO24",
        "gpio_chip": "path of the buzzer's chip; without it every chip is searched for the name",
        "gpio": "gpiod (default), or rpi-gpio for RPi.GPIO and rpi-lgpio",
    },
)
