"""The two versions as tables: names on the wire, who may send what, and the words for errors."""

from msgspec import Struct


class Version(Struct, frozen=True):
    """What differs between the versions on the level of frames (OCPP-J 1.6 §3, §4; 2.0.1 part 4 §3, §4)."""

    name: str
    subprotocol: str
    station_actions: frozenset[str]
    """What a station may ask."""
    answers_unreadable: bool
    """2.x answers what it cannot read with CALLERROR, id "-1" if need be; 1.6 ignores it."""
    retry_keeps_id: bool
    """May a message that is sent again keep its id? 1.6-J errata 3.7: yes; 2.0.1 part 4 §4.1.4: no."""
    error_codes: frozenset[str]
    format_violation: str
    occurrence_violation: str

    def error_code(self, keyword: str) -> str:
        """The CALLERROR code for a breach of this keyword of the schema."""
        return {
            "type": "TypeConstraintViolation",
            "required": self.occurrence_violation,
            "minItems": self.occurrence_violation,
            "maxItems": self.occurrence_violation,
            "additionalProperties": self.format_violation,
        }.get(keyword, "PropertyConstraintViolation")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_COMMON_CODES = _words(
    "GenericError InternalError NotImplemented NotSupported PropertyConstraintViolation ProtocolError SecurityError TypeConstraintViolation"
)

V16 = Version(
    name="1.6",
    subprotocol="ocpp1.6",
    station_actions=_words(
        "Authorize BootNotification DataTransfer DiagnosticsStatusNotification FirmwareStatusNotification Heartbeat LogStatusNotification "
        "MeterValues SecurityEventNotification SignCertificate SignedFirmwareStatusNotification StartTransaction StatusNotification "
        "StopTransaction"
    ),
    answers_unreadable=False,
    retry_keeps_id=True,
    error_codes=_COMMON_CODES | {"FormationViolation", "OccurenceConstraintViolation"},
    format_violation="FormationViolation",
    occurrence_violation="OccurenceConstraintViolation",
)

V201 = Version(
    name="2.0.1",
    subprotocol="ocpp2.0.1",
    station_actions=_words(
        "Authorize BootNotification ClearedChargingLimit DataTransfer FirmwareStatusNotification Get15118EVCertificate "
        "GetCertificateStatus Heartbeat LogStatusNotification MeterValues NotifyChargingLimit NotifyCustomerInformation "
        "NotifyDisplayMessages NotifyEVChargingNeeds NotifyEVChargingSchedule NotifyEvent NotifyMonitoringReport NotifyReport "
        "PublishFirmwareStatusNotification ReportChargingProfiles ReservationStatusUpdate SecurityEventNotification SignCertificate "
        "StatusNotification TransactionEvent"
    ),
    answers_unreadable=True,
    retry_keeps_id=False,
    error_codes=_COMMON_CODES | {"FormatViolation", "MessageTypeNotSupported", "OccurrenceConstraintViolation", "RpcFrameworkError"},
    format_violation="FormatViolation",
    occurrence_violation="OccurrenceConstraintViolation",
)

VERSIONS: dict[str, Version] = {version.name: version for version in (V16, V201)}
STATION_ACTIONS: frozenset[str] = V16.station_actions | V201.station_actions

ERROR_CODES: frozenset[str] = V16.error_codes | V201.error_codes
