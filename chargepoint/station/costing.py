"""Tariff and cost as 2.x tells them (OCPP 2.0.1 block I): in answers to what is told of a transaction, and in CostUpdated.

What is made of it is what is made of the messages of the pricing note for 1.6: a bill at each EVSE (``vendors.costs``), which displays,
drivers' pages and receipts show.
"""

import logging

from chargepoint.domain.commands import CostUpdated, Outcome, Verdict
from chargepoint.domain.notifications import TransactionAnswer
from chargepoint.domain.transaction import EventKind, TransactionEvent
from chargepoint.station.orders import Orders
from chargepoint.station.vendors.costs import Costs

log = logging.getLogger(__name__)


class Costing:
    """Reads answers, and puts what they say on the bills."""

    def __init__(self, costs: Costs) -> None:
        self._costs = costs

    def orders(self) -> Orders:
        """What the CSMS may say."""
        return {CostUpdated: lambda command: (self.updated(command), None)}

    def updated(self, command: CostUpdated) -> Outcome:
        """I02.FR.02, I02.FR.03. The answer has no status: a cost of what does not run is noted, and that is all."""
        known = self._costs.charge(command.transaction_id, command.total_cost)
        log.info("event=cost_updated transaction=%s cost=%s known=%s", command.transaction_id, command.total_cost, known)
        return Outcome(Verdict.ACCEPTED if known else Verdict.REJECTED)

    def answered(self, event: TransactionEvent, answer: TransactionAnswer) -> None:
        """I01.FR.03, I02.FR.04, I03.FR.03, I06.FR.03."""
        info = answer.info
        language = info.languages[0] if info is not None and info.languages else ""
        text = answer.message or ("" if info is None else info.message)
        if text and event.kind is not EventKind.ENDED:
            self._costs.price(event.transaction_id, text, language)
        if answer.total_cost is None:
            return
        if event.kind is EventKind.ENDED:
            self._costs.settle(event.transaction_id, answer.total_cost)
        else:
            self._costs.charge(event.transaction_id, answer.total_cost)
        log.info("event=cost_told transaction=%s cost=%s over=%s", event.transaction_id, answer.total_cost, event.kind is EventKind.ENDED)
