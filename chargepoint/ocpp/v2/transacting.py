"""2.x block E: TransactionEvent.

``idToken`` is there only when the event has one (E03.FR.01), ``offline`` only when true; ``evse`` is always there, since a transaction of
this station begins with the car plugged in (E01.FR.16). ``stoppedReason`` is told even where it could be left out (Local).
"""

from chargepoint.domain.notifications import TransactionAnswer
from chargepoint.domain.transaction import EventKind, StopReason, TransactionEvent
from chargepoint.ocpp import times
from chargepoint.ocpp.dialect import Request, Said
from chargepoint.ocpp.frames import Payload
from chargepoint.ocpp.payloads import present
from chargepoint.ocpp.v2.metering import meter_values
from chargepoint.ocpp.v2.values import id_token, token_info

REASONS: dict[StopReason, str] = {
    StopReason.SOFT_RESET: "ImmediateReset",
    StopReason.UNLOCK_COMMAND: "Other",  # only where 1.6 ended it and 2.x has to tell it
}
"""ReasonEnumType, where it is not the domain's own word."""


def _encode(event: TransactionEvent) -> Request:
    return Request(
        "TransactionEvent",
        {
            "eventType": event.kind.value,
            "timestamp": times.write(event.at),
            "triggerReason": event.trigger.value,
            "seqNo": event.seq_no,
            "transactionInfo": _transaction_info(event),
            "evse": {"id": event.connector.evse, "connectorId": event.connector.connector},
        }
        | present(
            offline=event.offline or None,
            idToken=None if event.id_token is None else id_token(event.id_token),
            meterValue=meter_values(event.values),
        ),
    )


def _transaction_info(event: TransactionEvent) -> Payload:
    state, reason = event.charging_state, None
    if event.kind is EventKind.ENDED:
        stop = event.stop_reason or StopReason.LOCAL
        reason = REASONS.get(stop, stop.value)
    return {"transactionId": event.transaction_id} | present(
        chargingState=None if state is None else state.value,
        stoppedReason=reason,
        remoteStartId=event.remote_start_id,
    )


def _decode(event: TransactionEvent, payload: Payload) -> TransactionAnswer:
    info = payload.get("idTokenInfo")
    return TransactionAnswer(None if info is None else token_info(info))


SAID: dict[type, Said] = {TransactionEvent: Said(_encode, _decode)}
