"""Answers to what is told of transactions, and what 1.6 has beside it."""

from datetime import datetime
from decimal import Decimal

from msgspec import Struct

from chargepoint.domain.authorization import TokenInfo


class ConnectorUnplugged(Struct, frozen=True, tag=True):
    """The stay of a transaction that is over has ended too: idling costs no more (pricing note §3.4.3). 1.6 only; kept until answered."""

    transaction_id: str
    at: datetime


class TransactionAnswer(Struct, frozen=True):
    """Answer to a transaction event. Whatever is absent was not said."""

    info: TokenInfo | None = None
    csms_id: str | None = None
    """1.6 transactionId, in the answer to StartTransaction."""
    total_cost: Decimal | None = None
    """By now; at the end of the transaction: in the end. Zero: it is free (I03, requirement 4)."""
    message: str = ""
    """updatedPersonalMessage: for the driver, his tariff mostly."""
    priority: int | None = None
    """chargingPriority of this transaction."""
    unclear: bool = False
    """Something is said of the token, or should be, and cannot be read."""
