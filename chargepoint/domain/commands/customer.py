"""What is kept of somebody (OCPP 2.0.1 N09, N10)."""

from msgspec import Struct

from chargepoint.domain.certificates import CertificateHash
from chargepoint.domain.ids import IdToken


class CustomerInformation(Struct, frozen=True, kw_only=True):
    """N09, N10. Just one of the last three names him. Answered by an Outcome: Accepted, Rejected, Invalid."""

    request_id: int
    report: bool
    clear: bool
    token: IdToken | None = None
    identifier: str | None = None
    certificate: CertificateHash | None = None
