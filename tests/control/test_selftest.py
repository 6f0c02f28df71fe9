"""The self-test of the residual current monitor: at the start, before each session, daily, and how often it is tried again."""

from itertools import pairwise
from typing import Any

import pytest
from msgspec import structs

from chargepoint.control.selftest import CLEAR_S, DAILY_S, START_S, TRIP_S
from chargepoint.domain.fault_table import FAULTS, Retry
from tests.control.cases import ABLE_SOCKET
from tests.control.plant import turn
from tests.control.rig import FINE_S, SOCKET, Rig

RETRY = FAULTS["rcd_selftest_failed"].retry or Retry(0, 0)


def watched(rig: Rig) -> list[float]:
    """When the test input was driven, from now on."""
    began: list[float] = []
    was = [rig.outputs[1].rcd_test]

    def note(rig: Rig) -> None:
        if rig.outputs[1].rcd_test and not was[0]:
            began.append(rig.now)
        was[0] = rig.outputs[1].rcd_test
        assert not (was[0] and (rig.plants[1].closed or rig.closed())), "only with the contactor open"
        assert not (was[0] and rig.told().offered_ma)

    rig.watchers.append(note)
    return began


def test_it_is_tested_at_the_start_and_before_each_session() -> None:
    rig = Rig(ABLE_SOCKET)
    began = watched(rig)
    rig.run(10)
    assert len(began) == 1
    for session in (2, 3):
        rig.charge()
        rig.run(60)
        assert len(began) == session
        rig.leave()
        rig.run(10)
    assert len(began) == 3
    assert not any(event.faults for event in rig.events)


def test_nothing_is_offered_before_it_has_passed_and_it_is_told_why() -> None:
    rig = Rig(ABLE_SOCKET)
    rig.run(10)
    rig.arrive()
    rig.permit()
    while rig.state.evses[1].selftest.running:
        assert (rig.told().offered_ma, rig.limits()["self-test"]) == (0, 0)
        rig.scan()
    rig.run_until(lambda: rig.told().offered_ma > 0, 1)
    assert "self-test" not in rig.limits()


def test_a_board_that_tests_itself_is_left_alone() -> None:
    rig = Rig()
    began = watched(rig)
    rig.run(5)
    rig.charge()
    assert not began
    assert "self-test" not in rig.limits()


def test_it_is_tested_daily_but_not_while_a_car_charges() -> None:
    rig = Rig(ABLE_SOCKET)
    began = watched(rig)
    rig.run(10)
    for _ in range(round(3 * DAILY_S / 3600)):
        rig.scan(after_s=3600.0)
        rig.run(5)
    assert len(began) == 4
    rig.charge()
    for _ in range(48):
        rig.scan(after_s=3600.0)
    assert rig.closed()
    assert len(began) == 5
    rig.revoke()
    rig.run(10)
    assert len(began) == 6


@pytest.mark.sweep
@pytest.mark.parametrize("failing", [{"deaf": True}, {"clear_s": 1e9}], ids=["does not trip", "does not clear"])
def test_a_monitor_that_fails_is_a_fault_and_tried_so_often_for_one_car(failing: dict[str, Any]) -> None:
    rig = Rig(ABLE_SOCKET)
    rig.run(10)
    began = watched(rig)
    turn(**failing)(rig.plants[1])
    rig.arrive()
    rig.permit()
    within_s = TRIP_S if "deaf" in failing else rig.plants[1].trip_s + CLEAR_S
    rig.run_until(lambda: "rcd_selftest_failed" in rig.faults(), within_s + 0.1)
    assert within_s <= rig.now - began[0] <= within_s + 0.1
    turn(deaf=True, tripped=False, clear_s=1.0)(rig.plants[1])
    rig.run(RETRY.times * (RETRY.pause_s + 1) + 30)
    assert len(began) == 1 + RETRY.times
    assert all(later - sooner >= RETRY.pause_s for sooner, later in pairwise(began))
    assert [fault.latched for fault in rig.told().faults if fault.name == "rcd_selftest_failed"] == [True]
    rig.plants[1].deaf = False
    rig.run(300)
    assert "rcd_selftest_failed" in rig.faults(), "given up for this car"
    rig.leave()
    rig.run(10)
    assert not rig.faults()
    rig.charge()


