"""Messages that were given up, for the technician: what they are, and to send them again."""

import logging

from chargepoint.domain.notifications import ConnectorUnplugged, MeterValues, Untied
from chargepoint.domain.transaction import TransactionEvent
from chargepoint.inquiry.undelivered import ListMessages, Message, Messages, ResendMessages, Resent
from chargepoint.station.delivery import Delivery
from chargepoint.station.inquiry import Takers
from chargepoint.store.dead_letters import DeadLetter
from chargepoint.store.store import Store

log = logging.getLogger(__name__)

MOST = 1_000
"""How many are shown in one answer: a quarter of a megabyte."""


class Undelivered:
    """Reads and returns what ``Delivery`` has put aside."""

    def __init__(self, store: Store, delivery: Delivery) -> None:
        self._store = store
        self._delivery = delivery

    def takers(self) -> Takers:
        """What it answers."""
        return {ListMessages: self.list, ResendMessages: self.resend}

    async def list(self, question: ListMessages) -> Messages:
        """The oldest of them."""
        kept = self._store.outbox.dead.all(MOST)
        return Messages(self._store.outbox.given_up(), self._store.outbox.waiting(), tuple(map(_shown, kept)))

    async def resend(self, question: ResendMessages) -> Resent:
        """All or nothing: with a number that is not kept, nothing happens."""
        unknown = tuple(number for number in question.numbers or () if not self._store.outbox.dead.holds(number))
        if unknown:
            return Resent(0, unknown)
        with self._store.commit():
            count = self._store.outbox.resend(question.numbers)
        log.warning("event=messages_resent count=%d by=technician", count)
        self._delivery.nudge()
        return Resent(count)


def _shown(letter: DeadLetter) -> Message:
    event = letter.event
    return Message(
        number=letter.number,
        kind="ConnectorUnplugged" if isinstance(event, ConnectorUnplugged) else str(event.kind),
        at=event.at,
        transaction=None if isinstance(event, Untied) else event.transaction_id,
        evse=event.connector.evse if isinstance(event, TransactionEvent | MeterValues) else None,
        attempts=letter.attempts,
        cause=letter.cause,
        given_up=letter.given_up,
    )
