"""Installed charging profiles. They survive reboots and power cuts (1.6 errata 3.37, OCPP 2.0.1 K01.FR.27)."""

from collections.abc import Iterable

import msgspec

from chargepoint.domain.charging.installed import Installed
from chargepoint.store.database import Database


class Profiles:
    """One record each, by a number of our own: ids of the CSMS may be anything."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def load(self) -> dict[int, Installed]:
        """All, by number, in the order in which they were set."""
        rows = self._database.rows("SELECT number, body FROM profiles ORDER BY number")
        return {number: msgspec.json.decode(body, type=Installed) for number, body in rows}

    def add(self, installed: Installed) -> int:
        """Keep one more; its number."""
        row = self._database.row("SELECT coalesce(max(number), 0) + 1 FROM profiles")
        assert row is not None
        body = msgspec.json.encode(installed).decode()
        self._database.change("INSERT INTO profiles (number, body) VALUES (?, ?)", row[0], body)
        return int(row[0])

    def save(self, number: int, installed: Installed) -> None:
        """Write one anew."""
        self._database.change("UPDATE profiles SET body = ? WHERE number = ?", msgspec.json.encode(installed).decode(), number)

    def drop(self, numbers: Iterable[int]) -> None:
        """These are gone."""
        for number in numbers:
            self._database.change("DELETE FROM profiles WHERE number = ?", number)
