"""The security log (OCPP 2.0.1 A04.FR.04, 1.6-SEC A04.FR.04): what happened, in order, the newest ten thousand."""

from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct

from chargepoint.store.database import Database

MOST = 10_000
"""About one megabyte. The oldest go first."""
SLACK = 100
"""So many more may come before the oldest are swept out."""
PAGE = 500


class SecurityRecord(Struct, frozen=True):
    """One line."""

    number: int
    at: str
    """ISO 8601, UTC."""
    kind: str
    info: str


class SecurityRecords:
    """Appended to, read, swept; never changed."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, at: datetime, kind: str, info: str) -> None:
        """Append, inside a commit."""
        moment = at.isoformat(timespec="seconds")
        self._database.change("INSERT INTO security_log (at, kind, info) VALUES (?, ?, ?)", moment, kind, info)
        row = self._database.row("SELECT max(number), min(number) FROM security_log")
        assert row is not None
        if row[0] - row[1] >= MOST + SLACK:
            self._database.change("DELETE FROM security_log WHERE number <= ?", row[0] - MOST)

    def every(self, oldest: datetime | None = None, latest: datetime | None = None) -> Iterator[SecurityRecord]:
        """In order, read page by page; between two moments, both included, where they are named (GetLog)."""
        low = oldest.isoformat(timespec="seconds") if oldest else ""
        high = latest.isoformat(timespec="seconds") if latest else "~"
        after = 0
        while rows := self._database.rows(
            "SELECT number, at, kind, info FROM security_log WHERE number > ? ORDER BY number LIMIT ?", after, PAGE
        ):
            after = rows[-1][0]
            yield from (SecurityRecord(*row) for row in rows if low <= row[1] <= high)

    def count(self) -> int:
        """How many there are."""
        row = self._database.row("SELECT count(*) FROM security_log")
        return int(row[0]) if row else 0
