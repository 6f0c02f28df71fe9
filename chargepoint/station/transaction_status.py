"""GetTransactionStatus: does a transaction go on, and has everything of it been delivered? (OCPP 2.0.1 E14)"""

from chargepoint.domain.commands import GetTransactionStatus, TransactionStatus
from chargepoint.station.orders import Orders
from chargepoint.station.transacting import Transacting
from chargepoint.store.store import Store


class TransactionStatuses:
    """Looks it up in the book and in the queue."""

    def __init__(self, store: Store, transacting: Transacting) -> None:
        self._store = store
        self._transacting = transacting

    def orders(self) -> Orders:
        """For the station."""
        return {GetTransactionStatus: lambda command: (self.get(command), None)}

    def get(self, command: GetTransactionStatus) -> TransactionStatus:
        """One of which nothing is known does not go on, and has nothing to be delivered (E14.FR.01, E14.FR.02, E14.FR.03, E14.FR.04,
        E14.FR.05). Without an id it is asked of all of them (E14.FR.06, E14.FR.07, E14.FR.08)."""
        queued = self._store.outbox.holds(command.transaction_id)
        if command.transaction_id is None:
            return TransactionStatus(queued)
        return TransactionStatus(queued, self._transacting.named(command.transaction_id) is not None)
