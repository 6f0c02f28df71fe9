"""SmartChargingCtrlr."""

from chargepoint.domain.values import BOOLEAN, DECIMAL, INTEGER, MEMBERS
from chargepoint.domain.variables.row import RO, Place, V

MOST_PROFILES = 100
"""Of a CSMS, installed at a time."""


def _most_profiles(at: Place) -> float:
    """As the configuration has it for 1.6."""
    preset = at.configuration.ocpp.keys.get("MaxChargingProfilesInstalled", "")
    return int(preset) if preset.isdecimal() else MOST_PROFILES


# fmt: off
AVAILABLE = V("SmartChargingCtrlr.Available", BOOLEAN, "true", RO)
ENABLED = V("SmartChargingCtrlr.Enabled", BOOLEAN, "true")
ENTRIES = V("SmartChargingCtrlr.Entries[ChargingProfiles]", INTEGER, "0", RO, maximum=_most_profiles)
PROFILE_STACK_LEVEL = V("SmartChargingCtrlr.ProfileStackLevel", INTEGER, "99", RO, minimum=0, key="ChargeProfileMaxStackLevel")
PERIODS_PER_SCHEDULE = V("SmartChargingCtrlr.PeriodsPerSchedule", INTEGER, "1000", RO, minimum=1, key="ChargingScheduleMaxPeriods")
RATE_UNITS = V("SmartChargingCtrlr.RateUnit", MEMBERS, "A,W", RO, values=("A", "W"))
PHASES_3_TO_1 = V("SmartChargingCtrlr.Phases3to1", BOOLEAN, "false", RO, key="ConnectorSwitch3to1PhaseSupported")
PHASE_SWITCHING = V("SmartChargingCtrlr.ACPhaseSwitchingSupported", BOOLEAN, "false", RO)
EXTERNAL_SIGNALS = V("SmartChargingCtrlr.ExternalControlSignalsEnabled", BOOLEAN, "true")
LIMIT_WITH_SCHEDULES = V("SmartChargingCtrlr.NotifyChargingLimitWithSchedules", BOOLEAN, "false")
LIMIT_CHANGE_SIGNIFICANCE = V("SmartChargingCtrlr.LimitChangeSignificance", DECIMAL, "1", unit="Percent", minimum=0, maximum=100)
# fmt: on
