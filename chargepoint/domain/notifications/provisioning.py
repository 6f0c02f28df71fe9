"""Boot, heartbeat and reports (OCPP 2.0.1 B01, B07, B08, G02; 1.6 §4.2, §4.6)."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from chargepoint.domain.reports import VariableReport


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


class BootAnswer(Struct, frozen=True):
    """``now`` is ``None`` where the CSMS's time could not be read."""

    status: Registration
    interval_s: int
    now: datetime | None


class Heartbeat(Struct, frozen=True, tag=True):
    """G02; 1.6 §4.6."""


class HeartbeatAnswer(Struct, frozen=True):
    """The CSMS's time of day."""

    now: datetime | None


class NotifyReport(Struct, frozen=True, tag=True):
    """B07, B08: one part of a report of the device model. 2.x only."""

    request_id: int
    seq_no: int
    to_be_continued: bool
    at: datetime
    rows: tuple[VariableReport, ...]
