"""A line that several threads share, one after the other, in the order in which they asked."""

import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from hal.errors import DeviceError


class Busy(DeviceError):
    """Others kept the line for too long."""


class Turns:
    """A lock that is handed to whoever has waited longest. A plain lock lets a thread that asks again and again starve the others."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._changed = threading.Condition()
        self._waiting: deque[object] = deque()

    @contextmanager
    def take(self, at_most_s: float) -> Iterator[None]:
        """Have the line to oneself. Raises Busy when it is not free in time."""
        ticket = object()
        with self._changed:
            self._waiting.append(ticket)
            if not self._changed.wait_for(lambda: self._waiting[0] is ticket, at_most_s):
                self._waiting.remove(ticket)
                self._changed.notify_all()
                raise Busy(f"{self._name}: taken by other devices for {at_most_s:g} s; give it fewer devices, or shorter time-outs")
        try:
            yield
        finally:
            with self._changed:
                self._waiting.popleft()
                self._changed.notify_all()


def rest_until(time_s: float) -> None:
    """Let that moment of the monotonic clock come. Not while having a turn, unless the line itself needs the rest."""
    rest_s = time_s - time.monotonic()
    if rest_s > 0:
        time.sleep(rest_s)
