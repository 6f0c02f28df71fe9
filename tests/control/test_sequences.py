"""IEC 61851-1 Table A.6, how charging begins: sequences 1 to 6 and 11, start and return of power, on the world's clock at the real pace."""

from functools import partial

import pytest
from msgspec import structs

from chargepoint.control.evse import REST_S, STOP_S
from chargepoint.control.pilot import duty_ppm, oscillates
from hal.measured import PILOT_STEADY_PPM
from tests.control.moments import CLOSE_S, OPEN_S, charging, does, leaves_c, opened_s, paced, phased, world
from tests.control.rig import ABLE, FINE_S, FIXED, Pace, Rig

pytestmark = pytest.mark.sweep


@phased
def test_1_1_plug_in_is_seen_the_cable_read_and_nothing_offered(phase_s: float) -> None:
    rig = world()
    at_s = does(rig, phase_s, rig.plants[1].plug)
    rig.run_until(lambda: rig.told().plug_in is not None, 1)
    assert rig.now - at_s < 0.1
    rig.run(5)
    assert (rig.told().state, rig.duty(), rig.limits()["cable"], rig.told().locked) == ("B1", PILOT_STEADY_PPM, 32_000, False)


@phased
@pytest.mark.parametrize("simplified_ma", [None, 10_000])
def test_1_2_a_car_that_asks_at_once_is_served_when_it_is_permitted(phase_s: float, simplified_ma: int | None) -> None:
    rig = world(simplified_ma=simplified_ma)
    rig.plants[1].stubborn = True
    does(rig, phase_s, rig.plants[1].plug)
    does(rig, phase_s, partial(setattr, rig.plants[1], "letter", "C"))
    rig.run(3)
    assert (rig.told().state, rig.told().cp, rig.duty()) == ("C1", "C", PILOT_STEADY_PPM)
    rig.permit()
    rig.run_until(lambda: oscillates(rig.duty()), 1)
    offered_s = rig.now
    rig.run_until(lambda: rig.plants[1].closed, CLOSE_S)
    assert rig.now - offered_s <= CLOSE_S
    assert rig.told().offered_ma == (simplified_ma or 32_000)
    rig.run(3)
    assert rig.told().offered_ma - 1 <= rig.plants[1].flow_ma()[0] <= rig.told().offered_ma


@phased
@paced
def test_2_1_unplugged_at_b_the_pwm_ends_and_the_plug_is_free(phase_s: float, pace: Pace) -> None:
    rig = world(pace)
    rig.plants[1].asks = None
    rig.arrive()
    rig.permit()
    rig.run(2)
    assert (rig.told().state, rig.plants[1].locked) == ("B2", True)
    at_s = does(rig, phase_s, partial(setattr, rig.plants[1], "letter", "A"))
    rig.run_until(lambda: rig.duty() == PILOT_STEADY_PPM, 1)
    assert rig.now - at_s <= OPEN_S + FINE_S
    rig.run_until(lambda: not rig.plants[1].locked, 6)
    assert rig.now - at_s <= 5


def test_3_the_offer_begins_when_the_evse_is_ready_and_the_plug_locked() -> None:
    rig = world()
    rig.arrive()
    rig.permit(limit_ma=16_000)
    while not rig.plants[1].locked:
        assert rig.duty() == PILOT_STEADY_PPM
        rig.scan()
    rig.run_until(lambda: rig.told().state == "B2", 2 * FINE_S)
    assert rig.duty() == duty_ppm(16_000)


@phased
@paced
@pytest.mark.parametrize("asks", ["C", "D"])
def test_4_it_is_closed_within_3_s_of_c2_and_not_before_half_a_second(phase_s: float, pace: Pace, asks: str) -> None:
    rig = world(pace, ventilation=True)
    rig.plants[1].asks = None
    rig.arrive()
    rig.permit()
    rig.run(2)
    rig.plants[1].asks = asks
    at_s = does(rig, phase_s, partial(setattr, rig.plants[1], "letter", asks))
    rig.run_until(lambda: rig.plants[1].closed, CLOSE_S)
    assert 0.5 <= rig.now - at_s <= 1.0


@phased
@pytest.mark.parametrize("away_s", [0.06, 0.1, 0.5, 1.0, 1.9, 2.5])
def test_4_even_a_car_that_toggles_is_served_within_3_s_and_after_a_rest(phase_s: float, away_s: float) -> None:
    rig = charging()
    at_s = does(rig, phase_s, leaves_c(rig))
    back_s = does(rig, phase_s + away_s, leaves_c(rig, "C"))
    opened_s(rig, at_s, 1)
    rig.run_until(lambda: rig.plants[1].closed, away_s + CLOSE_S)
    assert rig.now - back_s <= CLOSE_S
    assert rig.now - rig.plants[1].opened_s >= 2.0


