"""The security log (OCPP 2.0.1 A04.FR.04, 1.6-SEC A04.FR.04): what happened, in order, the newest of each kind.

The bound is one of each kind, and kinds are a closed table: whoever can cause one kind over and over pushes out no other.
"""

from collections.abc import Iterator
from datetime import datetime
from itertools import chain

from msgspec import Struct

from chargepoint.domain.security_events import KEPT, counted
from chargepoint.store.database import Database

PAGE = 500


class SecurityRecord(Struct, frozen=True):
    """One line."""

    number: int
    at: str
    """ISO 8601, UTC."""
    kind: str
    info: str
    more: int
    """So many of its kind came after it and have no line of their own."""
    last: str
    """When the last of them came."""

    @property
    def words(self) -> str:
        """What there is to say, with those that were only counted."""
        return counted(self.info, self.more, datetime.fromisoformat(self.last))


class SecurityRecords:
    """Appended to, counted in, read, swept."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, at: datetime, kind: str, info: str) -> None:
        """Append, inside a commit. The oldest of its kind goes where there are too many."""
        self._database.change("INSERT INTO security_log (at, kind, info, last) VALUES (?, ?, ?, ?)", _moment(at), kind, info, _moment(at))
        self._database.change(
            "DELETE FROM security_log WHERE kind = ? AND number <= "
            "(SELECT number FROM security_log WHERE kind = ? ORDER BY number DESC LIMIT 1 OFFSET ?)",
            kind,
            kind,
            KEPT,
        )

    def count_more(self, kind: str, more: int, last: datetime) -> None:
        """So many more of the kind since its newest line, inside a commit."""
        self._database.change(
            "UPDATE security_log SET more = more + ?, last = ? WHERE number = (SELECT max(number) FROM security_log WHERE kind = ?)",
            more,
            _moment(last),
            kind,
        )

    def every(self, oldest: datetime | None = None, latest: datetime | None = None) -> Iterator[SecurityRecord]:
        """In order; what lies between two moments, both included, where they are named (GetLog)."""
        return chain.from_iterable(self.pages(oldest, latest))

    def pages(self, oldest: datetime | None = None, latest: datetime | None = None) -> Iterator[list[SecurityRecord]]:
        """The same, a page at a time, each read when it is asked for; a page may be empty."""
        low = _moment(oldest) if oldest else ""
        high = _moment(latest) if latest else "~"
        after = 0
        while rows := self._database.rows(
            "SELECT number, at, kind, info, more, last FROM security_log WHERE number > ? ORDER BY number LIMIT ?", after, PAGE
        ):
            after = rows[-1][0]
            yield [record for record in (SecurityRecord(*row) for row in rows) if low <= record.last and record.at <= high]

    def count(self) -> int:
        """How many lines there are."""
        row = self._database.row("SELECT count(*) FROM security_log")
        return int(row[0]) if row else 0


def _moment(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
