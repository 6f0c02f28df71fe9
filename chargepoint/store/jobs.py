"""What the station was about to do when the power went: one record per kind of job."""

from typing import Any, TypeVar

import msgspec

from chargepoint.store.database import Database

T = TypeVar("T")


class Jobs:
    """Records by name."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def load(self, name: str, kind: type[T]) -> T | None:
        """The record; ``None`` where there is none."""
        row = self._database.row("SELECT body FROM jobs WHERE name = ?", name)
        return None if row is None else msgspec.json.decode(row[0], type=kind)

    def save(self, name: str, body: Any) -> None:
        """Write it as it is now, as part of the commit that makes it true."""
        self._database.change("INSERT OR REPLACE INTO jobs (name, body) VALUES (?, ?)", name, msgspec.json.encode(body).decode())
