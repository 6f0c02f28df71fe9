"""Every variable of the station: one row each, OCPP 2.x name first, with its 1.6 key beside it (OCPP 2.0.1 part 2 appendix 2, 1.6 §9).

    Component.Variable[Instance], data type, value when nobody set it, access     unit, range, allowed values     key: its name in 1.6

A row without ``key`` does not exist in 1.6; a row without a component exists only there. Rows of the components ``EVSE``,
``FiscalMetering`` and ``Connector`` stand for one variable at each of them, a row whose name ends in ``#`` for one key of each connector.
``entry`` is the entry of the configuration file that already sets the variable. Services read by the row: ``model.read(SAMPLED_INTERVAL)``
is an ``int``.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, Generic, TypeVar

from msgspec import Struct

from chargepoint.domain import languages
from chargepoint.domain.configuration import Configuration, ConnectorPart, EvsePart
from chargepoint.domain.default_price import PRICE, PRICE_TEXT
from chargepoint.domain.languages import LANGUAGE, LANGUAGES
from chargepoint.domain.local_time import MOMENT, OFFSET
from chargepoint.domain.measurands import DEFAULT_MEASURAND, LONGEST, MEASURAND_LIST, MEASURANDS
from chargepoint.domain.metering import END_VALUES
from chargepoint.domain.ocmf import told_key
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
    tried: bool = False
    """A change is tried before it is kept: the station's ``Securing`` does it, ``set`` of the model refuses it."""
    writable_16: bool = False
    """Read-only in 2.x, but 1.6 lets a CSMS change the key."""
    there: Callable[[Place], bool] = lambda at: True
    """Does this place have it?"""
    instances: Callable[[Place], tuple[str, ...]] = lambda at: ()
    """Of a row whose instance is ``*``: it stands for one variable of each; ``Key[*]`` of 1.6 is the key ``Key,<instance>``."""


RO, RW, WO = Access.READ_ONLY, Access.READ_WRITE, Access.WRITE_ONLY
KNOWN = tuple(MEASURANDS)
STATES = ("Available", "Occupied", "Reserved", "Unavailable", "Faulted")
PROFILES = ("Core", "FirmwareManagement", "LocalAuthListManagement", "Reservation", "SmartCharging", "RemoteTrigger")
PROTOCOLS = ("FTP", "FTPS", "HTTP", "HTTPS", "SFTP")
ROTATIONS = ("NotApplicable", "Unknown", "RST", "RTS", "SRT", "STR", "TRS", "TSR")

MAX_LOCAL_LIST = 10_000
"""So many tokens has the local list room for."""
MAX_SENT_LIST = 2_500
"""So many of them fit into one message: each has 419 bytes of the 1 MiB, and needs no more even if all its characters are escaped."""


def _unlocks(at: Place) -> str:
    """A fixed cable cannot be unlocked; a plug in a socket is, unless it shall not be."""
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


def _signs(at: Place) -> bool:
    """Does a meter sign there, or, at the station, any?"""
    return any(evse.signs for evse in (at.configuration.evses if at.evse is None else (at.evse,)))


def _public_key(at: Place) -> str:
    return told_key(_evse(at).public_key)


def _languages(at: Place) -> tuple[str, ...]:
    """Of the price texts: what the configuration file says, else English."""
    return languages.preset(at.configuration.ocpp.keys, "SupportedLanguages", "en")


V = Variable
# fmt: off

# Communication
HEARTBEAT_INTERVAL = V("OCPPCommCtrlr.HeartbeatInterval", INTEGER, "3600", unit="s", minimum=1, key="HeartbeatInterval")
WEB_SOCKET_PING_INTERVAL = V("OCPPCommCtrlr.WebSocketPingInterval", INTEGER, "60", unit="s", minimum=0, key="WebSocketPingInterval")
MESSAGE_TIMEOUT = V("OCPPCommCtrlr.MessageTimeout[Default]", INTEGER, "30", RO, unit="s", minimum=1, key="MessageTimeout", writable_16=True)
MESSAGE_ATTEMPTS = V("OCPPCommCtrlr.MessageAttempts[TransactionEvent]", INTEGER, "3", minimum=1, key="TransactionMessageAttempts")
MESSAGE_ATTEMPT_INTERVAL = V("OCPPCommCtrlr.MessageAttemptInterval[TransactionEvent]", INTEGER, "60", unit="s", minimum=0,
                             key="TransactionMessageRetryInterval")
