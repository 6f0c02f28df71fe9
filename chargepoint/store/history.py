"""What happened, in order; the newest ``KEPT`` lines."""

import re
from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from chargepoint.domain.history import LEVELS, Happening
from chargepoint.store.database import Database

KEPT = 10_000
SWEPT = 100
"""So many go at a time, so that a line costs one row."""


class Line(Struct, frozen=True, kw_only=True):
    """One line as it is kept."""

    number: int
    at: str
    """ISO 8601, UTC."""
    what: Happening
    more: int
    """So often it happened again right after, without a line of its own."""
    last: str
    """When it happened last."""


class Wanted(Struct, frozen=True, kw_only=True):
    """Which lines."""

    after: int | None = None
    """Only newer than the line of this number; the oldest of those first. ``None``: the newest lines."""
    evse: int | None = None
    area: str | None = None
    least: str = "info"


class History:
    """Appended to and read."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._size = int((database.row("SELECT count(*) FROM history") or (0,))[0])

    def add(self, at: datetime, what: Happening) -> int:
        """Append, inside a commit; its number."""
        self._database.change(
            "INSERT INTO history (at, area, kind, evse, level, code, text, last) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            *(at.isoformat(), what.area, what.kind, what.evse, LEVELS[what.level], what.code, what.text, at.isoformat()),
        )
        self._size += 1
        if self._size >= KEPT + SWEPT:
            self._size -= self._database.change(
                "DELETE FROM history WHERE number <= (SELECT number FROM history ORDER BY number DESC LIMIT 1 OFFSET ?)", KEPT
            )
        return self._newest()

    def again(self, number: int, more: int, last: datetime) -> None:
        """It happened so many times more, inside a commit."""
        self._database.change("UPDATE history SET more = more + ?, last = ? WHERE number = ?", more, last.isoformat(), number)

    def amend(self, number: int, at: datetime, text: str) -> None:
        """When it was is known only now, inside a commit."""
        self._database.change("UPDATE history SET at = ?, last = ?, text = ? WHERE number = ?", *(at.isoformat(),) * 2, text, number)

    def naming(self, word: str) -> int:
        """How many lines have this word, in whatever case."""
        return int((self._database.row("SELECT count(*) FROM history WHERE instr(upper(text), ?)", word.upper()) or (0,))[0])

    def forget(self, word: str, instead: str) -> None:
        """Another word stands in its place, inside a commit."""
        found = self._database.rows("SELECT number, text FROM history WHERE instr(upper(text), ?)", word.upper())
        written = re.compile(re.escape(word), re.IGNORECASE)
        self._database.change_all("UPDATE history SET text = ? WHERE number = ?", [(written.sub(instead, text), n) for n, text in found])

    def lines(self, wanted: Wanted, count: int) -> list[Line]:
        """At most ``count``, in order of time."""
        newest = wanted.after is None
        rows = self._database.rows(
            "SELECT number, at, area, kind, evse, level, code, text, more, last FROM history "
            "WHERE number > ? AND level >= ? AND (? IS NULL OR evse = ?) AND (? IS NULL OR area = ?) "
            f"ORDER BY number {'DESC' if newest else 'ASC'} LIMIT ?",
            *(wanted.after or 0, LEVELS[wanted.least], wanted.evse, wanted.evse, wanted.area, wanted.area, count),
        )
        return [_line(*row) for row in (reversed(rows) if newest else rows)]

    def sequence(self, lines: Sequence[Line]) -> int:
        """What to go on after, once these have been read."""
        return lines[-1].number if lines else self._newest()

    def _newest(self) -> int:
        return int((self._database.row("SELECT max(number) FROM history") or (0,))[0] or 0)


NAMES = {number: name for name, number in LEVELS.items()}


def _line(number: int, at: str, area: str, kind: str, evse: int | None, level: int, code: str, text: str, more: int, last: str) -> Line:
    what = Happening(area=area, kind=kind, evse=evse, level=NAMES[level], code=code, text=text)  # type: ignore[arg-type]
    return Line(number=number, at=at, what=what, more=more, last=last)
