"""Composite schedules: against a slow evaluation that is plainly right, and the cases that the standard names."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise
from math import floor, inf

from hypothesis import given, settings
from hypothesis import strategies as st

from chargepoint.domain.charging.composite import LONGEST_S, schedule
from chargepoint.domain.charging.installed import Installed
from chargepoint.domain.charging.stacking import bounds, for_transaction
from chargepoint.domain.charging.summing import Above, Stack
from chargepoint.domain.charging.timetable import timetable
from chargepoint.domain.charging.units import Wiring
from chargepoint.domain.charging_profile import ChargingProfile, Kind, Purpose, RateUnit, Recurrency, SchedulePeriod
from chargepoint.domain.ids import ConnectorId
from tests.domain.charging import plain
from tests.domain.charging.examples import NOON, after, installed, profile

A, W = RateUnit.AMPERE, RateUnit.WATT
VOLTAGE_V = 230.0
WINDOW_S = 2 * 86_400
START_S = round(NOON.timestamp())
PLACES = (ConnectorId(1, 1), ConnectorId(2, 1))
TX = "ours"
"""The transaction at the first place."""


class Plant:
    """Two EVSEs, the first with three phases, or with a choice, and a car that charges; the second with one phase and none."""

    def __init__(
        self,
        profiles: Sequence[Installed],
        charging_s: float = -600.0,
        fuse_a: float = 40.0,
        wiring: Wiring | None = None,
        now_s: float = 0.0,
    ) -> None:
        self.profiles = profiles
        self.charging = after(charging_s)
        self.fuse_a = fuse_a
        self.now_s = now_s
        self.wirings = (wiring or Wiring(3, VOLTAGE_V), Wiring(1, VOLTAGE_V))
        self.rated_a = (32.0, 16.0)

    def began(self, place: ConnectorId) -> tuple[str | None, float]:
        return (TX, self.charging.timestamp()) if place == PLACES[0] else (None, START_S + self.now_s)

    def counting(self, numbers: Sequence[int]) -> set[int]:
        return {0, *numbers} if len(numbers) == 1 else {0}

    def stack(self, number: int, numbers: Sequence[int]) -> Stack:
        transaction, began_s = self.began(PLACES[number])
        tables = tuple(timetable(each.profile, began_s) for each in for_transaction(self.profiles, PLACES[number], transaction))
        return Stack(tables, self.wirings[number], self.rated_a[number], number in self.counting(numbers), number in numbers)

    def above(self) -> Above:
        stacks = [tuple(timetable(each.profile, each.set_at.timestamp()) for each in stack) for stack in bounds(self.profiles, 0)]
        return Above(stacks[0] if stacks else (), self.fuse_a, tuple(stacks[1:]))

    def composite(self, numbers: Sequence[int], unit: RateUnit = A, duration_s: int = WINDOW_S) -> tuple[int, tuple[SchedulePeriod, ...]]:
        stacks = [self.stack(number, numbers) for number in range(len(PLACES))]
        return schedule(stacks, self.above(), START_S + self.now_s, duration_s, unit)

    def plainly(self, numbers: Sequence[int], unit: RateUnit, offset_s: float) -> tuple[float, int]:
        """The limit and the phases so long after the start."""
        at, top = after(offset_s), plain.bounds_station(self.profiles, after(offset_s))
        own, phases = [], []
        for number, place in enumerate(PLACES):
            transaction, began_s = self.began(place)
            own.append(plain.holds(self.profiles, place, transaction, NOON + timedelta(seconds=began_s - START_S), at))
            phases.append(self.closed(number, [held[1].phases for held in (own[-1], top) if held is not None]))
        most, widest = max(phases[number] for number in self.counting(numbers)), max(phases[number] for number in numbers)
        together_a = [self.fuse_a, *([] if top is None else [plain.current(top[1].limit, top[0].schedule.unit, most, VOLTAGE_V)])]
        each_a = [min(self.rated_a[number], *self.said_a(own[number], phases[number]), *together_a) for number in numbers]
        if unit is A:
            return min(sum(each_a), *together_a), widest
        together_w = [self.fuse_a * widest * VOLTAGE_V]
        if top is not None:
            together_w.append(top[1].limit if top[0].schedule.unit is W else top[1].limit * widest * VOLTAGE_V)
        return min(sum(limit_a * phases[number] * VOLTAGE_V for limit_a, number in zip(each_a, numbers, strict=True)), *together_w), widest

    def closed(self, number: int, said: Sequence[int | None]) -> int:
        """On how many phases a car draws there, as far as one can know."""
        wiring = self.wirings[number]
        will_close = (1 if 1 in said else 3) if wiring.switches else wiring.phases
        return wiring.seen if will_close == wiring.phases and wiring.seen else will_close

    def said_a(self, held: tuple[ChargingProfile, SchedulePeriod] | None, phases: int) -> list[float]:
        return [] if held is None else [plain.current(held[1].limit, held[0].schedule.unit, phases, VOLTAGE_V)]


def at(periods: Sequence[SchedulePeriod], offset_s: int) -> SchedulePeriod:
    return [period for period in periods if period.start_s <= offset_s][-1]


MOMENTS = st.one_of(st.integers(-3 * 86_400, 3 * 86_400), st.integers(-40, 40).map(lambda quarters: quarters * 900), st.integers(-5, 5))
"""Seconds from noon: far away, on a common grid, and close by."""
STARTS = st.lists(st.one_of(st.integers(1, 100_000), st.integers(1, 40).map(lambda quarters: quarters * 900)), max_size=6, unique=True)
LIMITS = st.one_of(st.sampled_from([0.0, 5.9, 6.0, 16.0, 100.0]), st.integers(0, 400).map(lambda tenths: tenths / 10))


@st.composite
def profiles(draw: st.DrawFn, number: int) -> Installed:
    kind = draw(st.sampled_from(Kind))
    unit = draw(st.sampled_from(RateUnit))
    purpose = draw(st.sampled_from([Purpose.STATION_MAX, Purpose.TX_DEFAULT, Purpose.TX_DEFAULT, Purpose.TX]))
    valid_from = draw(st.one_of(st.none(), MOMENTS))
    periods = [
        (start_s, draw(LIMITS) * (690 if unit is W else 1), draw(st.sampled_from([1, 2, 3]))) for start_s in (0, *sorted(draw(STARTS)))
    ]
    made = profile(
        *(period if draw(st.booleans()) else period[:2] for period in periods),
        purpose=purpose,
        kind=kind,
        unit=unit,
        start=draw(st.one_of(st.none(), MOMENTS.map(after))) if kind is Kind.ABSOLUTE else after(draw(MOMENTS)),
        duration_s=draw(st.one_of(st.none(), st.integers(1, 100_000))),
        id=number,
        stack_level=number,
        recurrency=draw(st.sampled_from(Recurrency)) if kind is Kind.RECURRING else None,
        valid_from=None if valid_from is None else after(valid_from),
        valid_to=None if draw(st.booleans()) else after((valid_from or 0) + draw(st.integers(1, 200_000))),
    )
    evse = {Purpose.STATION_MAX: 0, Purpose.TX: 1}.get(purpose, draw(st.sampled_from([0, 1, 2])))
    connector = draw(st.sampled_from([None, 1])) if evse and purpose is Purpose.TX_DEFAULT else None
    set_s = -draw(st.integers(0, 100_000))
    return installed(made, evse, connector=connector, transaction_id=TX if purpose is Purpose.TX else None, set_at=after(set_s))


@st.composite
def plants(draw: st.DrawFn) -> Plant:
    many = [draw(profiles(number)) for number in range(draw(st.integers(0, 6)))]
    wiring = draw(
        st.sampled_from(
            [
                Wiring(3, VOLTAGE_V),
                Wiring(3, VOLTAGE_V, 1),
                Wiring(3, VOLTAGE_V, 2),
                Wiring(3, VOLTAGE_V, 3, True),
                Wiring(1, VOLTAGE_V, 1, True),
            ]
        )
    )
    now_s = draw(st.sampled_from([0.0, 0.25, 0.875]))
    return Plant(many, -draw(st.integers(0, 100_000)), draw(st.sampled_from([20.0, 40.0, inf])), wiring, now_s)


@settings(max_examples=300, deadline=None)
@given(plants(), st.sampled_from([(0,), (1,), (0, 1)]), st.sampled_from(RateUnit), st.data())
def test_it_says_at_any_moment_what_reading_the_profiles_one_by_one_says(
    plant: Plant, numbers: Sequence[int], unit: RateUnit, data: st.DataObject
) -> None:
    duration_s, periods = plant.composite(numbers, unit)
    assert duration_s == WINDOW_S
    assert periods[0].start_s == 0
    assert all(0 <= period.start_s < WINDOW_S for period in periods)
    changes = st.sampled_from(periods).flatmap(lambda period: st.sampled_from([period.start_s - 1, period.start_s, period.start_s + 1]))
    for offset_s in data.draw(st.lists(st.one_of(st.integers(0, WINDOW_S - 1), changes), min_size=5, max_size=10)):
        offset_s = min(max(offset_s, 0), WINDOW_S - 1)
        limit, phases = plant.plainly(numbers, unit, max(offset_s, plant.now_s))
        said = at(periods, offset_s)
        assert (said.limit, said.phases) == (floor(limit * 10 + 1e-6) / 10, phases), offset_s


@given(plants(), st.sampled_from([(0,), (0, 1)]))
def test_periods_are_in_order_and_neighbours_differ(plant: Plant, numbers: Sequence[int]) -> None:
    _, periods = plant.composite(numbers)
    for before, after_ in pairwise(periods):
        assert before.start_s < after_.start_s
        assert (before.limit, before.phases) != (after_.limit, after_.phases)


def limits(plant: Plant, *numbers: int, unit: RateUnit = A, duration_s: int = 86_400) -> list[tuple[int, float]]:
    return [(period.start_s, period.limit) for period in plant.composite(numbers, unit, duration_s)[1]]


def test_without_profiles_it_is_what_the_configuration_allows() -> None:
    assert limits(Plant([]), 0) == [(0, 32.0)]
    assert limits(Plant([]), 0, 1) == [(0, 40.0)], "the fuse is less than the sum"
    assert limits(Plant([], fuse_a=63.0), 0, 1) == [(0, 48.0)]
    assert limits(Plant([], fuse_a=63.0), 0, 1, unit=W) == [(0, 32.0 * 690 + 16.0 * 230)]


def test_the_stack_of_the_standard_falls_back_level_by_level_and_then_to_no_limit() -> None:
    stack = [
        installed(profile((0, 6.0), duration_s=600, id=1, stack_level=0)),
        installed(profile((0, 10.0), duration_s=300, id=2, stack_level=1)),
        installed(profile((0, 8.0), (30, 12.0), start=after(60), duration_s=60, id=3, stack_level=2)),
    ]
    assert limits(Plant(stack), 0, duration_s=900) == [(0, 10.0), (60, 8.0), (90, 12.0), (120, 10.0), (300, 6.0), (600, 32.0)]


def test_purposes_are_combined_by_the_lowest_and_the_transaction_goes_before_the_default() -> None:
    stack = [
        installed(profile((0, 20.0), (500, 9.0), purpose=Purpose.STATION_MAX, id=1)),
        installed(profile((0, 6.0), id=2, stack_level=5)),
        installed(profile((0, 25.0), (100, 15.0), purpose=Purpose.TX, duration_s=700, id=3), 1, transaction_id=TX),
    ]
    assert limits(Plant(stack), 0) == [(0, 20.0), (100, 15.0), (500, 9.0), (700, 6.0)]
    assert limits(Plant(stack), 0, 1) == [(0, 20.0), (500, 9.0)], "6 A at the second EVSE and what the first has: 26 A at most"


def test_the_profile_of_a_connector_goes_before_that_of_the_station_whatever_their_levels() -> None:
    stack = [installed(profile((0, 6.0), id=1, stack_level=9)), installed(profile((0, 12.0), duration_s=60, id=2), 1, connector=1)]
    assert limits(Plant(stack), 0) == [(0, 12.0), (60, 6.0)]
    assert limits(Plant(stack), 1) == [(0, 6.0)]
    stack.append(installed(profile((0, 15.0), duration_s=90, id=3, stack_level=8), 1))
    assert limits(Plant(stack), 0) == [(0, 12.0), (60, 15.0), (90, 6.0)]


def test_recurring_schedules_return_after_24_hours_and_7_days_and_leave_gaps() -> None:
    daily = profile((0, 6.0), (3600, 8.0), kind=Kind.RECURRING, recurrency=Recurrency.DAILY, duration_s=7200, start=after(-86_400 * 3))
    expected = [(0, 6.0), (3600, 8.0), (7200, 32.0), (86_400, 6.0), (90_000, 8.0), (93_600, 32.0)]
    assert limits(Plant([installed(daily)]), 0, duration_s=2 * 86_400) == expected
    weekly = profile((0, 6.0), kind=Kind.RECURRING, recurrency=Recurrency.WEEKLY, duration_s=60, start=after(-7 * 86_400 + 100))
    assert limits(Plant([installed(weekly)]), 0) == [(0, 32.0), (100, 6.0), (160, 32.0)]


def test_a_day_has_24_hours_where_daylight_saving_begins() -> None:
    """Europe changes its clocks on 2026-03-29; a schedule of UTC does not."""
    before = NOON + timedelta(days=27)
    daily = profile((0, 6.0), kind=Kind.RECURRING, recurrency=Recurrency.DAILY, duration_s=60, start=before)
    assert [plain.says(daily, NOON, before + timedelta(days=2, seconds=offset)) is not None for offset in (-1, 0, 59, 60)] == [
        *(False, True, True, False)
    ]
    tables = (timetable(daily, 0.0),)
    _, periods = schedule([Stack(tables, Wiring(3, 230.0), 32.0)], Above((), inf), round(before.timestamp()), 3 * 86_400, A)
    assert [period.start_s for period in periods if period.limit == 6.0] == [0, 86_400, 2 * 86_400]


def test_periods_beyond_the_duration_or_the_recurrence_are_not_carried_out() -> None:
    long = profile((0, 6.0), (100, 8.0), (90_000, 20.0), kind=Kind.RECURRING, recurrency=Recurrency.DAILY, duration_s=200_000)
    assert limits(Plant([installed(long)]), 0, duration_s=2 * 86_400) == [(0, 6.0), (100, 8.0), (86_400, 6.0), (86_500, 8.0)]
    short = profile((0, 6.0), (100, 8.0), duration_s=50)
    assert limits(Plant([installed(short)]), 0) == [(0, 6.0), (50, 32.0)]


def test_relative_schedules_count_from_the_start_of_charging_or_from_now_without_a_car() -> None:
    relative = profile((0, 6.0), (700, 12.0), kind=Kind.RELATIVE)
    assert limits(Plant([installed(relative)], charging_s=-600), 0) == [(0, 6.0), (100, 12.0)]
    assert limits(Plant([installed(relative)]), 1) == [(0, 6.0), (700, 12.0)]


def test_a_limit_in_watts_is_divided_by_the_phases_in_use() -> None:
    whole = [installed(profile((0, 3680.0), unit=W))]
    assert limits(Plant(whole), 0) == [(0, 5.3)], "on three phases: less than 6 A, a pause"
    assert limits(Plant(whole, wiring=Wiring(3, VOLTAGE_V, 1)), 0) == [(0, 16.0)], "the car draws on one"
    assert limits(Plant(whole), 1) == [(0, 16.0)], "one phase is wired (errata 3.34)"
    assert limits(Plant(whole), 0, unit=W) == [(0, 3680.0)]


def test_a_limit_in_watts_for_one_phase_is_divided_by_all_that_the_contactor_closes_unless_it_has_the_choice() -> None:
    one = [installed(profile((0, 11_040.0, 1), (60, 4140.0, 1), (120, 4140.0, 3), unit=W))]
    assert limits(Plant(one), 0) == [(0, 16.0), (60, 6.0)], "never more power than was asked for"
    assert limits(Plant(one, wiring=Wiring(3, VOLTAGE_V, 1)), 0) == [(0, 32.0), (60, 18.0)], "the car draws on one anyhow"
    choice = Plant(one, wiring=Wiring(3, VOLTAGE_V, 3, switches=True))
    assert limits(choice, 0) == [(0, 32.0), (60, 18.0), (120, 6.0)]
    assert limits(choice, 0, unit=W) == [(0, 7360.0), (60, 4140.0), (120, 4140.0)], "on one phase, and on three"


def test_a_limit_in_amperes_is_per_phase_whatever_number_of_phases_it_names() -> None:
    """OCPP 2.0.1 K01.FR.51."""
    assert limits(Plant([installed(profile((0, 10.0, 3)))]), 1) == [(0, 10.0)]
    one = [installed(profile((0, 10.0, 1)))]
    assert limits(Plant(one), 0) == [(0, 10.0)]
    assert limits(Plant(one), 0, unit=W) == [(0, 6900.0)], "without a choice the car may draw on three, and that is said"
    assert limits(Plant(one, wiring=Wiring(3, VOLTAGE_V, switches=True)), 0, unit=W) == [(0, 2300.0)]


def test_a_window_is_not_longer_than_asked_for_and_bounded_where_schedules_recur() -> None:
    daily = installed(profile((0, 6.0), kind=Kind.RECURRING, recurrency=Recurrency.DAILY, duration_s=60))
    assert Plant([daily]).composite([0], duration_s=10**9)[0] == LONGEST_S
    assert Plant([installed(profile())]).composite([0], duration_s=10**9) == (10**9, (SchedulePeriod(0, 16.0, 3),))
    assert Plant([installed(profile((0, 6.0), (60, 8.0)))]).composite([0], duration_s=60) == (60, (SchedulePeriod(0, 6.0, 3),))
    assert Plant([]).composite([0], duration_s=0) == (0, (SchedulePeriod(0, 32.0, 3),))


def test_fractions_of_a_second_begin_with_the_next_whole_one() -> None:
    shifted: ChargingProfile = profile((0, 6.0), (10, 8.0), start=after(0.25))
    assert limits(Plant([installed(shifted)]), 0) == [(0, 32.0), (1, 6.0), (11, 8.0)]
