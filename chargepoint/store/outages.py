"""What technicians have taken out of service, and why."""

from msgspec import Struct

from chargepoint.store.database import Database

STATION = 0
"""Stands for the whole station."""


class Outage(Struct, frozen=True, kw_only=True):
    """One EVSE, or the station."""

    evse: int
    since: str
    """ISO 8601, UTC."""
    by: str
    reason: str


class Outages:
    """One row each."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> dict[int, Outage]:
        """By EVSE, the station first."""
        rows = self._database.rows("SELECT evse, since, who, reason FROM outages ORDER BY evse")
        return {evse: Outage(evse=evse, since=since, by=by, reason=reason) for evse, since, by, reason in rows}

    def save(self, outage: Outage) -> None:
        """Inside a commit."""
        self._database.change(
            "INSERT OR REPLACE INTO outages (evse, since, who, reason) VALUES (?, ?, ?, ?)",
            *(outage.evse, outage.since, outage.by, outage.reason),
        )

    def drop(self, evse: int) -> None:
        """It is in service again; inside a commit."""
        self._database.change("DELETE FROM outages WHERE evse = ?", evse)
