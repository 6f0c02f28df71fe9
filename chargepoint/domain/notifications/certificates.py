"""What is asked about certificates (OCPP 2.0.1 M06)."""

from msgspec import Struct

from chargepoint.domain.certificates import CertificateHash


class GetCertificateStatus(Struct, frozen=True):
    """M06: is this certificate still good? The CSMS asks its responder (OCSP)."""

    name: CertificateHash
    responder_url: str


class OcspStatus(Struct, frozen=True):
    """What the responder said, base64 of DER; empty: the CSMS could not get it."""

    response: str
