"""Messages that the CSMS wants to be shown. They survive reboots and power cuts (OCPP 2.0.1 O01.FR.10, O02.FR.10)."""

from collections.abc import Iterable

import msgspec

from chargepoint.domain.display_messages import DisplayMessage
from chargepoint.store.database import Database


class DisplayMessages:
    """By the ids of the CSMS."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def load(self) -> tuple[DisplayMessage, ...]:
        """All, in the order in which they were set."""
        rows = self._database.rows("SELECT body FROM display_messages ORDER BY number")
        return tuple(msgspec.json.decode(body, type=DisplayMessage) for (body,) in rows)

    def save(self, message: DisplayMessage) -> None:
        """One more, or in the place of the one with its id."""
        self.drop((message.id,))
        body = msgspec.json.encode(message).decode()
        self._database.change("INSERT INTO display_messages (id, body) VALUES (?, ?)", message.id, body)

    def drop(self, ids: Iterable[int]) -> None:
        """These are gone."""
        for number in ids:
            self._database.change("DELETE FROM display_messages WHERE id = ?", number)