@pytest.mark.parametrize("early_ms", range(0, 40, 2))
def test_4_it_does_not_close_on_a_car_that_lets_go_that_very_moment(early_ms: int) -> None:
    rig = charging()
    at_s = does(rig, 0, leaves_c(rig))
    does(rig, 0.1, leaves_c(rig, "C"))
    opened_s(rig, at_s, 1)
    does(rig, rig.state.evses[1].opening.at_s + REST_S - early_ms / 1000 - rig.now, leaves_c(rig))
    open_before = True

    def watch(rig: Rig) -> None:
        nonlocal open_before
        assert not (rig.closed() and open_before) or rig.state.evses[1].pilot.measured == "C"
        open_before = not rig.closed()

    rig.watchers.append(watch)
    rig.run(REST_S + 1)
    assert not rig.closed()


@phased
def test_5_a_car_that_waits_in_c1_is_served_within_3_s_of_c2(phase_s: float) -> None:
    rig = charging()
    rig.plants[1].stubborn = True
    rig.permit(limit_ma=0)
    rig.run_until(lambda: rig.told().state == "C1", STOP_S + 1)
    rig.run(6)
    does(rig, phase_s, rig.permit)
    rig.run_until(lambda: oscillates(rig.duty()), 1)
    c2_s = rig.now
    rig.run_until(lambda: rig.plants[1].closed, CLOSE_S)
    assert rig.now - c2_s <= CLOSE_S


def test_6_a_new_limit_is_on_the_pilot_at_once_after_a_quiet_time_and_else_within_5_s() -> None:
    rig = charging()
    rig.run(6)
    rig.permit(limit_ma=20_000)
    assert rig.duty() == duty_ppm(20_000)
    rig.permit(limit_ma=10_000)
    assert rig.duty() == duty_ppm(20_000)
    assert 5.0 <= rig.run_until(lambda: rig.duty() == duty_ppm(10_000), 6) <= 5.2
    rig.permit(limit_ma=0)
    assert rig.duty() == PILOT_STEADY_PPM, "a stop never waits"


@phased
@pytest.mark.parametrize("toggle_s", [0.2, 0.3, 0.4])
def test_11_bcb_toggles_are_told_and_close_nothing(phase_s: float, toggle_s: float) -> None:
    rig = world()
    rig.plants[1].asks = None
    rig.plants[1].reaction_s = 60.0
    rig.arrive()
    rig.permit()
    rig.run(2)
    for number in range(3):
        for letter, after_s in (("C", 2 * number * toggle_s), ("B", (2 * number + 1) * toggle_s)):
            does(rig, phase_s + after_s, partial(setattr, rig.plants[1], "letter", letter))
    before = len(rig.events)
    rig.run(4)
    assert not any(event.contactor_closed for event in rig.events[before:])
    assert [event.cp for event in rig.events[before:]] == ["C", "B"] * 3
    assert {event.state for event in rig.events[before:]} == {"B2"}


def test_power_that_fails_and_returns_restores_no_closed_contactor() -> None:
    rig = charging(abilities=ABLE)
    plug_in = rig.plug_in()
    rig.plants[1].stubborn = True
    rig.restart(halted_s=10.0)
    rig.scan()
    assert rig.outputs[1] == structs.replace(rig.outputs[1], duty_ppm=PILOT_STEADY_PPM, contactor=False)
    rig.run_until(lambda: rig.outputs[1].rcd_test, 1)
    rig.run(4)
    told = rig.told()
    assert (told.state, told.cp, told.found_at_start, told.permit) == ("C1", "C", True, "none")
    assert told.plug_in not in (None, plug_in)
    rig.permit()
    rig.run_until(lambda: rig.plants[1].closed, 10)


def test_a_car_in_c_at_the_start_gets_x1_until_it_is_permitted() -> None:
    rig = Rig(FIXED)
    rig.plants[2].plug()
    rig.plants[2].letter = "C"
    rig.plants[2].stubborn = True
    rig.run(5)
    assert (rig.told(2).state, rig.told(2).found_at_start, rig.duty(2)) == ("C1", True, PILOT_STEADY_PPM)
    rig.permit(2)
    rig.run_until(lambda: rig.closed(2), CLOSE_S)
