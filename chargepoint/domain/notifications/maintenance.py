"""How firmware and logs are getting on, and what is kept of a customer (OCPP 2.0.1 L01, N01, N09; 1.6 §4.4, §4.5)."""

from datetime import datetime

from msgspec import Struct

from chargepoint.domain.firmware import FirmwareStatus
from chargepoint.domain.logs import LogStatus
from chargepoint.domain.publishing import PublishStatus


class FirmwareStatusNotification(Struct, frozen=True, tag=True):
    """L01; 1.6 FirmwareStatusNotification without, SignedFirmwareStatusNotification with a ``request_id``, as the request was made."""

    status: FirmwareStatus
    request_id: int | None = None
    signed: bool = False
    """1.6: SignedFirmwareStatusNotification even without a request: Idle, when it was asked for by ExtendedTriggerMessage."""


class PublishFirmwareStatusNotification(Struct, frozen=True, tag=True):
    """L03."""

    status: PublishStatus
    request_id: int | None = None
    locations: tuple[str, ...] = ()
    """Published: where other stations find it."""


class LogStatusNotification(Struct, frozen=True, tag=True):
    """N01; 1.6 LogStatusNotification, or DiagnosticsStatusNotification where ``diagnostics`` is set."""

    status: LogStatus
    request_id: int | None = None
    diagnostics: bool = False
    """It answers 1.6 GetDiagnostics."""


class NotifyCustomerInformation(Struct, frozen=True, tag=True):
    """N09, N10: a part of what is, or was, kept of somebody, for people; an empty one: there is nothing."""

    request_id: int
    seq_no: int
    to_be_continued: bool
    at: datetime
    data: str
