"""2.x block P: DataTransfer, both ways (P01, P02). Data is whatever JSON can say."""

from chargepoint.domain.commands import DataTransfer, Outcome, Verdict
from chargepoint.domain.notifications import DataTransferAnswer, DataTransferOut
from chargepoint.ocpp.dialect import Obeyed, Request, Said
from chargepoint.ocpp.frames import Payload
from chargepoint.ocpp.payloads import present
from chargepoint.ocpp.v2.values import answered

_WORDS = {
    Verdict.ACCEPTED: "Accepted",
    Verdict.UNKNOWN_VENDOR: "UnknownVendorId",
    Verdict.UNKNOWN_MESSAGE: "UnknownMessageId",
}


def _encode(notification: DataTransferOut) -> Request:
    optional = present(messageId=notification.message_id, data=notification.data)
    return Request("DataTransfer", {"vendorId": notification.vendor_id} | optional)


def _decode(_: DataTransferOut, payload: Payload) -> DataTransferAnswer:
    return DataTransferAnswer(payload["status"], payload.get("data"))


def _wanted(payload: Payload) -> DataTransfer:
    return DataTransfer(payload["vendorId"], payload.get("messageId"), payload.get("data"))


def _done(_: DataTransfer, reply: Outcome) -> Payload:
    return answered(_WORDS.get(reply.verdict, "Rejected"), reply) | present(data=reply.data)


SAID: dict[type, Said] = {DataTransferOut: Said(_encode, _decode)}
OBEYED: dict[str, Obeyed] = {"DataTransfer": Obeyed(_wanted, _done)}
