"""RAPI, the serial language of OpenEVSE controllers (firmware 8, RAPI 5): 115200 8N1, ASCII.

    host   $SC 16 V :2A^0F␍          command, parameters, sequence number, exclusive or of all before the ^
    board  $OK 16 :2A^..␍            done; repeats the number
           $NK 13 :2A^..␍            not done, or unknown, or not compiled in; may have data as well
           $NK^21␍                   without the number: the command arrived spoilt
           $AT 03 03 16 0140^..␍     unasked, at any time, also between a command and its reply

The board does one thing at a time and is deaf while it tests itself, for up to 6 s; its input buffer then holds 64 bytes. So there is one
command under way, five a second at most, and one a second while it does not answer. One ``Rapi`` per port, whatever uses it.
"""

import threading
import time
from collections import deque
from functools import reduce
from operator import xor
from weakref import WeakValueDictionary

from msgspec import Struct, structs

from hal.bus.line import Wire
from hal.bus.serial_line import SerialSettings, line
from hal.bus.turns import rest_until
from hal.errors import DeviceError

SETTINGS = SerialSettings(baud=115_200)
MAX_BYTES = 31
"""From the dollar to before the carriage return: the board drops anything longer without a word."""
MAX_TOKENS = 10
MAX_LINE = 128
"""No line of a board is longer; what is, is noise."""
MAX_NUMBER = 0xFF
MAX_NOTICES = 32
ANSWER_S = 0.5
QUIET_ANSWER_S = 1.0
"""While it does not answer: so long for one command, which keeps what waits for it below its 64 bytes."""
GAP_S = 0.2
"""From one command to the next."""
TRIES = 2
SPACE = "\x11"
"""Stands for a space in a text."""
LCD_COLUMNS = 16


class NoAnswer(DeviceError):
    """The board said nothing, or nothing readable."""


class Garbled(ValueError):
    """Not a line of RAPI, or a spoilt one."""


class Reply(Struct, frozen=True):
    """To a command."""

    good: bool
    """OK and not NK."""
    data: tuple[str, ...]
    number: int | None = None
    at_s: float = float("-inf")
    """When it came: before or after a notice."""


class Notice(Struct, frozen=True):
    """What the board says unasked: AB (it booted), AT (its state changed), AN, WF."""

    name: str
    data: tuple[str, ...]
    at_s: float = float("-inf")
    """When it came."""


def frame(command: str, number: int | None = None) -> bytes:
    """A command with its parameters, ready to send. Raises ValueError where the board would drop it."""
    told = f"${command}" if number is None else f"${command} :{number:02X}"
    body = told.encode("ascii")
    whole = body + b"^%02X" % reduce(xor, body)
    if len(whole) > MAX_BYTES or len(told.split(" ")) > MAX_TOKENS:
        raise ValueError(f"RAPI {told!r}: {len(whole)} bytes, expected at most {MAX_BYTES} in at most {MAX_TOKENS} parts; shorten it")
    return whole + b"\r"


def parse(text: bytes) -> Reply | Notice | None:
    """A line without its carriage return; ``None`` for one that is sound and means nothing here. Raises Garbled."""
    body, checksum = _split(text)
    try:
        sound = text[:1] == b"$" and int(checksum, 16) == (sum(body) & 0xFF if b"*" in text else reduce(xor, body, 0))
        name, *data = body[1:].decode("ascii").split()
        number = int(data.pop()[1:], 16) if data and data[-1].startswith(":") else None
    except ValueError as error:
        raise Garbled(repr(text)) from error
    if not sound or len(checksum) != 2:
        raise Garbled(repr(text))
    if name in {"OK", "NK"}:
        return Reply(name == "OK", tuple(data), number)
    return Notice(name, tuple(data)) if name in {"AB", "AT", "AN", "WF"} else None


def _split(text: bytes) -> tuple[bytes, bytes]:
    body, _, checksum = text.rpartition(b"^" if b"^" in text else b"*")
    return body, checksum


class Splitter:
    """Cuts what arrives into lines; a dollar begins one, whatever came before."""

    def __init__(self) -> None:
        self._kept = b""

    def feed(self, data: bytes) -> list[bytes]:
        """The lines that are complete now, without their ends."""
        *whole, self._kept = (self._kept + data).replace(b"\n", b"\r").split(b"\r")
        self._kept = self._kept[-MAX_LINE:]
        return [text[text.rfind(b"$") :] for text in whole if b"$" in text]


