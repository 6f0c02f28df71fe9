"""Events of monitors, and reports of which monitors there are (OCPP 2.0.1 N02, N07, N08). 2.x only."""

from datetime import datetime

from msgspec import Struct

from chargepoint.domain.entries import VariableKey
from chargepoint.domain.monitors import EventTrigger, Monitor


class MonitorEvent(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """EventDataType."""

    id: int
    """Never repeated, whatever happens to the station."""
    at: datetime
    key: VariableKey
    trigger: EventTrigger
    origin: str
    """EventNotificationEnumType."""
    value: str
    """Empty of a variable that is write-only (N07.FR.10)."""
    monitor_id: int | None = None
    cleared: bool = False
    transaction_id: str | None = None
    cause: int | None = None
    """The event that has led to this one."""
    tech_code: str = ""
    tech_info: str = ""


class NotifyEvent(Struct, frozen=True, tag=True, kw_only=True):
    """N07, N08. Kept in the outbox where it is grave enough, until it is answered."""

    at: datetime
    events: tuple[MonitorEvent, ...]

    @property
    def kind(self) -> str:
        """As people are told of it."""
        return "NotifyEvent"


class NotifyMonitoringReport(Struct, frozen=True, tag=True):
    """N02: one part of a report."""

    request_id: int
    seq_no: int
    to_be_continued: bool
    at: datetime
    monitors: tuple[Monitor, ...]
