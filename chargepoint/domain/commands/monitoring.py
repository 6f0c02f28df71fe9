"""Monitors: which there are, which there shall be, and what is told of them (OCPP 2.0.1 N02 to N06)."""

from msgspec import Struct

from chargepoint.domain.entries import VariableKey
from chargepoint.domain.monitors import MonitorKind
from chargepoint.domain.reports import Wanted


class GetMonitoringReport(Struct, frozen=True):
    """N02. ``criteria``: words of ``domain.monitors.CRITERIA``. ``size``: bytes of the message."""

    request_id: int
    criteria: tuple[str, ...] = ()
    wanted: tuple[Wanted, ...] = ()
    size: int = 0


class SetMonitoringBase(Struct, frozen=True):
    """N03. ``base``: All, FactoryDefault or HardWiredOnly."""

    base: str


class SetMonitoringLevel(Struct, frozen=True):
    """N05."""

    severity: int


class WantedMonitor(Struct, frozen=True, kw_only=True):
    """SetMonitoringDataType. ``id``: of the monitor that it replaces."""

    key: VariableKey
    kind: MonitorKind
    value: float
    severity: int
    transaction: bool = False
    id: int | None = None


class SetVariableMonitoring(Struct, frozen=True):
    """N04; answered by a list of SetMonitorResult in the same order, or TooMuch."""

    monitors: tuple[WantedMonitor, ...]
    size: int = 0


class SetMonitorResult(Struct, frozen=True, kw_only=True):
    """SetMonitoringResultType."""

    wanted: WantedMonitor
    status: str
    """SetMonitoringStatusEnumType."""
    id: int | None = None
    """Of the monitor, where there is one now."""
    reason_code: str = ""
    info: str = ""


class ClearVariableMonitoring(Struct, frozen=True):
    """N06; answered by a list of ClearMonitorResult in the same order, or TooMuch."""

    ids: tuple[int, ...]
    size: int = 0


class ClearMonitorResult(Struct, frozen=True):
    """ClearMonitoringResultType. ``status``: Accepted, Rejected or NotFound."""

    id: int
    status: str
    reason_code: str = ""
    info: str = ""
