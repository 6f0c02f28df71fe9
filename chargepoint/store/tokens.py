"""The authorisation cache: tokens as the CSMS last judged them (OCPP 2.0.1 C10 to C12, 1.6 §3.5.1)."""

from datetime import datetime

import msgspec

from chargepoint.domain.authorization import AuthorizationStatus, TokenInfo
from chargepoint.domain.ids import IdToken
from chargepoint.store.database import Database

CAPACITY = 5000
"""When it is full, those not accepted go first, then the oldest (1.6 §3.5.1)."""


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
        self._database.change("INSERT OR REPLACE INTO tokens (token, body, seen) VALUES (?, ?, ?)", token.key, body, now.isoformat())
        self._database.change(
            "DELETE FROM tokens WHERE token IN (SELECT token FROM tokens ORDER BY "
            "json_extract(body, '$.info.status') = ? DESC, seen DESC LIMIT -1 OFFSET ?)",
            AuthorizationStatus.ACCEPTED.value,
            self._capacity,
        )

    def recall(self, token: IdToken) -> Remembered | None:
        """What was said of it last."""
        row = self._database.row("SELECT body FROM tokens WHERE token = ?", token.key)
        return None if row is None else msgspec.json.decode(row[0], type=Remembered)

    def clear(self) -> None:
        """ClearCache."""
        self._database.change("DELETE FROM tokens")
