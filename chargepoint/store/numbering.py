"""seqNo of transactions of which a CSMS has heard a part in 1.6, which has no such numbers: in 2.x they go on without a gap (E01.FR.07).

At each change of version it is noted which number of each transaction is the next, by our own count and as 2.x is told it:

    our own count   0  1  2  3 │ 4  5  6 │ 7  8
    spoken             2.x     │   1.6   │  2.x
    told as         0  1  2  3 │         │ 4  5        from 7 on: 3 less

A transaction whose beginning was told in 1.6 is told it anew as 0 (``beginnings``), so what follows is 1.
"""

from collections.abc import Mapping

import msgspec
from msgspec import Struct

from chargepoint.store.beginnings import IN_2, tongue
from chargepoint.store.database import Database

SPOKEN = "spoken"
"""The fact that says what was spoken last."""


class Count(Struct, frozen=True):
    """Of one transaction. ``next``: what 2.x is to be told next, as noted when 1.6 was spoken after it; ``shifts``: from which of our own
    numbers on, and how many less."""

    next: int = 1
    shifts: tuple[tuple[int, int], ...] = ()

    def told_as(self, number: int) -> int:
        """Our own number as 2.x is told it."""
        return number - next((less for first, less in reversed(self.shifts) if number >= first), 0)


class Numbering:
    """Rows of ``facts``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def speaks(self, version: str, unsent: Mapping[str, int]) -> None:
        """This version is spoken from now on. ``unsent``: our own number of what is next, for each transaction that is not wholly told.
        Inside a commit."""
        now, before = tongue(version), self._value(SPOKEN)
        if now == before:
            return
        self._write(SPOKEN, now)
        for transaction, number in unsent.items() if before is not None else ():
            if number > 0:
                count = self._count(transaction)
                self._write(_name(transaction), msgspec.json.encode(_after(count, number, now == IN_2)).decode())

    def told_as(self, transaction: str, number: int) -> int:
        """Our own number as 2.x is told it."""
        return self._count(transaction).told_as(number)

    def over(self, transaction: str) -> None:
        """It is wholly told. Inside a commit."""
        self._database.change("DELETE FROM facts WHERE name = ?", _name(transaction))

    def _count(self, transaction: str) -> Count:
        value = self._value(_name(transaction))
        return Count() if value is None else msgspec.json.decode(value, type=Count)

    def _value(self, name: str) -> str | None:
        row = self._database.row("SELECT value FROM facts WHERE name = ?", name)
        return None if row is None else str(row[0])

    def _write(self, name: str, value: str) -> None:
        self._database.change("INSERT OR REPLACE INTO facts (name, value) VALUES (?, ?)", name, value)


def _name(transaction: str) -> str:
    return f"numbers {transaction}"


def _after(count: Count, number: int, in_2: bool) -> Count:
    """2.x goes on where it was, or is left there."""
    if not in_2:
        return Count(count.told_as(number), count.shifts)
    return Count(count.next, (*count.shifts, (number, number - count.next)))
