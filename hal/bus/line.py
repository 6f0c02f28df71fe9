"""What carries bytes to devices: a serial port or a TCP connection, shared by all devices that are on it.

    with line.turn() as wire:          one device at a time, fair, opened when it is not
        wire.discard()
        wire.send(question)
        answer = wire.receive(0.5)     what has come; b"" is silence

A line mends itself: what fails closes it, and the next turn opens it again. A turn on a line that is not there fails at once; nobody
keeps it while it is away.
"""

import contextlib
import logging
import os
import select
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Protocol

from hal.bus.turns import Turns, rest_until
from hal.errors import DeviceError

log = logging.getLogger(__name__)

CHUNK_BYTES = 4096
SEND_S = 2.0
"""A port that takes nothing for so long has hung."""


class Gone(DeviceError):
    """The port, or the host, is not there."""


class Lost(DeviceError):
    """It was there, and went in the middle of a talk. The next turn looks for it again."""


class Wire(Protocol):
    """A line during a turn. Everything raises Lost."""

    def discard(self) -> bytes:
        """Forget, and return, what has come unasked."""

    def send(self, data: bytes) -> None:
        """Hand it to the kernel."""

    def receive(self, timeout_s: float) -> bytes:
        """What comes within that time: as soon as anything does; nothing is silence."""


class Line(ABC):
    """Bytes over one file descriptor. ``name``: the port, for people. ``gap_s``: rest of the line between two turns."""

    def __init__(self, name: str, gap_s: float) -> None:
        self.name = name
        self.gap_s = gap_s
        self._turns = Turns(name)
        self._descriptor: int | None = None
        self._quiet_since_s = 0.0
        self._failing = False

    @contextlib.contextmanager
    def turn(self, at_most_s: float = 2.0) -> Iterator[Wire]:
        """Have the line, after waiting for others for at most so long. Raises Busy, and Gone when it cannot be opened."""
        with self._turns.take(at_most_s):
            if self._descriptor is None:
                self._descriptor = self._opened()
            rest_until(self._quiet_since_s + self.gap_s)
            yield self

    def __del__(self) -> None:
        self._drop()

    def close(self) -> None:
        """Let go of it. Whoever uses it afterwards opens it again."""
        with self._turns.take(2 * SEND_S):
            self._drop()

    def discard(self) -> bytes:
        """See ``Wire``."""
        stale = b""
        while (chunk := self.receive(0)) and len(stale) < CHUNK_BYTES:
            stale += chunk
        return stale

    def send(self, data: bytes) -> None:
        """See ``Wire``."""
        ends_s = time.monotonic() + SEND_S
        while data:
            if not self._ready(select.POLLOUT, ends_s - time.monotonic()):
                raise self._lost(f"takes no byte for {SEND_S:g} s")
            try:
                data = data[os.write(self._open_descriptor, data) :]
            except BlockingIOError:
                continue
            except OSError as error:
                raise self._lost(error.strerror or str(error)) from error
        self._quiet_since_s = time.monotonic()

    def receive(self, timeout_s: float) -> bytes:
        """See ``Wire``."""
        if not self._ready(select.POLLIN, timeout_s):
            return b""
        try:
            chunk = os.read(self._open_descriptor, CHUNK_BYTES)
        except BlockingIOError:
            return b""
        except OSError as error:
            raise self._lost(error.strerror or str(error)) from error
        if not chunk:
            raise self._lost("closed from the other side")
        self._quiet_since_s = time.monotonic()
        return chunk

    def sending_s(self, size: int) -> float:
        """How long so many bytes are on their way."""
        return 0.0

    @abstractmethod
    def _open(self) -> int:
        """The descriptor, not blocking. Raises Gone or DriverError."""

    def _close(self, descriptor: int) -> None:
        os.close(descriptor)

    @property
    def _open_descriptor(self) -> int:
        assert self._descriptor is not None, "no turn, or lost in it"
        return self._descriptor

    def _opened(self) -> int:
        try:
            descriptor = self._open()
        except Gone as error:
            if not self._failing:
                log.warning("event=line_gone line=%s error=%r", self.name, str(error))
            self._failing = True
            raise
        log.info("event=line_open line=%s again=%s", self.name, self._failing)
        self._failing = False
        return descriptor

    def _ready(self, event: int, timeout_s: float) -> bool:
        """May one read or write? Also when that will fail."""
        poll = select.poll()
        if self._descriptor is None:
            raise Lost(f"{self.name}: lost in this turn; it is looked for again in the next")
        poll.register(self._descriptor, event)
        return bool(poll.poll(max(0.0, timeout_s) * 1000))

    def _lost(self, why: str) -> Lost:
        self._drop()
        if not self._failing:
            log.warning("event=line_lost line=%s error=%r", self.name, why)
        self._failing = True
        return Lost(f"{self.name}: lost ({why}); it is looked for again")

    def _drop(self) -> None:
        if self._descriptor is not None:
            descriptor, self._descriptor = self._descriptor, None
            with contextlib.suppress(OSError):
                self._close(descriptor)
