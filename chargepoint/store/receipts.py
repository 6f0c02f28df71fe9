"""Receipts of sessions that have ended; the newest ``KEPT``."""

import msgspec

from chargepoint.domain.receipt import Receipt
from chargepoint.store.database import Database

KEPT = 1_000


class Receipts:
    """By their secret keys."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, receipt: Receipt) -> None:
        """A new one, or with what has become known of its cost, inside a commit."""
        self._database.change(
            "INSERT INTO receipts (key, evse, body) VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET body = excluded.body",
            receipt.key,
            receipt.evse,
            msgspec.json.encode(receipt).decode(),
        )
        self._database.change("DELETE FROM receipts WHERE number <= (SELECT max(number) FROM receipts) - ?", KEPT)

    def find(self, key: str) -> Receipt | None:
        """The one with this key."""
        row = self._database.row("SELECT body FROM receipts WHERE key = ?", key)
        return None if row is None else msgspec.json.decode(row[0], type=Receipt)

    def newest(self, evse: int) -> Receipt | None:
        """Of the session that ended there last."""
        row = self._database.row("SELECT body FROM receipts WHERE evse = ? ORDER BY number DESC LIMIT 1", evse)
        return None if row is None else msgspec.json.decode(row[0], type=Receipt)
