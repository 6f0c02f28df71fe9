"""One phase or three: pauses, never under load, so often per plug-in, and seen by the meter."""

from typing import Any

import pytest
from msgspec import structs

from chargepoint.control.phases import AFTER_LOAD_S, SETTLE_S
from tests.control.cases import ABLE_SOCKET
from tests.control.rig import Rig

PAUSE_S = 10.0


def charging(**settings: Any) -> Rig:
    """On three phases, where phases can be switched."""
    rig = Rig(structs.replace(ABLE_SOCKET, **{"phase_pause_s": PAUSE_S, **settings}))
    rig.run(5)
    rig.charge()
    rig.run(5)
    return rig


def closed_again(rig: Rig, phases: int) -> float:
    """How long the contactor was open until it closed on so many phases."""
    rig.run_until(lambda: not rig.plants[1].closed, 8)
    opened_s = rig.now
    rig.run_until(lambda: rig.plants[1].closed, 200, coarsely=True)
    assert rig.told().phases == rig.plants[1].poles == phases
    assert rig.plants[1].moved_closed == 0
    return rig.now - opened_s


@pytest.mark.parametrize("pause_s", [10.0, 45.0, 60.0])
def test_from_three_phases_to_one_and_back_with_a_pause(pause_s: float) -> None:
    rig = charging(phase_pause_s=pause_s)
    rig.permit(phases=1)
    assert (rig.told().state, rig.limits()["phase switch"], rig.outputs[1].phases) == ("stopping", 0, 3)
    assert pause_s + SETTLE_S <= closed_again(rig, 1) <= pause_s + SETTLE_S + 3
    rig.run(20)
    assert rig.plants[1].flow_ma()[1:] == (0, 0)
    assert (rig.told().offered_ma, rig.faults(), rig.told().phases) == (32_000, set(), 1)
    rig.permit(phases=None)
    assert pause_s + SETTLE_S <= closed_again(rig, 3) <= pause_s + SETTLE_S + 3
    assert rig.plants[1].flow_ma()[2] > 30_000


def test_while_it_pauses_nothing_is_offered_and_it_is_told_why() -> None:
    rig = charging()
    rig.permit(phases=1)
    rig.run_until(lambda: not rig.plants[1].closed, 2)
    while rig.outputs[1].phases == 3:
        assert (rig.told().offered_ma, rig.limits()["phase switch"]) == (0, 0)
        rig.scan()
    rig.run(SETTLE_S - 0.1)
    assert (rig.told().offered_ma, rig.limits()["phase switch"]) == (0, 0)
    rig.run_until(lambda: rig.told().offered_ma > 0, 1)


def test_an_ev_that_had_to_be_switched_off_under_load_is_given_a_minute() -> None:
    rig = charging()
    rig.plants[1].stubborn = True
    rig.permit(phases=1)
    assert closed_again(rig, 1) >= AFTER_LOAD_S + SETTLE_S


def test_a_car_that_was_never_energised_needs_no_pause() -> None:
    rig = Rig(ABLE_SOCKET)
    rig.run(5)
    rig.arrive()
    rig.permit(phases=1)
    rig.run_until(rig.closed, 5)
    assert (rig.told().phases, rig.plants[1].moved_closed) == (1, 0)


def test_the_next_car_begins_on_three_phases() -> None:
    rig = charging()
    rig.permit(phases=1)
    closed_again(rig, 1)
    rig.leave()
    rig.run(61)
    assert (rig.outputs[1].phases, rig.plants[1].moved_closed) == (3, 0)
    rig.charge()
    assert rig.told().phases == 3


def test_a_contactor_without_feedback_is_given_time_to_open() -> None:
    rig = Rig(ABLE_SOCKET)
    rig.plants[1].feedback = False
    rig.plants[1].contactor_s = 0.5
    rig.run(5)
    rig.charge(phases=1)
    rig.run(3)
    rig.plants[1].unplug()
    rig.run(61)
    assert (rig.plants[1].poles, rig.plants[1].moved_closed) == (3, 0)


def test_so_often_per_plug_in_and_no_more() -> None:
    rig = charging(phase_switches=3)
    for phases in (1, 3, 1):
        rig.permit(phases=phases)
        closed_again(rig, phases)
        rig.run(5)
    rig.permit(phases=3)
    rig.run(30)
    assert (rig.closed(), rig.told().phases, rig.told().phases_stay) == (True, 1, True)
    rig.leave()
    rig.run(61)
    assert not rig.told().phases_stay
    rig.charge()
    rig.permit(phases=1)
    closed_again(rig, 1)