def test_a_retry_that_passes_lets_the_car_charge() -> None:
    rig = Rig(ABLE_SOCKET)
    rig.run(10)
    rig.plants[1].deaf = True
    rig.arrive()
    rig.permit()
    rig.run_until(lambda: rig.faults() == {"rcd_selftest_failed"}, 1)
    rig.plants[1].deaf = False
    assert RETRY.pause_s <= rig.run_until(rig.closed, RETRY.pause_s + 20, coarsely=True)


def test_a_monitor_that_fails_without_a_car_is_retried_and_then_daily() -> None:
    rig = Rig(ABLE_SOCKET)
    rig.plants[1].deaf = True
    began = watched(rig)
    rig.run((RETRY.times + 1) * (RETRY.pause_s + 1) + 100)
    assert len(began) == 1 + RETRY.times
    rig.scan(after_s=DAILY_S)
    rig.plants[1].deaf = False
    rig.run(10)
    assert (len(began), rig.faults()) == (2 + RETRY.times, set())


@pytest.mark.parametrize("moment_s", [0.05, 0.15, 0.5])
def test_a_test_that_is_interrupted_says_nothing_and_is_done_again(moment_s: float) -> None:
    """The board is silent for a moment, perhaps while the monitor is tripped by its test."""
    rig = Rig(ABLE_SOCKET)
    rig.run(10)
    rig.arrive()
    rig.permit()
    rig.run_until(lambda: rig.outputs[1].rcd_test, 1)
    rig.run(moment_s)
    rig.plants[1].board_lost = True
    rig.run(0.3)
    assert rig.faults() == {"board_silent"}
    rig.plants[1].board_lost = False
    began = watched(rig)
    rig.run_until(rig.closed, 30, coarsely=True)
    assert len(began) == 1
    assert not any("rcd" in fault.name for event in rig.events for fault in event.faults)


def test_a_process_that_was_killed_during_a_test_leaves_no_ground_fault_behind() -> None:
    rig = Rig(ABLE_SOCKET)
    rig.run(10)
    rig.arrive()
    rig.run_until(lambda: rig.plants[1].tripped, 1)
    rig.restart(halted_s=0.2)
    rig.run(20)
    assert not any(fault.name.startswith("rcd") for event in rig.events for fault in event.faults)


def test_a_monitor_that_stays_tripped_after_the_start_is_a_ground_fault() -> None:
    rig = Rig()
    rig.plants[1].rcd = True
    rig.run(START_S - 0.2)
    assert not rig.faults()
    rig.run_until(lambda: rig.faults() == {"rcd_tripped"}, 0.5)
    assert not any(event.offered_ma for event in rig.events)


def test_a_residual_current_during_the_test_is_no_passed_test() -> None:
    rig = Rig(ABLE_SOCKET)
    rig.run(10)
    rig.arrive()
    rig.permit()
    rig.run_until(lambda: rig.outputs[1].rcd_test, 1)
    rig.plants[1].rcd = True
    rig.run(10)
    assert {"rcd_selftest_failed", "rcd_tripped"} == rig.faults()
    assert not any(event.offered_ma for event in rig.events)


def test_a_contactor_that_is_seen_closed_is_not_tested_under() -> None:
    rig = Rig(ABLE_SOCKET)
    rig.plants[1].stuck = True
    began = watched(rig)
    rig.run(20)
    assert not began
    rig.plants[1].stuck = None
    rig.run(5)
    assert len(began) == 1


def test_a_trip_within_half_a_second_and_no_later() -> None:
    for trip_s, good in ((TRIP_S - 2 * FINE_S, True), (TRIP_S + 2 * FINE_S, False)):
        rig = Rig(structs.replace(SOCKET, abilities=ABLE_SOCKET.abilities))
        rig.plants[1].trip_s = trip_s
        rig.run(10)
        assert (not rig.faults()) is good
