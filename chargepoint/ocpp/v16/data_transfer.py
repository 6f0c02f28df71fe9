"""1.6: DataTransfer, both ways (§4.3, §5.6). Data is text here; anything else travels as JSON text."""

from typing import Any

import msgspec

from chargepoint.domain.commands import DataTransfer, Outcome, Verdict
from chargepoint.domain.notifications import DataTransferAnswer, DataTransferOut
from chargepoint.ocpp.dialect import Obeyed, Request, Said
from chargepoint.ocpp.frames import Payload
from chargepoint.ocpp.payloads import present

_WORDS = {
    Verdict.ACCEPTED: "Accepted",
    Verdict.UNKNOWN_VENDOR: "UnknownVendorId",
    Verdict.UNKNOWN_MESSAGE: "UnknownMessageId",
}


def _text(data: Any) -> str | None:
    return data if data is None or isinstance(data, str) else msgspec.json.encode(data).decode()


def _encode(notification: DataTransferOut) -> Request:
    optional = present(messageId=notification.message_id, data=_text(notification.data))
    return Request("DataTransfer", {"vendorId": notification.vendor_id} | optional)


def _decode(_: DataTransferOut, payload: Payload) -> DataTransferAnswer:
    return DataTransferAnswer(payload["status"], payload.get("data"))


def _wanted(payload: Payload) -> DataTransfer:
    return DataTransfer(payload["vendorId"], payload.get("messageId"), payload.get("data"))


def _done(_: DataTransfer, reply: Outcome) -> Payload:
    return {"status": _WORDS.get(reply.verdict, "Rejected")} | present(data=_text(reply.data))


SAID: dict[type, Said] = {DataTransferOut: Said(_encode, _decode)}
OBEYED: dict[str, Obeyed] = {"DataTransfer": Obeyed(_wanted, _done)}
