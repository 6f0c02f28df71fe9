"""Charging profiles as they are installed, and what bounds charging from outside (OCPP 2.0.1 K09, K11 to K13). 2.x only."""

from msgspec import Struct

from chargepoint.domain.charging_profile import ChargingProfile, ChargingSchedule, LimitSource


class ReportChargingProfiles(Struct, frozen=True, kw_only=True, tag=True):
    """K09: some of the profiles that were asked for, all of one source and one EVSE (0: the station)."""

    request_id: int
    evse: int
    source: LimitSource
    profiles: tuple[ChargingProfile, ...]
    to_be_continued: bool


class NotifyChargingLimit(Struct, frozen=True, kw_only=True, tag=True):
    """K11, K12: somebody beside the CSMS bounds an EVSE, or the station (0)."""

    evse: int
    source: LimitSource
    grid_critical: bool = False
    schedules: tuple[ChargingSchedule, ...] = ()
    """If the CSMS wants to know it so precisely."""


class ClearedChargingLimit(Struct, frozen=True, kw_only=True, tag=True):
    """K13: it no longer does."""

    evse: int
    source: LimitSource
