"""1.6: certificates and security events (security whitepaper edition 3, A02 to A04, M03 to M05, §5).

The 1.6 messages know two kinds of roots and one certificate of the station's own; the domain's words are those of 2.x.
"""

from collections.abc import Callable

from chargepoint.domain.certificates import CertificateHash, CertificateUse
from chargepoint.domain.commands import (
    CertificateSigned,
    DeleteCertificate,
    GetInstalledCertificateIds,
    InstallCertificate,
    InstalledCertificates,
    Outcome,
    Verdict,
)
from chargepoint.domain.notifications import Received, SecurityEvent, SignAnswer, SignCertificate
from chargepoint.domain.security_events import kind_of
from chargepoint.ocpp import times
from chargepoint.ocpp.dialect import Obeyed, Request, Said
from chargepoint.ocpp.frames import Payload
from chargepoint.ocpp.payloads import present
from chargepoint.ocpp.v16 import data_transfer

USES = {
    "CentralSystemRootCertificate": CertificateUse.CSMS_ROOT,
    "ManufacturerRootCertificate": CertificateUse.MANUFACTURER_ROOT,
}


def _event(event: SecurityEvent) -> Request:
    kind = kind_of(event.kind)
    payload = {"type": kind.name_16 or kind.name, "timestamp": times.write(event.at)} | present(techInfo=event.words)
    return Request("SecurityEventNotification", payload)


def _heard(_: SecurityEvent, payload: Payload) -> Received:
    return Received()


def _sign(notification: SignCertificate) -> Request:
    if notification.use is CertificateUse.V2G:
        return data_transfer.sign_for_vehicles(notification)
    return Request("SignCertificate", {"csr": notification.csr})


def _will_sign(notification: SignCertificate, payload: Payload) -> SignAnswer:
    if notification.use is CertificateUse.V2G:
        return data_transfer.will_sign_for_vehicles(payload)
    return SignAnswer(payload["status"] == "Accepted")


def _install(payload: Payload) -> InstallCertificate:
    return InstallCertificate(USES[payload["certificateType"]], payload["certificate"])


def _delete(payload: Payload) -> DeleteCertificate:
    return DeleteCertificate(CertificateHash.heard(payload["certificateHashData"]))


def _list(payload: Payload) -> GetInstalledCertificateIds:
    return GetInstalledCertificateIds((USES[payload["certificateType"]],))


def _listed(_: GetInstalledCertificateIds, reply: InstalledCertificates) -> Payload:
    found = [each.told() for _, each in reply.found]
    return {"status": "Accepted" if found else "NotFound"} | present(certificateHashData=found)


def _signed(payload: Payload) -> CertificateSigned:
    return CertificateSigned(payload["certificateChain"], CertificateUse.CHARGING_STATION)


def _status(*allowed: Verdict) -> Callable[[object, Outcome], Payload]:
    """Another verdict is said as the last of these."""

    def encode(_: object, reply: Outcome) -> Payload:
        return {"status": (reply.verdict if reply.verdict in allowed else allowed[-1]).value}

    return encode


SAID: dict[type, Said] = {SecurityEvent: Said(_event, _heard), SignCertificate: Said(_sign, _will_sign)}
OBEYED: dict[str, Obeyed] = {
    "InstallCertificate": Obeyed(_install, _status(Verdict.ACCEPTED, Verdict.FAILED, Verdict.REJECTED)),
    "DeleteCertificate": Obeyed(_delete, _status(Verdict.ACCEPTED, Verdict.NOT_FOUND, Verdict.FAILED)),
    "GetInstalledCertificateIds": Obeyed(_list, _listed),
    "CertificateSigned": Obeyed(_signed, _status(Verdict.ACCEPTED, Verdict.REJECTED)),
}
