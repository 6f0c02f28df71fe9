"""Messages that were refused or ignored as often as allowed: kept for the technician, who can send them again."""

import logging
from collections.abc import Iterable
from datetime import datetime

import msgspec

from chargepoint.domain.notifications import Kept
from chargepoint.store.database import Database

log = logging.getLogger(__name__)

KEPT = 10_000
"""How many are kept; beyond that the oldest go, and the log says so."""
COLUMNS = "number, lane, subject, message_id, attempts, body"


class DeadLetter(msgspec.Struct, frozen=True):
    """One of them."""

    number: int
    """The one it had in the queue: the order of its telling."""
    message_id: str
    attempts: int
    cause: str
    """What the CSMS said last, or that it said nothing."""
    given_up: datetime
    event: Kept


class DeadLetters:
    """In the order in which they would have been told."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, number: int, cause: str, now: datetime) -> None:
        """Copy from the queue."""
        self._database.change(
            f"INSERT OR REPLACE INTO dead_letters ({COLUMNS}, cause, given_up) SELECT {COLUMNS}, ?, ? FROM outbox WHERE number = ?",
            cause,
            now.isoformat(),
            number,
        )
        self._bounded()

    def add(self, number: int, lane: str, subject: str, message_id: str, attempts: int, body: str, cause: str, now: datetime) -> None:
        """One that is not in the queue."""
        self._database.change(
            f"INSERT OR REPLACE INTO dead_letters ({COLUMNS}, cause, given_up) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            *(number, lane, subject, message_id, attempts, body, cause, now.isoformat()),
        )
        self._bounded()

    def _bounded(self) -> None:
        forgotten = self._database.change(
            "DELETE FROM dead_letters WHERE number < (SELECT number FROM dead_letters ORDER BY number DESC LIMIT 1 OFFSET ?)", KEPT - 1
        )
        if forgotten:
            log.error("event=dead_letters_forgotten count=%d kept=%d", forgotten, KEPT)

    def take_back(self, numbers: Iterable[int] | None = None) -> int:
        """Into the queue again, with all attempts before them; how many. Without ``numbers`` all of them."""
        chosen = [row[0] for row in self._database.rows("SELECT number FROM dead_letters")] if numbers is None else numbers
        return sum(self._take_back(number) for number in chosen)

    def _take_back(self, number: int) -> int:
        self._database.change(
            f"INSERT INTO outbox ({COLUMNS}, fixed) "
            "SELECT number, lane, subject, message_id, 0, body, 1 FROM dead_letters WHERE number = ?",
            number,
        )
        return self._database.change("DELETE FROM dead_letters WHERE number = ?", number)

    def holds(self, number: int) -> bool:
        """Is it one of them?"""
        return self._database.row("SELECT 1 FROM dead_letters WHERE number = ?", number) is not None

    def all(self, most: int = KEPT) -> list[DeadLetter]:
        """The oldest first, at most so many."""
        rows = self._database.rows(
            "SELECT number, message_id, attempts, cause, given_up, body FROM dead_letters ORDER BY number LIMIT ?", most
        )
        return [
            DeadLetter(number, message_id, attempts, cause, datetime.fromisoformat(at), msgspec.json.decode(body, type=Kept))
            for number, message_id, attempts, cause, at, body in rows
        ]

    def count(self) -> int:
        """How many."""
        row = self._database.row("SELECT count(*) FROM dead_letters")
        return int(row[0]) if row else 0

    def newest(self) -> int:
        """The greatest number among them; 0 without any."""
        row = self._database.row("SELECT max(number) FROM dead_letters")
        return int(row[0] or 0) if row else 0
