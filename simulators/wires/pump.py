"""Moves bytes between a line and whatever carries them to the driver, in the event loop that runs."""

import asyncio
from collections.abc import Callable
from math import inf

from simulators.wires.line import Line


def _nothing() -> None:
    pass


class Pump:
    """``send`` takes bytes to the host. ``moved`` is called after everything that may have moved the world."""

    def __init__(self, line: Line, send: Callable[[bytes], None], moved: Callable[[], None] = _nothing) -> None:
        self._line = line
        self._send = send
        self._moved = moved
        self._loop = asyncio.get_running_loop()
        self._clock = asyncio.get_running_loop().time
        self._timer: asyncio.TimerHandle | None = None
        self.stir()

    def begin(self) -> None:
        """The host has opened the line."""
        self._line.begin(self._clock())
        self.stir()

    def take(self, data: bytes) -> None:
        """The host has sent these bytes."""
        self._line.say(data, self._clock())
        self._turn()

    def stir(self) -> None:
        """Something has changed: look again when the line is due."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        due_s = self._line.due_s
        if due_s < inf:
            self._timer = self._loop.call_at(due_s, self._turn)

    def stop(self) -> None:
        """No more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _turn(self) -> None:
        now = self._clock()
        if data := self._line.turn(now):
            self._send(data)
        self._moved()
        self.stir()
