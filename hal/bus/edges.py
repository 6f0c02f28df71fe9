"""Edges of an input line, counted by the kernel: nothing is lost while nobody looks.

GpioEdges      a GPIO line; the kernel keeps events, and numbers them, so that those it could not keep are counted too
CounterEdges   a counter of the kernel's counter subsystem, such as that of the interrupt-cnt driver
"""

import time
from pathlib import Path
from typing import Protocol

from msgspec import Struct

from hal.bus import gpio
from hal.bus.worker import Worker
from hal.errors import DeviceError

LISTEN_S = 0.5


class Counted(Struct, frozen=True):
    """How many edges there were since it was opened, and when the last of them was, by the monotonic clock; at first: the opening."""

    number: int
    at_s: float


class Edges(Protocol):
    """One input line. No method blocks."""

    name: str
    """For people."""

    def open(self) -> None:
        """Begin to count. Raises DeviceError or DriverError."""

    def count(self) -> Counted:
        """So far. Raises DeviceError."""

    def close(self) -> None:
        """Let go of the line."""


class GpioEdges:
    """An input of a GPIO chip. The kernel keeps no more than a few edges, so a thread takes them as they come."""

    def __init__(self, plan: str, backend: gpio.Backend = "gpiod", chip: str = "", root: str = "/") -> None:
        self.name = f"line {plan}"
        self._plan = gpio.line(plan, "line")
        self._backend: gpio.Backend = backend
        self._chip = chip
        self._root = root
        self._lines: gpio.Lines | None = None
        self._worker: Worker | None = None
        self._failed = ""
        self._counted = Counted(0, 0.0)

    def open(self) -> None:
        """Ask for the line, and begin. Raises DeviceError or DriverError."""
        self.close()
        self._lines = gpio.request(
            {}, {"pulse": self._plan}, who="meter.pulse", backend=self._backend, chip=self._chip, root=self._root, listen=True
        )
        self._failed = ""
        self._counted = Counted(0, time.monotonic())
        self._worker = Worker(self.name, self._listen)
        self._worker.start()

    def count(self) -> Counted:
        """What the thread has counted."""
        if self._failed:
            raise DeviceError(f"{self.name}: {self._failed}; is its chip still there?")
        return self._counted

    def close(self) -> None:
        """Let go of the line."""
        if self._worker is not None:
            self._worker.leave(2 * LISTEN_S)
            self._worker = None
        if self._lines is not None:
            self._lines.close()
            self._lines = None

    def _listen(self) -> float:
        assert self._lines is not None
        try:
            came = [edge for edge in self._lines.edges(LISTEN_S) if edge.active]
        except OSError as error:
            self._failed = error.strerror or str(error)
            return LISTEN_S
        self._failed = ""
        if came:
            self._counted = Counted(self._counted.number + len(came), came[-1].at_s)
        return 0.0


class CounterEdges:
    """A file with a number that only grows, beneath ``/sys/bus/counter/devices``."""

    def __init__(self, path: Path) -> None:
        self.name = str(path)
        self._path = path
        self._first = 0
        self._counted = Counted(0, 0.0)

    def open(self) -> None:
        """Find it, and switch it on where it has a switch. Raises DeviceError."""
        switch = self._path.parent / "enable"
        try:
            if switch.exists() and switch.read_text().strip() == "0":
                switch.write_text("1")
        except OSError as error:
            raise DeviceError(f"{switch}: {error.strerror}; let the station write to it (a udev rule)") from error
        self._first = self._read()
        self._counted = Counted(0, time.monotonic())

    def count(self) -> Counted:
        """Read the number."""
        number = self._read() - self._first
        if number < self._counted.number:
            raise DeviceError(f"{self.name}: went back; somebody else sets this counter, give the meter one of its own")
        if number > self._counted.number:
            self._counted = Counted(number, time.monotonic())
        return self._counted

    def close(self) -> None:
        """Nothing is held."""

    def _read(self) -> int:
        try:
            return int(self._path.read_text())
        except (OSError, ValueError) as error:
            raise DeviceError(f"{self.name}: {error}; is the kernel's counter driver loaded?") from error
