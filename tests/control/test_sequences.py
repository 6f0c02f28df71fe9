"""IEC 61851-1 Table A.6, sequence by sequence with its time limits: measured on the world's clock, through scans at the real pace.

The world moves in steps of 1 ms; things happen at any moment between two scans, boards measure at paces of their own, and the contactor
takes the 50 ms that it may.
"""

from collections.abc import Callable
from functools import partial

import pytest
from msgspec import structs

from chargepoint.control.evse import STOP_S
from chargepoint.control.pilot import duty_ppm, oscillates
from hal.measured import PILOT_FAULT_PPM, PILOT_STEADY_PPM
from tests.control.rig import ABLE, FINE_S, FIXED, SOCKET, Pace, Rig, answering, every

TRAVEL_S = 0.05
OPEN_S = 0.1
CLOSE_S = 3.0
PHASES_S = [millis / 1000 for millis in range(1, 19)]
"""How long after a scan it happens."""
OUT_OF_STEP = range(5)
"""By so many scans; boards with a period of their own come into step with the scan again after five."""
PACES: dict[str, Pace] = {"answering": answering, "every 4 ms": every(4), "every 10 ms": every(10)}

phased = pytest.mark.parametrize("phase_s", PHASES_S[::4])

paced = pytest.mark.parametrize("pace", PACES.values(), ids=PACES)


def world(pace: Pace = answering, **settings: object) -> Rig:
    """A socket, nobody there."""
    rig = Rig(structs.replace(SOCKET, **settings))
    rig.plants[1].contactor_s = TRAVEL_S
    rig.run(0.2)
    rig.pace = pace
    return rig


def charging(pace: Pace = answering, **settings: object) -> Rig:
    """A car that has been charging for two seconds."""
    rig = world(pace, **settings)
    rig.charge()
    rig.run(2)
    return rig


def does(rig: Rig, phase_s: float, happen: Callable[[], None]) -> float:
    """The car does something in between; returns when."""
    return rig.later(phase_s, happen)


def leaves_c(rig: Rig, letter: str = "B") -> Callable[[], None]:
    """The car opens its S2, is gone ..."""

    def happen() -> None:
        rig.plants[1].letter = rig.plants[1].asks = letter
        rig.plants[1].draws_ma = 0

    return happen


def opened_s(rig: Rig, since_s: float, within_s: float) -> float:
    """How long after that the main contacts were open."""
    rig.run_until(lambda: not rig.plants[1].closed, within_s + 1)
    return rig.plants[1].opened_s - since_s


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


@phased
@paced
@pytest.mark.parametrize("asks", ["C", "D"])
def test_2_2_unplugged_under_load_it_is_open_within_100_ms_and_the_plug_free_within_5_s(phase_s: float, pace: Pace, asks: str) -> None:
    rig = world(pace, ventilation=True)
    rig.plants[1].asks = asks
    rig.charge()
    rig.run(2)
    at_s = does(rig, phase_s, leaves_c(rig, "A"))
    assert opened_s(rig, at_s, 1) <= OPEN_S
    assert rig.plants[1].locked
    rig.run_until(lambda: not rig.plants[1].locked, 6)
    assert rig.now - at_s <= 5
    assert rig.told().contactor.under_load == 1


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
    assert 4.9 <= rig.run_until(lambda: rig.duty() == duty_ppm(10_000), 6) <= 5.2
    rig.permit(limit_ma=0)
    assert rig.duty() == PILOT_STEADY_PPM, "a stop never waits"


@pytest.mark.sweep
@paced
def test_out_of_c_the_contactor_is_commanded_open_within_50_ms_whenever_it_happens(pace: Pace) -> None:
    """Half of the 100 ms of sequences 2.2 and 8.1; the other half is the contactor's."""
    rig, worst_s = charging(pace), 0.0
    for out_of_step in OUT_OF_STEP:
        for phase_s in PHASES_S:
            rig.pace = pace
            rig.run(0.1 + out_of_step * FINE_S)
            at_s = does(rig, phase_s, leaves_c(rig))
            rig.run_until(lambda: not rig.closed(), 1)
            worst_s = max(worst_s, rig.now - at_s)
            rig.pace = None
            leaves_c(rig, "C")()
            rig.run_until(rig.closed, 3)
    assert worst_s <= OPEN_S - TRAVEL_S + 1e-9


@phased
@paced
@pytest.mark.parametrize("asks", ["C", "D"])
def test_8_1_ev_stops_it_is_open_within_100_ms(phase_s: float, pace: Pace, asks: str) -> None:
    rig = world(pace, ventilation=True)
    rig.plants[1].asks = asks
    rig.charge()
    rig.run(2)
    at_s = does(rig, phase_s, leaves_c(rig))
    assert opened_s(rig, at_s, 1) <= OPEN_S
    rig.scan()
    assert (rig.told().state, rig.told().contactor.under_load) == ("B2", 0)
    assert oscillates(rig.duty()), "the offer stands"


