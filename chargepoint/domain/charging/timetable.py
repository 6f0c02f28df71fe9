"""One profile as plain numbers: what it says at a time, when that changes next, and when it says something at all.

    absolute    begin ├─ run ─────────────┤ or for ever
    recurring   begin ├─ run ──┤   ├─ run ──┤   ├─ run ...      every 24 h or 7 d, at most so long; nothing before the first, nor in
                                                                between (OCPP 2.0.1 K01.FR.13)
    relative    the same as absolute, counted from the start of charging; it has always begun

Within a run the periods follow each other without a gap; the last one lasts as long as the run (K01.FR.12). Periods beyond the end of the
run are not carried out (1.6 §5.16.4; K01.FR.11). All of it holds only while the profile is valid.
"""

from bisect import bisect_right
from collections.abc import Iterator
from math import inf
from operator import attrgetter

from msgspec import Struct

from chargepoint.domain.charging_profile import ChargingProfile, Kind, LimitSource, Recurrency, SchedulePeriod

DAY_S = 86_400.0
EVERY_S = {Recurrency.DAILY: DAY_S, Recurrency.WEEKLY: 7 * DAY_S}

start_of = attrgetter("start_s")


class Timetable(Struct, frozen=True):
    """When a profile holds, in seconds since 1970."""

    profile: ChargingProfile
    begin_s: float
    """Of its first run."""
    every_s: float
    """From run to run; infinite where there is one."""
    lasts_s: float
    """How long one run is."""
    from_s: float
    """It is valid from here (K01.FR.36); minus infinite: always was (K01.FR.10)."""
    until_s: float
    """And from here on no longer (K01.FR.37); infinite: until it is replaced or cleared (K01.FR.10)."""
    source: LimitSource = LimitSource.CSO

    @property
    def periods(self) -> tuple[SchedulePeriod, ...]:
        """Of its schedule."""
        return self.profile.schedule.periods


def timetable(profile: ChargingProfile, charging_s: float, source: LimitSource = LimitSource.CSO) -> Timetable:
    """``charging_s``: when charging started, for whatever is relative to it."""
    schedule = profile.schedule
    relative = profile.kind is Kind.RELATIVE or schedule.start is None
    every_s = EVERY_S[profile.recurrency] if profile.kind is Kind.RECURRING and profile.recurrency is not None else inf
    return Timetable(
        profile,
        charging_s if relative or schedule.start is None else schedule.start.timestamp(),
        every_s,
        min(inf if schedule.duration_s is None else schedule.duration_s, every_s),
        -inf if profile.valid_from is None else profile.valid_from.timestamp(),
        inf if profile.valid_to is None else profile.valid_to.timestamp(),
        source,
    )


def _run_s(table: Timetable, at_s: float) -> float:
    """When the run that ``at_s`` belongs to began, or the pause after it. Only after the beginning."""
    if table.every_s == inf:
        return table.begin_s
    return table.begin_s + (at_s - table.begin_s) // table.every_s * table.every_s


def period_index(periods: tuple[SchedulePeriod, ...], elapsed_s: float) -> int:
    """Which period it is so long after the start of a schedule."""
    return bisect_right(periods, elapsed_s, key=start_of) - 1


def period_at(table: Timetable, at_s: float) -> SchedulePeriod | None:
    """What it says at a time; ``None``: nothing, it has not begun (K01.FR.30), is over, pauses, or is not valid."""
    if not table.from_s <= at_s < table.until_s or at_s < table.begin_s:
        return None
    elapsed_s = at_s - _run_s(table, at_s)
    return table.periods[period_index(table.periods, elapsed_s)] if elapsed_s < table.lasts_s else None


def next_change_s(table: Timetable, at_s: float) -> float:
    """The first moment after ``at_s`` at which ``period_at`` may say something else; infinite: never again."""
    if at_s >= table.until_s:
        return inf
    if at_s < table.from_s:
        return table.from_s
    return min(table.until_s, table.begin_s if at_s < table.begin_s else _next_in_run_s(table, at_s))


def _next_in_run_s(table: Timetable, at_s: float) -> float:
    run_s = _run_s(table, at_s)
    elapsed_s = at_s - run_s
    if elapsed_s >= table.lasts_s:
        return run_s + table.every_s
    following = period_index(table.periods, elapsed_s) + 1
    if following < len(table.periods):
        return run_s + min(table.periods[following].start_s, table.lasts_s)
    return run_s + table.lasts_s


def ends_s(table: Timetable) -> float:
    """From when on it never says anything again; infinite: it has no end."""
    return min(table.until_s, inf if table.every_s < inf else table.begin_s + table.lasts_s)


def runs(table: Timetable, from_s: float, until_s: float) -> Iterator[tuple[float, float, float]]:
    """(from, until, start of the schedule) of each run, as far as it is valid and within the window; in order."""
    low_s, high_s = max(from_s, table.from_s), min(until_s, table.until_s)
    run_s = table.begin_s if low_s < table.begin_s else _run_s(table, low_s)
    while run_s < high_s:
        begin_s, end_s = max(run_s, low_s), min(run_s + table.lasts_s, high_s)
        if begin_s < end_s:
            yield begin_s, end_s, run_s
        run_s += table.every_s
