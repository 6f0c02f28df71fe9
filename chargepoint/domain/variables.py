"""Every variable of the station: one row each, OCPP 2.x name first, with its 1.6 key beside it (OCPP 2.0.1 part 2 appendix 2, 1.6 §9).

    Component.Variable[Instance], data type, value when nobody set it, access     unit, range, allowed values     key: its name in 1.6

A row without ``key`` does not exist in 1.6; a row without a component exists only there. Rows of the components ``EVSE`` and
``Connector`` stand for one variable at each of them. ``entry`` is the entry of the configuration file that already sets the variable.
Services read by the row: ``model.read(SAMPLED_INTERVAL)`` is an ``int``.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, Generic, TypeVar

from msgspec import Struct

from chargepoint.domain.configuration import Configuration, ConnectorPart, EvsePart
from chargepoint.domain.metering import DEFAULT_MEASURAND, MEASURANDS
from chargepoint.domain.values import BOOLEAN, DATE_TIME, DECIMAL, INTEGER, MEMBERS, OPTION, ROTATION, SEQUENCE, STRING, DataType

T_co = TypeVar("T_co", covariant=True)


class Access(StrEnum):
    """OCPP 2.0.1 MutabilityEnumType."""

    READ_ONLY = "ReadOnly"
    WRITE_ONLY = "WriteOnly"
    READ_WRITE = "ReadWrite"


class Place(Struct, frozen=True):
    """Where a variable is: the station, one of its EVSEs, or one of their connectors."""

    configuration: Configuration
    evse: EvsePart | None = None
    connector: ConnectorPart | None = None


class Variable(Struct, Generic[T_co], frozen=True):
    """One row. A function instead of a value looks it up in the configuration."""

    name: str
    type: DataType[T_co]
    value: str | Callable[[Place], str] = ""
    access: Access = Access.READ_WRITE
    key: str = ""
    unit: str | None = None
    minimum: float | None = None
    maximum: float | Callable[[Place], float] | None = None
    values: tuple[str, ...] | Callable[[Place], tuple[str, ...]] = ()
    entry: str = ""
    reboot: bool = False
    """A change takes effect at the next start."""
    configured: bool = False
    """Only the configuration file sets it, although OCPP would let a CSMS do so."""
    writable_16: bool = False
    """Read-only in 2.x, but 1.6 lets a CSMS change the key."""


RO, RW, WO = Access.READ_ONLY, Access.READ_WRITE, Access.WRITE_ONLY
KNOWN = tuple(MEASURANDS)
STATES = ("Available", "Occupied", "Reserved", "Unavailable", "Faulted")
PROFILES = ("Core", "FirmwareManagement", "LocalAuthListManagement", "Reservation", "SmartCharging", "RemoteTrigger")
PROTOCOLS = ("FTP", "FTPS", "HTTP", "HTTPS", "SFTP")
ROTATIONS = ("NotApplicable", "Unknown", "RST", "RTS", "SRT", "STR", "TRS", "TSR")


def _unlocks(at: Place) -> str:
    """A fixed cable cannot be unlocked; a plug in a socket always is."""
    return "true" if any(connector.cable == "socket" for evse in at.configuration.evses for connector in evse.connectors) else "false"


def _rotations(at: Place, *rotations: str) -> tuple[str, ...]:
    return tuple(f"{number}.{each}" for number in range(len(at.configuration.connectors) + 1) for each in rotations)


def _evse(at: Place) -> EvsePart:
    assert at.evse is not None
    return at.evse


def _rated_w(at: Place) -> float:
    return _evse(at).max_current_a * at.configuration.site.voltage_v * _evse(at).phases


def _connector_type(at: Place) -> str:
    assert at.connector is not None
    return at.connector.type


def _whole(seconds: float) -> str:
    """Rounded up: the variable knows whole seconds only."""
    return str(-int(-seconds // 1))


V = Variable
# fmt: off

# Communication
HEARTBEAT_INTERVAL = V("OCPPCommCtrlr.HeartbeatInterval", INTEGER, "3600", unit="s", minimum=1, key="HeartbeatInterval")
WEB_SOCKET_PING_INTERVAL = V("OCPPCommCtrlr.WebSocketPingInterval", INTEGER, "60", unit="s", minimum=0, key="WebSocketPingInterval")
MESSAGE_TIMEOUT = V("OCPPCommCtrlr.MessageTimeout[Default]", INTEGER, "30", RO, unit="s", minimum=1, key="MessageTimeout", writable_16=True)
MESSAGE_ATTEMPTS = V("OCPPCommCtrlr.MessageAttempts[TransactionEvent]", INTEGER, "3", minimum=1, key="TransactionMessageAttempts")
MESSAGE_ATTEMPT_INTERVAL = V("OCPPCommCtrlr.MessageAttemptInterval[TransactionEvent]", INTEGER, "60", unit="s", minimum=0,
                             key="TransactionMessageRetryInterval")
RETRY_BACK_OFF_WAIT_MINIMUM = V("OCPPCommCtrlr.RetryBackOffWaitMinimum", INTEGER, lambda at: _whole(at.configuration.ocpp.reconnect.min_s),
                                unit="s", minimum=0, entry="ocpp.reconnect.min_s")
RETRY_BACK_OFF_RANDOM_RANGE = V("OCPPCommCtrlr.RetryBackOffRandomRange", INTEGER,
                                lambda at: _whole(at.configuration.ocpp.reconnect.random_s),
                                unit="s", minimum=0, entry="ocpp.reconnect.random_s")
RETRY_BACK_OFF_REPEAT_TIMES = V("OCPPCommCtrlr.RetryBackOffRepeatTimes", INTEGER, "6", minimum=0)
OFFLINE_THRESHOLD = V("OCPPCommCtrlr.OfflineThreshold", INTEGER, "60", unit="s", minimum=0)
NETWORK_CONFIGURATION_PRIORITY = V("OCPPCommCtrlr.NetworkConfigurationPriority", SEQUENCE, "1", values=("1",), reboot=True)
NETWORK_PROFILE_CONNECTION_ATTEMPTS = V("OCPPCommCtrlr.NetworkProfileConnectionAttempts", INTEGER, "3", minimum=1)
FILE_TRANSFER_PROTOCOLS = V("OCPPCommCtrlr.FileTransferProtocols", MEMBERS, "", RO, values=PROTOCOLS)
RESET_RETRIES = V("OCPPCommCtrlr.ResetRetries", INTEGER, "2", minimum=0, key="ResetRetries")
UNLOCK_ON_EV_SIDE_DISCONNECT = V("OCPPCommCtrlr.UnlockOnEVSideDisconnect", BOOLEAN, _unlocks, RO, values=lambda at: (_unlocks(at),),
                                 key="UnlockConnectorOnEVSideDisconnect")

# Transactions
EV_CONNECTION_TIMEOUT = V("TxCtrlr.EVConnectionTimeOut", INTEGER, "60", unit="s", minimum=1, key="ConnectionTimeOut")
STOP_TX_ON_INVALID_ID = V("TxCtrlr.StopTxOnInvalidId", BOOLEAN, "true", key="StopTransactionOnInvalidId")
STOP_TX_ON_EV_SIDE_DISCONNECT = V("TxCtrlr.StopTxOnEVSideDisconnect", BOOLEAN, "true", RO, values=("true",),
                                  key="StopTransactionOnEVSideDisconnect")
TX_START_POINT = V("TxCtrlr.TxStartPoint", MEMBERS, "PowerPathClosed", RO, values=("PowerPathClosed",))
TX_STOP_POINT = V("TxCtrlr.TxStopPoint", MEMBERS, "PowerPathClosed", RO, values=("PowerPathClosed",))

# Meter values
SAMPLED_INTERVAL = V("SampledDataCtrlr.TxUpdatedInterval", INTEGER, "60", unit="s", minimum=0, key="MeterValueSampleInterval")
SAMPLED_MEASURANDS = V("SampledDataCtrlr.TxUpdatedMeasurands", MEMBERS, DEFAULT_MEASURAND, values=KNOWN, key="MeterValuesSampledData")
TX_STARTED_MEASURANDS = V("SampledDataCtrlr.TxStartedMeasurands", MEMBERS, DEFAULT_MEASURAND, values=KNOWN)
TX_ENDED_MEASURANDS = V("SampledDataCtrlr.TxEndedMeasurands", MEMBERS, DEFAULT_MEASURAND, values=KNOWN, key="StopTxnSampledData")
TX_ENDED_INTERVAL = V("SampledDataCtrlr.TxEndedInterval", INTEGER, "0", unit="s", minimum=0)
ALIGNED_INTERVAL = V("AlignedDataCtrlr.Interval", INTEGER, "0", unit="s", minimum=0, key="ClockAlignedDataInterval")
ALIGNED_MEASURANDS = V("AlignedDataCtrlr.Measurands", MEMBERS, DEFAULT_MEASURAND, values=KNOWN, key="MeterValuesAlignedData")
ALIGNED_TX_ENDED_INTERVAL = V("AlignedDataCtrlr.TxEndedInterval", INTEGER, "0", unit="s", minimum=0)
ALIGNED_TX_ENDED_MEASURANDS = V("AlignedDataCtrlr.TxEndedMeasurands", MEMBERS, "", values=KNOWN, key="StopTxnAlignedData")

# Authorisation
AUTHORIZE_REMOTE_START = V("AuthCtrlr.AuthorizeRemoteStart", BOOLEAN, "false", key="AuthorizeRemoteTxRequests")
LOCAL_AUTHORIZE_OFFLINE = V("AuthCtrlr.LocalAuthorizeOffline", BOOLEAN, "true", key="LocalAuthorizeOffline")
LOCAL_PRE_AUTHORIZE = V("AuthCtrlr.LocalPreAuthorize", BOOLEAN, "false", key="LocalPreAuthorize")
OFFLINE_TX_FOR_UNKNOWN_ID = V("AuthCtrlr.OfflineTxForUnknownIdEnabled", BOOLEAN, "false", key="AllowOfflineTxForUnknownId")
AUTH_CACHE_ENABLED = V("AuthCacheCtrlr.Enabled", BOOLEAN, "true", key="AuthorizationCacheEnabled")
AUTH_CACHE_LIFE_TIME = V("AuthCacheCtrlr.LifeTime", INTEGER, str(30 * 86_400), unit="s", minimum=0)

# Security
SECURITY_PROFILE = V("SecurityCtrlr.SecurityProfile", INTEGER, lambda at: str(at.configuration.ocpp.security_profile), RO,
                     minimum=0, maximum=3, key="SecurityProfile", entry="ocpp.security_profile")
BASIC_AUTH_PASSWORD = V("SecurityCtrlr.BasicAuthPassword", STRING, lambda at: at.configuration.ocpp.basic_auth_password or "", WO,
                        configured=True, key="AuthorizationKey", entry="ocpp.basic_auth_password")
IDENTITY = V("SecurityCtrlr.Identity", STRING, lambda at: at.configuration.station.id, RO, maximum=48, entry="station.id")

# Device data and clock
ITEMS_GET_REPORT = V("DeviceDataCtrlr.ItemsPerMessage[GetReport]", INTEGER, "100", RO, minimum=1)
ITEMS_GET_VARIABLES = V("DeviceDataCtrlr.ItemsPerMessage[GetVariables]", INTEGER, "100", RO, minimum=1)
ITEMS_SET_VARIABLES = V("DeviceDataCtrlr.ItemsPerMessage[SetVariables]", INTEGER, "100", RO, minimum=1)
BYTES_GET_REPORT = V("DeviceDataCtrlr.BytesPerMessage[GetReport]", INTEGER, "65536", RO, minimum=1)
BYTES_GET_VARIABLES = V("DeviceDataCtrlr.BytesPerMessage[GetVariables]", INTEGER, "65536", RO, minimum=1)
BYTES_SET_VARIABLES = V("DeviceDataCtrlr.BytesPerMessage[SetVariables]", INTEGER, "65536", RO, minimum=1)
CLOCK_DATE_TIME = V("ClockCtrlr.DateTime", DATE_TIME, "", RO)
CLOCK_TIME_SOURCE = V("ClockCtrlr.TimeSource", SEQUENCE, "Heartbeat", values=("Heartbeat",))

# The station and its parts
STATION_AVAILABLE = V("ChargingStation.Available", BOOLEAN, "true", RO)
STATION_AVAILABILITY_STATE = V("ChargingStation.AvailabilityState", OPTION, "", RO, values=STATES)
STATION_SUPPLY_PHASES = V("ChargingStation.SupplyPhases", INTEGER, lambda at: str(at.configuration.site.phases), RO, entry="site.phases")
STATION_MODEL = V("ChargingStation.Model", STRING, lambda at: at.configuration.station.model, RO, entry="station.model")
STATION_VENDOR_NAME = V("ChargingStation.VendorName", STRING, lambda at: at.configuration.station.vendor, RO, entry="station.vendor")
STATION_SERIAL_NUMBER = V("ChargingStation.SerialNumber", STRING, lambda at: at.configuration.station.serial, RO, entry="station.serial")
STATION_FIRMWARE = V("ChargingStation.FirmwareVersion", STRING, lambda at: at.configuration.station.firmware, RO, entry="station.firmware")
EVSE_AVAILABLE = V("EVSE.Available", BOOLEAN, "true", RO)
EVSE_AVAILABILITY_STATE = V("EVSE.AvailabilityState", OPTION, "", RO, values=STATES)
EVSE_POWER = V("EVSE.Power", DECIMAL, "", RO, unit="W", maximum=_rated_w)
EVSE_SUPPLY_PHASES = V("EVSE.SupplyPhases", INTEGER, lambda at: str(_evse(at).phases), RO, entry="evses[].phases")
CONNECTOR_AVAILABLE = V("Connector.Available", BOOLEAN, "true", RO)
CONNECTOR_AVAILABILITY_STATE = V("Connector.AvailabilityState", OPTION, "", RO, values=STATES)
CONNECTOR_TYPE = V("Connector.ConnectorType", STRING, _connector_type, RO, entry="evses[].connectors[].type")
CONNECTOR_SUPPLY_PHASES = V("Connector.SupplyPhases", INTEGER, lambda at: str(_evse(at).phases), RO, entry="evses[].phases")

# 1.6 only
NUMBER_OF_CONNECTORS = V("NumberOfConnectors", INTEGER, lambda at: str(len(at.configuration.connectors)), RO, entry="evses[].connectors")
SUPPORTED_FEATURE_PROFILES = V("SupportedFeatureProfiles", MEMBERS, "Core,RemoteTrigger", RO, values=PROFILES)
SUPPORTED_FEATURE_PROFILES_LENGTH = V("SupportedFeatureProfilesMaxLength", INTEGER, str(len(PROFILES)), RO)
GET_CONFIGURATION_MAX_KEYS = V("GetConfigurationMaxKeys", INTEGER, "100", RO, minimum=1)
CONNECTOR_PHASE_ROTATION = V("ConnectorPhaseRotation", ROTATION, lambda at: ",".join(_rotations(at, "Unknown")),
                             values=lambda at: _rotations(at, *ROTATIONS))
CONNECTOR_PHASE_ROTATION_LENGTH = V("ConnectorPhaseRotationMaxLength", INTEGER, lambda at: str(len(_rotations(at, "Unknown"))), RO)
MINIMUM_STATUS_DURATION = V("MinimumStatusDuration", INTEGER, "0", unit="s", minimum=0)
SAMPLED_MEASURANDS_LENGTH = V("MeterValuesSampledDataMaxLength", INTEGER, str(len(KNOWN)), RO)
ALIGNED_MEASURANDS_LENGTH = V("MeterValuesAlignedDataMaxLength", INTEGER, str(len(KNOWN)), RO)
TX_ENDED_MEASURANDS_LENGTH = V("StopTxnSampledDataMaxLength", INTEGER, str(len(KNOWN)), RO)
ALIGNED_TX_ENDED_MEASURANDS_LENGTH = V("StopTxnAlignedDataMaxLength", INTEGER, str(len(KNOWN)), RO)
# fmt: on

VARIABLES: tuple[Variable[Any], ...] = tuple(row for row in list(globals().values()) if isinstance(row, Variable))
"""The whole table, in the order above."""
