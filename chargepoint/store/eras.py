"""Eras of the clock, and by how much it was set while messages waited.

An era begins with a process, but not where the clock of the one before was never told to anybody: then nobody knew the time, and the era
goes on. When the clock is set, what was stamped in its era and not been sent moves by as much. The messages stay as they were written: one
row says by how much those of some numbers are corrected when they are read.

    era 1  the CSMS told the time        era 2  offline since the power cut        the CSMS tells the time: -20 min
    ──────1──2──3──────────cut───────────4──5──────────cut──────────6──────────────┤
          keep their times                └── told 20 minutes earlier ──┘
"""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from chargepoint.domain.notifications import Kept, Untied
from chargepoint.domain.retiming import Correction, of_event
from chargepoint.store.database import Database

NAME = "era"
"""Of the fact that holds it."""
MOST = 200
"""So many jumps count for what waits; more, while nothing leaves, are those of a CSMS that does not know the time."""


class Era(msgspec.Struct, frozen=True):
    """In which all moments were stamped by one clock."""

    first: int
    """No message of a smaller number is of it."""
    since: datetime
    """What is older was stamped before it; by its own clock as it is set now."""
    begun: tuple[str, ...] = ()
    """Transactions that ran already."""
    known: bool = False
    """The CSMS has told the time in it, or was told one."""


class Eras:
    """The present one, and the jumps that count for messages."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def load(self) -> Era | None:
        """The one that began last."""
        row = self._database.row("SELECT value FROM facts WHERE name = ?", NAME)
        return None if row is None else msgspec.json.decode(row[0], type=Era)

    def save(self, era: Era) -> None:
        """As it is now."""
        self._database.change("INSERT OR REPLACE INTO facts (name, value) VALUES (?, ?)", NAME, msgspec.json.encode(era).decode())

    def jump(self, by: Correction, first: int, last: int, spared: Iterable[str]) -> bool:
        """Correct the messages ``first`` to ``last``, those of some transactions only forwards. False: there were too many jumps."""
        self._database.change("DELETE FROM clock_jumps WHERE last < (SELECT ifnull(min(number), 1 << 62) FROM outbox)")
        row = self._database.row("SELECT count(*) FROM clock_jumps")
        if row is not None and row[0] >= MOST:
            return False
        self._database.change(
            "INSERT INTO clock_jumps (first, last, jump_s, since, spared) VALUES (?, ?, ?, ?, ?)",
            first,
            last,
            by.jump_s,
            by.since.isoformat(),
            msgspec.json.encode(sorted(spared) if by.back else ()).decode(),
        )
        return True

    def newest(self) -> int:
        """The greatest number of a message that a jump counts for: it is not used for another."""
        row = self._database.row("SELECT max(last) FROM clock_jumps")
        return int(row[0] or 0) if row else 0

    def corrected(self, number: int, event: Kept) -> Kept:
        """A message as it is to be told."""
        rows = self._database.rows(
            "SELECT jump_s, since, spared FROM clock_jumps WHERE first <= ? AND last >= ? ORDER BY number", number, number
        )
        for jump_s, since, spared in rows:
            if isinstance(event, Untied) or event.transaction_id not in msgspec.json.decode(spared, type=list[str]):
                event = of_event(event, Correction(jump_s, datetime.fromisoformat(since)))
        return event
