"""The local authorisation list (OCPP 2.0.1 block D, 1.6 §3.5.2): on disk only, so it outlives restarts (D01.FR.10), looked up by key.

An update is one commit.
"""

from collections.abc import Iterable

import msgspec

from chargepoint.domain.authorization import TokenInfo
from chargepoint.domain.commands import LocalListEntry
from chargepoint.domain.ids import IdToken, spelt
from chargepoint.store.database import Database

SAME = "token = ? AND ? IN (kind, '') OR token = ? AND kind = ''"
"""The token, of its own type or of none; one without a type: of any."""


class LocalList:
    """The list as the CSMS sent it, its version, and where the CSMS has judged otherwise since."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def version(self) -> int:
        """Of the last update; 0: nothing is in it."""
        row = self._database.row("SELECT version FROM local_list_version WHERE EXISTS (SELECT 1 FROM local_list)")
        return 0 if row is None else int(row[0])

    def sent(self) -> int:
        """Of the last update, even if it has left nothing in the list (D01.FR.04); 0: there was none."""
        row = self._database.row("SELECT version FROM local_list_version")
        return 0 if row is None else int(row[0])

    def size(self) -> int:
        """How many tokens it names."""
        row = self._database.row("SELECT COUNT(*) FROM local_list")
        return 0 if row is None else int(row[0])

    def find(self, token: IdToken) -> TokenInfo | None:
        """What it says of a token."""
        row = self._database.row(f"SELECT body FROM local_list WHERE {SAME} ORDER BY kind DESC", *_same(token))
        return None if row is None else msgspec.json.decode(row[0], type=TokenInfo)

    def storage(self) -> int:
        """Bytes that it takes."""
        row = self._database.row("SELECT SUM(LENGTH(CAST(token AS BLOB)) + LENGTH(kind) + LENGTH(CAST(body AS BLOB))) FROM local_list")
        return 0 if row is None or row[0] is None else int(row[0])

    def every(self) -> dict[str, TokenInfo]:
        """What it says of each token, by the token as it is spelt."""
        rows = self._database.rows("SELECT token, kind, body FROM local_list")
        return {spelt(IdToken(key, kind)): msgspec.json.decode(body, type=TokenInfo) for key, kind, body in rows}

    def change(self, version: int, entries: Iterable[LocalListEntry]) -> None:
        """Add, replace (D01.FR.16), and take out those without ``info`` (D01.FR.17); no token twice. None: only the version (D01.FR.05),
        which it has from now on (D01.FR.01)."""
        self._database.change("DELETE FROM local_list_version")
        self._database.change("INSERT INTO local_list_version (version) VALUES (?)", version)
        named, listed = [], []
        for entry in entries:
            named.append(_same(entry.token))
            if entry.info is not None:
                listed.append((entry.token.key, entry.token.kind, msgspec.json.encode(entry.info).decode()))
        self._database.change_all(f"DELETE FROM local_list WHERE {SAME}", named)
        self._database.change_all("INSERT OR REPLACE INTO local_list (token, kind, body) VALUES (?, ?, ?)", listed)

    def replace(self, version: int, entries: Iterable[LocalListEntry]) -> None:
        """A whole new list (D01.FR.15), or none (D01.FR.04)."""
        self._database.change("DELETE FROM local_list")
        self.change(version, entries)

    # Where the CSMS contradicts its own list

    def disputes(self) -> dict[IdToken, bool]:
        """Tokens of which the CSMS said last that they are valid (or not), against the list."""
        rows = self._database.rows("SELECT token, kind, valid FROM local_list_disputes")
        return {IdToken(key, kind): bool(valid) for key, kind, valid in rows}

    def dispute(self, token: IdToken, valid: bool) -> None:
        """The CSMS contradicts the list."""
        statement = "INSERT OR REPLACE INTO local_list_disputes (token, kind, valid) VALUES (?, ?, ?)"
        self._database.change(statement, token.key, token.kind, int(valid))

    def settle(self, token: IdToken) -> None:
        """It does so no longer."""
        self._database.change("DELETE FROM local_list_disputes WHERE token = ? AND kind = ?", token.key, token.kind)


def _same(token: IdToken) -> tuple[str, ...]:
    """What ``SAME`` asks for."""
    return token.key, token.kind, token.key
