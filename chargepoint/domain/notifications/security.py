"""Security events and certificate requests (OCPP 2.0.1 A02 to A04)."""

from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from chargepoint.domain.certificates import CertificateUse
from chargepoint.domain.security_events import counted


class SecurityEvent(Struct, frozen=True, tag=True):
    """A04: SecurityEventNotification. Kept in the outbox until answered."""

    kind: str
    """A name of the standard's list (``security_events``)."""
    at: datetime
    info: str = ""
    more: int = 0
    """So many more of the kind came after it and are told with it; the last at ``last``."""
    last: datetime | None = None

    @property
    def words(self) -> str:
        """techInfo."""
        return counted(self.info, self.more, self.last)

    def with_more(self, more: int, last: datetime) -> "SecurityEvent":
        """It tells of so many more."""
        return replace(self, more=self.more + more, last=last)


class SignCertificate(Struct, frozen=True, tag=True):
    """A02, A03: a certificate signing request, PEM."""

    csr: str
    use: CertificateUse = CertificateUse.CHARGING_STATION


class SignAnswer(Struct, frozen=True):
    """Will the CSMS have the request signed?"""

    accepted: bool
