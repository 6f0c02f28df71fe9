"""1.6 knows connectors and integers where the domain knows EVSEs and its own transaction ids (1.6 §3.8, errata 3.18)."""

from collections.abc import Callable

from chargepoint.domain.ids import ConnectorId
from chargepoint.ocpp.dialect import Site

STATION = 0
"""The connector number that stands for the charge point itself."""

UNKNOWN_TRANSACTION = -1
"""The transactionId of a transaction whose StartTransaction was never answered (errata 3.18)."""


class Numbering:
    """Both directions of the numbering of one station."""

    def __init__(self, site: Site) -> None:
        self._numbers = {connector: number for number, connector in enumerate(site.connectors, start=1)}
        self._connectors = dict(enumerate(site.connectors, start=1))
        self._csms_id: Callable[[str], str | None] = site.csms_transaction_id

    def number(self, connector: ConnectorId) -> int:
        """The number of a connector, from 1. One that is no longer configured has the number that it had among those that are left: what
        was kept of its transactions is still to be told."""
        return self._numbers.get(connector) or 1 + sum(other < connector for other in self._numbers)

    def connector(self, number: int) -> ConnectorId | None:
        """The connector of a number; ``None``: there is none, or it is the station."""
        return self._connectors.get(number)

    def transaction_id(self, transaction_id: str) -> int:
        """The CSMS's id of one of our transactions."""
        csms_id = self._csms_id(transaction_id)
        return UNKNOWN_TRANSACTION if csms_id is None else int(csms_id)
