"""The newest lines of the process's own log, in memory, for the diagnostics that a CSMS asks for."""

import logging
import re
from collections import deque
from datetime import UTC, datetime

MOST = 4000
LONGEST = 400
"""Characters of one line; about one megabyte in all."""
SECRET = re.compile(r"://\S*@|(?i:(password|secret|authorization|key)=)\S+")
"""User and password in a URL, and whatever says itself that it is secret."""


class RecentLog(logging.Handler):
    """Keeps lines; the oldest go."""

    def __init__(self, most: int = MOST) -> None:
        super().__init__()
        self._lines: deque[tuple[float, str]] = deque(maxlen=most)

    def emit(self, record: logging.LogRecord) -> None:
        """One line, without what is secret in it."""
        try:
            text = f"{record.levelname} {record.name} {record.getMessage()}"
        except (TypeError, ValueError):  # its arguments do not fit: the other handlers complain
            text = f"{record.levelname} {record.name} {record.msg}"
        if record.exc_info and record.exc_info[1] is not None:
            text = f"{text} error={type(record.exc_info[1]).__name__}"
        self._lines.append((record.created, masked(text)[:LONGEST]))

    def lines(self, oldest: datetime | None = None, newest: datetime | None = None) -> list[str]:
        """In order, between two moments, both included, where they are named."""
        low = 0.0 if oldest is None else oldest.timestamp()
        high = float("inf") if newest is None else newest.timestamp()
        return [f"{_moment(at_s)} {text}" for at_s, text in tuple(self._lines) if low <= at_s <= high]


def masked(text: str) -> str:
    """Without what looks secret."""
    return SECRET.sub(lambda found: f"{found[1]}=***" if found[1] else "://***@", text)


def _moment(at_s: float) -> str:
    return datetime.fromtimestamp(at_s, UTC).isoformat(timespec="milliseconds")
