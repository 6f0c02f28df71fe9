"""1.6: StartTransaction (§4.8), MeterValues of a transaction (§4.7), StopTransaction (§4.10).

power path closes        StartTransaction
closed, with values      MeterValues
closed, without          nothing to say
opens                    StopTransaction, what was collected as transactionData
open                     nothing to say: nobody has been authorised, or nobody is any longer

It closes with Started and opens with Ended, but for what was told while another version was spoken, with other points of start and stop.
"""

from collections.abc import Callable

from chargepoint.domain.metering import END_VALUES, thinned
from chargepoint.domain.notifications import TransactionAnswer
from chargepoint.domain.transaction import PathStep, StopReason, TransactionEvent
from chargepoint.ocpp import times
from chargepoint.ocpp.dialect import Request, Said
from chargepoint.ocpp.frames import Payload
from chargepoint.ocpp.payloads import present, readable, whole
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
    StopReason.LOCAL_OUT_OF_CREDIT: "Other",
    StopReason.MASTER_PASS: "Local",
    StopReason.OVERCURRENT_FAULT: "Other",
    StopReason.POWER_LOSS: "PowerLoss",
    StopReason.POWER_QUALITY: "Other",
    StopReason.REBOOT: "Reboot",
    StopReason.REMOTE: "Remote",
    StopReason.SOFT_RESET: "SoftReset",
    StopReason.STOPPED_BY_EV: "Other",
    StopReason.TIMEOUT: "Other",
    StopReason.UNLOCK_COMMAND: "UnlockCommand",
    StopReason.OTHER: "Other",
}
"""Reason (§7.36). Of faults it knows but the emergency stop; which one it was is told by StatusNotification."""


def _start(numbering: Numbering, event: TransactionEvent) -> Request:
    path = event.path
    return Request(
        "StartTransaction",
        {
            "connectorId": numbering.number(event.connector),
            "idTag": "" if path.token is None else path.token.value,
            "meterStart": path.meter_wh or 0,
            "timestamp": times.write(path.at or event.at),
        }
        | present(reservationId=path.reservation_id),
    )


def _update(numbering: Numbering, event: TransactionEvent) -> Request | None:
    values = meter_values(event.values)
    return transaction_meter_values(numbering, event.connector, event.path.transaction_id, values) if values else None


def _stop(numbering: Numbering, event: TransactionEvent) -> Request:
    """``reason`` is always there: the first schemas of OCA demanded it (1.6-J errata 2.6)."""
    path = event.path
    return Request(
        "StopTransaction",
        {
            "transactionId": numbering.transaction_id(path.transaction_id),
            "meterStop": path.meter_wh or 0,
            "timestamp": times.write(path.at or event.at),
            "reason": REASONS[path.reason or StopReason.LOCAL],
        }
        | present(
            idTag=None if path.token is None else path.token.value,
            transactionData=meter_values(thinned(path.values, END_VALUES)),  # they may have been collected for 2.x
        ),
    )


_ENCODERS: dict[PathStep, Callable[[Numbering, TransactionEvent], Request | None]] = {
    PathStep.CLOSES: _start,
    PathStep.CLOSED: _update,
    PathStep.OPENS: _stop,
    PathStep.OPEN: lambda numbering, event: None,
}


def _decode(event: TransactionEvent, payload: Payload) -> TransactionAnswer:
    """Whatever it says, the message has been taken. The answer to StartTransaction has to speak of the token. Without an id that can be
    told again it goes on as if StartTransaction had never been answered, with -1 (errata 3.18): sent again it could be billed twice."""
    info, expected = readable(payload, "idTagInfo", token_info), event.path.step is PathStep.CLOSES
    csms_id = readable(payload, "transactionId", lambda told: str(whole(told, "transactionId")))
    return TransactionAnswer(info, csms_id, unclear=info is None and (expected or "idTagInfo" in payload))


def said(numbering: Numbering) -> dict[type, Said]:
    """The three messages that tell a transaction."""
    return {TransactionEvent: Said(lambda event: _ENCODERS[event.path.step](numbering, event), _decode, bare=True)}