MAX_QUEUED_MESSAGES = V("OCPPCommCtrlr.MaxQueuedMessages", INTEGER, "100000", minimum=1_000, maximum=1_000_000, key="MaxQueuedMessages")
RETRY_BACK_OFF_WAIT_MINIMUM = V("OCPPCommCtrlr.RetryBackOffWaitMinimum", INTEGER, lambda at: _whole(at.configuration.ocpp.reconnect.min_s),
                                unit="s", minimum=0, entry="ocpp.reconnect.min_s")
RETRY_BACK_OFF_RANDOM_RANGE = V("OCPPCommCtrlr.RetryBackOffRandomRange", INTEGER,
                                lambda at: _whole(at.configuration.ocpp.reconnect.random_s),
                                unit="s", minimum=0, entry="ocpp.reconnect.random_s")
RETRY_BACK_OFF_REPEAT_TIMES = V("OCPPCommCtrlr.RetryBackOffRepeatTimes", INTEGER, "6", minimum=0)
OFFLINE_THRESHOLD = V("OCPPCommCtrlr.OfflineThreshold", INTEGER, "60", unit="s", minimum=0)
NETWORK_CONFIGURATION_PRIORITY = V("OCPPCommCtrlr.NetworkConfigurationPriority", SEQUENCE, "1", values=("1",), reboot=True)
NETWORK_PROFILE_CONNECTION_ATTEMPTS = V("OCPPCommCtrlr.NetworkProfileConnectionAttempts", INTEGER, "3", minimum=1)
FILE_TRANSFER_PROTOCOLS = V("OCPPCommCtrlr.FileTransferProtocols", MEMBERS, "FTP,FTPS,HTTP,HTTPS", RO, values=PROTOCOLS,
                            key="SupportedFileTransferProtocols")
RESET_RETRIES = V("OCPPCommCtrlr.ResetRetries", INTEGER, "2", minimum=0, key="ResetRetries")
UNLOCK_ON_EV_SIDE_DISCONNECT = V("OCPPCommCtrlr.UnlockOnEVSideDisconnect", BOOLEAN, _unlocks,
                                 values=lambda at: ("true", "false") if _unlocks(at) == "true" else ("false",),
                                 key="UnlockConnectorOnEVSideDisconnect")

# Transactions
EV_CONNECTION_TIMEOUT = V("TxCtrlr.EVConnectionTimeOut", INTEGER, "60", unit="s", minimum=1, key="ConnectionTimeOut")
STOP_TX_ON_INVALID_ID = V("TxCtrlr.StopTxOnInvalidId", BOOLEAN, "true", key="StopTransactionOnInvalidId")
MAX_ENERGY_ON_INVALID_ID = V("TxCtrlr.MaxEnergyOnInvalidId", INTEGER, "0", unit="Wh", minimum=0, key="MaxEnergyOnInvalidId")
STOP_TX_ON_EV_SIDE_DISCONNECT = V("TxCtrlr.StopTxOnEVSideDisconnect", BOOLEAN, "true", RO,
                                  key="StopTransactionOnEVSideDisconnect", writable_16=True)
TX_START_POINT = V("TxCtrlr.TxStartPoint", MEMBERS, "PowerPathClosed", RO, values=("PowerPathClosed",))
TX_STOP_POINT = V("TxCtrlr.TxStopPoint", MEMBERS, "PowerPathClosed", RO, values=("PowerPathClosed",))

# Meter values
SAMPLED_INTERVAL = V("SampledDataCtrlr.TxUpdatedInterval", INTEGER, "60", unit="s", minimum=0, key="MeterValueSampleInterval")
SAMPLED_MEASURANDS = V("SampledDataCtrlr.TxUpdatedMeasurands", MEASURAND_LIST, DEFAULT_MEASURAND, values=KNOWN,
                       key="MeterValuesSampledData")
