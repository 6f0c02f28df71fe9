"""The composite schedule of a day from a hundred profiles of a hundred periods each, and what holds now by the same profiles.

    python -m benchmarks.composite [--times N] [--no-baseline]

*Scattered*: half of the profiles bound the station, half the transaction; each holds for a part of the day of its own, so that nearly all
their periods are to be seen in the answer. *Stacked*: they overlap at random, as calendars do. Beside the schedule itself: what it costs as
the answer of a 1.6 station, valid by its schema and on the wire. The baseline asks, for each second of the day, each profile in turn,
and sees no further than that: the same answer, the plain way. All times are processor time of this thread, so other load on the host does
not count, but for its effect on caches.
"""

import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from random import Random

from benchmarks.figures import Figure, in_ms, middle, show
from benchmarks.rig import host
from chargepoint.domain.charging.composite import merged, schedule
from chargepoint.domain.charging.stacking import prevailing
from chargepoint.domain.charging.summing import Above, Stack, level
from chargepoint.domain.charging.timetable import Timetable, next_change_s, timetable
from chargepoint.domain.charging.units import Wiring
from chargepoint.domain.charging_profile import ChargingProfile, ChargingSchedule, Kind, Purpose, RateUnit, Recurrency, SchedulePeriod
from chargepoint.domain.commands import CompositeSchedule, GetCompositeSchedule
from chargepoint.ocpp.dialect import Site, load
from chargepoint.ocpp.frames import encode_result

MOST_MS = 20.0
PROFILES, PERIODS = 100, 100
DAY_S = 86_400
MIDNIGHT = datetime(2026, 3, 1, tzinfo=UTC)
START_S = round(MIDNIGHT.timestamp())


def profile(number: int, start_s: float, duration_s: int, daily: bool, random: Random) -> ChargingProfile:
    """A hundred periods within its duration."""
    starts = [0, *sorted(random.sample(range(1, duration_s), PERIODS - 1))]
    unit = random.choice(list(RateUnit))
    ampere = 1 if unit is RateUnit.AMPERE else 690
    return ChargingProfile(
        id=number,
        stack_level=number // 2,
        purpose=Purpose.STATION_MAX if number % 2 else Purpose.TX_DEFAULT,
        kind=Kind.RECURRING if daily else Kind.ABSOLUTE,
        recurrency=Recurrency.DAILY if daily else None,
        schedule=ChargingSchedule(
            unit=unit,
            periods=tuple(SchedulePeriod(start, random.randrange(60, 320) / 10 * ampere, random.choice((1, 3, None))) for start in starts),
            start=MIDNIGHT + timedelta(seconds=start_s),
            duration_s=duration_s,
        ),
    )


def scattered(random: Random) -> list[ChargingProfile]:
    """One after the other, twice fifty."""
    part_s = DAY_S // (PROFILES // 2)
    return [profile(number, (number // 2) * part_s, part_s, False, random) for number in range(PROFILES)]


def stacked(random: Random) -> list[ChargingProfile]:
    """Whenever, for an hour to a day, every second one each day anew."""
    return [
        profile(number, random.randrange(-DAY_S, DAY_S), random.randrange(3600, DAY_S), random.random() < 0.5, random)
        for number in range(PROFILES)
    ]


def composed(profiles: Sequence[ChargingProfile], switches: bool = False) -> tuple[Stack, Above]:
    """As the station has them: the strongest first. ``switches``: the contactor closes one phase or three, as they say."""
    tables = [timetable(each, START_S) for each in sorted(profiles, key=lambda each: -each.stack_level)]
    own, top = ([table for table in tables if table.profile.purpose is purpose] for purpose in (Purpose.TX_DEFAULT, Purpose.STATION_MAX))
    return Stack(tuple(own), Wiring(3, 230.0, switches=switches), 32.0), Above(tuple(top), 63.0)


def fast(profiles: Sequence[ChargingProfile], switches: bool = False) -> tuple[SchedulePeriod, ...]:
    """From change to change."""
    stack, above = composed(profiles, switches)
    return schedule([stack], above, START_S, DAY_S, RateUnit.AMPERE)[1]


def second_by_second(profiles: Sequence[ChargingProfile]) -> tuple[SchedulePeriod, ...]:
    """The plain way."""
    stack, above = composed(profiles)
    return tuple(merged(_at(second, stack, above) for second in range(DAY_S)))


def _at(second: int, stack: Stack, above: Above) -> tuple[int, float, int]:
    holding = [prevailing(tables, START_S + second) for tables in (above.tables, stack.tables)]
    return (second, *level([stack], above, holding, RateUnit.AMPERE))


def answer(periods: tuple[SchedulePeriod, ...]) -> bytes:
    """As it goes on the wire, in 1.6."""
    dialect = load("1.6", Site())
    reply = CompositeSchedule(0, MIDNIGHT, DAY_S, RateUnit.AMPERE, periods)
    payload = dialect.encode_reply("GetCompositeSchedule", GetCompositeSchedule(0, DAY_S), reply)
    violation = dialect.schemas.check_response("GetCompositeSchedule", payload)
    assert violation is None, violation
    return encode_result("1", payload)


def grant(tables: Sequence[Timetable]) -> float:
    """What holds now, and until when."""
    prevailing(tables, START_S + 40_000)
    return min(next_change_s(table, START_S + 40_000) for table in tables)


def timed(work: Callable[[], object], times: int) -> list[float]:
    """What it takes of the processor, in milliseconds."""
    taken = []
    for _ in range(times):
        began = time.thread_time()
        work()
        taken.append(time.thread_time() - began)
    return in_ms(taken)


def figures(name: str, profiles: Sequence[ChargingProfile], times: int, baseline: bool) -> list[Figure]:
    """Of one set of profiles."""
    periods = fast(profiles)
    print(f"  {name}: {len(periods)} periods in the answer", flush=True)
    tables = [timetable(each, START_S) for each in profiles]
    found = [
        middle(f"{name}: 24 h", timed(lambda: fast(profiles), times), "ms", MOST_MS),
        middle(f"{name}: 24 h, phases switched", timed(lambda: fast(profiles, True), times), "ms", MOST_MS),
        middle(f"{name}: as an answer of 1.6", timed(lambda: answer(periods), max(3, times // 10)), "ms"),
        middle(f"{name}: one grant", timed(lambda: grant(tables), times), "ms"),
    ]
    if baseline:
        plainly: list[tuple[SchedulePeriod, ...]] = []
        (taken_ms,) = timed(lambda: plainly.append(second_by_second(profiles)), 1)
        found.append(Figure(name=f"{name}: second by second", value=taken_ms, unit="ms"))
        assert plainly == [periods], "both say the same"
    return found


def main() -> int:
    """Measure and print; 1 if the aim is missed."""
    parser = ArgumentParser(prog="benchmarks.composite")
    parser.add_argument("--times", type=int, default=100, help="how often each is measured (100)")
    parser.add_argument("--no-baseline", action="store_true", help="leave out the plain way, which takes its time")
    arguments = parser.parse_args()
    print(f"\nComposite schedule from {PROFILES} profiles of {PERIODS} periods ({host()})")
    random = Random(1)
    found = [
        figure
        for name, profiles in (("scattered", scattered(random)), ("stacked", stacked(random)))
        for figure in figures(name, profiles, arguments.times, not arguments.no_baseline)
    ]
    return 0 if show("What it takes", found) else 1


if __name__ == "__main__":
    sys.exit(main())