class Rapi:
    """The board at one port. Several threads may use it. ``on`` gives the one that there is."""

    def __init__(self, port: str) -> None:
        self.port = port
        self.answered_s = float("-inf")
        """When it last said anything sound, by the monotonic clock."""
        self._line = line(port, SETTINGS)
        self._splitter = Splitter()
        self._notices: deque[Notice] = deque(maxlen=MAX_NOTICES)
        self._number = 0
        self._sent_s = float("-inf")
        self._quiet = False

    def ask(self, command: str) -> Reply:
        """Send it and wait for its reply: 1 s at most, and before it for the command of another thread. Raises DeviceError."""
        with self._line.turn() as wire:
            self._take(wire.discard())
            tries, answer_s = (1, QUIET_ANSWER_S) if self._quiet else (TRIES, ANSWER_S)
            first = self._number + 1
            for _ in range(tries):
                reply = self._once(wire, command, answer_s, first)
                if reply is not None:
                    self._quiet = False
                    return reply
            self._quiet = True
        waited_s = tries * answer_s
        raise NoAnswer(f"{self.port}: no answer to ${command} for {waited_s:g} s ({tries} tries); check cable, port, and its power")

    def notices(self) -> list[Notice]:
        """What it has said unasked since the last time. Raises DeviceError when the port is not there."""
        with self._line.turn() as wire:
            self._take(wire.discard())
        taken = []
        while self._notices:
            taken.append(self._notices.popleft())
        return taken

    def close(self) -> None:
        """Let go of the port, for everybody."""
        self._line.close()

    def _once(self, wire: Wire, command: str, answer_s: float, first: int) -> Reply | None:
        """Send it once; the reply may be to the try before. Numbers since ``first`` are this command's."""
        self._number += 1
        rest_until(self._sent_s + GAP_S)
        self._sent_s = time.monotonic()
        wire.send(frame(command, _shown(self._number)))
        mine = {_shown(number) for number in range(first, self._number + 1)}
        ends_s = time.monotonic() + answer_s
        while (left_s := ends_s - time.monotonic()) > 0:
            for reply in self._take(wire.receive(left_s)):
                if reply.number in mine:
                    return reply
                if reply.number is None and not reply.good:
                    return None  # it arrived there spoilt
        return None

    def _take(self, data: bytes) -> list[Reply]:
        """Replies among what arrived; notices are kept for whoever wants them."""
        replies = []
        for text in self._splitter.feed(data):
            try:
                found = parse(text)
            except Garbled:
                continue
            self.answered_s = time.monotonic()
            if isinstance(found, Notice):
                self._notices.append(structs.replace(found, at_s=self.answered_s))
            elif found is not None:
                replies.append(structs.replace(found, at_s=self.answered_s))
        return replies


def _shown(number: int) -> int:
    """01 to FF, over and over."""
    return (number - 1) % MAX_NUMBER + 1


def show(rapi: Rapi, column: int, row: int, text: str) -> bool:
    """Print on the board's LCD, 16 columns by 2 rows; False where it refuses, as in a hard fault. Raises DeviceError."""
    room = max(0, LCD_COLUMNS - column)
    safe = "".join(one if one.isascii() and one.isprintable() and one not in "$^*" else "-" for one in text[:room].ljust(room))
    return rapi.ask(f"FP {column} {row} {safe.replace(' ', SPACE)}").good


def leave_display(rapi: Rapi, own: bool) -> bool:
    """``own`` False: the board stops writing on its LCD by itself; True: it does again. Raises DeviceError."""
    return rapi.ask(f"F0 {int(own)}").good


_boards: WeakValueDictionary[str, Rapi] = WeakValueDictionary()
_boards_lock = threading.Lock()


def on(port: str) -> Rapi:
    """The board at a port, shared by whatever asks for it while anything holds it. Opens nothing. Raises DriverError. All must use the same
    name for it: where a name leads changes when an adapter is plugged in again, and then leads where another one's led."""
    with _boards_lock:
        there = _boards.get(port)
        if there is None:
            there = _boards[port] = Rapi(port)
        return there
