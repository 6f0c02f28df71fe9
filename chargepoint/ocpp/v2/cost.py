"""2.x block I: CostUpdated (I02). The other costs come with the answers to TransactionEvent (``transacting``)."""

from chargepoint.domain.commands import CostUpdated
from chargepoint.ocpp.dialect import Obeyed
from chargepoint.ocpp.frames import Payload
from chargepoint.ocpp.v2.values import read_amount, read_transaction_id


def _updated(payload: Payload) -> CostUpdated:
    return CostUpdated(read_transaction_id(payload) or "", read_amount(payload["totalCost"]))


OBEYED: dict[str, Obeyed] = {"CostUpdated": Obeyed(_updated, lambda _, __: {})}