TX_STARTED_MEASURANDS = V("SampledDataCtrlr.TxStartedMeasurands", MEASURAND_LIST, DEFAULT_MEASURAND, values=KNOWN)
TX_ENDED_MEASURANDS = V("SampledDataCtrlr.TxEndedMeasurands", MEASURAND_LIST, DEFAULT_MEASURAND, values=KNOWN, key="StopTxnSampledData")
TX_ENDED_INTERVAL = V("SampledDataCtrlr.TxEndedInterval", INTEGER, "0", unit="s", minimum=0)
ALIGNED_INTERVAL = V("AlignedDataCtrlr.Interval", INTEGER, "0", unit="s", minimum=0, key="ClockAlignedDataInterval")
ALIGNED_MEASURANDS = V("AlignedDataCtrlr.Measurands", MEASURAND_LIST, DEFAULT_MEASURAND, values=KNOWN, key="MeterValuesAlignedData")
ALIGNED_TX_ENDED_INTERVAL = V("AlignedDataCtrlr.TxEndedInterval", INTEGER, "0", unit="s", minimum=0)
ALIGNED_TX_ENDED_MEASURANDS = V("AlignedDataCtrlr.TxEndedMeasurands", MEASURAND_LIST, "", values=KNOWN, key="StopTxnAlignedData")

# Signed meter values: a meter signs a session as a whole, when it ends (OCA application note, 1.0; 2.1 for FiscalMetering.PublicKey)
SAMPLED_SIGNED = V("SampledDataCtrlr.SignReadings", BOOLEAN, "true", key="SampledDataSignReadings", there=_signs)
SAMPLED_STARTED_SIGNED = V("SampledDataCtrlr.SignStartedReadings", BOOLEAN, "false", RO, key="SampledDataSignStartedReadings", there=_signs)
SAMPLED_UPDATED_SIGNED = V("SampledDataCtrlr.SignUpdatedReadings", BOOLEAN, "false", RO, key="SampledDataSignUpdatedReadings", there=_signs)
ALIGNED_SIGNED = V("AlignedDataCtrlr.SignReadings", BOOLEAN, "false", key="AlignedDataSignReadings", there=_signs)
ALIGNED_UPDATED_SIGNED = V("AlignedDataCtrlr.SignUpdatedReadings", BOOLEAN, "false", RO, key="AlignedDataSignUpdatedReadings", there=_signs)
PUBLIC_KEY_WITH = V("OCPPCommCtrlr.PublicKeyWithSignedMeterValue", OPTION, "OncePerTransaction",
                    values=("Never", "OncePerTransaction", "EveryMeterValue"), key="PublicKeyWithSignedMeterValue", there=_signs)
PUBLIC_KEY = V("FiscalMetering.PublicKey", STRING, _public_key, RO, there=_signs)
PUBLIC_KEY_16 = V("MeterPublicKey#", STRING, _public_key, RO, there=_signs)

# Authorisation
AUTHORIZE_REMOTE_START = V("AuthCtrlr.AuthorizeRemoteStart", BOOLEAN, "false", key="AuthorizeRemoteTxRequests")
LOCAL_AUTHORIZE_OFFLINE = V("AuthCtrlr.LocalAuthorizeOffline", BOOLEAN, "true", key="LocalAuthorizeOffline")
LOCAL_PRE_AUTHORIZE = V("AuthCtrlr.LocalPreAuthorize", BOOLEAN, "false", key="LocalPreAuthorize")
OFFLINE_TX_FOR_UNKNOWN_ID = V("AuthCtrlr.OfflineTxForUnknownIdEnabled", BOOLEAN, "false", key="AllowOfflineTxForUnknownId")
AUTH_CACHE_ENABLED = V("AuthCacheCtrlr.Enabled", BOOLEAN, "true", key="AuthorizationCacheEnabled")
AUTH_CACHE_LIFE_TIME = V("AuthCacheCtrlr.LifeTime", INTEGER, str(30 * 86_400), unit="s", minimum=0)

