"""The start of the station's process, and when it was there for the last time: one row, for the start after it."""

from datetime import datetime

import msgspec

from chargepoint.store.database import Database

NAME = "start"
"""Of the fact that holds it."""


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """It was here."""

    kernel: str
    """The start of the machine; empty: it has no name."""
    mono_s: float
    """Elapsed time of that start."""
    at: datetime
    known: bool
    """Had anybody told that time?"""
    lived_s: float = 0.0
    clean: bool = False
    """It was ended."""
    row: int = 0
    """So many starts in a row before this one were of processes that did not live for long."""
    number: int = 0
    """Of its line in the history."""


class Starts:
    """The last one."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def load(self) -> Mark | None:
        """``None``: there was none."""
        row = self._database.row("SELECT value FROM facts WHERE name = ?", NAME)
        return None if row is None else msgspec.json.decode(row[0], type=Mark)

    def keep(self, mark: Mark) -> None:
        """Inside a commit."""
        self._database.change("INSERT OR REPLACE INTO facts (name, value) VALUES (?, ?)", NAME, msgspec.json.encode(mark).decode())