@phased
@paced
def test_8_2_ev_stops_when_the_offer_is_withdrawn_it_is_open_within_100_ms(phase_s: float, pace: Pace) -> None:
    rig = charging(pace)
    rig.plants[1].stubborn = True
    rig.permit(limit_ma=0)
    rig.run(1)
    rig.plants[1].stubborn = False
    at_s = does(rig, phase_s, leaves_c(rig))
    assert opened_s(rig, at_s, 1) <= OPEN_S
    rig.scan()
    assert rig.told().state == "B1"


@phased
def test_9_and_10_1_the_offer_ends_at_once_and_the_ev_is_waited_for(phase_s: float) -> None:
    rig = charging()
    rig.plants[1].reaction_s = 3.0
    rig.revoke()
    revoked_s = rig.now
    assert (rig.duty(), rig.closed()) == (PILOT_STEADY_PPM, True)
    at_s = does(rig, 3.0 - phase_s, leaves_c(rig))
    rig.run_until(lambda: not rig.plants[1].closed, 4)
    assert 3.0 - phase_s <= rig.plants[1].opened_s - revoked_s
    assert rig.plants[1].opened_s - at_s <= OPEN_S
    assert rig.told().contactor.under_load == 0


@pytest.mark.parametrize("asks", ["C", "D"])
def test_10_2_an_ev_that_ignores_x1_is_switched_off_under_load_not_before_6_s(asks: str) -> None:
    rig = world(ventilation=True)
    rig.plants[1].asks = asks
    rig.charge()
    rig.run(2)
    rig.plants[1].stubborn = True
    rig.revoke()
    revoked_s = rig.now
    assert STOP_S <= opened_s(rig, revoked_s, STOP_S) <= STOP_S + OPEN_S
    assert (rig.told().state, rig.told().contactor.under_load) == (f"{asks}1", 1)


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


@phased
@paced
def test_12_a_short_while_charging_opens_within_100_ms(phase_s: float, pace: Pace) -> None:
    """The table allows 3 s; at once is practice."""
    rig = charging(pace)
    rig.run(5)
    at_s = does(rig, phase_s, partial(setattr, rig.plants[1], "forced", "E"))
    assert opened_s(rig, at_s, CLOSE_S) <= OPEN_S
    rig.run(0.2)
    assert (rig.faults(), rig.told().state) == ({"pilot_short"}, "fault")


@phased
def test_state_d_without_ventilation_opens_at_once_and_gets_x1(phase_s: float) -> None:
    rig = charging()
    at_s = does(rig, phase_s, leaves_c(rig, "D"))
    assert opened_s(rig, at_s, 1) <= 0.2
    assert (rig.faults(), rig.duty()) == ({"ventilation_not_available"}, PILOT_STEADY_PPM)


@phased
@paced
def test_earth_lost_opens_within_100_ms(phase_s: float, pace: Pace) -> None:
    rig = charging(pace)
    at_s = does(rig, phase_s, partial(setattr, rig.plants[1], "earth_good", False))
    assert opened_s(rig, at_s, 1) <= OPEN_S


@phased
def test_a_5_own_fault_opens_at_once_and_shows_f_for_300_ms_while_charging(phase_s: float) -> None:
    rig = charging()
    at_s = does(rig, phase_s, partial(setattr, rig.plants[1], "rcd", True))
    assert opened_s(rig, at_s, 1) <= OPEN_S
    f_s = rig.run_until(lambda: rig.duty() != PILOT_FAULT_PPM, 1)
    assert f_s + TRAVEL_S + FINE_S >= 0.3
    said = [event.state for event in rig.events]
    assert said[said.index("fault_f") :][0] == "fault_f"
    assert (rig.told().state, rig.duty()) == ("fault", PILOT_STEADY_PPM)


@pytest.mark.parametrize("name", ["rcd", "emergency_stop", "tilted", "enclosure_open"])
def test_a_5_own_fault_without_load_is_x1_at_once(name: str) -> None:
    rig = world()
    rig.plants[1].asks = None
    rig.arrive()
    rig.permit()
    rig.run(2)
    assert rig.told().state == "B2"
    setattr(rig.plants[1], name, True)
    before = len(rig.events)
    rig.run(2)
    assert [event.state for event in rig.events[before:]][-1] == "fault"
    assert "fault_f" not in {event.state for event in rig.events[before:]}
    assert rig.duty() == PILOT_STEADY_PPM


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
