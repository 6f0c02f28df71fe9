"""Transaction events on their way to the CSMS: in order, kept until answered, never dropped silently."""

import msgspec

from chargepoint.domain.transaction import TransactionEvent
from chargepoint.store.database import Database

KEPT = 10_000
"""How many of those given up are kept; the oldest go first."""


class Letter(msgspec.Struct, frozen=True):
    """One message that waits, and how often it was tried in vain."""

    number: int
    message_id: str
    """Stays the same however often it is sent, where the protocol lets us."""
    attempts: int
    event: TransactionEvent


class Outbox:
    """The queue. What is put in leaves in order; what was given up is kept apart."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, message_id: str, event: TransactionEvent) -> None:
        """Append, as part of the commit that changes the transaction."""
        body = msgspec.json.encode(event).decode()
        self._database.change(
            "INSERT INTO outbox (transaction_id, message_id, body) VALUES (?, ?, ?)", event.transaction_id, message_id, body
        )

    def first(self) -> Letter | None:
        """The next to send."""
        row = self._database.row("SELECT number, message_id, attempts, body FROM outbox WHERE dead = 0 ORDER BY number LIMIT 1")
        return None if row is None else Letter(row[0], row[1], row[2], msgspec.json.decode(row[3], type=TransactionEvent))

    def delivered(self, number: int) -> None:
        """It was answered."""
        self._database.change("DELETE FROM outbox WHERE number = ?", number)

    def tried(self, number: int) -> None:
        """It was sent and not answered as it should."""
        self._database.change("UPDATE outbox SET attempts = attempts + 1 WHERE number = ?", number)

    def give_up(self, number: int) -> None:
        """The last attempt failed: out of the way, but kept."""
        self._database.change("UPDATE outbox SET dead = 1 WHERE number = ?", number)
        self._database.change(
            "DELETE FROM outbox WHERE dead = 1 AND number NOT IN (SELECT number FROM outbox WHERE dead = 1 ORDER BY number DESC LIMIT ?)",
            KEPT,
        )

    def newest(self) -> int:
        """The number of the message that was put in last; 0 when nothing waits."""
        row = self._database.row("SELECT max(number) FROM outbox WHERE dead = 0")
        return int(row[0] or 0) if row else 0

    def waiting(self) -> int:
        """How many are on their way."""
        row = self._database.row("SELECT count(*) FROM outbox WHERE dead = 0")
        return int(row[0]) if row else 0

    def given_up(self) -> int:
        """How many are kept for the technician."""
        row = self._database.row("SELECT count(*) FROM outbox WHERE dead = 1")
        return int(row[0]) if row else 0
