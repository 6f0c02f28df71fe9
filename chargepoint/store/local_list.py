"""The local authorisation list (OCPP 2.0.1 block D, 1.6 §3.5.2): on disk only, looked up by key. An update is one commit."""

from collections.abc import Iterable

import msgspec

from chargepoint.domain.authorization import TokenInfo
from chargepoint.domain.commands import LocalListEntry
from chargepoint.domain.ids import IdToken
from chargepoint.store.database import Database


class LocalList:
    """The list as the CSMS sent it, its version, and where the CSMS has judged otherwise since."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def version(self) -> int:
        """Of the last update; 0: nothing is in it."""
        row = self._database.row("SELECT version FROM local_list_version WHERE EXISTS (SELECT 1 FROM local_list)")
        return 0 if row is None else int(row[0])

    def size(self) -> int:
        """How many tokens it names."""
        row = self._database.row("SELECT COUNT(*) FROM local_list")
        return 0 if row is None else int(row[0])

    def find(self, token: IdToken) -> TokenInfo | None:
        """What it says of a token."""
        row = self._database.row("SELECT body FROM local_list WHERE token = ?", token.key)
        return None if row is None else msgspec.json.decode(row[0], type=TokenInfo)

    def every(self) -> dict[str, TokenInfo]:
        """What it says of each token, by the token's key."""
        return {key: msgspec.json.decode(body, type=TokenInfo) for key, body in self._database.rows("SELECT token, body FROM local_list")}

    def change(self, version: int, entries: Iterable[LocalListEntry]) -> None:
        """Add, replace, and take out those without ``info``; no token twice."""
        self._database.change("DELETE FROM local_list_version")
        self._database.change("INSERT INTO local_list_version (version) VALUES (?)", version)
        gone, listed = [], []
        for entry in entries:
            if entry.info is None:
                gone.append((entry.token.key,))
            else:
                listed.append((entry.token.key, msgspec.json.encode(entry.info).decode()))
        self._database.change_all("DELETE FROM local_list WHERE token = ?", gone)
        self._database.change_all("INSERT OR REPLACE INTO local_list (token, body) VALUES (?, ?)", listed)

    def replace(self, version: int, entries: Iterable[LocalListEntry]) -> None:
        """A whole new list."""
        self._database.change("DELETE FROM local_list")
        self.change(version, entries)

    # Where the CSMS contradicts its own list

    def disputes(self) -> dict[IdToken, bool]:
        """Tokens of which the CSMS said last that they are valid (or not), against the list."""
        return {IdToken(key): bool(valid) for key, valid in self._database.rows("SELECT token, valid FROM local_list_disputes")}

    def dispute(self, token: IdToken, valid: bool) -> None:
        """The CSMS contradicts the list."""
        self._database.change("INSERT OR REPLACE INTO local_list_disputes (token, valid) VALUES (?, ?)", token.key, int(valid))

    def settle(self, token: IdToken) -> None:
        """It does so no longer."""
        self._database.change("DELETE FROM local_list_disputes WHERE token = ?", token.key)
