"""Keys that exist in 1.6 only."""

from chargepoint.domain.measurands import LONGEST
from chargepoint.domain.metering import END_VALUES
from chargepoint.domain.values import INTEGER, MEMBERS, ROTATION
from chargepoint.domain.variables.lists import MAX_LOCAL_LIST
from chargepoint.domain.variables.row import RO, Place, V

PROFILES = ("Core", "FirmwareManagement", "LocalAuthListManagement", "Reservation", "SmartCharging", "RemoteTrigger")
ROTATIONS = ("NotApplicable", "Unknown", "RST", "RTS", "SRT", "STR", "TRS", "TSR")


def _rotations(at: Place, *rotations: str) -> tuple[str, ...]:
    return tuple(f"{number}.{each}" for number in range(len(at.configuration.connectors) + 1) for each in rotations)


# fmt: off
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
