"""Prices and costs that the CSMS told, one record per EVSE: a station that restarts shows the driver what he was shown before."""

import msgspec

from chargepoint.domain.bill import Bill
from chargepoint.store.database import Database


class Bills:
    """One bill per EVSE."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, bill: Bill) -> None:
        """Write it as it is now."""
        body = msgspec.json.encode(bill).decode()
        self._database.change("INSERT OR REPLACE INTO bills (evse, body) VALUES (?, ?)", bill.evse, body)

    def forget(self, evse: int) -> None:
        """There is nothing to know."""
        self._database.change("DELETE FROM bills WHERE evse = ?", evse)

    def load(self, evse: int) -> Bill:
        """As it was saved last; an empty one for an EVSE without."""
        row = self._database.row("SELECT body FROM bills WHERE evse = ?", evse)
        return Bill(evse=evse) if row is None else msgspec.json.decode(row[0], type=Bill)