# Local authorisation list and reservations
LOCAL_LIST_ENABLED = V("LocalAuthListCtrlr.Enabled", BOOLEAN, "true", key="LocalAuthListEnabled")
LOCAL_LIST_ENTRIES = V("LocalAuthListCtrlr.Entries", INTEGER, "0", RO, minimum=0, maximum=MAX_LOCAL_LIST)
LOCAL_LIST_ITEMS = V("LocalAuthListCtrlr.ItemsPerMessage", INTEGER, str(MAX_SENT_LIST), RO, minimum=1, maximum=MAX_SENT_LIST,
                     key="SendLocalListMaxLength")
LOCAL_LIST_BYTES = V("LocalAuthListCtrlr.BytesPerMessage", INTEGER, "1048576", RO, minimum=1)
RESERVATION_ENABLED = V("ReservationCtrlr.Enabled", BOOLEAN, "true")
RESERVATION_ANY_EVSE = V("ReservationCtrlr.NonEvseSpecific", BOOLEAN, "true", RO, key="ReserveConnectorZeroSupported")

# Security
SECURITY_PROFILE = V("SecurityCtrlr.SecurityProfile", INTEGER, lambda at: str(at.configuration.ocpp.security_profile), RO,
                     minimum=0, maximum=3, key="SecurityProfile", entry="ocpp.security_profile", writable_16=True, tried=True)
BASIC_AUTH_PASSWORD = V("SecurityCtrlr.BasicAuthPassword", STRING, lambda at: at.configuration.ocpp.basic_auth_password or "", WO,
                        tried=True, key="AuthorizationKey", entry="ocpp.basic_auth_password")
IDENTITY = V("SecurityCtrlr.Identity", STRING, lambda at: at.configuration.station.id, RO, maximum=48, entry="station.id")
ORGANIZATION_NAME = V("SecurityCtrlr.OrganizationName", STRING, "", maximum=64, key="CpoName")
ADDITIONAL_ROOT_CHECK = V("SecurityCtrlr.AdditionalRootCertificateCheck", BOOLEAN, "false", RO, key="AdditionalRootCertificateCheck")
CERTIFICATE_CHAIN_SIZE = V("SecurityCtrlr.MaxCertificateChainSize", INTEGER, "10000", RO, minimum=1, maximum=10_000,
                           key="CertificateSignedMaxChainSize")
CERTIFICATE_ENTRIES = V("CertificateStoreMaxLength", INTEGER, "20", RO, minimum=1, maximum=1000)
CERT_SIGNING_WAIT = V("SecurityCtrlr.CertSigningWaitMinimum", INTEGER, "60", unit="s", minimum=1, key="CertSigningWaitMinimum")
CERT_SIGNING_REPEATS = V("SecurityCtrlr.CertSigningRepeatTimes", INTEGER, "3", minimum=0, maximum=30, key="CertSigningRepeatTimes")

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

# Cost and price
LANGUAGE_OF_DISPLAY = V("DisplayMessageCtrlr.Language", LANGUAGE, lambda at: _languages(at)[0], values=_languages, key="Language")
COST_DECIMALS = V("TariffCostCtrlr.NumberOfDecimalsForCostValues", INTEGER, "2", RO, minimum=0, maximum=6,
                  key="NumberOfDecimalsForCostValues")
TIME_OFFSET = V("ClockCtrlr.TimeOffset", OFFSET, "+00:00", key="TimeOffset")
NEXT_TIME_OFFSET_AT = V("ClockCtrlr.NextTimeOffsetTransitionDateTime", MOMENT, "", key="NextTimeOffsetTransitionDateTime")
NEXT_TIME_OFFSET = V("ClockCtrlr.TimeOffset[NextTransition]", OFFSET, "+00:00", key="TimeOffsetNextTransition")
SHOWS_COST = V("CustomDisplayCostAndPrice", BOOLEAN, "true", RO)
IDLE_FEE_AFTER_STOP = V("CustomIdleFeeAfterStop", BOOLEAN, "false")
MULTI_LANGUAGE = V("CustomMultiLanguageMessages", BOOLEAN, "true", RO, values=("true",))
SUPPORTED_LANGUAGES = V("SupportedLanguages", LANGUAGES, lambda at: ",".join(_languages(at)), RO)
DEFAULT_PRICE = V("DefaultPrice", PRICE)
DEFAULT_PRICE_TEXT = V("DefaultPriceText[*]", PRICE_TEXT, instances=_languages)

