"""1.6: ReserveNow (§5.13), CancelReservation (§5.1)."""

from chargepoint.domain.commands import CancelReservation, Outcome, ReserveNow, Verdict
from chargepoint.domain.ids import ANY, IdToken
from chargepoint.ocpp import times
from chargepoint.ocpp.dialect import Obeyed, Settled
from chargepoint.ocpp.errors import Refusal, RpcError
from chargepoint.ocpp.frames import Payload
from chargepoint.ocpp.payloads import whole
from chargepoint.ocpp.v16.authorizing import accepted_or_rejected
from chargepoint.ocpp.v16.numbering import STATION, Numbering

_RESERVED = {
    Verdict.ACCEPTED: "Accepted",
    Verdict.FAULTED: "Faulted",
    Verdict.OCCUPIED: "Occupied",
    Verdict.UNAVAILABLE: "Unavailable",
}


def _reserve(numbering: Numbering, payload: Payload) -> ReserveNow | Settled:
    """Connector 0 is whichever will be free. An empty parentIdTag is no group."""
    expires, number = times.read(payload["expiryDate"]), whole(payload["connectorId"], "connectorId")
    connector, parent = numbering.connector(number), payload.get("parentIdTag")
    if expires is None:
        raise Refusal(RpcError.PROPERTY, "expiryDate: not a date and time of ISO 8601")
    if connector is None and number != STATION:
        return Settled({"status": "Rejected"})
    return ReserveNow(
        id=whole(payload["reservationId"], "reservationId"),
        token=IdToken(payload["idTag"], ANY),
        expires=expires,
        group=IdToken(parent, ANY) if parent else None,
        evse=None if connector is None else connector.evse,
        connector=None if connector is None else connector.connector,
    )


def _reserved(_: ReserveNow, reply: Outcome) -> Payload:
    return {"status": _RESERVED.get(reply.verdict, "Rejected")}


def _cancel(payload: Payload) -> CancelReservation:
    return CancelReservation(whole(payload["reservationId"], "reservationId"))


def obeyed(numbering: Numbering) -> dict[str, Obeyed]:
    """What keeps a connector free."""
    return {
        "ReserveNow": Obeyed(lambda payload: _reserve(numbering, payload), _reserved),
        "CancelReservation": Obeyed(_cancel, accepted_or_rejected),
    }
