"""1.6: StartTransaction (§4.8), MeterValues of a transaction (§4.7), StopTransaction (§4.10).

Started                  StartTransaction
Updated with values      MeterValues
Updated without          nothing to say
Ended                    StopTransaction, its values as transactionData
"""

from chargepoint.domain.notifications import TransactionAnswer
from chargepoint.domain.transaction import EventKind, StopReason, TransactionEvent
from chargepoint.ocpp import times
from chargepoint.ocpp.dialect import Request, Said
from chargepoint.ocpp.frames import Payload
from chargepoint.ocpp.payloads import present, whole
from chargepoint.ocpp.v16.authorizing import token_info
from chargepoint.ocpp.v16.metering import meter_values, transaction_meter_values
from chargepoint.ocpp.v16.numbering import Numbering

REASONS: dict[StopReason, str] = {
    StopReason.DE_AUTHORIZED: "DeAuthorized",
    StopReason.EMERGENCY_STOP: "EmergencyStop",
    StopReason.EV_DISCONNECTED: "EVDisconnected",
    StopReason.GROUND_FAULT: "Other",
    StopReason.IMMEDIATE_RESET: "HardReset",
    StopReason.LOCAL: "Local",
    StopReason.OVERCURRENT_FAULT: "Other",
    StopReason.POWER_LOSS: "PowerLoss",
    StopReason.POWER_QUALITY: "Other",
    StopReason.REBOOT: "Reboot",
    StopReason.REMOTE: "Remote",
    StopReason.SOFT_RESET: "SoftReset",
    StopReason.UNLOCK_COMMAND: "UnlockCommand",
    StopReason.OTHER: "Other",
}
"""Reason (§7.36). Of faults it knows but the emergency stop; which one it was is told by StatusNotification."""


def _start(numbering: Numbering, event: TransactionEvent) -> Request:
    return Request(
        "StartTransaction",
        {
            "connectorId": numbering.number(event.connector),
            "idTag": "" if event.id_token is None else event.id_token.value,
            "meterStart": event.meter_wh or 0,
            "timestamp": times.write(event.at),
        }
        | present(reservationId=event.reservation_id),
    )


def _update(numbering: Numbering, event: TransactionEvent) -> Request | None:
    values = meter_values(event.values)
    return transaction_meter_values(numbering, event.connector, event.transaction_id, values) if values else None


def _stop(numbering: Numbering, event: TransactionEvent) -> Request:
    """``reason`` is always there: the first schemas of OCA demanded it (1.6-J errata 2.6)."""
    return Request(
        "StopTransaction",
        {
            "transactionId": numbering.transaction_id(event.transaction_id),
            "meterStop": event.meter_wh or 0,
            "timestamp": times.write(event.at),
            "reason": REASONS[event.stop_reason or StopReason.LOCAL],
        }
        | present(
            idTag=None if event.id_token is None else event.id_token.value,
            transactionData=meter_values(event.values),
        ),
    )


_ENCODERS = {EventKind.STARTED: _start, EventKind.UPDATED: _update, EventKind.ENDED: _stop}


def _decode(_: TransactionEvent, payload: Payload) -> TransactionAnswer:
    info, number = payload.get("idTagInfo"), payload.get("transactionId")
    return TransactionAnswer(
        None if info is None else token_info(info),
        None if number is None else str(whole(number, "transactionId")),
    )


def said(numbering: Numbering) -> dict[type, Said]:
    """The three messages that tell a transaction."""
    return {TransactionEvent: Said(lambda event: _ENCODERS[event.kind](numbering, event), _decode)}
