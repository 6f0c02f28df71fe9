"""Charging profiles for tests."""

from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec.structs import replace

from chargepoint.domain.charging.installed import Installed
from chargepoint.domain.charging_profile import (
    ChargingProfile,
    ChargingSchedule,
    Kind,
    Purpose,
    RateUnit,
    SchedulePeriod,
)

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def profile(
    *periods: tuple[float, ...],
    purpose: Purpose = Purpose.TX_DEFAULT,
    kind: Kind = Kind.ABSOLUTE,
    start: datetime | None = NOON,
    duration_s: int | None = None,
    unit: RateUnit = RateUnit.AMPERE,
    **more: Any,
) -> ChargingProfile:
    """Periods as (start, limit) or (start, limit, phases)."""
    schedule = ChargingSchedule(
        unit=unit,
        periods=tuple(SchedulePeriod(int(each[0]), each[1], int(each[2]) if len(each) > 2 else None) for each in periods or ((0, 16.0),)),
        start=None if kind is Kind.RELATIVE else start,
        duration_s=duration_s,
    )
    return replace(ChargingProfile(id=1, stack_level=0, purpose=purpose, kind=kind, schedule=schedule), **more)


def installed(of: ChargingProfile, evse: int = 0, **more: Any) -> Installed:
    """Set at noon."""
    return replace(Installed(profile=of, evse=evse, set_at=NOON), **more)


def after(seconds: float) -> datetime:
    """Noon and so much."""
    return NOON + timedelta(seconds=seconds)
