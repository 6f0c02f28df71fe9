"""The session of each EVSE, as the station remembers it.

What is collected for the end lies beside it, a row for each value, so that a sample costs what it is long, and not what all of them are:
that of the transaction that runs under the numbers from 0 on, that of what is over in its span under those before.
"""

import msgspec
from msgspec.structs import replace

from chargepoint.domain.ids import IdToken
from chargepoint.domain.metering import MeterValue
from chargepoint.domain.session import Session
from chargepoint.store.anonymous import names
from chargepoint.store.bodies import written
from chargepoint.store.database import Database

Values = tuple[MeterValue, ...]

MOST = 1_000_000
"""Of either."""
OVER, RUNS = -MOST, 0
"""The number of the first."""


class Sessions:
    """One record per EVSE."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._kept: dict[tuple[int, int], tuple[int, Values]] = {}

    def save(self, session: Session) -> None:
        """Write it as it is now."""
        self._keep(session.evse, OVER, () if session.span is None else session.span.end_values)
        self._keep(session.evse, RUNS, () if session.transaction is None else session.transaction.end_values)
        body = written(_with(session, (), ()))
        self._database.change("INSERT OR REPLACE INTO sessions (evse, body) VALUES (?, ?)", session.evse, body)

    def load(self, evse: int) -> Session:
        """As it was saved last; an EVSE never heard of is free."""
        row = self._database.row("SELECT body FROM sessions WHERE evse = ?", evse)
        return Session(evse=evse) if row is None else self._read(row[0])

    def absent(self, present: frozenset[int]) -> list[Session]:
        """Sessions of EVSEs that the configuration no longer has."""
        sessions = [self._read(body) for (body,) in self._database.rows("SELECT body FROM sessions")]
        return [session for session in sessions if session.evse not in present]

    def name(self, token: IdToken) -> bool:
        """Does any of them need to know this token?"""
        return any(names(body, token) for (body,) in self._database.rows("SELECT body FROM sessions"))

    def _read(self, body: str) -> Session:
        session = msgspec.json.decode(body, type=Session)
        rows = self._database.rows("SELECT number, body FROM end_values WHERE evse = ? ORDER BY number", session.evse)
        found = [(number, msgspec.json.decode(value, type=MeterValue)) for number, value in rows]
        over = () if session.span is None else session.span.end_values  # an earlier release left them in the record
        before = tuple(value for number, value in found if number < RUNS)
        return _with(session, over + before, tuple(value for number, value in found if number >= RUNS))

    def _keep(self, evse: int, first: int, values: Values) -> None:
        """Mostly there is one more than before, or nothing new; else they are all written again."""
        rollbacks, before = self._kept.get((evse, first), (-1, ()))
        if rollbacks != self._database.rollbacks or values[: len(before)] != before:
            self._database.change("DELETE FROM end_values WHERE evse = ? AND number >= ? AND number < ?", evse, first, first + MOST)
            before = ()
        for number, value in enumerate(values[len(before) :], start=first + len(before)):
            body = written(value)
            self._database.change("INSERT INTO end_values (evse, number, body) VALUES (?, ?, ?)", evse, number, body)
        self._kept[evse, first] = (self._database.rollbacks, values)


def _with(session: Session, over: Values, runs: Values) -> Session:
    span, transaction = session.span, session.transaction
    return replace(
        session,
        span=None if span is None else replace(span, end_values=over),
        transaction=None if transaction is None else replace(transaction, end_values=runs),
    )
