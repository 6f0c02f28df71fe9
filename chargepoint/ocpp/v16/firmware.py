"""1.6: UpdateFirmware (§5.19), FirmwareStatusNotification (§4.5); SignedUpdateFirmware, SignedFirmwareStatusNotification (1.6-SEC L01)."""

from chargepoint.domain.commands import Outcome, UpdateFirmware, Verdict
from chargepoint.domain.firmware import UNSIGNED
from chargepoint.domain.notifications import FirmwareStatusNotification, Received
from chargepoint.ocpp.dialect import Obeyed, Request, Said
from chargepoint.ocpp.errors import Refusal, RpcError
from chargepoint.ocpp.frames import Payload
from chargepoint.ocpp.jobs import time, time_or_none, tries
from chargepoint.ocpp.payloads import present, whole


def _status(notification: FirmwareStatusNotification) -> Request | None:
    if notification.signed or notification.request_id is not None:
        payload = {"status": notification.status.value} | present(requestId=notification.request_id)
        return Request("SignedFirmwareStatusNotification", payload)
    if notification.status not in UNSIGNED:
        return None
    return Request("FirmwareStatusNotification", {"status": notification.status.value})


def _heard(_: FirmwareStatusNotification, payload: Payload) -> Received:
    return Received()


def _update(payload: Payload) -> UpdateFirmware:
    return UpdateFirmware(location=payload["location"], retrieve_at=time(payload, "retrieveDate"), **tries(payload))


def _updated(_: UpdateFirmware, reply: Outcome) -> Payload:
    """The answer has no room for a no: it is said as an error (1.6-SEC L01.FR.20: NotSupported where only signed firmware is taken)."""
    if reply.verdict in (Verdict.ACCEPTED, Verdict.ACCEPTED_CANCELED):
        return {}
    error = RpcError.NOT_SUPPORTED if reply.verdict is Verdict.NOT_SUPPORTED else RpcError.GENERIC
    raise Refusal(error, reply.info or "the update is rejected")


def _signed_update(payload: Payload) -> UpdateFirmware:
    firmware = payload["firmware"]
    return UpdateFirmware(
        request_id=whole(payload["requestId"], "requestId"),
        location=firmware["location"],
        retrieve_at=time(firmware, "retrieveDateTime"),
        install_at=time_or_none(firmware, "installDateTime"),
        signing_certificate=firmware["signingCertificate"],
        signature=firmware["signature"],
        **tries(payload),
    )


_SIGNED = {Verdict.ACCEPTED, Verdict.ACCEPTED_CANCELED, Verdict.INVALID_CERTIFICATE, Verdict.REVOKED_CERTIFICATE}


def _signed_updated(_: UpdateFirmware, reply: Outcome) -> Payload:
    return {"status": reply.verdict.value if reply.verdict in _SIGNED else "Rejected"}


SAID: dict[type, Said] = {FirmwareStatusNotification: Said(_status, _heard)}
OBEYED: dict[str, Obeyed] = {
    "UpdateFirmware": Obeyed(_update, _updated),
    "SignedUpdateFirmware": Obeyed(_signed_update, _signed_updated),
}
