"""The station's own cards, with names, and when each was used."""

from collections.abc import Collection
from datetime import datetime

from msgspec import Struct

from chargepoint.domain.ids import IdToken
from chargepoint.store.database import Database

COLUMNS = "number, value, kind, name, added"


class Card(Struct, frozen=True, kw_only=True):
    """One of them."""

    number: int
    """Its name for those who must not see the token."""
    token: IdToken
    name: str
    added: str
    """ISO 8601, UTC."""


class Use(Struct, frozen=True):
    """When it was accepted last, and how often in all."""

    last: str
    uses: int


class Cards:
    """How many there may be is for others to say. Changes are inside a commit."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[Card]:
        """In the order in which they came."""
        return [_card(*row) for row in self._database.rows(f"SELECT {COLUMNS} FROM cards ORDER BY number")]

    def count(self) -> int:
        """How many."""
        row = self._database.row("SELECT count(*) FROM cards")
        return int(row[0]) if row else 0

    def find(self, token: IdToken) -> Card | None:
        """The card with this token."""
        row = self._database.row(f"SELECT {COLUMNS} FROM cards WHERE token = ?", token.key)
        return None if row is None else _card(*row)

    def numbered(self, number: int) -> Card | None:
        """The card of this number."""
        row = self._database.row(f"SELECT {COLUMNS} FROM cards WHERE number = ?", number)
        return None if row is None else _card(*row)

    def put(self, token: IdToken, name: str, now: datetime) -> None:
        """A new one, or another name for one that is there."""
        self._database.change(
            "INSERT INTO cards (token, value, kind, name, added) VALUES (?, ?, ?, ?, ?) "
            "ON CONFLICT (token) DO UPDATE SET name = excluded.name",
            *(token.key, token.value, token.kind, name, now.isoformat(timespec="seconds")),
        )

    def drop(self, card: Card) -> None:
        """It is no longer ours."""
        self._database.change("DELETE FROM cards WHERE number = ?", card.number)

    # Uses

    def used(self, token: IdToken, now: datetime) -> None:
        """It was accepted."""
        self._database.change(
            "INSERT INTO card_uses (token, last, uses) VALUES (?, ?, 1) "
            "ON CONFLICT (token) DO UPDATE SET last = excluded.last, uses = uses + 1",
            *(token.key, now.isoformat(timespec="seconds")),
        )

    def uses(self) -> dict[str, Use]:
        """By key of the token."""
        return {token: Use(last, uses) for token, last, uses in self._database.rows("SELECT token, last, uses FROM card_uses")}

    def forget_use(self, token: IdToken) -> None:
        """That it was ever accepted."""
        self._database.change("DELETE FROM card_uses WHERE token = ?", token.key)

    def keep_uses(self, keys: Collection[str]) -> None:
        """Forget those of all others."""
        gone = [(key,) for key in self.uses() if key not in keys]
        if gone:
            self._database.change_all("DELETE FROM card_uses WHERE token = ?", gone)


def _card(number: int, value: str, kind: str, name: str, added: str) -> Card:
    return Card(number=number, token=IdToken(value, kind), name=name, added=added)
