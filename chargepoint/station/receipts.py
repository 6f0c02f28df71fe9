"""Receipts: written when a session ends, with what it has cost once that is known."""

import secrets
from collections.abc import Callable, Iterable
from datetime import timedelta

from msgspec.structs import replace

from chargepoint.domain import display
from chargepoint.domain.authorization import Origin
from chargepoint.domain.device_model import DeviceModel
from chargepoint.domain.receipt import Receipt
from chargepoint.domain.session import Session
from chargepoint.domain.transaction import Transaction
from chargepoint.domain.variables.cost import TIME_OFFSET
from chargepoint.station.clock import StationClock
from chargepoint.store.store import Store

LINGER = timedelta(minutes=5)
"""So long the page of an EVSE leads to the receipt after the car has left, unless somebody else comes."""


class Receipts:
    """``bill``: what is shown of price and cost at an EVSE."""

    def __init__(
        self, store: Store, model: DeviceModel, clock: StationClock, evses: Iterable[int], bill: Callable[[int], display.Display | None]
    ) -> None:
        self._store = store
        self._model = model
        self._clock = clock
        self._bill = bill
        self._newest = {evse: store.receipts.newest(evse) for evse in evses}

    def ended(self, transaction: Transaction) -> None:
        """Inside the commit that ends it."""
        receipt = Receipt(
            key=secrets.token_urlsafe(16),
            transaction=transaction.id,
            evse=transaction.connector.evse,
            started=transaction.started,
            ended=transaction.ended or transaction.last_at,
            start_wh=transaction.start_wh,
            end_wh=transaction.last_wh,
            utc_offset=self._model.read(TIME_OFFSET),
            issued=transaction.authorization.origin is not Origin.FREE and not transaction.authorization.browser,
        )
        self._newest[receipt.evse] = receipt
        self._store.receipts.save(receipt)

    def find(self, key: str) -> Receipt | None:
        """The one with this key."""
        return self._store.receipts.find(key)

    def just_ended(self, session: Session) -> Receipt | None:
        """Of the session that is over, while its car is still there or has just left."""
        receipt = self._newest.get(session.evse)
        if receipt is None or session.transaction is not None or session.authorization is not None:
            return None
        stays = session.finishing and session.plug_in is not None
        lingers = session.plug_in is None and timedelta(0) <= self._clock.now() - receipt.ended < LINGER
        return receipt if stays or lingers else None

    def tick(self, sessions: Iterable[Session]) -> None:
        """Once a second: is the price or the cost of one of them known by now?"""
        for session in sessions:
            receipt = self.just_ended(session)
            shown = None if receipt is None or receipt.final else self._bill(session.evse)
            if receipt is None or shown is None or shown.phase is not display.Phase.AFTER:
                continue
            known = replace(receipt, price_texts=receipt.price_texts or shown.texts)
            if shown.cost is not None and (receipt.cost is None or shown.cost_is == "final"):
                known = replace(known, cost=shown.cost, final=shown.cost_is == "final")
            if known != receipt:
                self._newest[session.evse] = known
                with self._store.commit():
                    self._store.receipts.save(known)
