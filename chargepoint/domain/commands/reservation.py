"""Reservations (OCPP 2.0.1 block H; 1.6 §5.1, §5.13)."""

from datetime import datetime

from msgspec import Struct

from chargepoint.domain.ids import IdToken


class ReserveNow(Struct, frozen=True, kw_only=True):
    """H01; 1.6 §5.13. Without ``evse`` it is for any EVSE (1.6: connector 0).

    Answered by an Outcome: Accepted, Faulted, Occupied, Rejected, Unavailable.
    """

    id: int
    token: IdToken
    expires: datetime
    group: IdToken | None = None
    """groupIdToken, 1.6 parentIdTag: whoever shares it may use the reservation."""
    evse: int | None = None
    connector: int | None = None
    """1.6 reserves one connector of an EVSE; 2.x an EVSE."""
    connector_type: str | None = None
    """2.x: any EVSE with such a connector."""


class CancelReservation(Struct, frozen=True):
    """H02; 1.6 §5.1. An id that is not of a reservation is rejected."""

    id: int
