"""Which of several profiles holds (1.6 §3.13.1, §3.13.2; OCPP 2.0.1 K01).

For a transaction, the first in this order that says something at the time:

    1. TX before TX_DEFAULT (K02.FR.04)
    2. set at its connector before set at its EVSE, before set for all
    3. the higher stack level before the lower one (in 2.x nothing but this, within a purpose)

So a profile that is over, pauses or is not valid leaves it to the next, and where none is left nothing bounds the transaction (1.6 §5.16.4,
errata 3.43; OCPP 2.0.1 K02.FR.08). What bounds the whole station is a stack of its own, and holds as well; so is what each somebody else
than the CSMS has set, for the station or for an EVSE (K11). Of all these the lowest limit counts.
"""

from collections.abc import Iterable, Sequence

from msgspec import Struct

from chargepoint.domain.charging.installed import STATION, Installed
from chargepoint.domain.charging.timetable import Timetable, period_at
from chargepoint.domain.charging_profile import ChargingProfile, LimitSource, Purpose, RateUnit, SchedulePeriod
from chargepoint.domain.ids import ConnectorId


class Holding(Struct, frozen=True, gc=False):
    """What holds at a time."""

    profile: ChargingProfile
    period: SchedulePeriod
    unit: RateUnit
    """Of its limit."""
    source: LimitSource = LimitSource.CSO

    @property
    def name(self) -> str:
        """For people."""
        if self.source is not LimitSource.CSO:
            return external_name(self.source)
        return f"csms profile {self.profile.id}"


def external_name(source: LimitSource) -> str:
    """What somebody else than the CSMS has set, for people: ``external limit (EMS)``."""
    return f"external limit ({source.value})"


BOUNDS = (Purpose.STATION_MAX, Purpose.EXTERNAL)
"""They hold whatever a transaction brings."""


def for_transaction(installed: Iterable[Installed], place: ConnectorId, *transaction_ids: str | None) -> list[Installed]:
    """Those that concern a transaction at this connector, the strongest first. Without an id: one that has not begun."""
    return sorted((each for each in installed if _concerns(each, place, transaction_ids)), key=_strongest_first)


def bounds(installed: Iterable[Installed], evse: int) -> list[list[Installed]]:
    """The stacks that bound an EVSE (0: the station) beside that of its transaction, each with the strongest first.

    What the CSMS says of the station is one, and everybody else has one of his own.
    """
    stacks: dict[tuple[Purpose, LimitSource], list[Installed]] = {}
    for each in installed:
        if each.evse == evse and each.profile.purpose in BOUNDS:
            stacks.setdefault((each.profile.purpose, each.source), []).append(each)
    return [sorted(stack, key=_strongest_first) for _, stack in sorted(stacks.items())]


def _concerns(installed: Installed, place: ConnectorId, transaction_ids: tuple[str | None, ...]) -> bool:
    """The profile of a transaction is its own (K01.FR.04); a default for all EVSEs holds at each (K01.FR.14), one for an EVSE just there
    (K01.FR.15)."""
    match installed.profile.purpose:
        case Purpose.TX:
            return installed.transaction_id is not None and installed.transaction_id in transaction_ids
        case Purpose.TX_DEFAULT:
            return installed.evse in (STATION, place.evse) and installed.connector in (None, place.connector)
    return False


def _strongest_first(installed: Installed) -> tuple[bool, bool, bool, int]:
    """In 2.x the stack level alone decides among defaults, wherever they were set (K01.FR.17)."""
    profile, by_place = installed.profile, not installed.profile.strict
    common, for_all = by_place and installed.connector is None, by_place and installed.evse == STATION
    return profile.purpose is not Purpose.TX, common, for_all, -profile.stack_level


def prevailing(tables: Sequence[Timetable], at_s: float) -> Holding | None:
    """The first that says something at the time."""
    for table in tables:
        period = period_at(table, at_s)
        if period is not None:
            return Holding(table.profile, period, table.profile.schedule.unit, table.source)
    return None
