"""Wakes one thread that waits beside the scan.

An ``Event`` would do, but for the lock inside it: while the waiting thread holds that, at its low priority, a scan that rings waits for a
processor that others are using.
"""

import contextlib
from queue import Empty, SimpleQueue


class Bell:
    """Rung by anybody, heard by one thread."""

    def __init__(self) -> None:
        self._rung: SimpleQueue[None] = SimpleQueue()

    def ring(self) -> None:
        """Never blocks. However often it is rung before it is heard, it is heard at least once."""
        if self._rung.empty():
            self._rung.put(None)

    def wait(self, at_most_s: float | None = None) -> None:
        """Until it is rung, or for that long; at once if it was rung since the last time."""
        with contextlib.suppress(Empty):
            self._rung.get(timeout=at_most_s)
