"""1.6: DataTransfer, both ways (§4.3, §5.6). Data is text here; anything else travels as JSON text.

Two more things travel in it: that a connector was unplugged after its transaction (pricing note §3.4.3), and the request to sign a
certificate for the vehicle's side (plug-and-charge note §6.8), for which 2.x has a message of its own.
"""

from typing import Any

import msgspec

from chargepoint.domain.commands import DataTransfer, Outcome, Verdict
from chargepoint.domain.notifications import (
    ConnectorUnplugged,
    DataTransferAnswer,
    DataTransferOut,
    Received,
    SignAnswer,
    SignCertificate,
)
from chargepoint.ocpp import times
from chargepoint.ocpp.dialect import Obeyed, Request, Said
from chargepoint.ocpp.frames import Payload
from chargepoint.ocpp.payloads import present
from chargepoint.ocpp.v16.numbering import Numbering

COST_MESSAGES = "org.openchargealliance.costmsg"
PLUG_AND_CHARGE = "org.openchargealliance.iso15118pnc"

_WORDS = {
    Verdict.ACCEPTED: "Accepted",
    Verdict.UNKNOWN_VENDOR: "UnknownVendorId",
    Verdict.UNKNOWN_MESSAGE: "UnknownMessageId",
}


def _text(data: Any) -> str | None:
    return data if data is None or isinstance(data, str) else msgspec.json.encode(data).decode()


def _encode(notification: DataTransferOut) -> Request:
    return _request(notification.vendor_id, notification.message_id, notification.data)


def _request(vendor_id: str, message_id: str | None, data: Any) -> Request:
    return Request("DataTransfer", {"vendorId": vendor_id} | present(messageId=message_id, data=_text(data)))


def _decode(_: DataTransferOut, payload: Payload) -> DataTransferAnswer:
    return DataTransferAnswer(payload["status"], payload.get("data"))


def _wanted(payload: Payload) -> DataTransfer:
    return DataTransfer(payload["vendorId"], payload.get("messageId"), payload.get("data"))


def _done(_: DataTransfer, reply: Outcome) -> Payload:
    return {"status": _WORDS.get(reply.verdict, "Rejected")} | present(data=_text(reply.data))


def sign_for_vehicles(notification: SignCertificate) -> Request:
    """SignCertificate of a V2G certificate. The note's table has ``csr`` alone, its example names the type as well."""
    return _request(PLUG_AND_CHARGE, "SignCertificate", {"csr": notification.csr, "certificateType": notification.use.value})


def will_sign_for_vehicles(payload: Payload) -> SignAnswer:
    """Accepted by whoever carries the message and by whoever reads it. A CSMS that cannot read it is one that will not sign."""
    if payload["status"] != "Accepted":
        return SignAnswer(accepted=False)
    try:
        inner = msgspec.json.decode(payload.get("data") or "{}")
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return SignAnswer(accepted=False)
    return SignAnswer(isinstance(inner, dict) and inner.get("status") == "Accepted")


def said(numbering: Numbering) -> dict[type, Said]:
    """Whatever the CSMS answers, it has heard it: one that does not know the message will not know it later either."""

    def encode(notification: ConnectorUnplugged) -> Request:
        data = {"transactionId": numbering.transaction_id(notification.transaction_id), "timestamp": times.write(notification.at)}
        return _request(COST_MESSAGES, "ConnectorUnplugged", data)

    return {ConnectorUnplugged: Said(encode, lambda _, __: Received())}


SAID: dict[type, Said] = {DataTransferOut: Said(_encode, _decode)}
OBEYED: dict[str, Obeyed] = {"DataTransfer": Obeyed(_wanted, _done)}
