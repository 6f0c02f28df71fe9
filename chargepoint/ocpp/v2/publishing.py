"""2.x block L: PublishFirmware, UnpublishFirmware and PublishFirmwareStatusNotification (L03, L04)."""

from chargepoint.domain.commands import Outcome, PublishFirmware, UnpublishFirmware, Verdict
from chargepoint.domain.notifications import PublishFirmwareStatusNotification, Received
from chargepoint.ocpp.dialect import Obeyed, Request, Said
from chargepoint.ocpp.frames import Payload
from chargepoint.ocpp.jobs import tries
from chargepoint.ocpp.payloads import present, whole
from chargepoint.ocpp.v2.values import answered

_UNPUBLISHED = {Verdict.UNPUBLISHED, Verdict.DOWNLOAD_ONGOING}


def _status(news: PublishFirmwareStatusNotification) -> Request:
    said = {"status": news.status.value} | present(requestId=news.request_id, location=list(news.locations) or None)
    return Request("PublishFirmwareStatusNotification", said)


def _publish(payload: Payload) -> PublishFirmware:
    number = whole(payload["requestId"], "requestId")
    return PublishFirmware(request_id=number, location=payload["location"], checksum=payload["checksum"], **tries(payload))


def _published(_: PublishFirmware, reply: Outcome) -> Payload:
    return answered("Accepted" if reply.verdict is Verdict.ACCEPTED else "Rejected", reply)


def _unpublish(payload: Payload) -> UnpublishFirmware:
    return UnpublishFirmware(payload["checksum"])


def _unpublished(_: UnpublishFirmware, reply: Outcome) -> Payload:
    return {"status": reply.verdict.value if reply.verdict in _UNPUBLISHED else "NoFirmware"}


SAID: dict[type, Said] = {PublishFirmwareStatusNotification: Said(_status, lambda _, __: Received())}
OBEYED: dict[str, Obeyed] = {
    "PublishFirmware": Obeyed(_publish, _published),
    "UnpublishFirmware": Obeyed(_unpublish, _unpublished),
}
