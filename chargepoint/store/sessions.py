"""The session of each EVSE, as the station remembers it."""

import msgspec

from chargepoint.domain.session import Session
from chargepoint.store.database import Database


class Sessions:
    """One record per EVSE."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, session: Session) -> None:
        """Write it as it is now."""
        body = msgspec.json.encode(session).decode()
        self._database.change("INSERT OR REPLACE INTO sessions (evse, body) VALUES (?, ?)", session.evse, body)

    def load(self, evse: int) -> Session:
        """As it was saved last; an EVSE never heard of is free."""
        row = self._database.row("SELECT body FROM sessions WHERE evse = ?", evse)
        return Session(evse=evse) if row is None else msgspec.json.decode(row[0], type=Session)

    def absent(self, present: frozenset[int]) -> list[Session]:
        """Sessions of EVSEs that the configuration no longer has."""
        rows = self._database.rows("SELECT body FROM sessions")
        sessions = [msgspec.json.decode(body, type=Session) for (body,) in rows]
        return [session for session in sessions if session.evse not in present]
