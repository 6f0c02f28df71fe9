"""Where nobody knows what time it is: schedules at their lowest (1.6 §4.2, §3.13; OCPP 2.0.1 K01).

The clock of a station without a battery goes on where the station was seen last. It is that late at least, and may be any later:

    as it was seen      32 A │ 6 A            │ 32 A
                          ▲    what may hold by now: 6 A
    a daily one         all of its periods, whatever comes first

So a stack that counts from the time of day is taken at the lowest that it may say from here on; but not below the installer's failsafe
current for that reason alone, which is what holds where nobody says anything. It never gives more than it does by the clock that there is.
What counts from a moment that the running process has seen is as sure as ever: a relative schedule, and what somebody on the premises has
set. When a CSMS or the network has told the time, all of it is followed again.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from math import inf

from msgspec import Struct
from msgspec.structs import replace

from chargepoint.domain.charging.stacking import prevailing
from chargepoint.domain.charging.timetable import Timetable, period_at
from chargepoint.domain.charging_profile import ChargingSchedule, Kind, LimitSource, RateUnit, SchedulePeriod

Amperes = Callable[[SchedulePeriod, RateUnit], float]
"""A limit as current per phase."""


class Coming(Struct, frozen=True):
    """What may hold by now, or soon."""

    limit_a: float
    table: Timetable
    period: SchedulePeriod


def cautious(tables: Sequence[Timetable], at_s: float, sure_s: float, floor_a: float, amperes: Amperes) -> tuple[Timetable, ...]:
    """The stack as it is to be followed while the time is not known. ``at_s``: by the clock that there is; ``sure_s``: from then on that
    clock has only gone on; ``floor_a``: the failsafe current."""
    coming = [Coming(amperes(period, table.profile.schedule.unit), table, period) for table, period in _coming(tables, at_s, sure_s)]
    if not coming:
        return tuple(tables)
    lowest, now = min(coming, key=lambda each: each.limit_a), prevailing(tables, at_s)
    limit_a = max(lowest.limit_a, floor_a)
    if now is not None and amperes(now.period, now.unit) <= limit_a:
        return tuple(tables)
    return (_always(lowest, limit_a),)


def _coming(tables: Sequence[Timetable], at_s: float, sure_s: float) -> Iterator[tuple[Timetable, SchedulePeriod]]:
    """From the strongest on, until one leaves nothing to those below it."""
    for table in tables:
        now = period_at(table, at_s)
        if _sure(table, sure_s):
            if now is not None:
                yield table, now
                return
            continue
        for period in still_to_come(table, at_s):
            yield table, period
        if now is not None and table.until_s == inf and table.lasts_s >= table.every_s:
            return


def _sure(table: Timetable, sure_s: float) -> bool:
    """Does it count from a moment that this process has seen, and from nothing else?"""
    by_own_clock = table.profile.kind is Kind.RELATIVE or table.profile.schedule.start is None or table.source is not LimitSource.CSO
    return by_own_clock and table.begin_s >= sure_s and (table.from_s, table.until_s) == (-inf, inf)


def still_to_come(table: Timetable, at_s: float) -> tuple[SchedulePeriod, ...]:
    """Those that hold at this moment or may at a later one."""
    if table.until_s <= at_s:
        return ()
    carried_out = [period for period in table.periods if period.start_s < table.lasts_s]
    if table.every_s < inf:
        return tuple(carried_out)
    ends_s = [*(later.start_s for _, later in pairwise(carried_out)), table.lasts_s]
    return tuple(
        period
        for period, end_s in zip(carried_out, ends_s, strict=True)
        if table.begin_s + end_s > max(at_s, table.from_s) and table.begin_s + period.start_s < table.until_s
    )


def _always(lowest: Coming, limit_a: float) -> Timetable:
    """One that says nothing but that."""
    profile, period, unit = lowest.table.profile, lowest.period, lowest.table.profile.schedule.unit
    if limit_a > lowest.limit_a:
        period, unit = replace(period, limit=limit_a), RateUnit.AMPERE
    schedule = ChargingSchedule(unit=unit, periods=(replace(period, start_s=0),))
    return Timetable(replace(profile, schedule=schedule), 0.0, inf, inf, -inf, inf, lowest.table.source)
