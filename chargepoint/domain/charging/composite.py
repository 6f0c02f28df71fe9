"""The composite schedule: what all profiles and the hard limits come to, over a window of time (1.6 §3.13.3, §5.7; OCPP 2.0.1 K08).

It goes from change to change. A stack is laid out from its strongest profile down: each fills what those above it left open, so what is
covered is never looked at again.

    level 2      ├──────┤            ├──┤
    level 1          ├──────────┤
    the stack    222222221111111     2222

Then the stacks of all EVSEs and that of the station are walked through together, and summed up after each change. The first period says
what holds at the moment of asking; later changes are told at whole seconds, the first ones at which they hold. Limits are told with one
decimal, as the standard has room for, and never as more than they are (§3.13.3).
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from math import ceil, floor, inf
from operator import itemgetter

from chargepoint.domain.charging.summing import Above, Stack, Sum, lines
from chargepoint.domain.charging.timetable import Timetable, period_index, runs, start_of
from chargepoint.domain.charging_profile import RateUnit, SchedulePeriod

LONGEST_S = 8 * 86_400
"""Beyond this, schedules that recur are not looked at: a week and a day show all of them."""
MOST_PERIODS = 20_000
"""In one composite schedule; it ends where the next one would begin."""
NOISE_S = 0.001
"""Sums of times miss a whole second by less."""
NOISE = 1e-6
"""Quotients of limits miss a tenth by less."""

Span = tuple[float, float]
Piece = tuple[float, int, SchedulePeriod | None, bool]
"""From then on this holds in the line of this number, in watts or not, until its next piece."""
Line = list[Piece]
Level = tuple[int, float, int]
"""Seconds after the start, limit, phases."""
END: Piece = (inf, 0, None, False)
"""After the last change."""


def schedule(
    stacks: Sequence[Stack], above: Above, now_s: float, duration_s: int, unit: RateUnit
) -> tuple[int, tuple[SchedulePeriod, ...]]:
    """How long it is, and its periods; longer than asked for it never is. It counts from the second in which ``now_s`` falls."""
    tables = [line.tables for line in lines(stacks, above)]
    if any(table.every_s < inf for line in tables for table in line):
        duration_s = min(duration_s, LONGEST_S)
    start_s = floor(now_s)
    end_s = start_s + max(duration_s, 1)
    changes: Line = []
    for number, line in enumerate(tables):
        changes += layout(number, line, now_s, end_s)
    changes.sort(key=itemgetter(0))
    periods = merged(_levels(changes, Sum(stacks, above, unit), now_s, end_s))
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
    return pieces + [(begin_s, number, None, False) for begin_s, _ in open_]


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
    periods, in_watts = table.periods, table.profile.schedule.unit is RateUnit.WATT
    first = period_index(periods, begin_s - run_s)
    beyond = bisect_left(periods, end_s - run_s, lo=first + 1, key=start_of)
    pieces.append((begin_s, number, periods[first], in_watts))
    pieces.extend([(run_s + period.start_s, number, period, in_watts) for period in periods[first + 1 : beyond]])


def _levels(changes: Line, total: Sum, now_s: float, end_s: int) -> Iterator[Level]:
    """What it comes to, after each change."""
    start_s, put, level = floor(now_s), total.put, total.level
    changes.append(END)
    for (at_s, number, period, watts), (following_s, _, _, _) in pairwise(changes):
        put(number, period, watts)
        if following_s > at_s:
            told_s = start_s if at_s <= now_s else ceil(at_s - NOISE_S)
            if told_s >= end_s:
                return
            limit, phases = level()
            yield told_s - start_s, limit, phases


def merged(levels: Iterable[Level]) -> list[SchedulePeriod]:
    """As periods: of those that fall on one second the last one counts, and neighbours that say the same are one."""
    periods: list[SchedulePeriod] = []
    last_s, last, before = -1, (-1, 0), (-1, 0)
    for offset_s, exactly, phases in levels:
        told = int(exactly * 10 + NOISE), phases
        if offset_s == last_s:
            periods.pop()
            last_s, last = -1, before
        if told != last:
            before, last, last_s = last, told, offset_s
            periods.append(SchedulePeriod(offset_s, told[0] / 10, phases))
    return periods
