"""2.x block L: UpdateFirmware and FirmwareStatusNotification (L01, L02)."""

from chargepoint.domain.commands import Outcome, UpdateFirmware, Verdict
from chargepoint.domain.firmware import FirmwareStatus
from chargepoint.domain.notifications import FirmwareStatusNotification, Received
from chargepoint.ocpp.dialect import Obeyed, Request, Said
from chargepoint.ocpp.frames import Payload
from chargepoint.ocpp.jobs import time, time_or_none, tries
from chargepoint.ocpp.payloads import present, whole
from chargepoint.ocpp.v2.values import answered

_ANSWERS = {Verdict.ACCEPTED, Verdict.ACCEPTED_CANCELED, Verdict.INVALID_CERTIFICATE, Verdict.REVOKED_CERTIFICATE}


def _status(notification: FirmwareStatusNotification) -> Request | None:
    """Always with the number of its request (L01.FR.10, L01.FR.20, L02.FR.06, L02.FR.14): an update that 1.6 has asked for has none, and
    nothing can be said of it."""
    if notification.request_id is None and notification.status is not FirmwareStatus.IDLE:
        return None
    return Request("FirmwareStatusNotification", {"status": notification.status.value} | present(requestId=notification.request_id))


def _update(payload: Payload) -> UpdateFirmware:
    firmware = payload["firmware"]
    return UpdateFirmware(
        request_id=whole(payload["requestId"], "requestId"),
        location=firmware["location"],
        retrieve_at=time(firmware, "retrieveDateTime"),
        install_at=time_or_none(firmware, "installDateTime"),
        signing_certificate=firmware.get("signingCertificate") or None,
        signature=firmware.get("signature") or None,
        **tries(payload),
    )


def _updated(_: UpdateFirmware, reply: Outcome) -> Payload:
    return answered(reply.verdict.value if reply.verdict in _ANSWERS else "Rejected", reply)


SAID: dict[type, Said] = {FirmwareStatusNotification: Said(_status, lambda _, __: Received())}
OBEYED: dict[str, Obeyed] = {"UpdateFirmware": Obeyed(_update, _updated)}
