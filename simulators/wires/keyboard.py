"""A reader that takes itself for a keyboard: input events in a FIFO, and what sysfs tells of its USB device.

A FIFO is no input device: it cannot be grabbed, and whatever nobody has read yet waits for whoever opens it next.
"""

import asyncio
import contextlib
import os
import struct
from collections import deque
from pathlib import Path
from random import Random

from hal.measured import TokenSeen
from simulators.wires.face import SLOW_S, WireFault
from simulators.wires.lying import GAP_S, HOLD_S, QUEUE, identifier
from simulators.wires.readers import written
from simulators.wires.table import Place

EVENT = "event7"
CODES = dict(zip("1234567890ABCDEF\n", (*range(2, 12), 30, 48, 46, 32, 18, 33, 28), strict=True))
SHIFT = 42


class KeyboardFixture:
    """``Fixture``. ``entries`` of its driver: ``port``, or ``usb``; ``format``."""

    def __init__(self, port: str, usb: str, how: str) -> None:
        self._port = port or f"/dev/input/{EVENT}"
        self._usb = usb
        self._how = how
        self._fault: WireFault | None = None
        self._random = Random(1)
        self._root: Path | None = None
        self._end = -1
        self._waiting: deque[str] = deque(maxlen=QUEUE)
        self._timer: asyncio.TimerHandle | None = None

    @property
    def fault(self) -> WireFault | None:
        """``None``: all is well."""
        return self._fault

    @fault.setter
    def fault(self, fault: WireFault | None) -> None:
        self._fault = fault
        if fault == "unplugged":
            self._unplug()
        elif self._root is not None and self._end < 0:
            self._plug(self._root)

    def open(self, root: Path) -> None:
        """Plug it in."""
        self._root = root
        self._plug(root)

    def close(self) -> None:
        """Unplug it for good."""
        if self._timer is not None:
            self._timer.cancel()
        self._unplug()
        self._root = None

    def present(self, token: TokenSeen) -> None:
        """A card is held to it: it types it, unless it is busy with another one."""
        card = identifier(token.value, range(3, 11))
        if card is not None:
            self._waiting.append(card)
            if self._timer is None:
                self._next()

    def _next(self) -> None:
        self._timer = None
        if self._waiting:
            loop = asyncio.get_running_loop()
            after_s = SLOW_S if self._fault == "slow" else 0.0
            loop.call_later(after_s, self._type, self._waiting.popleft())
            self._timer = loop.call_later(HOLD_S + GAP_S, self._next)

    def _type(self, card: str) -> None:
        data = b"".join(map(_pressed, written(card, self._how) + "\n"))
        if self._fault == "garbage":
            data = self._random.randbytes(len(data))
        if self._fault == "half_frame":
            data = data[: len(data) // 2 - 7]
        if self._fault != "silent" and self._end >= 0:
            with contextlib.suppress(BlockingIOError):
                os.write(self._end, data)

    def _plug(self, root: Path) -> None:
        path = Path(root, self._port.lstrip("/"))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        os.mkfifo(path, 0o600)
        self._end = os.open(path, os.O_RDWR | os.O_NONBLOCK)
        if self._usb:
            told = Path(root, "sys/class/input", EVENT, "device", "id")
            told.mkdir(parents=True, exist_ok=True)
            for name, value in zip(("vendor", "product"), self._usb.split(":"), strict=True):
                (told / name).write_text(f"{value.lower()}\n")

    def _unplug(self) -> None:
        if self._end >= 0 and self._root is not None:
            os.close(self._end)
            self._end = -1
            Path(self._root, self._port.lstrip("/")).unlink(missing_ok=True)
            if self._usb:
                for name in ("vendor", "product"):
                    Path(self._root, "sys/class/input", EVENT, "device", "id", name).unlink(missing_ok=True)


def _pressed(character: str) -> bytes:
    """Down and up, with shift where it is a letter, and what Linux says around them."""
    code = CODES[character]
    keys = [(SHIFT, 1), (code, 1), (code, 0), (SHIFT, 0)] if character.isalpha() else [(code, 1), (code, 0)]
    told = [[(4, 4, 0x70000 + key), (1, key, value), (0, 0, 0)] for key, value in keys]
    return b"".join(struct.pack("llHHi", 1, 0, *event) for group in told for event in group)


def keyboard(place: Place) -> KeyboardFixture:
    """The reader of a driver, set to the format that the driver is set to."""
    entries = place.entries
    fixture = KeyboardFixture(str(entries.get("port") or ""), str(entries.get("usb") or ""), str(entries["format"]))
    place.cards(fixture.present)
    return fixture
