"""Charging profiles read off one by one, as a person would do it with the standard in one hand: slow, and hardly to be got wrong.

Nothing of ``chargepoint.domain.charging`` is used but the records that go in.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from chargepoint.domain.charging.installed import Installed
from chargepoint.domain.charging_profile import ChargingProfile, Kind, Purpose, RateUnit, Recurrency, SchedulePeriod
from chargepoint.domain.ids import ConnectorId

EVERY = {Recurrency.DAILY: timedelta(days=1), Recurrency.WEEKLY: timedelta(days=7)}


def says(profile: ChargingProfile, charging: datetime, at: datetime) -> SchedulePeriod | None:
    """What one profile says at a time."""
    if profile.valid_from is not None and at < profile.valid_from:
        return None
    if profile.valid_to is not None and at >= profile.valid_to:
        return None
    start = charging if profile.kind is Kind.RELATIVE else profile.schedule.start or charging
    if at < start:
        return None
    if profile.kind is Kind.RECURRING and profile.recurrency is not None:
        while start + EVERY[profile.recurrency] <= at:
            start += EVERY[profile.recurrency]
    elapsed_s = (at - start).total_seconds()
    if profile.schedule.duration_s is not None and elapsed_s >= profile.schedule.duration_s:
        return None
    found = None
    for period in profile.schedule.periods:
        if period.start_s <= elapsed_s:
            found = period
    return found


def holds(
    installed: Sequence[Installed], place: ConnectorId, transaction_id: str | None, charging: datetime, at: datetime
) -> tuple[ChargingProfile, SchedulePeriod] | None:
    """What holds for a transaction: its own profiles, then those of connector, EVSE and station, each from the highest level."""
    groups = (
        [each for each in installed if each.profile.purpose is Purpose.TX and each.transaction_id == transaction_id],
        [each for each in defaults(installed) if (each.evse, each.connector) == (place.evse, place.connector)],
        [each for each in defaults(installed) if (each.evse, each.connector) == (place.evse, None)],
        [each for each in defaults(installed) if each.evse == 0],
    )
    for group in groups:
        for each in sorted(group, key=lambda one: one.profile.stack_level, reverse=True):
            period = says(each.profile, charging, at)
            if period is not None:
                return each.profile, period
    return None


def defaults(installed: Sequence[Installed]) -> list[Installed]:
    """Of the purpose TxDefaultProfile."""
    return [each for each in installed if each.profile.purpose is Purpose.TX_DEFAULT]


def bounds_station(installed: Sequence[Installed], at: datetime) -> tuple[ChargingProfile, SchedulePeriod] | None:
    """What holds for all together: relative ones count from when they were set."""
    found = [each for each in installed if each.profile.purpose is Purpose.STATION_MAX]
    for each in sorted(found, key=lambda one: one.profile.stack_level, reverse=True):
        period = says(each.profile, each.set_at, at)
        if period is not None:
            return each.profile, period
    return None


def current(limit: float, unit: RateUnit, phases: int, voltage_v: float) -> float:
    """In amperes per phase."""
    return limit if unit is RateUnit.AMPERE else limit / voltage_v / phases
