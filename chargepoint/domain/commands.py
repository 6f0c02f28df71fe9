"""What a CSMS wants of the station, in OCPP 2.x words, and what the station answers.

Every command has one answer type; statuses are the 2.x words, and each OCPP version's adapter narrows them to its own.
"""

from enum import StrEnum
from typing import Any

from msgspec import Struct

from chargepoint.domain.device_model import GetResult, SetResult, VariableKey
from chargepoint.domain.ids import ConnectorId, IdToken


class Verdict(StrEnum):
    """How a command was received. No command uses all of them."""

    ACCEPTED = "Accepted"
    REJECTED = "Rejected"
    SCHEDULED = "Scheduled"
    NOT_IMPLEMENTED = "NotImplemented"
    NOT_SUPPORTED = "NotSupported"
    EMPTY = "EmptyResultSet"
    UNLOCKED = "Unlocked"
    UNLOCK_FAILED = "UnlockFailed"
    ONGOING = "OngoingAuthorizedTransaction"
    UNKNOWN_CONNECTOR = "UnknownConnector"
    UNKNOWN_VENDOR = "UnknownVendorId"
    UNKNOWN_MESSAGE = "UnknownMessageId"


class Outcome(Struct, frozen=True):
    """The answer to a command that has no content of its own."""

    verdict: Verdict
    reason_code: str = ""
    """2.x StatusInfo.reasonCode, one of the standard's appendix; 1.6 has none."""
    info: str = ""
    """StatusInfo.additionalInfo, for the people at the CSMS."""
    transaction_id: str | None = None
    """RequestStartTransaction of a car that already has a transaction (F02)."""
    data: Any = None
    """DataTransfer."""


class RequestStart(Struct, frozen=True):
    """F01, F02; 1.6 RemoteStartTransaction (§5.11). ``evse`` ``None``: the station chooses."""

    token: IdToken
    remote_start_id: int | None = None
    """Absent in 1.6."""
    evse: int | None = None
    authorize: bool | None = None
    """``None``: as AuthorizeRemoteStart says."""


class RequestStop(Struct, frozen=True):
    """F03; 1.6 RemoteStopTransaction (§5.12). The id is the one that the CSMS knows: ours in 2.x, its own in 1.6."""

    transaction_id: str


class UnlockConnector(Struct, frozen=True):
    """F05; 1.6 §5.18. ``ends_transaction``: 1.6 stops a running transaction first, 2.x refuses while one is authorised."""

    connector: ConnectorId
    ends_transaction: bool


class ResetKind(StrEnum):
    """OCPP 2.0.1 ResetEnumType. 1.6 Soft and Hard are both Immediate: Soft ends transactions gracefully, Hard without waiting."""

    IMMEDIATE = "Immediate"
    ON_IDLE = "OnIdle"


class Reset(Struct, frozen=True):
    """B11, B12; 1.6 §5.14. ``evse`` ``None``: the whole station."""

    kind: ResetKind
    evse: int | None = None
    graceful: bool = True
    """False: do not wait for contactors and last readings (1.6 Hard)."""


class ChangeAvailability(Struct, frozen=True):
    """G03, G04; 1.6 §5.2. Without ``evse`` the station, without ``connector`` all of the EVSE's."""

    operative: bool
    evse: int | None = None
    connector: int | None = None
    cascades: bool = False
    """1.6 connector 0: it also sets every connector (§5.2). In 2.x each level keeps its own (G04)."""


class Trigger(StrEnum):
    """OCPP 2.0.1 MessageTriggerEnumType, the ones that this station can serve, and 1.6's own meaning of MeterValues."""

    BOOT_NOTIFICATION = "BootNotification"
    HEARTBEAT = "Heartbeat"
    METER_VALUES = "MeterValues"
    """2.x: the measurands of AlignedDataCtrlr (F06.FR.06)."""
    SAMPLES = "Samples"
    """1.6 MeterValues: MeterValuesSampledData, in the running transaction if there is one."""
    STATUS_NOTIFICATION = "StatusNotification"
    TRANSACTION_EVENT = "TransactionEvent"


class TriggerMessage(Struct, frozen=True):
    """F06; 1.6 §5.17. ``message`` ``None``: one that this station does not implement."""

    message: Trigger | None
    evse: int | None = None
    connector: int | None = None


class GetVariables(Struct, frozen=True):
    """B06; answered by a list of GetResult in the same order."""

    keys: tuple[VariableKey, ...]


class SetVariables(Struct, frozen=True):
    """B05; answered by a list of SetResult in the same order. 1.6 ChangeConfiguration sets one."""

    values: tuple[tuple[VariableKey, str], ...]


class GetBaseReport(Struct, frozen=True):
    """B07. ``base``: ConfigurationInventory, FullInventory or SummaryInventory."""

    request_id: int
    base: str


class ClearCache(Struct, frozen=True):
    """C11; 1.6 §5.4."""


class DataTransfer(Struct, frozen=True):
    """P01; 1.6 §5.6."""

    vendor_id: str
    message_id: str | None = None
    data: Any = None


Command = (
    RequestStart
    | RequestStop
    | UnlockConnector
    | Reset
    | ChangeAvailability
    | TriggerMessage
    | GetVariables
    | SetVariables
    | GetBaseReport
    | ClearCache
    | DataTransfer
)

Reply = Outcome | tuple[GetResult, ...] | tuple[SetResult, ...]
