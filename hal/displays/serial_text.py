"""Text displays on a serial port: a preset for the make, or the codes of any other one in the configuration.

Only lines that have changed are sent, and now and then everything: a display whose supply was away for a moment has nothing on it and
cannot say so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

from msgspec import structs

from hal.bus.line import Lost
from hal.bus.port import Port, serial_port
from hal.bus.serial_line import Parity, SerialSettings
from hal.displays.characters import Characters, fitted
from hal.displays.codes import PRESETS, Codes, code
from hal.errors import DriverError
from hal.facts import DriverFacts

NAME = "display.serial-text"
BOOT_S = 0.6
"""Opening the port resets some displays: so long they show their maker's name and are deaf."""
CLEAR_S = 0.02
WHOLE_S = 60.0
"""So often everything is sent."""
COLUMNS, ROWS = (8, 40), (1, 8)

DRIVER = DriverFacts(
    name="serial-text",
    kind="displays",
    title="Text display on a serial port (SparkFun SerLCD, Matrix Orbital, VT100 terminals, others by their codes)",
    link="serial 9600 8N1 (Matrix Orbital: 19200)",
    extra="serial",
    proven=("tests/hal/displays/test_serial_text.py", "tests/hal/displays/test_characters.py"),
    doubts=(
        "Never tried on a display: codes are from the manuals of the makers.",
        "A display says nothing: that it is dark or without supply is not noticed, only that its port is gone.",
        'HD44780 displays with the character generator A02 write other umlauts: characters = "ascii" there.',
    ),
    sources=("SparkFun SerLCD 2.5 data sheet", "Matrix Orbital LK204-25 manual", "ECMA-48", "Hitachi HD44780U data sheet"),
    entries={
        "port": "path of the serial port",
        "preset": '"serlcd", "matrix-orbital" or "vt100"',
        "columns": "characters of a line, 8 to 40; 16 where nothing is said",
        "rows": "lines, 1 to 8; 2 where nothing is said",
        "baud": "bit/s; that of the preset where nothing is said",
        "parity": '"N", "E" or "O"',
        "characters": '"ascii", "hd44780" or "utf-8"; those of the preset where nothing is said',
        "begin": 'instead of the preset\'s code: bytes that empty it, as "FE 01"',
        "lines": "instead of the preset's codes: for each line the bytes that take the cursor to its beginning",
        "light": "instead of the preset's code: bytes that switch its backlight on",
        "dark": "instead of the preset's code: bytes that switch it off",
    },
)


@dataclass
class Shown:
    """What the display has on it, as far as is known."""

    port: Port
    lines: Sequence[bytes] = ()
    lit: bool | None = None
    whole_s: float = -inf


class SerialTextDisplay:
    """``hal.api.Display``."""

    def __init__(
        self,
        *,
        port: str,
        preset: str = "serlcd",
        columns: int = 16,
        rows: int = 2,
        baud: int = 0,
        parity: Parity = "N",
        characters: Characters | None = None,
        begin: str = "",
        lines: Sequence[str] = (),
        light: str = "",
        dark: str = "",
    ) -> None:
        if preset not in PRESETS:
            raise DriverError(f"{NAME} on {port}: preset {preset!r}: expected one of {', '.join(PRESETS)}")
        for entry, value, (least, most) in (("columns", columns, COLUMNS), ("rows", rows, ROWS)):
            if not least <= value <= most:
                raise DriverError(f"{NAME} on {port}: {entry} {value}: expected {least} to {most}")
        if lines and len(lines) != rows:
            raise DriverError(f"{NAME} on {port}: lines: {len(lines)} codes; expected {rows}, one for each of its rows")
        own = {name: code(text, name) for name, text in (("begin", begin), ("light", light), ("dark", dark)) if text}
        self.columns, self.rows = columns, rows
        self._codes: Codes = structs.replace(PRESETS[preset], **own)
        self._characters: Characters = characters or self._codes.characters
        self._line_codes = [code(text, "lines") for text in lines] or [self._codes.line(row, columns) for row in range(rows)]
        self._port = port
        self._settings = SerialSettings(baud=baud or self._codes.baud, parity=parity)
        self._shown: Shown | None = None

    async def show(self, lines: Sequence[str], *, lit: bool = True) -> None:
        """See ``hal.api.Display``. Raises DeviceError."""
        shown = self._shown or await self._opened()
        wanted = [fitted(text, self.columns, self._characters, self._codes.never) for text in [*lines, *[""] * self.rows][: self.rows]]
        try:
            shown.port.discard()  # whose adapter is gone is known before anything is sent
            if shown.port.now() - shown.whole_s >= WHOLE_S:
                await shown.port.send(self._codes.begin)
                await shown.port.rest(CLEAR_S)
                shown.lines, shown.lit, shown.whole_s = (), None, shown.port.now()
            await shown.port.send(self._changes(shown, wanted, lit=lit))
        except Lost:
            self.close()
            raise
        shown.lines, shown.lit = wanted, lit

    def close(self) -> None:
        """See ``hal.api.Display``."""
        if self._shown is not None:
            self._shown.port.last_word(self._codes.begin + self._codes.dark)
            self._shown.port.close()
            self._shown = None

    async def _opened(self) -> Shown:
        port = serial_port(f"{NAME} on {self._port}", self._port, self._settings)
        port.open()
        self._shown = Shown(port)
        await port.rest(BOOT_S)
        return self._shown

    def _changes(self, shown: Shown, wanted: Sequence[bytes], *, lit: bool) -> bytes:
        light = b"" if lit == shown.lit else self._codes.light if lit else self._codes.dark
        before = shown.lines or [b""] * self.rows
        changed = [start + line for start, line, old in zip(self._line_codes, wanted, before, strict=True) if line != old]
        return b"".join([light, *changed])
