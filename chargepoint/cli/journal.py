"""A log that is written beside whoever logs: a reader that stops reading must not hold up the scan.

Lines wait in a bounded queue for a thread of normal priority. When it is full, lines are lost and counted; the count is logged as soon as
there is room again.
"""

import atexit
import logging
import sys
from queue import SimpleQueue
from threading import Thread
from typing import TextIO

MOST = 10_000
"""Lines that wait at most; about 2 MB."""
LEAVE_S = 1.0
"""At the end of the process, for what still waits."""


class Journal(logging.Handler):
    """Writes to ``stream``, standard error if none is named. Its thread starts with it and has the priority of whoever makes it."""

    def __init__(self, stream: TextIO | None = None, most: int = MOST) -> None:
        super().__init__()
        self._stream = sys.stderr if stream is None else stream
        self._most = most
        self._lines: SimpleQueue[str | None] = SimpleQueue()
        self._lost = 0
        self._thread = Thread(target=self._write, name="journal", daemon=True)
        self._thread.start()
        atexit.register(self.leave)

    def emit(self, record: logging.LogRecord) -> None:
        """Never blocks."""
        if self._lines.qsize() >= self._most:
            self._lost += 1
            return
        if self._lost:
            self._lines.put(f"event=log_lines_lost number={self._lost} cause=the reader of this log does not keep up")
            self._lost = 0
        self._lines.put(self.format(record))

    def leave(self) -> None:
        """Write what waits, for a bounded time. Nothing may be logged afterwards."""
        atexit.unregister(self.leave)
        self._lines.put(None)
        self._thread.join(LEAVE_S)

    def _write(self) -> None:
        while (line := self._lines.get()) is not None:
            try:
                self._stream.write(line + "\n")
                self._stream.flush()
            except OSError:  # nobody reads any more: nobody could be told either
                continue
