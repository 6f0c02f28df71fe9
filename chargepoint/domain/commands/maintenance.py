"""Firmware and logs (OCPP 2.0.1 L01, L02, N01; 1.6 §5.9, §5.19, security whitepaper L01, N01)."""

from datetime import datetime

from msgspec import Struct

from chargepoint.domain.logs import LogKind


class UpdateFirmware(Struct, frozen=True, kw_only=True):
    """L01, L02; 1.6 UpdateFirmware and SignedUpdateFirmware. Answered by an Outcome: Accepted, AcceptedCanceled, Rejected,
    InvalidCertificate, RevokedCertificate."""

    request_id: int | None = None
    """``None``: 1.6 UpdateFirmware, which knows no signature and other statuses."""
    location: str
    retrieve_at: datetime
    install_at: datetime | None = None
    signing_certificate: str | None = None
    """PEM."""
    signature: str | None = None
    """Base64, over SHA-256 of the file."""
    retries: int | None = None
    retry_interval_s: int | None = None


class GetLog(Struct, frozen=True, kw_only=True):
    """N01; 1.6 GetLog, and GetDiagnostics where ``request_id`` is ``None``. Answered by an Outcome (Accepted, AcceptedCanceled, Rejected)
    whose ``data`` is the name of the file, or ``None`` where there is nothing."""

    request_id: int | None = None
    kind: LogKind
    location: str
    oldest: datetime | None = None
    newest: datetime | None = None
    retries: int | None = None
    retry_interval_s: int | None = None
