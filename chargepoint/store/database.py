"""The database file: opening, schema versions, commits.

What a commit costs on disk is the pages that it changes, each rounded up, once into the log (WAL) and, much later and together with others,
once into the file. So pages are small, the log is written back seldom, and what is deleted is not overwritten with zeros for its own sake.
The log's index is kept in memory (``alone``): the shared one would be written to disk every half minute in which something has happened.
"""

import logging
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

log = logging.getLogger(__name__)

SETTINGS = (
    "page_size = 1024",
    "journal_mode = WAL",
    "synchronous = FULL",
    "wal_autocheckpoint = 4000",
    "secure_delete = FAST",
)
"""Of every connection; the page size counts only for a new file."""
ALONE = ("locking_mode = EXCLUSIVE",)
"""Nobody else opens the file while the station runs."""
LOCKED_S = 2.0
"""How long to wait for one who holds it: a station that is on its way out."""
THRIFTY_PAGES = 200
"""So large the log may become where there is hardly any room. It wears the disk more."""

HELD = "another process holds it, perhaps a station with the same --state-dir: end that one"
UNREADABLE = (
    "expected a database of this or an earlier release in a writable folder; check the disk, or move the file away to start as factory-new "
    "(unsent messages stay in the moved file)"
)


class StoreError(Exception):
    """The store cannot be used. Message: which file, what is wrong, what to do."""


class Database:
    """One SQLite file with one writer. Every change happens inside ``commit()`` and is on disk when that returns."""

    def __init__(self, path: Path | str, alone: bool = False) -> None:
        self._path = path
        self._depth = 0
        self.rollbacks = 0
        """How many commits failed: what was counted in memory meanwhile is wrong."""
        self.on_full: Callable[[], None] = lambda: None
        """Called when a commit finds no room, before its StoreError."""
        try:
            self._connection = sqlite3.connect(path, timeout=LOCKED_S, isolation_level=None)
            for setting in (*(ALONE if alone else ()), *SETTINGS):
                self._connection.execute(f"PRAGMA {setting}")
            self._migrate()
        except sqlite3.DatabaseError as error:
            locked = getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY
            raise StoreError(f"store {path}: {error}; {HELD if locked else UNREADABLE}") from error

    def _migrate(self) -> None:
        present: int = self._connection.execute("PRAGMA user_version").fetchone()[0]
        steps = _schema_steps()
        if present > len(steps):
            raise sqlite3.DatabaseError(f"schema version {present} is newer than this release knows ({len(steps)})")
        for version, script in list(enumerate(steps, start=1))[present:]:
            self._connection.executescript(f"BEGIN IMMEDIATE;\n{script}\nPRAGMA user_version = {version};\nCOMMIT;")

    @contextmanager
    def commit(self) -> Iterator[None]:
        """All changes inside are written together or not at all. Nested: part of the outer one. Without a change it costs nothing."""
        if self._depth:
            yield
            return
        self._depth = 1
        try:
            yield
            if self._connection.in_transaction:
                self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            self._roll_back()
            if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL:
                self.on_full()
            raise StoreError(f"store {self._path}: {error}; check that the disk is not full and not failing") from error
        except BaseException:
            self._roll_back()
            raise
        finally:
            self._depth = 0

    def _roll_back(self) -> None:
        self.rollbacks += 1
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")

    def be_thrifty(self) -> None:
        """The disk is full, or nearly: write the log back now and soon again, so that it grows no more.

        It holds each page as often as that was changed, and would take the last room before it is written back to a file that then cannot
        grow. Where there is no room even now it stays as it is.
        """
        try:
            self._connection.execute(f"PRAGMA wal_autocheckpoint = {THRIFTY_PAGES}")
            self._connection.execute("PRAGMA wal_checkpoint(RESTART)")
        except sqlite3.OperationalError as error:
            log.error("event=store_log_not_written_back store=%s cause=%s", self._path, error)

    def change(self, statement: str, *values: Any) -> int:
        """Run a statement inside a commit; the number of rows it changed."""
        self._begin()
        return self._connection.execute(statement, values).rowcount

    def change_all(self, statement: str, rows: Iterable[tuple[Any, ...]]) -> None:
        """Run a statement inside a commit for each of many rows: a third of the time that it takes one by one."""
        self._begin()
        self._connection.executemany(statement, rows)

    def _begin(self) -> None:
        assert self._depth, "a change outside of a commit"
        if not self._connection.in_transaction:
            self._connection.execute("BEGIN IMMEDIATE")

    def row(self, query: str, *values: Any) -> tuple[Any, ...] | None:
        """The first row of a query."""
        found: tuple[Any, ...] | None = self._connection.execute(query, values).fetchone()
        return found

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        return self._connection.execute(query, values).fetchall()

    def close(self) -> None:
        """Write the log back and let go of the file."""
        self._connection.close()


def _schema_steps() -> list[str]:
    folder = files("chargepoint.store").joinpath("schema")
    scripts = sorted((entry for entry in folder.iterdir() if entry.name.endswith(".sql")), key=lambda entry: entry.name)
    return [entry.read_text(encoding="utf-8") for entry in scripts]
