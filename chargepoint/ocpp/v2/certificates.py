"""2.x block M: GetInstalledCertificateIds (M03), DeleteCertificate (M04), InstallCertificate (M05), GetCertificateStatus (M06)."""

from chargepoint.domain.certificates import CertificateHash, CertificateUse
from chargepoint.domain.commands import (
    DeleteCertificate,
    GetInstalledCertificateIds,
    InstallCertificate,
    InstalledCertificates,
    Outcome,
    Verdict,
)
from chargepoint.domain.notifications import GetCertificateStatus, OcspStatus
from chargepoint.ocpp.dialect import Obeyed, Request, Said
from chargepoint.ocpp.frames import Payload
from chargepoint.ocpp.payloads import present
from chargepoint.ocpp.v2.values import answered

_INSTALLED = {Verdict.ACCEPTED: "Accepted", Verdict.FAILED: "Failed"}
_DELETED = {Verdict.ACCEPTED: "Accepted", Verdict.NOT_FOUND: "NotFound"}
MOST_ABOVE = 4
"""childCertificateHashData has room for no more."""


def _list(payload: Payload) -> GetInstalledCertificateIds:
    return GetInstalledCertificateIds(tuple(map(CertificateUse, payload.get("certificateType", ()))))


def _listed(_: GetInstalledCertificateIds, reply: InstalledCertificates) -> Payload:
    """M03.FR.01 to M03.FR.04; of a chain the certificates that stand above it are its children (M03.FR.05)."""
    chains = [_chain(use, name, reply.above.get(name, ())) for use, name in reply.found]
    return {"status": "Accepted" if chains else "NotFound"} | present(certificateHashDataChain=chains)


def _chain(use: CertificateUse, name: CertificateHash, above: tuple[CertificateHash, ...]) -> Payload:
    """M03.FR.02, M03.FR.03"""
    children = present(childCertificateHashData=[each.told() for each in above[:MOST_ABOVE]])
    return {"certificateType": use.value, "certificateHashData": name.told()} | children


def _delete(payload: Payload) -> DeleteCertificate:
    return DeleteCertificate(CertificateHash.heard(payload["certificateHashData"]))


def _deleted(_: DeleteCertificate, reply: Outcome) -> Payload:
    """M04.FR.01"""
    return answered(_DELETED.get(reply.verdict, "Failed"), reply)


def _install(payload: Payload) -> InstallCertificate:
    return InstallCertificate(CertificateUse(payload["certificateType"]), payload["certificate"])


def _installed(_: InstallCertificate, reply: Outcome) -> Payload:
    """M05.FR.01"""
    return answered(_INSTALLED.get(reply.verdict, "Rejected"), reply)


def _status(notification: GetCertificateStatus) -> Request:
    return Request("GetCertificateStatus", {"ocspRequestData": notification.name.told() | {"responderURL": notification.responder_url}})


def _told(_: GetCertificateStatus, payload: Payload) -> OcspStatus:
    """Failed, or Accepted with nothing in it, is no answer to keep."""
    return OcspStatus(payload.get("ocspResult", "") if payload["status"] == "Accepted" else "")


SAID: dict[type, Said] = {GetCertificateStatus: Said(_status, _told)}
OBEYED: dict[str, Obeyed] = {
    "GetInstalledCertificateIds": Obeyed(_list, _listed),
    "DeleteCertificate": Obeyed(_delete, _deleted),
    "InstallCertificate": Obeyed(_install, _installed),
}
