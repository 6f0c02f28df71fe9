"""Frames of the NXP PN532 (UM0701-02, section 6.2.1), without I/O.

    00 00 FF LEN LCS  TFI ... data ... DCS 00        LEN + LCS = 0 and TFI + ... + DCS = 0 (mod 256)
    00 00 FF FF FF LENh LENl LCS  TFI ... DCS 00     extended: more than 255 bytes
    00 00 FF 00 FF 00                                ACK; from the host also: leave off what you do
    00 00 FF FF 00 00                                NACK: say that again
    00 00 FF 01 FF 7F 81 00                          error: the command was not understood

TFI is D4 from the host and D5 from the chip, whose answer has the command's code + 1. Any number of 00 may stand in front.
"""

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

FROM_HOST, FROM_CHIP = 0xD4, 0xD5
START = b"\x00\xff"
ACK = bytes.fromhex("0000FF00FF00")
NACK = bytes.fromhex("0000FFFF0000")
ERROR = bytes.fromhex("0000FF01FF7F8100")
WAKE_UP = b"\x55\x55" + bytes(14)
"""Sent in front of the first frame: over a UART the chip sleeps until it hears something, and needs a moment."""
LONGEST = 265
"""TFI and data of an extended frame."""

GET_FIRMWARE_VERSION = b"\x02"
SAM_CONFIGURATION = b"\x14\x01\x00\x00"
"""Normal mode, no security module."""
MAX_RETRIES = b"\x32\x05\xff\x01\x02"
"""RFConfiguration item 5: look for a card three times and say so if there is none. Otherwise it looks until one comes."""
LIST_ONE_CARD = b"\x4a\x01\x00"
"""InListPassiveTarget: one card, ISO 14443 A at 106 kbit/s."""
PN532 = 0x32
"""IC in the answer to GetFirmwareVersion."""

Kind = Literal["ack", "nack", "error", "data", "spoilt"]


class Heard(Struct, frozen=True):
    """A frame. ``body``: code and data, of ``data``."""

    kind: Kind
    body: bytes = b""


def frame(body: bytes, sender: int = FROM_HOST) -> bytes:
    """A command (code and data) as it goes over the wire, in the short form where that will do."""
    data = bytes([sender]) + body
    size = len(data)
    assert size <= LONGEST, "longer than any command"
    head = bytes([size, -size & 0xFF]) if size <= 255 else bytes([0xFF, 0xFF, size >> 8, size & 0xFF, -(size >> 8) - size & 0xFF])
    return b"\x00" + START + head + data + bytes([-sum(data) & 0xFF, 0])


class Decoder:
    """Bytes in, frames out. ``sender``: whose frames are listened to."""

    def __init__(self, sender: int = FROM_CHIP) -> None:
        self._sender = sender
        self._buffer = b""

    def feed(self, data: bytes) -> list[Heard]:
        """What is whole by now. What is no frame is skipped, what has a wrong checksum is ``spoilt``."""
        self._buffer += data
        found = []
        while (heard := self._next()) is not None:
            found.append(heard)
        return found

    def _next(self) -> Heard | None:
        start = self._buffer.find(START)
        if start < 0:
            self._buffer = self._buffer[-1:]
            return None
        self._buffer = self._buffer[start:]
        head = self._buffer[2:4]
        if len(head) < 2:
            return None
        if head in (b"\x00\xff", b"\xff\x00"):
            return self._taken(4, Heard("ack" if head[0] == 0 else "nack"))
        return self._extended() if head == b"\xff\xff" else self._data(4, head[0], good=not sum(head) & 0xFF)

    def _extended(self) -> Heard | None:
        head = self._buffer[4:7]
        if len(head) < 3:
            return None
        size = head[0] << 8 | head[1]
        return self._data(7, size, good=not sum(head) & 0xFF and size <= LONGEST)

    def _data(self, begins: int, size: int, *, good: bool) -> Heard | None:
        if not good:
            return self._taken(len(START), Heard("spoilt"))
        whole = self._buffer[begins : begins + size + 1]
        if len(whole) <= size:
            return None
        if sum(whole) & 0xFF:
            return self._taken(len(START), Heard("spoilt"))
        if whole[:-1] == b"\x7f":
            return self._taken(begins + size + 1, Heard("error"))
        return self._taken(begins + size + 1, Heard("data", whole[1:-1]) if whole[0] == self._sender else Heard("spoilt"))

    def _taken(self, size: int, heard: Heard) -> Heard:
        self._buffer = self._buffer[size:]
        return heard


def cards(listed: Sequence[int]) -> list[bytes]:
    """The identifiers in an answer to InListPassiveTarget (after its code); none where nothing lies there, or it cannot be read."""
    data = bytes(listed)
    if not data or data[0] != 1:  # one was asked for
        return []
    # Tg, SENS_RES (2), SEL_RES, length, identifier, and what ISO 14443-4 cards add
    size = data[5] if len(data) > 5 else 0
    identifier = data[6 : 6 + size]
    return [identifier] if size in (4, 7, 10) and len(identifier) == size else []


def changes(identifier: bytes) -> bool:
    """Is it made up anew each time (ISO 14443-3 6.5.4), as telephones do? It names nobody."""
    return len(identifier) == 4 and identifier[0] == 0x08
