"""The newest lines of the process's own log, in memory, for the diagnostics that a CSMS asks for."""

import logging
from collections import deque
from datetime import UTC, datetime

from chargepoint.domain.log_lines import said, without_secrets

MOST = 4000
LONGEST = 400
"""Characters of one line; about one megabyte in all."""


class RecentLog(logging.Handler):
    """Keeps lines; the oldest go."""

    def __init__(self, most: int = MOST) -> None:
        super().__init__()
        self._lines: deque[tuple[float, str]] = deque(maxlen=most)

    def emit(self, record: logging.LogRecord) -> None:
        """One line, without what is secret in it."""
        text = f"{record.levelname} {record.name} {said(record)}"
        if record.exc_info and record.exc_info[1] is not None:
            text = f"{text} error={type(record.exc_info[1]).__name__}"
        self._lines.append((record.created, without_secrets(text)[:LONGEST]))

    def lines(self, oldest: datetime | None = None, newest: datetime | None = None) -> list[str]:
        """In order, between two moments, both included, where they are named."""
        low = 0.0 if oldest is None else oldest.timestamp()
        high = float("inf") if newest is None else newest.timestamp()
        return [f"{_moment(at_s)} {text}" for at_s, text in tuple(self._lines) if low <= at_s <= high]


def _moment(at_s: float) -> str:
    return datetime.fromtimestamp(at_s, UTC).isoformat(timespec="milliseconds")
