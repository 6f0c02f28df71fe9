"""Waking a car that sleeps through its offer (IEC 61851-1 A.5.3): once, after 30 s, by F or E for 4 s, then X1, then the offer."""

import pytest
from msgspec import structs

from chargepoint.control.evse import SLEEP_S, WAKING_S, WOKEN_S
from chargepoint.control.pilot import oscillates
from chargepoint.control.settings import MODEST
from hal.measured import PILOT_FAULT_PPM, PILOT_OFF_PPM, PILOT_STEADY_PPM
from tests.control.cases import ABLE_SOCKET
from tests.control.rig import FINE_S, SOCKET, Rig

SHOWN = {"F": PILOT_FAULT_PPM, "E": PILOT_OFF_PPM}


def offered(wake_up: str = "F", *, asleep: bool = True) -> Rig:
    """A car that sleeps, or wants nothing, has just been offered current."""
    rig = Rig(structs.replace(SOCKET, wake_up=wake_up, abilities=structs.replace(MODEST, pilot_off=True)))
    rig.run(2)
    rig.plants[1].asleep = asleep
    rig.plants[1].asks = "C" if asleep else None
    rig.arrive()
    rig.permit()
    rig.run_until(lambda: rig.told().state == "B2", 1)
    return rig


def wakings(rig: Rig) -> list[float]:
    """When a car was woken, from now on."""
    began: list[float] = []
    states = [rig.told().state]

    def note(rig: Rig) -> None:
        states.append(rig.told().state)
        if states[-2:] != ["waking", "waking"] and states[-1] == "waking":
            began.append(rig.now)

    rig.watchers.append(note)
    return began


@pytest.mark.parametrize("wake_up", ["F", "E"])
def test_a_sleeping_car_is_woken_after_30_s_and_charges(wake_up: str) -> None:
    rig = offered(wake_up)
    assert SLEEP_S <= rig.run_until(lambda: rig.told().state == "waking", SLEEP_S + 1) <= SLEEP_S + FINE_S
    assert rig.duty() == SHOWN[wake_up]
    took_s = rig.run_until(lambda: rig.duty() != SHOWN[wake_up], WAKING_S + 1)
    assert WAKING_S <= took_s <= WAKING_S + FINE_S
    assert (rig.duty(), rig.told().state) == (PILOT_STEADY_PPM, "woken")
    took_s = rig.run_until(lambda: oscillates(rig.duty()), 1)
    assert 0.5 <= WOKEN_S <= took_s <= WOKEN_S + FINE_S <= 1.0
    rig.run_until(rig.closed, 3)
    assert not any(event.faults for event in rig.events)


@pytest.mark.parametrize("wake_up", ["F", "E"])
def test_a_car_that_wants_nothing_is_woken_once(wake_up: str) -> None:
    rig = offered(wake_up, asleep=False)
    began = wakings(rig)
    rig.run(120)
    assert len(began) == 1
    assert (rig.told().state, rig.told().offered_ma, rig.faults()) == ("B2", 32_000, set())


def test_nobody_is_woken_where_that_is_switched_off() -> None:
    rig = offered("off")
    began = wakings(rig)
    rig.run(120)
    assert (began, rig.told().state) == ([], "B2")


@pytest.mark.parametrize("then", ["pause", "replug"])
def test_it_is_woken_again_after_a_pause_by_the_station_and_after_it_was_plugged_in_anew(then: str) -> None:
    rig = offered(asleep=False)
    began = wakings(rig)
    rig.run(60)
    if then == "pause":
        rig.permit(limit_ma=0)
        rig.run(10)
        rig.permit()
    else:
        rig.leave()
        rig.run(2)
        rig.arrive()
        rig.permit()
    rig.run(120)
    assert len(began) == 2


def test_a_car_that_has_asked_is_not_woken() -> None:
    rig = offered(asleep=False)
    began = wakings(rig)
    rig.run(20)
    rig.plants[1].asks = "C"
    rig.run_until(rig.closed, 3)
    rig.plants[1].asks = None
    rig.run(60)
    assert (began, rig.told().state) == ([], "B2")


def test_an_offer_that_is_withdrawn_while_it_is_woken_ends_in_x1() -> None:
    rig = offered()
    rig.run(SLEEP_S + 1)
    assert rig.told().state == "waking"
    rig.permit(limit_ma=0)
    assert (rig.told().state, rig.duty()) == ("woken", PILOT_STEADY_PPM)
    rig.run(1)
    assert rig.told().state == "B1"


def test_an_offer_that_is_withdrawn_right_after_ends_in_b1() -> None:
    rig = offered()
    rig.run_until(lambda: rig.told().state == "woken", SLEEP_S + WAKING_S + 1)
    rig.permit(limit_ma=0)
    assert rig.told().state == "B1"


def test_nothing_is_offered_again_while_the_plug_is_seen_unlocked() -> None:
    rig = offered()
    rig.run_until(lambda: rig.told().state == "woken", SLEEP_S + WAKING_S + 1)
    rig.plants[1].jammed = False
    rig.run(1)
    assert (rig.told().state, rig.duty()) == ("woken", PILOT_STEADY_PPM)
    rig.plants[1].jammed = None
    rig.run_until(lambda: rig.told().state == "B2", 3)


@pytest.mark.parametrize("state", ["waking", "woken"])
def test_a_car_that_leaves_meanwhile_is_missed_soon_after(state: str) -> None:
    rig = offered()
    rig.run_until(lambda: rig.told().state == state, SLEEP_S + WAKING_S + 1)
    rig.plants[1].letter = "A"
    rig.run(WAKING_S + 0.3)
    assert (rig.told().state, rig.told().plug_in, rig.told().permit) == ("A", None, "none")
    rig.run_until(lambda: not rig.plants[1].locked, 1)


@pytest.mark.parametrize("state", ["waking", "woken"])
def test_a_fault_meanwhile_is_a_fault(state: str) -> None:
    rig = offered()
    rig.run_until(lambda: rig.told().state == state, SLEEP_S + WAKING_S + 1)
    rig.plants[1].emergency_stop = True
    rig.scan()
    assert (rig.told().state, rig.duty()) == ("fault", PILOT_STEADY_PPM)


def test_a_pilot_that_does_not_follow_is_implausible() -> None:
    rig = offered()
    rig.run_until(lambda: rig.told().state == "waking", SLEEP_S + 1)
    rig.plants[1].forced = "B"
    rig.run_until(lambda: rig.faults() == {"pilot_implausible"}, 0.5)


def test_a_board_that_can_do_more_wakes_a_car_in_the_same_way() -> None:
    rig = Rig(structs.replace(ABLE_SOCKET, wake_up="E"))
    rig.run(5)
    rig.plants[1].asleep = True
    rig.arrive()
    rig.permit()
    rig.run_until(rig.closed, 60, coarsely=True)
