"""RDM6300 and its relatives (RDM630, ID-12 in its ASCII mode): 125 kHz cards (EM4100) on a serial port.

    02  10 hexadecimal digits  2 of the checksum  03

The checksum is the exclusive or of the five bytes. While a card lies there it is written again about every 50 ms.
"""

from collections.abc import AsyncIterator, Iterable
from functools import reduce
from operator import xor

from hal.bus.port import serial_port
from hal.bus.serial_line import SerialSettings
from hal.errors import DriverError
from hal.facts import DriverFacts
from hal.measured import TokenSeen
from hal.readers.formats import hexadecimal
from hal.readers.passive import presented
from hal.readers.presence import RELEASE_S, Presence

NAME = "reader.rdm6300"
STX, ETX = b"\x02", b"\x03"
DIGITS = 12
DATA_BYTES = 5

DRIVER = DriverFacts(
    name="rdm6300",
    kind="readers",
    title="RDM6300 and relatives, for 125 kHz cards (EM4100)",
    link="serial 9600 8N1, ASCII with a checksum",
    extra="serial",
    proven=("tests/hal/readers/test_rdm6300.py", "tests/hal/conformance/test_drivers.py"),
    doubts=(
        "EM4100 cards are copied within seconds: not for cards that pay.",
        "A reader that is switched off looks like one to which nobody holds a card.",
        "Most of these cards have a shorter decimal number printed on them: the token is the five bytes that the reader writes.",
    ),
    sources=("forum.hobbycomponents.com, RDM6300 (frame and an example)",),
    entries={
        "port": "path of the serial port",
        "baud": "bit/s; 9600 where nothing is said",
        "release_s": "how long a card has to be away, in s, before it counts as presented again",
    },
)


class Frames:
    """Bytes in, cards out. What does not fit is skipped: it comes again."""

    def __init__(self) -> None:
        self._buffer = b""

    def feed(self, data: bytes, now: float) -> list[str]:
        """The cards whose frames are whole and right."""
        self._buffer += data
        found = []
        while (end := self._buffer.find(ETX)) >= 0:
            frame, self._buffer = self._buffer[:end], self._buffer[end + 1 :]
            if (card := _card(frame.rpartition(STX)[2])) is not None:
                found.append(card)
        self._buffer = self._buffer[-DIGITS - 1 :]
        return found


def _card(text: bytes) -> str | None:
    if len(text) != DIGITS or not all(each in b"0123456789ABCDEFabcdef" for each in text):
        return None
    data = bytes.fromhex(text.decode("ascii"))
    return hexadecimal(data[:DATA_BYTES]) if reduce(xor, data) == 0 else None


class Rdm6300Reader:
    """``hal.api.TokenReader``."""

    def __init__(self, *, port: str, baud: int = 9600, release_s: float = RELEASE_S, evses: Iterable[int] | None = None) -> None:
        if release_s < 0.2:
            raise DriverError(f"{NAME} on {port}: release_s {release_s:g}: expected 0.2 or more, for cards are written again all the time")
        self._port = port
        self._settings = SerialSettings(baud=baud)
        self._evses = None if evses is None else tuple(evses)
        self._presence = Presence(release_s)

    def tokens(self) -> AsyncIterator[TokenSeen]:
        """Every card as it is presented. Raises DeviceError."""
        port = serial_port(f"{NAME} on {self._port}", self._port, self._settings)
        return presented(port, Frames(), self._presence, self._evses)
