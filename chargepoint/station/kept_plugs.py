"""Plugs that stay locked after their transaction until a token is shown (1.6 §3.5.4 with errata 3.5, §4.10; OCPP 2.0.1 E05, E09)."""

import logging
from collections.abc import Iterable

from msgspec.structs import replace

from chargepoint.domain.ids import IdToken
from chargepoint.station.book import Book
from chargepoint.station.permits import Permits
from chargepoint.store.store import Store

log = logging.getLogger(__name__)


class KeptPlugs:
    """Lets them go. For whom a plug is kept stands in its session."""

    def __init__(self, store: Store, book: Book, permits: Permits) -> None:
        self._store = store
        self._book = book
        self._permits = permits

    def release(self, token: IdToken, group: IdToken | None, evses: Iterable[int]) -> bool:
        """Somebody shows a token: is a plug kept for it, or for its group? Then it is let go."""
        for evse in evses:
            session = self._book.sessions[evse]
            if session.plug_kept_for is not None and session.plug_kept_for.covers(token, group):
                log.info("event=plug_released evse=%d", evse)
                self.let_go(evse)
                return True
        return False

    def let_go(self, evse: int) -> None:
        """No plug is kept there any longer, for whoever that was."""
        if self._book.sessions[evse].plug_kept_for is not None:
            with self._store.commit():
                self._book.save(replace(self._book.sessions[evse], plug_kept_for=None))
            self._permits.hold(self._book.sessions[evse])
            self._book.announce()
