"""The authorisation cache: tokens as the CSMS last judged them (OCPP 2.0.1 C10 to C12, 1.6 §3.5.1)."""

from datetime import datetime

import msgspec

from chargepoint.domain.authorization import TokenInfo
from chargepoint.domain.ids import IdToken
from chargepoint.store.database import Database

CAPACITY = 5000
"""When it is full, those not valid go first, then the oldest (1.6 §3.5.1)."""

NEVER = ""
"""Valid until: never was. Sorts before every date."""
ALWAYS = "~"
"""Valid until: no end was named. Sorts behind every date."""


class Remembered(msgspec.Struct, frozen=True):
    """A token, what was said of it, and when."""

    info: TokenInfo
    seen: datetime


class Tokens:
    """Holds non-accepted answers as well: they keep a stranger out when the CSMS cannot be asked."""

    def __init__(self, database: Database, capacity: int = CAPACITY) -> None:
        self._database = database
        self._capacity = capacity

    def remember(self, token: IdToken, info: TokenInfo, now: datetime) -> None:
        """Note what the CSMS just said."""
        body = msgspec.json.encode(Remembered(info, now)).decode()
        until = NEVER if not info.accepted else ALWAYS if info.expires is None else info.expires.isoformat()
        statement = "INSERT OR REPLACE INTO tokens (token, body, valid_until, seen) VALUES (?, ?, ?, ?)"
        self._database.change(statement, token.key, body, until, now.isoformat())
        self._make_room(token, now)

    def _make_room(self, newest: IdToken, now: datetime) -> None:
        row = self._database.row("SELECT COUNT(*) FROM tokens")
        too_many = 0 if row is None else row[0] - self._capacity
        if too_many > 0:
            self._database.change(
                "DELETE FROM tokens WHERE token IN (SELECT token FROM tokens WHERE token != ? ORDER BY valid_until > ?, seen LIMIT ?)",
                newest.key,
                now.isoformat(),
                too_many,
            )

    def recall(self, token: IdToken) -> Remembered | None:
        """What was said of it last."""
        row = self._database.row("SELECT body FROM tokens WHERE token = ?", token.key)
        return None if row is None else msgspec.json.decode(row[0], type=Remembered)

    def leave_to_list(self) -> None:
        """Forget those that the local list names: what is in the one is never in the other (1.6 §3.5.3)."""
        self._database.change("DELETE FROM tokens WHERE token IN (SELECT token FROM local_list)")

    def clear(self) -> None:
        """ClearCache."""
        self._database.change("DELETE FROM tokens")
