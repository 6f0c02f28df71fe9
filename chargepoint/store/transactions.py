"""Transactions: the open ones, and a history of those that have ended."""

from datetime import datetime

import msgspec
from msgspec import Struct

from chargepoint.domain.authorization import Authorization
from chargepoint.domain.ids import ConnectorId, IdToken
from chargepoint.domain.transaction import Stop, Transaction
from chargepoint.store.anonymous import names, needle, without
from chargepoint.store.database import Database

HISTORY = 1000
"""How many ended transactions are kept."""
RETURNED = 1_000
"""Messages that were given up and wait again are among the first so many that wait, for they go first."""


class Brief(Struct, frozen=True, kw_only=True):
    """A transaction without what was collected for its end."""

    id: str
    connector: ConnectorId
    authorization: Authorization
    started: datetime
    start_wh: int
    last_wh: int
    stop: Stop | None = None
    ended: datetime | None = None


class Record(Struct, frozen=True, kw_only=True):
    """One row. Of one that runs it is as it was at its start."""

    number: int
    csms_id: str | None
    cost: str | None
    brief: Brief
    waits: bool
    """Its last message has yet to be told, or something of it that was given up before."""
    given_up: bool
    """Something of it was given up."""
    told_of: bool
    """Its end was put into the queue: there was a CSMS."""


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

    def costs(self, name: str, cost: str) -> None:
        """The CSMS says what it has cost in the end; ``name``: its id or ours. Of several with one name the newest."""
        self._database.change(
            "UPDATE transactions SET cost = ? WHERE number = (SELECT max(number) FROM transactions WHERE csms_id = ? OR id = ?)",
            *(cost, name, name),
        )

    def page(self, before: int | None, count: int) -> list[Record]:
        """The newest before a number, the newest first."""
        rows = self._database.rows(
            "SELECT number, csms_id, cost, body, last_letter, "
            "EXISTS (SELECT 1 FROM outbox WHERE number = last_letter) "
            "FROM transactions WHERE ? IS NULL OR number < ? ORDER BY number DESC LIMIT ?",
            *(before, before, count),
        )
        returned = self._subjects("SELECT subject FROM outbox WHERE lane = 'transaction' ORDER BY number LIMIT ?", RETURNED)
        given_up = self._subjects("SELECT DISTINCT subject FROM dead_letters")
        return [
            Record(
                number=number,
                csms_id=csms_id,
                cost=cost,
                brief=(brief := msgspec.json.decode(body, type=Brief)),
                waits=bool(last_waits) or brief.id in returned,
                given_up=brief.id in given_up,
                told_of=last is not None,
            )
            for number, csms_id, cost, body, last, last_waits in rows
        ]

    def _subjects(self, query: str, *values: int) -> set[str]:
        return {str(row[0]) for row in self._database.rows(query, *values)}

    def csms_id(self, transaction_id: str) -> str | None:
        """The CSMS's id of one of ours."""
        row = self._database.row("SELECT csms_id FROM transactions WHERE id = ?", transaction_id)
        return None if row is None else row[0]

    def open_by_csms_id(self, csms_id: str) -> str | None:
        """Our id of an open transaction that the CSMS calls ``csms_id``; the newest, if it used one twice."""
        row = self._database.row("SELECT id FROM transactions WHERE csms_id = ? AND open = 1 ORDER BY number DESC LIMIT 1", csms_id)
        return None if row is None else str(row[0])

    def running(self) -> list[int]:
        """EVSEs with a transaction that has not ended."""
        bodies = self._database.rows("SELECT body FROM transactions WHERE open = 1")
        return sorted({msgspec.json.decode(body, type=Brief).connector.evse for (body,) in bodies})

    def known(self, name: str) -> bool:
        """Is, or was, there a transaction of this id, the CSMS's or ours?"""
        return self._database.row("SELECT 1 FROM transactions WHERE csms_id = ? OR id = ? LIMIT 1", name, name) is not None

    def of(self, token: IdToken) -> list[Brief]:
        """Those that somebody has begun, or ended, with this token, the oldest first."""
        return [msgspec.json.decode(body, type=Brief) for _, body in self._naming(token)]

    def forget(self, token: IdToken) -> None:
        """Of those that have ended nothing says any more who it was (N10.FR.03, N10.FR.06); inside a commit."""
        ended = self._naming(token, "AND open = 0")
        self._database.change_all("UPDATE transactions SET body = ? WHERE number = ?", [(without(body, token), n) for n, body in ended])

    def _naming(self, token: IdToken, which: str = "") -> list[tuple[int, str]]:
        query = f"SELECT number, body FROM transactions WHERE instr(upper(body), ?) {which} ORDER BY number"
        found = self._database.rows(query, needle(token))
        return [(number, body) for number, body in found if names(body, token)]

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
