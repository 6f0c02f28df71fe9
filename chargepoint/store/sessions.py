"""The session of each EVSE, as the station remembers it.

What a transaction collects for its end lies beside it, a row for each value, so that a sample costs what it is long, and not what all of
them are.
"""

import msgspec
from msgspec.structs import replace

from chargepoint.domain.metering import MeterValue
from chargepoint.domain.session import Session
from chargepoint.store.bodies import written
from chargepoint.store.database import Database

Values = tuple[MeterValue, ...]


class Sessions:
    """One record per EVSE."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._kept: dict[int, tuple[int, Values]] = {}

    def save(self, session: Session) -> None:
        """Write it as it is now."""
        self._keep(session.evse, () if session.transaction is None else session.transaction.end_values)
        body = written(_with(session, ()))
        self._database.change("INSERT OR REPLACE INTO sessions (evse, body) VALUES (?, ?)", session.evse, body)

    def load(self, evse: int) -> Session:
        """As it was saved last; an EVSE never heard of is free."""
        row = self._database.row("SELECT body FROM sessions WHERE evse = ?", evse)
        return Session(evse=evse) if row is None else self._read(row[0])

    def absent(self, present: frozenset[int]) -> list[Session]:
        """Sessions of EVSEs that the configuration no longer has."""
        sessions = [self._read(body) for (body,) in self._database.rows("SELECT body FROM sessions")]
        return [session for session in sessions if session.evse not in present]

    def _read(self, body: str) -> Session:
        session = msgspec.json.decode(body, type=Session)
        rows = self._database.rows("SELECT body FROM end_values WHERE evse = ? ORDER BY number", session.evse)
        return _with(session, tuple(msgspec.json.decode(value, type=MeterValue) for (value,) in rows))

    def _keep(self, evse: int, values: Values) -> None:
        """Mostly there is one more than before, or nothing new; else they are all written again."""
        rollbacks, before = self._kept.get(evse, (-1, ()))
        if rollbacks != self._database.rollbacks or values[: len(before)] != before:
            self._database.change("DELETE FROM end_values WHERE evse = ?", evse)
            before = ()
        for number, value in enumerate(values[len(before) :], start=len(before)):
            body = written(value)
            self._database.change("INSERT INTO end_values (evse, number, body) VALUES (?, ?, ?)", evse, number, body)
        self._kept[evse] = (self._database.rollbacks, values)


def _with(session: Session, values: Values) -> Session:
    if session.transaction is None:
        return session
    return replace(session, transaction=replace(session.transaction, end_values=values))
