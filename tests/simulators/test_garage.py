"""Every car of the garage does what its sentence says, as a board would see it. Durations in seconds, under a virtual clock."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hal.measured import BoardInputs
from simulators import verbs
from simulators.garage import GARAGE
from simulators.hardware import EvsePlan
from simulators.manners import DrawManners, Manners, S2Manners, SleepManners, Stage
from simulators.memory import MemoryBoard
from simulators.world import World
from tests.simulators.rig import OFFER_32_A, Rig

X1, F, E = 1_000_000, 0, -1
OFFER_6_A, OFFER_8_A, OFFER_10_A, OFFER_16_A = 100_000, 133_334, 166_667, 266_667

ARRIVES_AND_IS_OFFERED = {
    "does-not-want": ("B", "B"),
    "wants-ventilation": ("B", "D"),
    "sleeper-f": ("B", "B"),
    "sleeper-e": ("B", "B"),
    "sleeper-fears-f": ("B", "B"),
    "sleeps-for-good": ("B", "B"),
    "hasty": ("C", "C"),
    "simplified": ("C", "C"),
    "resistor": ("B", "B"),
    "resistor-882": ("C", "C"),
    "shorts-in-c": ("B", "E"),
}
"""All others: B, and C after a while."""


def arrived(car: str, **entries: Any) -> Rig:
    """A car is plugged in; nothing is offered yet."""
    rig = Rig()
    rig.do(verbs.plug, car=car, **entries)
    rig.drive(X1, contactor=False)
    return rig


def charging(car: str, duty_ppm: int = OFFER_32_A, **entries: Any) -> Rig:
    """It has asked, and got mains."""
    rig = arrived(car, **entries)
    rig.drive(duty_ppm, contactor=False)
    rig.until("C")
    rig.drive(duty_ppm)
    rig.run(0.1)
    return rig


@pytest.mark.parametrize("car", GARAGE)
def test_each_car_shows_its_letter_on_arrival_and_after_an_offer(car: str) -> None:
    rig = arrived(car)
    rig.run(0.2)
    before = rig.evse.letter
    rig.drive(OFFER_32_A, contactor=False)
    rig.run(20.0)
    assert (before, rig.evse.letter) == ARRIVES_AND_IS_OFFERED.get(car, ("B", "C"))


@pytest.mark.parametrize("car", [name for name in GARAGE if name not in ("resistor", "resistor-882")])
def test_each_car_takes_its_energy_under_power_and_leaves_an_empty_place(car: str) -> None:
    rig = arrived(car)
    for duty_ppm, lasts_s in ((F, 4.0), (X1, 0.75), (E, 4.0), (X1, 0.75), (OFFER_32_A, 20.0)):
        rig.drive(duty_ppm, contactor=duty_ppm == OFFER_32_A)
        rig.run(lasts_s)
    offended_or_unwilling = car in ("does-not-want", "sleeper-fears-f", "sleeps-for-good", "shorts-in-c", "leaks")
    assert (rig.power_w > 0) != offended_or_unwilling
    rig.do(verbs.unplug)
    rig.run(1.0)
    assert (rig.evse.letter, rig.power_w, rig.evse.inputs(rig.now).pp_ohm) == ("A", 0, None)


@pytest.mark.parametrize(
    ("car", "asks_s", "lets_go_s"),
    [("ordinary", 1.0, 1.0), ("brisk", 0.0, 0.2), ("slow-starter", 12.0, 1.0), ("slow-to-let-go", 1.0, 2.9), ("toggles", 6.0, 1.0)],
)
def test_cars_take_their_time_to_ask_and_to_let_go(car: str, asks_s: float, lets_go_s: float) -> None:
    rig = arrived(car)
    rig.run(10.0)
    rig.drive(OFFER_32_A, contactor=False)
    if car == "toggles":
        rig.run(4.0)
        assert rig.until("C") == pytest.approx(asks_s - 4.0, abs=0.021)
    else:
        assert rig.until("C") == pytest.approx(asks_s, abs=0.021)
    rig.drive(OFFER_32_A)
    rig.run(1.0)
    rig.drive(X1)
    assert rig.until("B") == pytest.approx(lets_go_s, abs=0.021)


@pytest.mark.parametrize(
    ("car", "shown", "steady_s", "awake"),
    [
        ("sleeper-f", (F, 2.0), 0.75, False),
        ("sleeper-f", (F, 4.0), 0.75, True),
        ("sleeper-f", (F, 4.0), 0.3, False),
        ("sleeper-f", (E, 4.0), 0.75, False),
        ("sleeper-e", (E, 4.0), 0.75, True),
        ("sleeper-e", (F, 4.0), 0.75, False),
        ("sleeper-fears-f", (E, 4.0), 0.75, True),
        ("sleeper-fears-f", (F, 0.3), 0.75, False),
        ("sleeps-for-good", (E, 30.0), 5.0, False),
        ("sleeps-for-good", (F, 30.0), 5.0, False),
    ],
)
def test_a_sleeper_wakes_on_what_wakes_it_and_on_nothing_else(car: str, shown: tuple[int, float], steady_s: float, awake: bool) -> None:
    rig = arrived(car)
    for duty_ppm, lasts_s in ((OFFER_32_A, 30.0), shown, (X1, steady_s), (OFFER_32_A, 5.0)):
        rig.drive(duty_ppm, contactor=False)
        rig.run(lasts_s)
    assert rig.evse.letter == ("C" if awake else "B")


def test_a_car_that_f_offended_is_cured_by_nothing_but_the_next_plugging_in() -> None:
    rig = arrived("sleeper-fears-f")
    for duty_ppm in (F, X1, E, X1, OFFER_32_A):
        rig.drive(duty_ppm, contactor=False)
        rig.run(5.0)
    assert (rig.car.condition, rig.evse.letter) == ("faulted", "B")


@pytest.mark.parametrize(("car", "asleep_s"), [("impatient", 60.0), ("sleeps-when-paused", 30.0)])
def test_a_car_that_is_offered_nothing_for_long_falls_asleep(car: str, asleep_s: float) -> None:
    rig = charging(car)
    rig.drive(X1, contactor=False)
    rig.run(asleep_s - 0.1)
    assert rig.car.condition == "awake"
    rig.run(0.2)
    rig.drive(OFFER_32_A, contactor=False)
    rig.run(20.0)
    assert (rig.car.condition, rig.evse.letter) == ("asleep", "B")


@pytest.mark.parametrize(
    ("car", "under_x1", "after_opening"),
    [
        ("ordinary", ("B", 0), "B"),
        ("ignores-x1", ("C", 32_000), "B"),
        ("clings-to-c", ("C", 0), "C"),
        ("hasty", ("C", 0), "C"),
        ("simplified", ("C", 10_000), "C"),
    ],
)
def test_what_cars_make_of_x1_and_of_an_opened_contactor(car: str, under_x1: tuple[str, int], after_opening: str) -> None:
    rig = charging(car)
    rig.drive(X1)
    rig.run(8.0)
    assert (rig.evse.letter, rig.current_ma[0]) == under_x1
    rig.drive(X1, contactor=False)
    rig.run(2.0)
    assert (rig.evse.letter, rig.current_ma[0]) == (after_opening, 0)


@pytest.mark.parametrize(
    ("car", "duty_ppm", "after_s", "draws_ma"),
    [
        ("over-draws", OFFER_16_A, 1.0, (19_200, 19_200, 19_200)),
        ("draws-63-a", OFFER_16_A, 1.0, (63_000, 63_000, 63_000)),
        ("simplified", OFFER_32_A, 1.0, (10_000, 0, 0)),
        ("niro", OFFER_6_A, 1.0, (6_000, 6_000, 0)),
        ("niro", OFFER_8_A, 1.0, (8_000, 8_000, 8_000)),
        ("adds-phases-late", OFFER_16_A, 19.0, (16_000, 0, 0)),
        ("adds-phases-late", OFFER_16_A, 20.5, (16_000, 16_000, 16_000)),
        ("sleeps-in-c", OFFER_16_A, 29.0, (16_000, 16_000, 16_000)),
        ("sleeps-in-c", OFFER_16_A, 31.0, (1_000, 1_000, 1_000)),
        ("two-phase", OFFER_16_A, 1.0, (16_000, 16_000, 0)),
    ],
)
def test_what_cars_draw(car: str, duty_ppm: int, after_s: float, draws_ma: tuple[int, int, int]) -> None:
    rig = charging(car, duty_ppm)
    rig.run(after_s)
    assert rig.evse.letter == "C"
    assert rig.current_ma == pytest.approx(draws_ma, abs=15)


def test_a_slow_car_follows_a_changed_duty_after_six_seconds() -> None:
    rig = charging("slow-to-follow")
    rig.drive(OFFER_16_A)
    rig.run(5.9)
    assert rig.current_ma[0] == 32_000
    rig.run(0.2)
    assert rig.current_ma[0] == 16_000


def test_a_zoe_starts_with_8_a_on_one_phase_but_not_on_three() -> None:
    rig = charging("zoe", OFFER_10_A)
    assert rig.seen(3.0) == "CB"
    rig.drive(X1, contactor=False)
    rig.run(1.0)
    rig.drive(OFFER_10_A, contactor=False, phases=1)
    rig.until("C")
    rig.drive(OFFER_10_A, phases=1)
    rig.run(5.0)
    assert (rig.evse.letter, rig.current_ma) == ("C", (10_000, 0, 0))
    below = arrived("zoe")
    below.drive(OFFER_6_A, contactor=False)
    assert below.seen(60.0, 0.1) == "B"


def test_current_that_outlasts_s2_flows_until_the_contactor_opens() -> None:
    rig = charging("parts-under-current")
    rig.do(verbs.patch_ev, request=False)
    assert (rig.evse.letter, rig.current_ma[0]) == ("B", 32_000)
    rig.drive(OFFER_32_A, contactor=False)
    rig.run(0.05)
    assert (rig.current_ma[0], rig.evse.timing.openings_under_load) == (0, 1)


@pytest.mark.parametrize(("rest_s", "condition"), [(30.0, "faulted"), (61.0, "awake")])
def test_a_smart_that_gets_mains_again_too_soon_latches_a_fault(rest_s: float, condition: str) -> None:
    rig = charging("smart-ed")
    rig.run(5.0)
    rig.drive(X1, contactor=False)
    rig.run(rest_s)
    rig.drive(OFFER_32_A, contactor=False)
    assert rig.until("C") < 1.0
    rig.drive(OFFER_32_A)
    rig.run(2.0)
    assert rig.car.condition == condition
    assert rig.evse.letter == ("B" if condition == "faulted" else "C")


def test_bcb_toggles_are_seen_with_and_without_an_offer() -> None:
    rig = arrived("toggles")
    assert rig.seen(3.6, 0.02) == "BCBCBCB"
    rig.drive(OFFER_32_A, contactor=False)
    assert rig.seen(3.6, 0.02) == "BCBCBCB"
    assert rig.seen(4.0, 0.02) == "BC"


def test_an_s2_bounces_when_it_closes_and_when_it_opens() -> None:
    rig = arrived("bouncing-s2")
    rig.drive(OFFER_32_A, contactor=False)
    assert rig.seen(1.2, 0.001) == "BCBCBCBC"
    rig.drive(X1, contactor=False)
    assert rig.seen(1.2, 0.001) == "CBCBCBCB"


def test_a_car_passes_through_d_on_its_way() -> None:
    rig = arrived("through-d")
    rig.drive(OFFER_32_A, contactor=False)
    assert rig.seen(1.2, 0.005) == "BDC"
    rig.drive(X1, contactor=False)
    assert rig.seen(1.2, 0.005) == "CDB"


def test_a_leafs_plug_bounces_to_12_v_and_back_for_25_ms() -> None:
    rig = charging("leaf")
    rig.do(verbs.unplug)
    assert rig.evse.ev is None
    assert rig.seen(0.1, 0.001) == "ACACA"
    assert rig.power_w == 0


def test_a_plug_that_is_pulled_under_load_carries_current_until_the_contactor_opens_or_its_pins_part() -> None:
    slow, quick = charging("clumsy"), charging("clumsy")
    for rig in (slow, quick):
        rig.do(verbs.unplug)
        assert (rig.evse.letter, rig.current_ma[0]) == ("A", 32_000)
    quick.drive(X1, contactor=False)
    for rig in (slow, quick):
        rig.run(0.1)
    assert (slow.current_ma[0], quick.current_ma[0]) == (32_000, 0)
    slow.run(0.25)
    assert slow.current_ma[0] == 0


def test_a_plug_bounces_on_its_way_in() -> None:
    rig = arrived("clumsy")
    assert rig.seen(0.2, 0.005) == "BABAB"


def test_a_car_shorts_the_pilot_after_five_seconds_of_c() -> None:
    rig = charging("shorts-in-c")
    assert rig.until("E") == pytest.approx(4.9, abs=0.05)
    rig.do(verbs.patch_ev, pilot=None)
    assert rig.until("C") < 2.0


@pytest.mark.parametrize(
    ("car", "b_mv", "c_mv"), [("low-resistors", (8_000, 8_100), (4_950, 5_050)), ("high-resistors", (9_950, 10_000), (6_900, 7_000))]
)
def test_the_outermost_resistors_lie_at_the_edges_of_their_bands(car: str, b_mv: tuple[int, int], c_mv: tuple[int, int]) -> None:
    rig = arrived(car)
    rig.run(0.1)
    assert b_mv[0] <= rig.evse.plateaus.high_mv <= b_mv[1]
    rig = charging(car)
    assert c_mv[0] <= rig.evse.plateaus.high_mv <= c_mv[1]


@pytest.mark.parametrize("car", ["shorted-diode", "resistor", "resistor-882"])
def test_without_a_diode_the_lower_plateau_is_loaded_as_well(car: str) -> None:
    rig = arrived(car)
    rig.drive(OFFER_32_A, contactor=False)
    rig.run(2.0)
    assert rig.evse.plateaus.low_mv == -rig.evse.plateaus.high_mv


@pytest.mark.parametrize(
    ("car", "pp_ohm"), [("cable-13", 1_500), ("cable-20", 680), ("cable-32", 220), ("cable-63", 100), ("cable-20-or-32", 350)]
)
def test_a_car_brings_its_cable_which_stays_when_it_is_pulled_at_the_car(car: str, pp_ohm: int) -> None:
    rig = arrived(car)
    assert rig.evse.inputs(rig.now).pp_ohm == pp_ohm
    rig.do(verbs.unplug, side="ev")
    assert (rig.evse.letter, rig.evse.inputs(rig.now).pp_ohm) == ("A", pp_ohm)


def test_entries_of_the_verb_win_over_the_car() -> None:
    rig = arrived("slow-starter", reaction_s=0.5, current_a=7, phases=2, cable_ohm=1_500, soc_percent=50)
    rig.drive(OFFER_32_A)
    assert rig.until("C") == pytest.approx(0.5, abs=0.021)
    rig.run(0.1)
    assert (rig.current_ma, rig.evse.inputs(rig.now).pp_ohm) == ((7_000, 7_000, 0), 1_500)


def test_a_hasty_car_shows_c_to_a_board_that_opens_later() -> None:
    now = [0.0]
    world = World([EvsePlan(id=1)])
    world.open(0.0)
    world.switch_power(False)
    verbs.plug(world, world.evses[1], {"car": "hasty"}, 0.0)
    world.changed(0.0)
    board = MemoryBoard(world, 1, lambda: now[0])
    assert board.read() is None
    now[0] = 5.0
    world.advance(5.0)
    world.switch_power(True)
    world.changed(5.0)
    board.open()
    inputs = board.read()
    assert isinstance(inputs, BoardInputs)
    assert inputs.cp_high_mv == inputs.cp_low_mv == pytest.approx(6_000, abs=100)


def test_in_a_fast_world_all_times_of_a_car_shrink_and_nothing_else() -> None:
    fast = Manners(
        release_s=2.0, s2=S2Manners(pulses_s=(0.5, 1.0)), draw=DrawManners(course=(Stage(30.0, 1_000),)), sleep=SleepManners(after_s=60.0)
    ).at_speed(10.0)
    assert (fast.release_s, fast.s2.pulses_s, fast.draw.course, fast.sleep.after_s) == (0.2, (0.05, 0.1), (Stage(3.0, 1_000),), 6.0)
    assert (fast.s2.plugged_ohm, fast.draw.percent, fast.s2.shorts_after_s) == (2_740, 100, None)


LASTS = st.integers(2, 800).map(lambda hundredths: hundredths / 100 + 0.000_31)
"""Never such that something happens just when the next drive begins."""
DRIVES = st.tuples(st.sampled_from([X1, F, E, OFFER_6_A, OFFER_10_A, OFFER_32_A]), st.booleans(), st.sampled_from([1, 3]), LASTS)


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(sorted(GARAGE)), st.sampled_from([1.0, 7.3]), st.lists(DRIVES, min_size=1, max_size=12))
def test_no_car_stops_time_runs_the_meter_backwards_or_depends_on_who_looks(
    car: str, speed: float, drives: list[tuple[int, bool, int, float]]
) -> None:
    often, seldom = Rig(speed=speed), Rig(speed=speed)
    for rig in (often, seldom):
        rig.do(verbs.plug, car=car, soc_percent=99.9)
    register_wh = 0.0
    for duty_ppm, contactor, phases, lasts_s in drives:
        for rig, step_s in ((often, 0.017), (seldom, 0.13)):
            rig.drive(duty_ppm, contactor=contactor, phases=phases)
            rig.evse.kick(rig.outputs, rig.now, rig.now)
            began_s = rig.now
            while rig.now < began_s + lasts_s - 1e-9:
                rig.run(step := min(step_s, began_s + lasts_s - rig.now), step)
                assert rig.evse.next_event_s > rig.now
        assert often.evse.letter == seldom.evse.letter
        assert often.evse.meter.register_wh == pytest.approx(seldom.evse.meter.register_wh, rel=1e-6, abs=1e-6)
        assert often.evse.meter.register_wh >= register_wh
        assert often.evse.contacts.closed or often.current_ma == (0, 0, 0)
        register_wh = often.evse.meter.register_wh
