"""A process's log, told to the pages as well: they show it to whoever stands at the station, also of a process that has just died.

One datagram a line, and nobody waits for the pages. While they are not there, or do not keep up, the newest lines stay here and go with the
next one.
"""

import logging
import socket
from collections import deque
from collections.abc import Callable

from chargepoint.domain.log_lines import LONGEST, LogLine, said, without_secrets, written

KEPT = 200
"""Lines that wait for the pages."""
AT_ONCE = 20
"""Lines that one line takes along: control has other work."""
HEAD, CAUSES = LONGEST // 4, LONGEST * 3 // 4 - 1
"""Characters of a line, and of the places that an error came from; of these the last ones."""
CAUSE = logging.Formatter()


def line_of(record: logging.LogRecord, process: str) -> LogLine:
    """Without what is secret in it."""
    text = without_secrets(said(record))[:HEAD]
    if record.exc_info and record.exc_info[1] is not None:
        text = f"{text}\n{without_secrets(CAUSE.formatException(record.exc_info))[-CAUSES:]}"
    readable = text.encode("utf-8", "replace").decode()
    return LogLine(at_s=record.created, process=process, level=record.levelno, name=record.name, text=readable)


class Telling(logging.Handler):
    """``path``: where the pages listen (``chargepoint.web.log``)."""

    def __init__(self, process: str, path: str) -> None:
        super().__init__()
        self._process = process
        self._path = path
        self._waiting: deque[bytes] = deque(maxlen=KEPT)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setblocking(False)

    def emit(self, record: logging.LogRecord) -> None:
        """Never blocks."""
        self._waiting.append(written(line_of(record, self._process)))
        for _ in range(min(len(self._waiting), AT_ONCE)):
            try:
                self._socket.sendto(self._waiting[0], self._path)
            except OSError:  # nobody listens, or he has enough for now
                return
            self._waiting.popleft()

    def close(self) -> None:
        """Nothing more is told."""
        self._socket.close()
        super().close()


class Keeping(logging.Handler):
    """The same within the process of the pages: ``keep`` is given each line."""

    def __init__(self, process: str, keep: Callable[[LogLine], None]) -> None:
        super().__init__()
        self._process = process
        self._keep = keep

    def emit(self, record: logging.LogRecord) -> None:
        """Never blocks."""
        self._keep(line_of(record, self._process))


def tell(process: str, path: str) -> None:
    """From now on, of this process."""
    logging.getLogger().addHandler(Telling(process, path))
