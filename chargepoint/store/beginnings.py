"""Beginnings of transactions that CSMSs of the other version have not heard, kept until the end is told.

A station may speak another version to another CSMS while a transaction runs, or while its end waits. What was told is told; but of the
end alone nobody can make a bill. So the event that began it is kept, and told anew before everything that waits:

    told in 2.x, 1.6 is spoken now      StartTransaction, whose answer brings the transactionId for what follows
    told in 1.6, 2.x is spoken now      TransactionEvent Started, with the seqNo that it had; the numbers told in 1.6 are missing after it

There are as many as there are transactions that run, or whose end waits or was given up. One that is refused as often as allowed is put
aside under the number that it had in the queue, as any other message (``Outbox.set_aside``).
"""

from collections.abc import Callable
from datetime import datetime

import msgspec
from msgspec import Struct

from chargepoint.domain.transaction import EventKind, PathStep, TransactionEvent
from chargepoint.store.bodies import written
from chargepoint.store.database import Database

IN_16, IN_2 = "1.6", "2"
"""Versions that tell a transaction with the same messages."""
PREFIX = "unheard"


def tongue(version: str) -> str:
    """Which of the two a version is."""
    return IN_16 if version == IN_16 else IN_2


Row = tuple[int, TransactionEvent]
"""The number that it had in the queue, and what was told; earlier releases kept only that."""


class Beginning(Struct, frozen=True):
    """``name``: of the row; ``number``: that it had in the queue, 0 where an earlier release has not noted it."""

    name: str
    number: int
    event: TransactionEvent

    @property
    def subject(self) -> str:
        """The transaction that it begins: that of 1.6 has an id of its own."""
        return self.name.rpartition(" ")[2]


class Beginnings:
    """Rows of ``facts``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def told(self, number: int, event: TransactionEvent, version: str, over: Callable[[str], bool]) -> None:
        """The CSMS has been told it in this version, or it says nothing there. ``over``: has all else of its transaction been told? A
        beginning may have been put aside, and come last. Inside a commit."""
        for name in _names(event, EventKind.ENDED, PathStep.OPENS):
            self.heard(name)
        for name in _names(event, EventKind.STARTED, PathStep.CLOSES):
            if name.startswith(f"{PREFIX} {tongue(version)} ") or over(event.transaction_id):
                self.heard(name)
            else:
                self._database.change("INSERT OR REPLACE INTO facts (name, value) VALUES (?, ?)", name, f"[{number},{written(event)}]")

    def heard(self, name: str) -> None:
        """It need not be told any more. Inside a commit."""
        self._database.change("DELETE FROM facts WHERE name = ?", name)

    def unheard(self, version: str) -> Beginning | None:
        """The oldest that no CSMS of this version has heard."""
        first = f"{PREFIX} {tongue(version)} "
        rows = self._database.rows("SELECT name, value FROM facts WHERE name >= ? AND name < ?", first, f"{first}~")
        return min((_read(name, value) for name, value in rows), key=_at, default=None)


def _read(name: str, value: str) -> Beginning:
    row = msgspec.json.decode(value, type=Row | TransactionEvent)
    return Beginning(name, *row) if isinstance(row, tuple) else Beginning(name, 0, row)


def _at(beginning: Beginning) -> datetime:
    return beginning.event.at


def _names(event: TransactionEvent, kind: EventKind, step: PathStep) -> list[str]:
    """Rows of the transaction, as 2.x and as 1.6 understand it, that begins or ends so."""
    names = [f"{PREFIX} {IN_2} {event.transaction_id}"] if event.kind is kind else []
    return [*names, f"{PREFIX} {IN_16} {event.path.transaction_id}"] if event.path.step is step else names