def test_a_wish_that_is_taken_back_switches_nothing() -> None:
    rig = charging()
    rig.permit(phases=1)
    rig.run(3)
    rig.permit(phases=3)
    rig.run_until(rig.closed, 10)
    assert (rig.told().phases, rig.state.evses[1].poles.switches) == (3, 0)


def test_a_board_that_is_silent_is_not_switched() -> None:
    rig = charging()
    rig.permit(phases=1)
    rig.run_until(lambda: not rig.plants[1].closed, 2)
    rig.plants[1].board_lost = True
    rig.run(PAUSE_S + 5)
    assert rig.outputs[1].phases == 3
    rig.plants[1].board_lost = False
    rig.run_until(rig.closed, 30, coarsely=True)
    assert rig.told().phases == 1


@pytest.mark.parametrize("settings", [{"phases": 1}, {"abilities": structs.replace(ABLE_SOCKET.abilities, phase_switching=False)}])
def test_where_there_is_no_choice_a_wish_changes_nothing(settings: dict[str, Any]) -> None:
    rig = charging(**settings)
    rig.permit(phases=1)
    rig.run(20)
    assert (rig.closed(), rig.outputs[1].phases) == (True, 3)
    assert rig.told().phases == settings.get("phases", 3)


@pytest.mark.parametrize(
    ("limit_ma", "on_three_ma", "on_one_ma"), [(7_999, 0, 7_999), (8_000, 8_000, 8_000), (6_499, 0, 0), (6_500, 0, 6_500)]
)
def test_each_number_of_phases_has_its_minimum(limit_ma: int, on_three_ma: int, on_one_ma: int) -> None:
    rig = charging(minimum_3p_ma=8_000, minimum_1p_ma=6_500)
    rig.permit(limit_ma=limit_ma)
    rig.run(20)
    assert rig.told().offered_ma == on_three_ma
    rig.permit(limit_ma=limit_ma, phases=1)
    rig.run(20)
    assert (rig.told().offered_ma, rig.told().phases) == (on_one_ma, 1)


def test_current_that_stays_on_a_phase_that_is_off_is_a_fault() -> None:
    rig = charging()
    rig.permit(phases=1)
    closed_again(rig, 1)
    rig.plants[1].current_ma = (16_000, 900, 900)
    rig.run(20)
    assert not rig.faults()
    rig.plants[1].current_ma = (16_000, 0, 1_100)
    rig.run_until(lambda: rig.faults() == {"phase_switch_failed"}, 6)
    assert not rig.closed()


@pytest.mark.parametrize("car_phases", [1, 2, 3])
def test_an_ev_that_changes_its_phases_by_itself_is_only_told(car_phases: int) -> None:
    rig = charging()
    rig.plants[1].car_phases = car_phases
    rig.run(10)
    told = rig.sent()
    assert (told.phases_drawn, told.phases, rig.faults(), rig.closed()) == (car_phases, 3, set(), True)


@pytest.mark.parametrize("halted_s", [0.3, 3.0])
def test_a_car_that_was_charging_when_control_was_killed_is_given_its_pause_before_other_phases(halted_s: float) -> None:
    rig = charging()
    rig.permit(phases=1)
    closed_again(rig, 1)
    rig.run(5)
    rig.restart(halted_s)
    rig.run_until(lambda: rig.told().plug_in is not None, 2)
    rig.permit(phases=3)
    rig.run_until(lambda: rig.plants[1].closed, 200, coarsely=True)
    assert rig.told().phases == 3
    assert rig.now - rig.killed_s >= PAUSE_S


def test_a_pilot_that_is_interrupted_for_a_moment_shortens_no_pause() -> None:
    """Control sees another car, but the same one is still connected."""
    rig = charging()
    rig.plants[1].forced = "A"
    rig.run(0.5)
    rig.plants[1].forced = None
    rig.run_until(lambda: rig.told().plug_in is not None, 1)
    opened_s = rig.plants[1].opened_s
    rig.permit(phases=1)
    rig.run_until(lambda: rig.plants[1].closed, 80, coarsely=True)
    assert (rig.told().phases, rig.plants[1].poles) == (1, 1)
    assert rig.now - opened_s >= PAUSE_S
