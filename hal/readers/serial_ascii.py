"""Readers that write a line of digits for every card on a serial port: most of those with RS-232, and many on USB.

    [STX] 04A1B2C3 [ETX] [CR] [LF]

STX, where the reader sends it, begins anew; ETX, CR or LF ends. What is not ended within a second is dropped.
"""

from collections.abc import AsyncIterator, Iterable
from typing import Literal

from hal.bus.port import serial_port
from hal.bus.serial_line import Parity, SerialSettings
from hal.errors import DriverError
from hal.facts import DriverFacts
from hal.measured import TokenSeen
from hal.readers.formats import Format, token
from hal.readers.passive import PARTIAL_S, presented
from hal.readers.presence import RELEASE_S, Presence

NAME = "reader.serial-ascii"
STX = 0x02
ENDS = b"\x03\r\n"
LONGEST = 64
"""Characters of a line; no card has more."""

DRIVER = DriverFacts(
    name="serial-ascii",
    kind="readers",
    title='Any reader that writes a line of digits for each card (Siemens RF200, for one: baud = 19200, parity = "O")',
    link="serial 9600 8N1, ASCII",
    extra="serial",
    proven=("tests/hal/readers/test_serial_ascii.py", "tests/hal/conformance/test_drivers.py"),
    doubts=(
        "A line has no checksum: a digit that the wire has bent is another card.",
        "A reader that is switched off looks like one to which nobody holds a card.",
    ),
    sources=("Siemens SIMATIC RF200 manual (19200 8O1)",),
    entries={
        "port": "path of the serial port",
        "baud": "bit/s; 9600 where nothing is said",
        "parity": '"N", "E" or "O"',
        "stopbits": "1 or 2",
        "format": '"hex", "dec" or "dec_le" (decimal, last byte of the card foremost)',
        "release_s": "how long a card has to be away, in s, before it counts as presented again",
    },
)


class Lines:
    """Bytes in, tokens out."""

    def __init__(self, written: Format) -> None:
        self._written = written
        self._line = b""
        self._heard_s = 0.0

    def feed(self, data: bytes, now: float) -> list[str]:
        """The cards whose lines have ended. Raises UnreadableCard for the first line that is none; the others are lost with it."""
        if now - self._heard_s > PARTIAL_S:
            self._line = b""
        self._heard_s = now
        texts = []
        for number in data:
            if number == STX:
                self._line = b""
            elif number in ENDS:
                texts.append(self._line)
                self._line = b""
            elif len(self._line) < LONGEST:
                self._line += bytes([number])
        return [token(text.decode("latin-1").strip(), self._written) for text in texts if text.strip()]


class SerialAsciiReader:
    """``hal.api.TokenReader``."""

    def __init__(
        self,
        *,
        port: str,
        baud: int = 9600,
        parity: Parity = "N",
        stopbits: Literal[1, 2] = 1,
        format: Format = "hex",
        release_s: float = RELEASE_S,
        evses: Iterable[int] | None = None,
    ) -> None:
        if release_s < 0:
            raise DriverError(f"{NAME} on {port}: release_s {release_s:g}: expected 0 or more")
        self._port = port
        self._settings = SerialSettings(baud=baud, parity=parity, stopbits=stopbits)
        self._format: Format = format
        self._evses = None if evses is None else tuple(evses)
        self._presence = Presence(release_s)

    def tokens(self) -> AsyncIterator[TokenSeen]:
        """Every card as it is presented. Raises DeviceError."""
        port = serial_port(f"{NAME} on {self._port}", self._port, self._settings)
        return presented(port, Lines(self._format), self._presence, self._evses)
