"""The authorisation cache: tokens as the CSMS last judged them (OCPP 2.0.1 C10 to C12, 1.6 §3.5.1).

On disk, so that it outlives restarts (C10.FR.02), and of a token only a hash with the station's own key: who looks into the file, or a copy
of a part of it, reads no cards (C10.FR.12).
A token that 1.6 has named has no type, and is the same as each with its value: what was said last of one of them counts.
"""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from hashlib import blake2b

import msgspec

from chargepoint.domain.authorization import TokenInfo
from chargepoint.domain.ids import IdToken
from chargepoint.domain.variables.authorization import MAX_CACHED
from chargepoint.store.database import Database

NEVER = ""
"""Valid until: never was. Sorts before every date."""
ALWAYS = "~"
"""Valid until: no end was named. Sorts behind every date."""

SAME = "token = ? AND ? IN (kind, '') OR token = ? AND kind = ''"
"""The token, of its own type or of none; one without a type: of any."""


class Policy(StrEnum):
    """Who has to leave when the cache is full (AuthCacheCtrlr.Policy)."""

    LRU = "LRU"
    """Whoever was not shown for the longest time."""
    LFU = "LFU"
    """Whoever was shown least often."""
    FIFO = "FIFO"
    """Whoever came first."""
    CUSTOM = "CUSTOM"
    """Those not valid first, then whom the CSMS has not judged for the longest time (C10.FR.07, 1.6 §3.5.1)."""


LEAVING = {
    Policy.LRU: "used, seen",
    Policy.LFU: "uses, used",
    Policy.FIFO: "added, seen",
    Policy.CUSTOM: "valid_until > ?, seen",
}
"""In which order they go. ``?`` is now."""


class Remembered(msgspec.Struct, frozen=True):
    """A token, what was said of it, and when."""

    info: TokenInfo
    seen: datetime


class Tokens:
    """Holds non-accepted answers as well (C10.FR.01): they keep a stranger out when the CSMS cannot be asked."""

    def __init__(self, database: Database, capacity: int = MAX_CACHED) -> None:
        self._database = database
        self.capacity = capacity
        row = database.row("SELECT value FROM tokens_key")
        assert row is not None, "the schema writes it"
        self._key = bytes.fromhex(row[0])

    def remember(self, token: IdToken, info: TokenInfo, now: datetime, *, shown: bool = True, policy: Policy = Policy.CUSTOM) -> None:
        """Note what the CSMS just said (C10.FR.04, C10.FR.05). ``shown``: because somebody had shown it."""
        body = msgspec.json.encode(Remembered(info, now)).decode()
        until = NEVER if not info.accepted else ALWAYS if info.expires is None else info.expires.isoformat()
        row = self._database.row(f"SELECT added, used, uses FROM tokens WHERE {SAME}", *self._same(token))
        added, used, uses = (now.isoformat(), now.isoformat(), 0) if row is None else row
        self.forget(token)
        self._database.change(
            "INSERT INTO tokens (token, kind, body, valid_until, seen, added, used, uses) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            *(self._hashed(token), token.kind, body, until, now.isoformat()),
            *(added, now.isoformat() if shown else used, uses + shown),
        )
        self._make_room(token, now, policy)

    def _make_room(self, newest: IdToken, now: datetime, policy: Policy) -> None:
        """A new entry always finds room (C10.FR.07)."""
        row = self._database.row("SELECT COUNT(*) FROM tokens")
        too_many = 0 if row is None else row[0] - self.capacity
        if too_many <= 0:
            return
        order = LEAVING[policy]
        self._database.change(
            "DELETE FROM tokens WHERE (token, kind) IN "
            f"(SELECT token, kind FROM tokens WHERE NOT (token = ? AND kind = ?) ORDER BY {order} LIMIT ?)",
            *(self._hashed(newest), newest.kind, *([now.isoformat()] if "?" in order else []), too_many),
        )

    def recall(self, token: IdToken) -> Remembered | None:
        """What was said of it last."""
        row = self._database.row(f"SELECT body FROM tokens WHERE {SAME} ORDER BY seen DESC", *self._same(token))
        return None if row is None else msgspec.json.decode(row[0], type=Remembered)

    def used(self, token: IdToken, now: datetime) -> None:
        """It was shown, and nobody was asked."""
        self._database.change(f"UPDATE tokens SET used = ?, uses = uses + 1 WHERE {SAME}", now.isoformat(), *self._same(token))

    def forget(self, token: IdToken) -> None:
        """Just this one."""
        self._database.change(f"DELETE FROM tokens WHERE {SAME}", *self._same(token))

    def storage(self) -> int:
        """Bytes that they take."""
        row = self._database.row("SELECT SUM(LENGTH(CAST(token AS BLOB)) + LENGTH(kind) + LENGTH(CAST(body AS BLOB))) FROM tokens")
        return 0 if row is None or row[0] is None else int(row[0])

    def leave_to_list(self, tokens: Iterable[IdToken]) -> None:
        """Forget those that the local list names: what is in the one is never in the other (1.6 §3.5.3)."""
        self._database.change_all(f"DELETE FROM tokens WHERE {SAME}", map(self._same, tokens))

    def clear(self) -> None:
        """ClearCache."""
        self._database.change("DELETE FROM tokens")

    def _same(self, token: IdToken) -> tuple[str, ...]:
        """What ``SAME`` asks for."""
        hashed = self._hashed(token)
        return hashed, token.kind, hashed

    def _hashed(self, token: IdToken) -> str:
        return blake2b(token.key.encode(), key=self._key, digest_size=16).hexdigest()
