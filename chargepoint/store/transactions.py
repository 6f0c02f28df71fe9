"""Transactions: the open ones, and a history of those that have ended."""

import msgspec

from chargepoint.domain.transaction import Transaction
from chargepoint.store.database import Database

HISTORY = 1000
"""How many ended transactions are kept."""


class Transactions:
    """Who was who: our ids and those of the CSMS, and what became of each transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, transaction: Transaction) -> None:
        """Write it as it is now: when it starts and when it has ended. In between it lives in its session."""
        self._database.change(
            "INSERT INTO transactions (id, open, body) VALUES (?, ?, ?) "
            "ON CONFLICT (id) DO UPDATE SET open = excluded.open, body = excluded.body",
            transaction.id,
            int(transaction.ended is None),
            msgspec.json.encode(transaction).decode(),
        )

    def named(self, transaction_id: str, csms_id: str) -> None:
        """The CSMS gave it an id (1.6)."""
        self._database.change("UPDATE transactions SET csms_id = ? WHERE id = ?", csms_id, transaction_id)

    def csms_id(self, transaction_id: str) -> str | None:
        """The CSMS's id of one of ours."""
        row = self._database.row("SELECT csms_id FROM transactions WHERE id = ?", transaction_id)
        return None if row is None else row[0]

    def open_by_csms_id(self, csms_id: str) -> str | None:
        """Our id of an open transaction that the CSMS calls ``csms_id``; the newest, if it used one twice."""
        row = self._database.row("SELECT id FROM transactions WHERE csms_id = ? AND open = 1 ORDER BY number DESC LIMIT 1", csms_id)
        return None if row is None else str(row[0])

    def known(self, name: str) -> bool:
        """Is, or was, there a transaction of this id, the CSMS's or ours?"""
        return self._database.row("SELECT 1 FROM transactions WHERE csms_id = ? OR id = ? LIMIT 1", name, name) is not None

    def forget_old(self) -> None:
        """Keep the history bounded; an ended transaction with messages on their way, or given up and kept, stays.

        Messages leave in order: all of a transaction have gone when the first that waits is younger than its last.
        """
        self._database.change(
            "DELETE FROM transactions WHERE open = 0 AND number <= (SELECT max(number) FROM transactions) - ? "
            "AND ifnull(last_letter < (SELECT min(number) FROM outbox WHERE lane = 'transaction'), TRUE) "
            "AND id NOT IN (SELECT subject FROM dead_letters)",
            HISTORY,
        )
