"""A line as a serial port: a pseudo terminal behind a symbolic link of a name that stays.

Unplugged, it does as a USB adapter does: whoever has it open reads an end and cannot write any more (EIO), and the name is gone until it
is plugged in again, when the same name leads to another terminal. A pseudo terminal has no speed and no parity: a driver may set any
speed, ``Line(baud=...)`` makes it take its time, and parity has to be N (Linux forgets E and O, and the next setting then fails).
"""

import asyncio
import contextlib
import logging
import os
import tty
from collections.abc import Callable
from pathlib import Path

from simulators.wires.line import Line
from simulators.wires.pump import Pump

log = logging.getLogger(__name__)

MAX_BYTES = 4096


class PtyWire:
    """``path``: the name of the port. Lives in the event loop in which ``open`` was called."""

    def __init__(self, line: Line, path: Path, moved: Callable[[], None] = lambda: None) -> None:
        self.line = line
        self._path = path
        self._moved = moved
        self._ends: tuple[int, int] | None = None
        self._pump: Pump | None = None

    def open(self) -> None:
        """Plug it in. Raises OSError."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._pump = Pump(self.line, self._send, self._moved)
        self.plug()

    def close(self) -> None:
        """Unplug it for good."""
        self.unplug()
        if self._pump is not None:
            self._pump.stop()
            self._pump = None

    @property
    def plugged(self) -> bool:
        """Is there a port of that name?"""
        return self._ends is not None

    def plug(self) -> None:
        """The adapter is there. Raises OSError. Twice is once."""
        if self._ends is not None or self._pump is None:
            return
        ours, theirs = os.openpty()
        # Our own hold on their end keeps the line up while no driver has it, and raw from the beginning: no echo, no line editing.
        tty.setraw(theirs)
        os.set_blocking(ours, False)
        self._ends = ours, theirs
        self._path.unlink(missing_ok=True)
        self._path.symlink_to(os.ttyname(theirs))
        asyncio.get_running_loop().add_reader(ours, self._read)
        self._pump.begin()

    def unplug(self) -> None:
        """The adapter is gone."""
        if self._ends is None:
            return
        ours, theirs = self._ends
        self._ends = None
        self._path.unlink(missing_ok=True)
        asyncio.get_running_loop().remove_reader(ours)
        os.close(ours)
        os.close(theirs)

    def stir(self) -> None:
        """The world has changed: a device may have something to say."""
        if self._pump is not None:
            self._pump.stir()

    def _read(self) -> None:
        assert self._ends is not None
        assert self._pump is not None
        try:
            data = os.read(self._ends[0], MAX_BYTES)
        except BlockingIOError:
            return
        self._pump.take(data)

    def _send(self, data: bytes) -> None:
        if self._ends is None:
            return
        with contextlib.suppress(BlockingIOError):  # nobody reads, and 4 KiB wait: a serial port drops what does not fit
            os.write(self._ends[0], data)
