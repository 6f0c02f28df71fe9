"""What a driver says of a device that it does not reach. Boards are asked by a thread of their own, which tells it to the log alone."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

DRIVERS = "hal"
EVENTS = ("event=board_failed", "event=line_gone")
"""The last argument of these is the reason."""


class Complaints(logging.Handler):
    """``last``: the newest one; empty: there was none."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.last = ""

    def emit(self, record: logging.LogRecord) -> None:
        """Another one."""
        if record.msg.startswith(EVENTS) and isinstance(record.args, tuple):
            self.last = str(record.args[-1])


@contextmanager
def heard() -> Iterator[Complaints]:
    """Of all drivers meanwhile."""
    log, complaints = logging.getLogger(DRIVERS), Complaints()
    level = log.level
    log.addHandler(complaints)
    log.setLevel(logging.WARNING)
    try:
        yield complaints
    finally:
        log.removeHandler(complaints)
        log.setLevel(level)
