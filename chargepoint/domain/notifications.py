"""What the station tells a CSMS and asks of it, in OCPP 2.x words, and what it hears in answer.

Transaction events and transaction meter values are kept in the outbox until answered; the others are made anew when they are due.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from chargepoint.domain.authorization import TokenInfo
from chargepoint.domain.certificates import CertificateUse
from chargepoint.domain.device_model import VariableReport
from chargepoint.domain.firmware import FirmwareStatus
from chargepoint.domain.ids import ConnectorId, IdToken
from chargepoint.domain.logs import LogStatus
from chargepoint.domain.metering import MeterValue
from chargepoint.domain.security_events import counted
from chargepoint.domain.status import StatusNotification
from chargepoint.domain.transaction import TransactionEvent


class BootReason(StrEnum):
    """OCPP 2.0.1 BootReasonEnumType; 1.6 does not tell it."""

    POWER_UP = "PowerUp"
    REMOTE_RESET = "RemoteReset"
    SCHEDULED_RESET = "ScheduledReset"
    LOCAL_RESET = "LocalReset"
    FIRMWARE_UPDATE = "FirmwareUpdate"
    WATCHDOG = "Watchdog"
    TRIGGERED = "Triggered"
    APPLICATION_RESET = "ApplicationReset"
    UNKNOWN = "Unknown"


class Registration(StrEnum):
    """OCPP 2.0.1 RegistrationStatusEnumType; ``NONE`` before the first answer."""

    NONE = "none"
    ACCEPTED = "accepted"
    PENDING = "pending"
    REJECTED = "rejected"


class StationIdentity(Struct, frozen=True):
    """What a station says of itself when it boots (ChargingStationType)."""

    id: str
    vendor: str
    model: str
    serial: str
    firmware: str


class BootNotification(Struct, frozen=True, tag=True):
    """B01; 1.6 §4.2."""

    station: StationIdentity
    reason: BootReason


class Heartbeat(Struct, frozen=True, tag=True):
    """G02; 1.6 §4.6."""


class Authorize(Struct, frozen=True, tag=True):
    """C01; 1.6 §4.1."""

    token: IdToken


class MeterValues(Struct, frozen=True, tag=True):
    """J01: meter values of an EVSE without a transaction; 1.6 §4.7. ``evse`` 0 is the station's main meter."""

    evse: int
    connector: ConnectorId
    values: tuple[MeterValue, ...]


class DataTransferOut(Struct, frozen=True, tag=True):
    """P02: something of a vendor's own."""

    vendor_id: str
    message_id: str | None = None
    data: Any = None


class ConnectorUnplugged(Struct, frozen=True, tag=True):
    """The stay of a transaction that is over has ended too: idling costs no more (pricing note §3.4.3). 1.6 only; kept until answered."""

    transaction_id: str
    at: datetime


class NotifyReport(Struct, frozen=True, tag=True):
    """B07: one part of a report of the device model. 2.x only."""

    request_id: int
    seq_no: int
    to_be_continued: bool
    at: datetime
    rows: tuple[VariableReport, ...]


class FirmwareStatusNotification(Struct, frozen=True, tag=True):
    """L01; 1.6 FirmwareStatusNotification without, SignedFirmwareStatusNotification with a ``request_id``, as the request was made."""

    status: FirmwareStatus
    request_id: int | None = None
    signed: bool = False
    """1.6: SignedFirmwareStatusNotification even without a request: Idle, when it was asked for by ExtendedTriggerMessage."""


class LogStatusNotification(Struct, frozen=True, tag=True):
    """N01; 1.6 LogStatusNotification, or DiagnosticsStatusNotification where ``diagnostics`` is set."""

    status: LogStatus
    request_id: int | None = None
    diagnostics: bool = False
    """It answers 1.6 GetDiagnostics."""


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


Kept = TransactionEvent | SecurityEvent | ConnectorUnplugged
"""What waits in the outbox until it is answered."""

Notification = (
    BootNotification
    | Heartbeat
    | StatusNotification
    | Authorize
    | TransactionEvent
    | MeterValues
    | DataTransferOut
    | ConnectorUnplugged
    | NotifyReport
    | FirmwareStatusNotification
    | LogStatusNotification
    | SecurityEvent
    | SignCertificate
)


class BootAnswer(Struct, frozen=True):
    """``now`` is ``None`` where the CSMS's time could not be read."""

    status: Registration
    interval_s: int
    now: datetime | None


class HeartbeatAnswer(Struct, frozen=True):
    """The CSMS's time of day."""

    now: datetime | None


class AuthorizeAnswer(Struct, frozen=True):
    """What the CSMS knows of the token."""

    info: TokenInfo


class TransactionAnswer(Struct, frozen=True):
    """Answer to a transaction event. Whatever is absent was not said."""

    info: TokenInfo | None = None
    csms_id: str | None = None
    """1.6 transactionId, in the answer to StartTransaction."""


class DataTransferAnswer(Struct, frozen=True):
    """``status`` as on the wire: Accepted, Rejected, UnknownMessageId, UnknownVendorId."""

    status: str
    data: Any = None


class Received(Struct, frozen=True):
    """An answer without content."""


class SignAnswer(Struct, frozen=True):
    """Will the CSMS have the request signed?"""

    accepted: bool


Answer = BootAnswer | HeartbeatAnswer | AuthorizeAnswer | TransactionAnswer | DataTransferAnswer | SignAnswer | Received
