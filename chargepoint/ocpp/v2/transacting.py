"""2.x block E: TransactionEvent (E01 to E13), GetTransactionStatus (E14).

``idToken`` is there only when the event has one (E03.FR.01), ``offline`` only when true, ``evse`` as far as it is known (E01.FR.16).
``stoppedReason`` is told even where it could be left out (Local; E06.FR.08, E07.FR.05, E07.FR.06).
"""

from chargepoint.domain.commands import GetTransactionStatus, TransactionStatus
from chargepoint.domain.notifications import TransactionAnswer
from chargepoint.domain.transaction import EventKind, StopReason, TransactionEvent
from chargepoint.ocpp import times
from chargepoint.ocpp.dialect import Obeyed, Request, Said
from chargepoint.ocpp.frames import Payload
from chargepoint.ocpp.payloads import present, readable
from chargepoint.ocpp.v2.metering import meter_values
from chargepoint.ocpp.v2.values import id_token, priority, read_amount, read_transaction_id, shown_text, token_info

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
        }
        | present(
            offline=event.offline or None,
            numberOfPhasesUsed=event.phases,
            cableMaxCurrent=event.cable_a,
            reservationId=event.reservation_id,  # H01.FR.15
            evse=_evse(event),
            idToken=None if event.id_token is None else id_token(event.id_token),  # C05.FR.05
            meterValue=meter_values(event.values),
        ),
    )


def _evse(event: TransactionEvent) -> Payload | None:
    if not event.placed:
        return None
    return {"id": event.connector.evse} | present(connectorId=event.connector.connector if event.plugged else None)


def _transaction_info(event: TransactionEvent) -> Payload:
    state, reason = event.charging_state, None
    if event.kind is EventKind.ENDED:
        stop = event.stop_reason or StopReason.LOCAL
        reason = REASONS.get(stop, stop.value)
    return {"transactionId": event.transaction_id} | present(
        chargingState=None if state is None else state.value,
        timeSpentCharging=event.charged_s,
        stoppedReason=reason,
        remoteStartId=event.remote_start_id,  # C05.FR.03
    )


def _decode(event: TransactionEvent, payload: Payload) -> TransactionAnswer:
    """Whatever it says, the event has been taken. It has to speak of a token that the event names (part 2, TransactionEventResponse)."""
    info, expected = readable(payload, "idTokenInfo", token_info), event.id_token is not None
    return TransactionAnswer(
        info,
        unclear=info is None and (expected or "idTokenInfo" in payload),
        total_cost=readable(payload, "totalCost", read_amount),
        message=shown_text(payload.get("updatedPersonalMessage")),
        priority=priority(payload),
    )


def _status(payload: Payload) -> GetTransactionStatus:
    return GetTransactionStatus(read_transaction_id(payload))


def _told(_: GetTransactionStatus, reply: TransactionStatus) -> Payload:
    return {"messagesInQueue": reply.queued} | present(ongoingIndicator=reply.ongoing)


SAID: dict[type, Said] = {TransactionEvent: Said(_encode, _decode, bare=True)}
OBEYED: dict[str, Obeyed] = {"GetTransactionStatus": Obeyed(_status, _told)}
