"""What becomes of a reservation that nobody used (OCPP 2.0.1 H01, H04). 2.x only."""

from enum import StrEnum

from msgspec import Struct


class ReservationEnd(StrEnum):
    """ReservationUpdateStatusEnumType."""

    EXPIRED = "Expired"
    REMOVED = "Removed"


class ReservationStatusUpdate(Struct, frozen=True, tag=True):
    """H04: it is over, by itself."""

    id: int
    status: ReservationEnd

    @property
    def request_id(self) -> int:
        """As other orders call what is told of them."""
        return self.id
