"""Reservations, until they are used, cancelled or over, also over restarts (OCPP 2.0.1 block H, B01.FR.13, B11.FR.05; 1.6 §3.11)."""

import msgspec

from chargepoint.domain.reservation import Reservation
from chargepoint.store.database import Database


class Reservations:
    """One record each; the same id replaces."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, reservation: Reservation) -> None:
        """Keep it."""
        body = msgspec.json.encode(reservation).decode()
        self._database.change("INSERT OR REPLACE INTO reservations (id, body) VALUES (?, ?)", reservation.id, body)

    def drop(self, reservation_id: int) -> None:
        """It is over."""
        self._database.change("DELETE FROM reservations WHERE id = ?", reservation_id)

    def all(self) -> list[Reservation]:
        """Those that are kept, by id."""
        rows = self._database.rows("SELECT body FROM reservations ORDER BY id")
        return [msgspec.json.decode(body, type=Reservation) for (body,) in rows]
