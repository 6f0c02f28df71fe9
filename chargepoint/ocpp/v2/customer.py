"""2.x block N, customers: CustomerInformation and NotifyCustomerInformation (N09, N10)."""

from chargepoint.domain.certificates import CertificateHash, HashAlgorithm
from chargepoint.domain.commands import CustomerInformation, Outcome, Verdict
from chargepoint.domain.notifications import NotifyCustomerInformation, Received
from chargepoint.ocpp import times
from chargepoint.ocpp.dialect import Obeyed, Request, Said
from chargepoint.ocpp.frames import Payload
from chargepoint.ocpp.payloads import whole
from chargepoint.ocpp.v2.values import answered, read_token

_ANSWERS = {Verdict.ACCEPTED, Verdict.INVALID}


def _wanted(payload: Payload) -> CustomerInformation:
    token, certificate = payload.get("idToken"), payload.get("customerCertificate")
    return CustomerInformation(
        request_id=whole(payload["requestId"], "requestId"),
        report=payload["report"],
        clear=payload["clear"],
        token=None if token is None else read_token(token),
        identifier=payload.get("customerIdentifier"),
        certificate=None if certificate is None else _certificate(certificate),
    )


def _certificate(payload: Payload) -> CertificateHash:
    return CertificateHash(
        HashAlgorithm(payload["hashAlgorithm"]), payload["issuerNameHash"], payload["issuerKeyHash"], payload["serialNumber"]
    )


def _given(_: CustomerInformation, reply: Outcome) -> Payload:
    return answered(reply.verdict.value if reply.verdict in _ANSWERS else "Rejected", reply)


def _part(notification: NotifyCustomerInformation) -> Request:
    """``data`` is mandatory, and empty where nothing is kept (N09.FR.06)."""
    return Request(
        "NotifyCustomerInformation",
        {
            "requestId": notification.request_id,
            "generatedAt": times.write(notification.at),
            "seqNo": notification.seq_no,
            "tbc": notification.to_be_continued,
            "data": notification.data,
        },
    )


SAID: dict[type, Said] = {NotifyCustomerInformation: Said(_part, lambda _, __: Received())}
OBEYED: dict[str, Obeyed] = {"CustomerInformation": Obeyed(_wanted, _given)}
