"""Reservations that end without the CSMS's doing: it hears of each (OCPP 2.0.1 H01, H04). 1.6 has no word for it."""

from collections.abc import Mapping

from chargepoint.domain.notifications import ReservationEnd, ReservationStatusUpdate
from chargepoint.station.csms import Csms
from chargepoint.station.progress import Progress
from chargepoint.store.store import Store

TOLD: Mapping[str, ReservationEnd] = {
    "expired": ReservationEnd.EXPIRED,
    "faulted_or_unavailable": ReservationEnd.REMOVED,
    "evse_removed": ReservationEnd.REMOVED,
    "owner_forgotten": ReservationEnd.REMOVED,
}
"""By the reason of the end. The others the CSMS brought about itself, or hears of from the transaction."""


class ReservationNews:
    """``progress.run`` tells what waits."""

    def __init__(self, store: Store, csms: Csms) -> None:
        self.progress = Progress("reservation", ReservationStatusUpdate, store, csms)

    def over(self, reservation_id: int, why: str) -> None:
        """One has ended (H01.FR.16, H01.FR.17, H04.FR.01). Inside the commit of that, so that it is told after a power cut as well."""
        if why in TOLD:
            self.progress.add(ReservationStatusUpdate(reservation_id, TOLD[why]))
