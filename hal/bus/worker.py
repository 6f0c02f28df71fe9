"""A thread beside the scan, for a line that is slower than control.

It runs at normal priority whatever the thread that starts it has, unless it is ``urgent``: then just below that one. It ends with the
process.
"""

import os
import threading
from collections.abc import Callable


class Worker:
    """Calls ``turn`` again and again; it answers how long to rest before the next time. ``ring`` ends the rest early."""

    def __init__(self, name: str, turn: Callable[[], float], *, urgent: bool = False) -> None:
        self._turn = turn
        self._urgent = urgent
        self._bell = threading.Event()
        self._leaving = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def ring(self) -> None:
        """The next turn at once."""
        self._bell.set()

    def leave(self, at_most_s: float) -> None:
        """End after the turn that runs, and wait for that."""
        self._leaving = True
        self._bell.set()
        if self._thread.is_alive():
            self._thread.join(at_most_s)

    def _run(self) -> None:
        _take_place(self._urgent)
        while not self._leaving:
            rest_s = self._turn()
            self._bell.wait(rest_s)
            self._bell.clear()


def _take_place(urgent: bool) -> None:
    """The calling thread's priority, after what it inherited."""
    inherited = os.sched_getparam(0).sched_priority
    if urgent and inherited > 1:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(inherited - 1))
    else:
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
