"""What an input device tells of its keys (Linux input.h): events of 24 bytes, and the characters of the keys that readers press.

    struct input_event, 64 bit: seconds (8), microseconds (8), type (2), code (2), value (4)

Only keys that go down count. Where the kernel had to drop events (SYN_DROPPED), because they came faster than they were read, keys are
missing: what is left is no card, and the line is passed over up to its Enter. Shift changes none of the digits and letters that cards are
made of.

A keypad types as well, but a person takes his time for every key, and takes a wrong one back: Backspace, Escape and Delete clear the line.
What is typed there is a code as it stands, and no card's number.
"""

import struct
from typing import Literal

from hal.readers.formats import Format, token
from hal.readers.passive import PARTIAL_S

EVENT = struct.Struct("llHHi")
EV_SYN, SYN_DROPPED = 0, 3
EV_KEY, DOWN = 1, 1
ENTER = (28, 96)
CLEAR = (1, 14, 111)
LONGEST = 64
CODE_S = 15.0
"""A code of which no key is pressed for so long has been given up."""
Typed = Format | Literal["pin"]

KEYS: dict[int, str] = {
    **dict(zip(range(2, 12), "1234567890", strict=True)),
    **dict(zip(range(16, 26), "QWERTYUIOP", strict=True)),
    **dict(zip(range(30, 39), "ASDFGHJKL", strict=True)),
    **dict(zip(range(44, 51), "ZXCVBNM", strict=True)),
    **dict(zip((71, 72, 73, 75, 76, 77, 79, 80, 81, 82), "7894561230", strict=True)),
    12: "-",
    57: " ",
}
"""Code of a key -> what it writes, on the keyboard that readers take themselves to be (US)."""


class Typing:
    """Bytes in, cards out."""

    def __init__(self, written: Typed) -> None:
        self._written: Typed = written
        self._patience_s = CODE_S if written == "pin" else PARTIAL_S
        self._half = b""
        self._line = ""
        self._torn = False
        """Keys of this line are missing."""
        self._heard_s = 0.0

    def feed(self, data: bytes, now: float) -> list[str]:
        """The cards that were typed to their end. Raises UnreadableCard for the first that is none; the others are lost with it."""
        if now - self._heard_s > self._patience_s:
            self._half, self._line, self._torn = b"", "", False
        self._heard_s = now
        data = self._half + data
        whole = len(data) - len(data) % EVENT.size
        self._half = data[whole:]
        texts = []
        for _, _, kind, code, value in EVENT.iter_unpack(data[:whole]):
            if (kind, code) == (EV_SYN, SYN_DROPPED):
                self._torn = True
            if (kind, value) != (EV_KEY, DOWN):
                continue
            if code in ENTER:
                texts.append("" if self._torn else self._line)
                self._line, self._torn = "", False
            elif code in CLEAR:
                self._line = ""
            elif len(self._line) < LONGEST:
                self._line += KEYS.get(code, "")
        return [text if self._written == "pin" else token(text, self._written) for text in texts if text]
