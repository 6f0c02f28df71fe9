"""Plug locks: pulses, pauses and tries of a motor, the hold of a solenoid. Turned by hand, 10 ms at a time."""

from collections.abc import Callable
from itertools import pairwise

import pytest

from hal.errors import DriverError
from hal.locks.motor import PRESETS, MotorLock, MotorPlan, checked
from hal.locks.port import REST, Drive, PlugLock
from hal.locks.solenoid import MOVES_S, SolenoidLock

STEP_S = 0.01
Pulse = tuple[str, float, float]
"""Direction, start, length."""


def play(
    lock: PlugLock, seconds: float, wanted: Callable[[float], bool | None], switch: Callable[[float], bool | None], free: bool = True
) -> list[Pulse]:
    """Every pulse that was driven."""
    pulses: list[Pulse] = []
    driven = REST
    for number in range(round(seconds / STEP_S)):
        now = number * STEP_S
        drive = lock.turn(wanted(now), switch(now), free, now)
        assert not (drive.lock and drive.unlock), "both at a time would short the bridge"
        if drive not in (driven, REST):
            pulses.append(("lock" if drive.lock else "unlock", round(now, 2), 0.0))
        if drive != REST:
            name, began, _ = pulses[-1]
            pulses[-1] = (name, began, round(now + STEP_S - began, 2))
        driven = drive
    return pulses


def test_one_pulse_is_enough_where_the_switch_agrees() -> None:
    pulses = play(MotorLock(MotorPlan(pulse_s=0.3)), 5, lambda _: True, lambda now: now > 0.2)
    assert pulses == [("lock", 0.0, 0.3)]


def test_a_lock_that_sticks_is_tried_as_often_as_is_said_with_eight_pulses_of_pause_and_then_told_of() -> None:
    lock = MotorLock(MotorPlan(pulse_s=0.2, tries=3))
    pulses = play(lock, 20, lambda _: True, lambda _: False)
    assert [name for name, _, _ in pulses] == ["lock"] * 3
    gaps = [later[1] - earlier[1] - earlier[2] for earlier, later in pairwise(pulses)]
    assert all(gap >= 1.6 for gap in gaps)
    assert lock.failed == "not locked after 3 pulses of 200 ms"
    lock.turn(False, False, True, 25.0)
    assert lock.failed is None, "another goal, another try"


def test_without_a_switch_one_pulse_each_way_is_believed() -> None:
    pulses = play(MotorLock(PRESETS["harting"]), 8, lambda now: now < 4, lambda _: None)
    assert pulses == [("lock", 0.0, 0.2), ("unlock", 4.0, 0.2)]


def test_a_change_of_mind_waits_for_pulse_and_pause() -> None:
    pulses = play(MotorLock(MotorPlan(pulse_s=0.1)), 3, lambda now: now < 0.05, lambda _: None)
    assert pulses == [("lock", 0.0, 0.1), ("unlock", 0.9, 0.1)]


def test_nothing_moves_under_load_but_what_moves_already_ends_as_it_would() -> None:
    assert play(MotorLock(MotorPlan()), 5, lambda _: False, lambda _: True, free=False) == []
    lock = MotorLock(MotorPlan(pulse_s=0.1))
    assert lock.turn(True, False, True, 0.0) == Drive(lock=True)
    assert lock.turn(True, False, False, 0.05) == Drive(lock=True)
    assert lock.turn(False, False, False, 0.11) == REST


def test_a_lock_that_nobody_wants_anywhere_stays_as_it_is() -> None:
    assert play(MotorLock(MotorPlan()), 5, lambda _: None, lambda _: True) == []


def test_a_lock_that_is_pushed_open_by_hand_is_closed_again() -> None:
    pulses = play(MotorLock(MotorPlan(pulse_s=0.1)), 5, lambda _: True, lambda now: not 2.0 <= now < 2.05)
    assert pulses == [("lock", 2.0, 0.1)]


def test_times_that_no_motor_stands_are_refused() -> None:
    for plan in (MotorPlan(pulse_s=3.0), MotorPlan(pulse_s=0.01), MotorPlan(tries=0)):
        with pytest.raises(DriverError, match=r"board.x: lock_"):
            checked(plan, "board.x")


def test_a_solenoid_holds_follows_and_stays_under_load() -> None:
    lock = SolenoidLock()
    assert lock.turn(None, None, True, 0.0) == REST
    assert lock.turn(True, False, True, 1.0) == Drive(lock=True)
    assert lock.turn(False, True, False, 2.0) == Drive(lock=True), "under load it stays"
    assert lock.turn(False, True, True, 3.0) == REST
    lock.turn(False, True, True, 3.1 + MOVES_S)
    assert lock.failed == "not unlocked for 1 s"