# Smart charging
PROFILE_STACK_LEVEL = V("SmartChargingCtrlr.ProfileStackLevel", INTEGER, "99", RO, minimum=0, key="ChargeProfileMaxStackLevel")
PERIODS_PER_SCHEDULE = V("SmartChargingCtrlr.PeriodsPerSchedule", INTEGER, "1000", RO, minimum=1, key="ChargingScheduleMaxPeriods")
RATE_UNITS = V("SmartChargingCtrlr.RateUnit", MEMBERS, "A,W", RO, values=("A", "W"))
PHASES_3_TO_1 = V("SmartChargingCtrlr.Phases3to1", BOOLEAN, "false", RO, key="ConnectorSwitch3to1PhaseSupported")

# Plug and charge
PNC_ENABLED = V("ISO15118Ctrlr.PnCEnabled", BOOLEAN, "false", key="ISO15118PnCEnabled")
CENTRAL_CONTRACT_VALIDATION = V("ISO15118Ctrlr.CentralContractValidationAllowed", BOOLEAN, "false", key="CentralContractValidationAllowed")
CONTRACT_VALIDATION_OFFLINE = V("ISO15118Ctrlr.ContractValidationOffline", BOOLEAN, "false", key="ContractValidationOffline")

# 1.6 only
NUMBER_OF_CONNECTORS = V("NumberOfConnectors", INTEGER, lambda at: str(len(at.configuration.connectors)), RO, entry="evses[].connectors")
SUPPORTED_FEATURE_PROFILES = V("SupportedFeatureProfiles", MEMBERS, ",".join(PROFILES), RO, values=PROFILES)
SUPPORTED_FEATURE_PROFILES_LENGTH = V("SupportedFeatureProfilesMaxLength", INTEGER, str(len(PROFILES)), RO)
LOCAL_LIST_LENGTH = V("LocalAuthListMaxLength", INTEGER, str(MAX_LOCAL_LIST), RO, minimum=1, maximum=MAX_LOCAL_LIST)
ALLOWED_RATE_UNITS = V("ChargingScheduleAllowedChargingRateUnit", MEMBERS, "Current,Power", RO, values=("Current", "Power"))
MAX_PROFILES = V("MaxChargingProfilesInstalled", INTEGER, "100", RO, minimum=1)
GET_CONFIGURATION_MAX_KEYS = V("GetConfigurationMaxKeys", INTEGER, "100", RO, minimum=1)
CONNECTOR_PHASE_ROTATION = V("ConnectorPhaseRotation", ROTATION, lambda at: ",".join(_rotations(at, "Unknown")),
                             values=lambda at: _rotations(at, *ROTATIONS))
CONNECTOR_PHASE_ROTATION_LENGTH = V("ConnectorPhaseRotationMaxLength", INTEGER, lambda at: str(len(_rotations(at, "Unknown"))), RO)
STOP_TX_MAX_METER_VALUES = V("StopTransactionMaxMeterValues", INTEGER, str(END_VALUES), RO)
MINIMUM_STATUS_DURATION = V("MinimumStatusDuration", INTEGER, "0", unit="s", minimum=0)
SAMPLED_MEASURANDS_LENGTH = V("MeterValuesSampledDataMaxLength", INTEGER, str(LONGEST), RO)
ALIGNED_MEASURANDS_LENGTH = V("MeterValuesAlignedDataMaxLength", INTEGER, str(LONGEST), RO)
TX_ENDED_MEASURANDS_LENGTH = V("StopTxnSampledDataMaxLength", INTEGER, str(LONGEST), RO)
ALIGNED_TX_ENDED_MEASURANDS_LENGTH = V("StopTxnAlignedDataMaxLength", INTEGER, str(LONGEST), RO)
# fmt: on

VARIABLES: tuple[Variable[Any], ...] = tuple(row for row in list(globals().values()) if isinstance(row, Variable))
"""The whole table, in the order above."""
