"""2.x block A: SecurityEventNotification (A04), SignCertificate and CertificateSigned (A02, A03).

A certificate without a type is the one for the CSMS, as it is where a station has only one.
"""

from chargepoint.domain.certificates import CertificateUse
from chargepoint.domain.commands import CertificateSigned
from chargepoint.domain.notifications import Received, SecurityEvent, SignAnswer, SignCertificate
from chargepoint.domain.security_events import kind_of
from chargepoint.ocpp import times
from chargepoint.ocpp.dialect import Obeyed, Request, Said
from chargepoint.ocpp.frames import Payload
from chargepoint.ocpp.payloads import present
from chargepoint.ocpp.v2.authorizing import accepted_or_rejected


def _event(event: SecurityEvent) -> Request:
    payload = {"type": kind_of(event.kind).name, "timestamp": times.write(event.at)} | present(techInfo=event.words)
    return Request("SecurityEventNotification", payload)


def _sign(notification: SignCertificate) -> Request:
    """There are two kinds, one for the CSMS and one for vehicles, so the kind is always told (A02.FR.13, A03.FR.13)."""
    return Request("SignCertificate", {"csr": notification.csr, "certificateType": notification.use.value})


def _will_sign(_: SignCertificate, payload: Payload) -> SignAnswer:
    return SignAnswer(payload["status"] == "Accepted")


def _signed(payload: Payload) -> CertificateSigned:
    use = CertificateUse(payload.get("certificateType", CertificateUse.CHARGING_STATION))
    return CertificateSigned(payload["certificateChain"], use)


SAID: dict[type, Said] = {
    SecurityEvent: Said(_event, lambda _, __: Received()),
    SignCertificate: Said(_sign, _will_sign),
}
OBEYED: dict[str, Obeyed] = {"CertificateSigned": Obeyed(_signed, accepted_or_rejected)}
