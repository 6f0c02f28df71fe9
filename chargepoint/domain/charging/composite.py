"""The composite schedule: what all profiles and the hard limits come to, over a window of time (1.6 §3.13.3, §5.7; OCPP 2.0.1 K08).

It goes from change to change. A stack is laid out from its strongest profile down: each fills what those above it left open, so what is
covered is never looked at again.

    level 2      ├──────┤            ├──┤
    level 1          ├──────────┤
    the stack    222222221111111     2222

Then the stacks of all EVSEs and that of the station are walked through together. For one EVSE the lowest bound counts, for the station
the sum of its EVSEs below what bounds them all: what is to be expected at the grid connection. It is reckoned as if a car charged
at each EVSE. Limits are rounded to the one decimal that the standard has room for, times to whole seconds.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import takewhile
from math import ceil, inf
from operator import itemgetter

from msgspec import Struct

from chargepoint.domain.charging.stacking import Holding
from chargepoint.domain.charging.timetable import Timetable, period_index, runs, start_of
from chargepoint.domain.charging.units import Wiring, amperes
from chargepoint.domain.charging_profile import RateUnit, SchedulePeriod

LONGEST_S = 8 * 86_400
"""Beyond this, schedules that recur are not looked at: a week and a day show all of them."""
END = (inf,)
"""After the last change."""
MOST_PERIODS = 20_000
"""In one composite schedule; it ends where the next one would begin."""

Span = tuple[float, float]
Piece = tuple[float, int, Holding | None]
"""From then on this holds in the line of this number, until its next piece."""
Line = list[Piece]
Level = tuple[int, float, int]
"""Seconds after the start, limit, phases."""


class Stack(Struct, frozen=True):
    """One EVSE: the profiles for its transaction, the strongest first, and its hard limit."""

    tables: tuple[Timetable, ...]
    wiring: Wiring
    hard_a: float


class Above(Struct, frozen=True):
    """What bounds all EVSEs together: the station's profiles, the strongest first, and the fuse."""

    tables: tuple[Timetable, ...]
    fuse_a: float


def schedule(
    stacks: Sequence[Stack], above: Above, start_s: int, duration_s: int, unit: RateUnit
) -> tuple[int, tuple[SchedulePeriod, ...]]:
    """How long it is, and its periods; longer than asked for it never is. The stacks: all for the station, one for an EVSE."""
    tables = (*above.tables, *(table for stack in stacks for table in stack.tables))
    if any(table.every_s < inf for table in tables):
        duration_s = min(duration_s, LONGEST_S)
    end_s = start_s + max(duration_s, 1)
    changes: Line = []
    for number, line in enumerate((above.tables, *(stack.tables for stack in stacks))):
        changes += layout(number, line, start_s, end_s)
    changes.sort(key=itemgetter(0))
    periods = merged(takewhile(lambda each: each[0] < end_s - start_s, _levels(changes, stacks, above, start_s, unit)))
    if len(periods) > MOST_PERIODS:
        return periods[MOST_PERIODS].start_s, tuple(periods[:MOST_PERIODS])
    return duration_s, tuple(periods)


def layout(number: int, tables: Iterable[Timetable], start_s: float, end_s: float) -> Line:
    """What a stack says in the window, from its beginning on; in no order."""
    pieces: Line = []
    open_: list[Span] = [(start_s, end_s)]
    for table in tables:
        if not open_:
            break
        open_ = _fill(number, table, open_, pieces)
    return pieces + [(begin_s, number, None) for begin_s, _ in open_]


def _fill(number: int, table: Timetable, open_: list[Span], pieces: Line) -> list[Span]:
    """Put a profile into the gaps that are open; what it leaves of them."""
    left: list[Span] = []
    waiting = runs(table, open_[0][0], open_[-1][1])
    run = next(waiting, None)
    for begin_s, end_s in open_:
        while run is not None and run[0] < end_s:
            if run[1] > begin_s:
                if run[0] > begin_s:
                    left.append((begin_s, run[0]))
                _put(number, table, max(begin_s, run[0]), min(end_s, run[1]), run[2], pieces)
                begin_s = min(end_s, run[1])
            if run[1] > end_s:
                break
            run = next(waiting, None)
        if begin_s < end_s:
            left.append((begin_s, end_s))
    return left


def _put(number: int, table: Timetable, begin_s: float, end_s: float, run_s: float, pieces: Line) -> None:
    profile, periods, unit = table.profile, table.periods, table.profile.schedule.unit
    first = period_index(periods, begin_s - run_s)
    beyond = bisect_left(periods, end_s - run_s, lo=first + 1, key=start_of)
    pieces.append((begin_s, number, Holding(profile, periods[first], unit)))
    pieces.extend([(run_s + period.start_s, number, Holding(profile, period, unit)) for period in periods[first + 1 : beyond]])


def _levels(changes: Line, stacks: Sequence[Stack], above: Above, start_s: int, unit: RateUnit) -> Iterator[Level]:
    """What it comes to, after each change. The line number 0 is the station's."""
    now: list[Holding | None] = [None] * (1 + len(stacks))
    following = iter(changes)
    next(following)
    for at_s, number, holding in changes:
        now[number] = holding
        if next(following, END)[0] > at_s:
            limit, phases = level(stacks, above, now, unit)
            yield ceil(at_s - start_s), limit, phases


def level(stacks: Sequence[Stack], above: Above, holding: Sequence[Holding | None], unit: RateUnit) -> tuple[float, int]:
    """The limit at one moment, and on how many phases: by what holds for the station, and then in each stack."""
    top, most, total, voltage_v, in_amperes = holding[0], 1, 0.0, stacks[0].wiring.voltage_v, unit is RateUnit.AMPERE
    top_phases = None if top is None else top.period.phases
    for number, stack in enumerate(stacks, start=1):
        own, limit_a = holding[number], stack.hard_a
        if own is None:
            phases = stack.wiring.reckoned(None, top_phases)
        else:
            period = own.period
            phases = stack.wiring.reckoned(period.phases, top_phases)
            own_a = amperes(period.limit, own.unit, phases, voltage_v)
            limit_a = own_a if own_a < limit_a else limit_a
        total += limit_a if in_amperes else limit_a * voltage_v * phases
        most = phases if phases > most else most
    top_a = above.fuse_a
    if top is not None:
        bound_a = amperes(top.period.limit, top.unit, most, voltage_v)
        top_a = bound_a if bound_a < top_a else top_a
    top_limit = top_a if in_amperes else top_a * voltage_v * most
    return (total if total < top_limit else top_limit), most


def merged(levels: Iterable[Level]) -> list[SchedulePeriod]:
    """As periods: of those that fall on one second the last one counts, and neighbours that say the same are one."""
    periods: list[SchedulePeriod] = []
    last: SchedulePeriod | None = None
    before: tuple[float, int] = (-1.0, 0)
    for offset_s, exactly, phases in levels:
        if before == (exactly, phases):
            continue
        before, limit = (exactly, phases), round(exactly, 1)
        if last is not None and last.start_s == offset_s:
            periods.pop()
            last = periods[-1] if periods else None
        if last is None or last.limit != limit or last.phases != phases:
            last = SchedulePeriod(offset_s, limit, phases)
            periods.append(last)
    return periods
