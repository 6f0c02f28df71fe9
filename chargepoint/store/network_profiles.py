"""Network connection profiles that the CSMS has set, and the one that worked last, whatever has become of its slot since."""

import msgspec
from msgspec import Struct

from chargepoint.domain.network import LAST_GOOD, NetworkProfile
from chargepoint.store.database import Database


class LastGood(Struct, frozen=True):
    """A connection stood with it; which slot it was in then."""

    slot: int
    profile: NetworkProfile


class NetworkProfiles:
    """By slot."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def slots(self) -> dict[int, NetworkProfile | None]:
        """What differs from the configuration file; ``None``: the slot is empty."""
        rows = self._database.rows("SELECT slot, body FROM network_profiles WHERE slot <> ?", LAST_GOOD)
        return {int(slot): msgspec.json.decode(body, type=NetworkProfile) if body else None for slot, body in rows}

    def put(self, slot: int, profile: NetworkProfile | None) -> None:
        """Keep it, or that there is none. Inside a commit."""
        self._write(slot, "" if profile is None else msgspec.json.encode(profile).decode())

    def as_in_file(self, slot: int) -> None:
        """Nothing is known of this slot but what the configuration file says. Inside a commit."""
        self._database.change("DELETE FROM network_profiles WHERE slot = ?", slot)

    def last_good(self) -> LastGood | None:
        """``None``: none has worked yet."""
        row = self._database.row("SELECT body FROM network_profiles WHERE slot = ?", LAST_GOOD)
        return None if row is None else msgspec.json.decode(row[0], type=LastGood)

    def has_worked(self, last: LastGood) -> None:
        """Inside a commit."""
        self._write(LAST_GOOD, msgspec.json.encode(last).decode())

    def _write(self, slot: int, body: str) -> None:
        self._database.change("INSERT OR REPLACE INTO network_profiles (slot, body) VALUES (?, ?)", slot, body)
