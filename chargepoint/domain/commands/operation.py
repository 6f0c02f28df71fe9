"""Reset, availability and triggers (OCPP 2.0.1 B11, B12, G03, G04, F06; 1.6 §5.2, §5.14, §5.17)."""

from enum import StrEnum

from msgspec import Struct


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
    """1.6: connector 0 also sets every connector (§5.2), and what one connector is told does not depend on connector 0. In 2.x each level
    keeps its own (G04)."""


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
    FIRMWARE_STATUS = "FirmwareStatusNotification"
    SIGNED_FIRMWARE_STATUS = "SignedFirmwareStatusNotification"
    """1.6 ExtendedTriggerMessage: FirmwareStatusNotification (1.6-SEC §6.16)."""
    PUBLISH_STATUS = "PublishFirmwareStatusNotification"
    LOG_STATUS = "LogStatusNotification"
    DIAGNOSTICS_STATUS = "DiagnosticsStatusNotification"
    """1.6 only."""
    SIGN_CHARGING_STATION_CERTIFICATE = "SignChargingStationCertificate"
    """1.6 ExtendedTriggerMessage: SignChargePointCertificate."""
    SIGN_V2G_CERTIFICATE = "SignV2GCertificate"
    """1.6: TriggerMessage of the plug-and-charge note, in DataTransfer."""


class TriggerMessage(Struct, frozen=True):
    """F06; 1.6 §5.17. ``message`` ``None``: one that this station does not implement."""

    message: Trigger | None
    evse: int | None = None
    connector: int | None = None
