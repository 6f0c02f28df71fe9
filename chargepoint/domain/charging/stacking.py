"""Which of several profiles holds (1.6 §3.13.1, §3.13.2; OCPP 2.0.1 K01).

For a transaction, the first in this order that says something at the time:

    1. TX before TX_DEFAULT
    2. set at its connector before set at its EVSE, before set for all
    3. the higher stack level before the lower one

So a profile that is over, pauses or is not valid leaves it to the next, and where none is left nothing bounds the transaction (1.6 §5.16.4,
errata 3.43). What bounds the whole station is a stack of its own, and holds as well.
"""

from collections.abc import Iterable, Sequence

from msgspec import Struct

from chargepoint.domain.charging.installed import STATION, Installed
from chargepoint.domain.charging.timetable import Timetable, period_at
from chargepoint.domain.charging_profile import ChargingProfile, Purpose, RateUnit, SchedulePeriod
from chargepoint.domain.ids import ConnectorId


class Holding(Struct, frozen=True, gc=False):
    """What holds at a time."""

    profile: ChargingProfile
    period: SchedulePeriod
    unit: RateUnit
    """Of its limit."""

    @property
    def name(self) -> str:
        """For people."""
        return f"csms profile {self.profile.id}"


def for_transaction(installed: Iterable[Installed], place: ConnectorId, transaction_id: str | None) -> list[Installed]:
    """Those that concern a transaction at this connector, the strongest first. Without an id: one that has not begun."""
    return sorted((each for each in installed if _concerns(each, place, transaction_id)), key=_strongest_first)


def for_station(installed: Iterable[Installed]) -> list[Installed]:
    """Those that bound the whole station, the strongest first."""
    return sorted((each for each in installed if each.profile.purpose is Purpose.STATION_MAX), key=_strongest_first)


def _concerns(installed: Installed, place: ConnectorId, transaction_id: str | None) -> bool:
    match installed.profile.purpose:
        case Purpose.TX:
            return transaction_id is not None and installed.transaction_id == transaction_id
        case Purpose.TX_DEFAULT:
            return installed.evse in (STATION, place.evse) and installed.connector in (None, place.connector)
    return False


def _strongest_first(installed: Installed) -> tuple[bool, bool, bool, int]:
    profile = installed.profile
    return profile.purpose is not Purpose.TX, installed.connector is None, installed.evse == STATION, -profile.stack_level


def prevailing(tables: Sequence[Timetable], at_s: float) -> Holding | None:
    """The first that says something at the time."""
    for table in tables:
        period = period_at(table, at_s)
        if period is not None:
            return Holding(table.profile, period, table.profile.schedule.unit)
    return None
