"""The database file: opening, schema versions, commits."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any


class StoreError(Exception):
    """The store cannot be used. Message: which file, what is wrong, what to do."""


class Database:
    """One SQLite file with one writer. Every change happens inside ``commit()`` and is on disk when that returns."""

    def __init__(self, path: Path | str) -> None:
        self._path = path
        self._depth = 0
        try:
            self._connection = sqlite3.connect(path, isolation_level=None)
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = FULL")
            self._migrate()
        except sqlite3.DatabaseError as error:
            raise StoreError(
                f"store {path}: {error}; expected a database of this or an earlier release in a writable folder; "
                "check the disk, or move the file away to start as factory-new (unsent messages stay in the moved file)"
            ) from error

    def _migrate(self) -> None:
        present: int = self._connection.execute("PRAGMA user_version").fetchone()[0]
        steps = _schema_steps()
        if present > len(steps):
            raise sqlite3.DatabaseError(f"schema version {present} is newer than this release knows ({len(steps)})")
        for version, script in list(enumerate(steps, start=1))[present:]:
            self._connection.executescript(f"BEGIN IMMEDIATE;\n{script}\nPRAGMA user_version = {version};\nCOMMIT;")

    @contextmanager
    def commit(self) -> Iterator[None]:
        """All changes inside are written together or not at all. Nested: part of the outer one."""
        if self._depth:
            yield
            return
        self._depth = 1
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            yield
            self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            self._roll_back()
            raise StoreError(f"store {self._path}: {error}; check that the disk is not full and not failing") from error
        except BaseException:
            self._roll_back()
            raise
        finally:
            self._depth = 0

    def _roll_back(self) -> None:
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")

    def change(self, statement: str, *values: Any) -> int:
        """Run a statement inside a commit; the number of rows it changed."""
        assert self._depth, "a change outside of a commit"
        return self._connection.execute(statement, values).rowcount

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
