"""Who is in: in memory, so a restart of the pages ends every session. Only hashes of what the browsers hold are kept.

A session ends with 30 minutes without a request (a page that only looks on is none), after 12 hours, by logging out, and when its account
changes. All by the monotonic clock.
"""

import hashlib
import secrets
from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct

IDLE_S = 30 * 60.0
LONGEST_S = 12 * 3600.0
MOST, MOST_EACH = 40, 8
"""Beyond that the one that has been idle longest ends."""


class Session(Struct, kw_only=True, eq=False):
    """One browser of somebody."""

    name: str
    """Of the account."""
    stamp: str
    """Of the account, when it began."""
    token: str
    """Against forged requests: in every form."""
    label: str
    """To name it by on a page; opens nothing."""
    address: str
    browser: str
    began: datetime
    began_s: float
    seen_s: float

    def __repr__(self) -> str:
        return f"Session({self.label})"


class Sessions:
    """By what their browsers hold."""

    def __init__(self) -> None:
        self._kept: dict[bytes, Session] = {}

    def begin(self, name: str, stamp: str, address: str, browser: str, now: datetime, now_s: float) -> tuple[str, Session]:
        """A new one, and what its browser is to hold: always a new secret, whatever the browser held before."""
        self._make_room(name, now_s)
        secret = secrets.token_urlsafe(32)
        session = Session(
            name=name,
            stamp=stamp,
            token=secrets.token_urlsafe(32),
            label=secrets.token_hex(4),
            address=address,
            browser=browser[:120],
            began=now,
            began_s=now_s,
            seen_s=now_s,
        )
        self._kept[_hash(secret)] = session
        return secret, session

    def find(self, secret: str, now_s: float) -> Session | None:
        """The one that lives. ``touch`` it where somebody has done something."""
        session = self._kept.get(_hash(secret))
        return session if session is not None and _lives(session, now_s) else None

    def lives(self, session: Session, now_s: float) -> bool:
        """Has it neither been ended nor run out?"""
        return _lives(session, now_s) and any(each is session for each in self._kept.values())

    def of(self, name: str, now_s: float) -> list[Session]:
        """Those of an account, the newest first."""
        return sorted((each for each in self._living(now_s) if each.name == name), key=lambda each: -each.began_s)

    def end(self, session: Session) -> None:
        """It opens nothing any more."""
        self._kept = {key: each for key, each in self._kept.items() if each is not session}

    def end_all(self, name: str, but: Session | None = None) -> int:
        """Those of an account; how many."""
        ended = [each for each in self._kept.values() if each.name == name and each is not but]
        for session in ended:
            self.end(session)
        return len(ended)

    def _living(self, now_s: float) -> Iterator[Session]:
        return (each for each in tuple(self._kept.values()) if _lives(each, now_s))

    def _make_room(self, name: str, now_s: float) -> None:
        living = list(self._living(now_s))
        self._kept = {key: each for key, each in self._kept.items() if _lives(each, now_s)}
        own = [each for each in living if each.name == name]
        for kept, most in ((own, MOST_EACH), (living, MOST)):
            if len(kept) >= most:
                self.end(min(kept, key=lambda each: each.seen_s))


def touch(session: Session, now_s: float) -> None:
    """Somebody has done something."""
    session.seen_s = now_s


def _lives(session: Session, now_s: float) -> bool:
    return now_s - session.seen_s < IDLE_S and now_s - session.began_s < LONGEST_S


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "replace")).digest()
