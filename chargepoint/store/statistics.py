"""How much the store holds, for the technician."""

from typing import Any

import msgspec

from chargepoint.store.database import Database


class Statistics:
    """Counts, and the newest rows of some tables."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def rows(self) -> dict[str, int]:
        """Rows per table."""
        tables = [str(name) for (name,) in self._database.rows("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
        return {table: self._count(table) for table in tables if not table.startswith("sqlite_")}

    def _count(self, table: str) -> int:
        row = self._database.row(f'SELECT count(*) FROM "{table}"')
        return int(row[0]) if row else 0

    def bytes(self) -> int:
        """Size of the database."""
        pages, size = self._database.row("PRAGMA page_count"), self._database.row("PRAGMA page_size")
        return int(pages[0]) * int(size[0]) if pages and size else 0

    def transactions(self, most: int) -> list[dict[str, Any]]:
        """The newest, newest first, with the id that the CSMS gave them."""
        rows = self._database.rows("SELECT csms_id, body FROM transactions ORDER BY number DESC LIMIT ?", most)
        return [{"csms_id": csms_id, **msgspec.json.decode(body)} for csms_id, body in rows]
