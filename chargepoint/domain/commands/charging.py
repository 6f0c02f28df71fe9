"""Charging profiles (OCPP 2.0.1 block K; 1.6 §5.5, §5.7, §5.16)."""

from datetime import datetime

from msgspec import Struct

from chargepoint.domain.charging_profile import ChargingProfile, LimitSource, Purpose, RateUnit, SchedulePeriod


class SetChargingProfile(Struct, frozen=True):
    """K01; 1.6 §5.16. ``evse`` 0 stands for the whole station. Answered by an Outcome."""

    evse: int
    profile: ChargingProfile
    connector: int | None = None
    """1.6: of the EVSE; ``None``: whichever is in use."""
    ids_per_connector: bool = False
    """Default profiles of one id at several connectors are several profiles."""


class ClearChargingProfile(Struct, frozen=True, kw_only=True):
    """K10; 1.6 §5.5. An id alone, or all that match what is given; nothing given: all. Answered by an Outcome: Accepted or Unknown."""

    id: int | None = None
    evse: int | None = None
    connector: int | None = None
    """1.6: of the EVSE."""
    purpose: Purpose | None = None
    stack_level: int | None = None


class GetChargingProfiles(Struct, frozen=True, kw_only=True):
    """K09, 2.x only: all that match what is given. ``evse`` ``None``: wherever they are. Answered by an Outcome: Accepted, and then
    told by ReportChargingProfiles; Empty; or Rejected, while too many such reports wait."""

    request_id: int
    evse: int | None = None
    ids: tuple[int, ...] = ()
    purpose: Purpose | None = None
    stack_level: int | None = None
    sources: tuple[LimitSource, ...] = ()


class GetCompositeSchedule(Struct, frozen=True):
    """K08; 1.6 §5.7. ``evse`` 0 stands for the whole station. Answered by a CompositeSchedule, or an Outcome (Rejected)."""

    evse: int
    duration_s: int
    unit: RateUnit | None = None
    connector: int | None = None
    """1.6: of the EVSE."""


class CompositeSchedule(Struct, frozen=True):
    """What will hold from ``start`` on, for ``duration_s``; the first period begins at 0."""

    evse: int
    start: datetime
    duration_s: int
    unit: RateUnit
    periods: tuple[SchedulePeriod, ...]
