"""2.x block H: ReserveNow (H01), CancelReservation (H02), ReservationStatusUpdate (H04)."""

from chargepoint.domain.commands import CancelReservation, Outcome, ReserveNow, Verdict
from chargepoint.domain.notifications import Received, ReservationStatusUpdate
from chargepoint.ocpp import times
from chargepoint.ocpp.dialect import Obeyed, Request, Said
from chargepoint.ocpp.errors import Refusal, RpcError
from chargepoint.ocpp.frames import Payload
from chargepoint.ocpp.payloads import whole, whole_or_none
from chargepoint.ocpp.v2.authorizing import accepted_or_rejected
from chargepoint.ocpp.v2.values import answered, read_token

_RESERVED = {
    Verdict.ACCEPTED: "Accepted",
    Verdict.FAULTED: "Faulted",
    Verdict.OCCUPIED: "Occupied",
    Verdict.UNAVAILABLE: "Unavailable",
}


def _reserve(payload: Payload) -> ReserveNow:
    """A group without a name is none. Raises Refusal for a time that cannot be read."""
    expires, group = times.read(payload["expiryDateTime"]), payload.get("groupIdToken")
    if expires is None:
        raise Refusal(RpcError.PROPERTY, "expiryDateTime: not a date and time of ISO 8601")
    return ReserveNow(
        id=whole(payload["id"], "id"),
        token=read_token(payload["idToken"]),
        expires=expires,
        group=read_token(group) if group and group["idToken"] else None,
        evse=whole_or_none(payload, "evseId"),
        connector_type=payload.get("connectorType"),
    )


def _reserved(_: ReserveNow, reply: Outcome) -> Payload:
    return answered(_RESERVED.get(reply.verdict, "Rejected"), reply)


def _cancel(payload: Payload) -> CancelReservation:
    return CancelReservation(whole(payload["reservationId"], "reservationId"))


def _over(notification: ReservationStatusUpdate) -> Request:
    """H04.FR.01"""
    return Request("ReservationStatusUpdate", {"reservationId": notification.id, "reservationUpdateStatus": notification.status.value})


SAID: dict[type, Said] = {ReservationStatusUpdate: Said(_over, lambda _, __: Received())}
OBEYED: dict[str, Obeyed] = {
    "ReserveNow": Obeyed(_reserve, _reserved),
    "CancelReservation": Obeyed(_cancel, accepted_or_rejected),
}
