"""IEC 61851-1 Table A.6, how charging ends: sequences 2.2, 8 to 10, 12 and own faults (A.5), on the world's clock at the real pace."""

from functools import partial

import pytest

from chargepoint.control.evse import STOP_S
from chargepoint.control.pilot import oscillates
from hal.measured import PILOT_FAULT_PPM, PILOT_STEADY_PPM
from tests.control.moments import CLOSE_S, OPEN_S, OUT_OF_STEP, PHASES_S, TRAVEL_S, charging, does, leaves_c, opened_s, paced, phased, world
from tests.control.rig import FINE_S, Pace

pytestmark = pytest.mark.sweep


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
    rig.run_until(lambda: rig.duty() == PILOT_FAULT_PPM, 1)
    assert (rig.closed(), rig.told().state) == (False, "fault_f")
    assert 0.3 <= rig.run_until(lambda: rig.duty() != PILOT_FAULT_PPM, 1) <= 0.3 + FINE_S
    assert rig.plants[1].opened_s - at_s <= OPEN_S
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
