"""Passwords of people: how they are kept, and which are too easy.

Kept as scrypt with 16 MiB and five rounds (RFC 7914; OWASP's advice for little memory): about 0.2 s on a PC, one second on a small board.
So one is computed at a time, beside the event loop, and only some may wait.
"""

import asyncio
import base64
import hashlib
import hmac
import secrets
import unicodedata
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache

COST, BLOCK, ROUNDS = 14, 8, 5
MEMORY = 64 * 1024 * 1024
"""Bound for OpenSSL, well above what is used."""
SHORTEST, LONGEST = 12, 128
MOST_WAITING = 6


class Busy(Exception):
    """So many passwords wait to be checked that no more are taken."""


def hashed(password: str) -> str:
    """To keep. Takes long."""
    salt = secrets.token_bytes(16)
    return "$".join(("scrypt", str(COST), str(BLOCK), str(ROUNDS), _text(salt), _text(_scrypt(password, salt, COST, BLOCK, ROUNDS))))


def matches(password: str, kept: str) -> bool:
    """In constant time once it is computed. Takes long. Something that was not made by ``hashed`` matches nothing."""
    try:
        kind, cost, block, rounds, salt, key = kept.split("$")
        found = _scrypt(password, base64.b64decode(salt), int(cost), int(block), int(rounds))
        return hmac.compare_digest(found, base64.b64decode(key)) and kind == "scrypt"
    except ValueError:
        return False


@cache
def nobodys() -> str:
    """What the password of a name that does not exist is held against: it takes as long, and matches nothing."""
    salt, key = secrets.token_bytes(16), secrets.token_bytes(32)
    return "$".join(("scrypt", str(COST), str(BLOCK), str(ROUNDS), _text(salt), _text(key)))


def _scrypt(password: str, salt: bytes, cost: int, block: int, rounds: int) -> bytes:
    normal = unicodedata.normalize("NFKC", password).encode("utf-8", "replace")[: 4 * LONGEST]
    return hashlib.scrypt(normal, salt=salt, n=2**cost, r=block, p=rounds, maxmem=MEMORY, dklen=32)


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


class Hashing:
    """Both without blocking: one at a time."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()
        self._waiting = 0

    async def matches(self, password: str, kept: str | None) -> bool:
        """``kept``: ``None``: there is no such account. Raises Busy."""
        async with self._place():
            return await asyncio.to_thread(matches, password, nobodys() if kept is None else kept) and kept is not None

    async def hashed(self, password: str) -> str:
        """Raises Busy."""
        async with self._place():
            return await asyncio.to_thread(hashed, password)

    @asynccontextmanager
    async def _place(self) -> AsyncIterator[None]:
        if self._waiting >= MOST_WAITING:
            raise Busy
        self._waiting += 1
        try:
            async with self._turn:
                yield
        finally:
            self._waiting -= 1
