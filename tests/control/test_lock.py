"""The plug lock: closed before anything is offered, open when asked for and safe."""

from itertools import pairwise

import pytest

from chargepoint.control.kept import KeptEvse, KeptFault
from chargepoint.control.lock import RELEASE_S, START_S
from chargepoint.control.pilot import oscillates
from chargepoint.link.messages import HoldPlug, Revoke, Unlock, UnlockOutcome
from tests.control.rig import FINE_S, FIXED, SOCKET, Rig


def test_no_offer_before_the_plug_is_locked() -> None:
    rig = Rig()
    rig.plants[1].plug()
    rig.plants[1].jammed = False
    rig.run(0.5)
    rig.permit()
    rig.run(2)
    assert rig.outputs[1].lock
    assert rig.told().offered_ma == 0
    rig.plants[1].jammed = None
    rig.run_until(lambda: rig.told().offered_ma > 0, 0.5)


def test_without_feedback_of_the_lock_its_command_has_to_do() -> None:
    rig = Rig()
    rig.plants[1].feedback = False
    rig.charge()
    assert rig.told().locked
    rig.revoke()
    rig.run(7)
    assert not rig.told().contactor_closed
    assert not rig.told().locked


def test_the_plug_is_unlocked_on_request_and_stays_so_until_the_next_permit() -> None:
    rig = Rig()
    rig.charge()
    rig.permit(limit_ma=0)
    rig.run(3)
    assert rig.told().locked
    rig.scan(Unlock(1, 1, "w1"))
    assert not rig.outputs[1].lock
    rig.run(1)
    assert (rig.told().unlock, rig.told().locked, rig.told().permit) == (UnlockOutcome("w1", unlocked=True), False, "live")
    rig.permit(limit_ma=16_000)
    rig.run_until(rig.closed, 10)
    assert rig.told().locked


def test_a_plug_held_off_its_lock_gets_no_offer() -> None:
    rig = Rig()
    rig.plants[1].plug()
    rig.plants[1].asks = None
    rig.run(0.5)
    rig.permit()
    rig.run(1)
    assert rig.told().offered_ma == 32_000
    rig.scan(Unlock(1, 1, "w1"))
    assert rig.told().offered_ma == 0
    rig.plants[1].asks = "C"
    rig.run(10)
    assert rig.told().offered_ma == 0
    rig.plants[1].unplug()
    rig.run(1)
    rig.charge()


def test_unlocking_fails_while_the_contactor_is_closed() -> None:
    rig = Rig()
    rig.charge()
    rig.scan(Unlock(1, 1, "w1"))
    assert rig.told().unlock == UnlockOutcome("w1", unlocked=False)
    assert rig.outputs[1].lock
    assert rig.closed()


def test_unlocking_fails_when_the_lock_is_jammed_or_its_board_is_silent() -> None:
    for what, value in (("jammed", True), ("board_lost", True)):
        rig = Rig()
        rig.charge()
        rig.permit(limit_ma=0)
        rig.run(2)
        setattr(rig.plants[1], what, value)
        rig.run(1)
        rig.scan(Unlock(1, 1, "w1"))
        assert rig.run_until(lambda rig=rig: rig.told().unlock is not None, 3.1) > 2.9  # type: ignore[misc]
        assert rig.told().unlock == UnlockOutcome("w1", unlocked=False)


def test_a_lock_without_feedback_is_believed_when_its_time_is_up() -> None:
    rig = Rig()
    rig.plants[1].feedback = False
    rig.plants[1].plug()
    rig.run(0.5)
    rig.scan(Unlock(1, 1, "w1"))
    assert rig.run_until(lambda: rig.told().unlock == UnlockOutcome("w1", unlocked=True), 3.1) > 2.9


def test_a_fixed_cable_cannot_be_unlocked() -> None:
    rig = Rig(FIXED)
    rig.scan(Unlock(2, 1, "w1"))
    assert rig.told(2).unlock == UnlockOutcome("w1", unlocked=False)


def test_the_name_of_a_wish_is_bounded() -> None:
    rig = Rig()
    rig.scan(Unlock(1, 1, "w" * 60_000))
    assert rig.told().unlock == UnlockOutcome("w" * 100, unlocked=True)


@pytest.mark.parametrize("letter", ["A", "B", "C"])
def test_it_is_locked_before_the_pwm_and_never_opened_under_a_closed_contactor(letter: str) -> None:
    rig = Rig()
    rig.plants[1].contactor_s = 0.2

    def watch(rig: Rig) -> None:
        plant = rig.plants[1]
        assert plant.locked or not oscillates(rig.duty())
        assert plant.locked or not plant.closed
        assert rig.outputs[1].lock or not (plant.closed or rig.closed())

    rig.run(1)
    rig.watchers.append(watch)
    rig.charge()
    rig.run(3)
    rig.revoke()
    rig.plants[1].letter = rig.plants[1].asks = letter
    rig.plants[1].stubborn = True
    rig.run(10)
    assert not rig.plants[1].closed
    assert not rig.plants[1].locked


def test_2_1_and_2_2_the_plug_is_free_within_5_s_of_the_unplugging_unless_a_session_holds_it() -> None:
    rig = Rig()
    rig.charge()
    rig.run(3)
    rig.plants[1].letter = "A"
    assert rig.run_until(lambda: not rig.plants[1].locked, 5) <= 5
    rig = Rig()
    rig.charge()
    rig.plants[1].asks = None
    rig.run(60)
    assert rig.plants[1].locked, "authorised, and still plugged in at the car"


@pytest.mark.parametrize("fault", ["rcd", "emergency_stop", "diode"])
def test_a_dead_station_keeps_nobodys_cable_five_seconds_after_it_has_opened(fault: str) -> None:
    rig = Rig()
    rig.charge()
    setattr(rig.plants[1], fault, fault != "diode")
    rig.run_until(lambda: not rig.closed(), 1)
    took_s = rig.run_until(lambda: not rig.outputs[1].lock, RELEASE_S + 1)
    assert RELEASE_S <= took_s <= RELEASE_S + 2 * FINE_S
    rig.run(60)
    assert (rig.plants[1].locked, rig.told().permit) == (False, "live")


def test_a_fault_that_goes_by_itself_keeps_the_plug() -> None:
    rig = Rig()
    rig.charge()
    rig.plants[1].earth_good = False
    rig.run(60)
    assert (rig.told().state, rig.plants[1].locked) == ("fault", True)


def test_a_dead_station_whose_contactor_does_not_open_keeps_the_plug() -> None:
    rig = Rig()
    rig.charge()
    rig.plants[1].stuck = rig.plants[1].rcd = True
    rig.run(60)
    assert rig.plants[1].locked


def test_a_lock_that_fails_is_drawn_back_and_tried_again_so_often() -> None:
    rig = Rig()
    rig.run(1)
    rig.plants[1].jammed = False
    rig.arrive()
    rig.permit()
    commands: list[bool] = []
    rig.watchers.append(lambda rig: commands.append(rig.outputs[1].lock))
    rig.run(120)
    tries = sum(later and not sooner for sooner, later in pairwise([False, *commands]))
    assert tries == 4
    assert (rig.faults(), [fault.latched for fault in rig.told().faults], rig.told().offered_ma) == ({"lock_failed"}, [True], 0)


def test_the_second_try_succeeds() -> None:
    rig = Rig()
    rig.run(1)
    rig.plants[1].jammed = False
    rig.arrive()
    rig.permit()
    rig.run_until(lambda: rig.faults() == {"lock_failed"}, 4)
    rig.plants[1].jammed = None
    rig.run_until(rig.closed, 20)
    assert rig.plants[1].locked


def test_a_lock_that_jumps_open_under_load_ends_charging() -> None:
    rig = Rig()
    rig.charge()
    rig.plants[1].jammed = False
    rig.run_until(lambda: rig.faults() == {"lock_failed"}, 4)
    assert not rig.closed()


def test_a_renewal_closes_no_lock_that_somebody_wants_open_while_the_contactor_is_closed() -> None:
    rig = Rig()
    rig.charge()
    rig.scan(Unlock(1, 1, "w1"), Unlock(1, 1, "w2"))
    assert rig.told().unlock == UnlockOutcome("w2", unlocked=False)
    assert rig.outputs[1].lock


def unplug_at_the_car(rig: Rig) -> None:
    """The pilot says A, and the cable stays in the socket."""
    rig.plants[1].letter = "A"
    rig.run_until(lambda: rig.told().plug_in is None, 1)


def test_a_held_plug_never_moves_when_the_cable_is_pulled_at_the_car_and_its_permit_ends_all_the_same() -> None:
    rig = Rig()
    rig.charge()
    rig.scan(HoldPlug(1, 10))
    locked: list[bool] = []
    rig.watchers.append(lambda rig: locked.append(rig.outputs[1].lock))
    unplug_at_the_car(rig)
    rig.run(5)
    assert all(locked)
    assert (rig.told().permit, rig.told().locked, rig.told().cable, rig.closed()) == ("none", True, True, False)


def test_without_a_hold_the_plug_is_released_when_the_cable_is_pulled_at_the_car() -> None:
    rig = Rig()
    rig.charge()
    unplug_at_the_car(rig)
    rig.run(1)
    assert (rig.told().locked, rig.told().cable) == (False, True)
    rig.plants[1].unplug()
    rig.run(1)
    assert rig.told().cable is False


def test_a_hold_that_is_not_renewed_keeps_no_cable() -> None:
    rig = Rig()
    rig.charge()
    rig.scan(HoldPlug(1, 10))
    unplug_at_the_car(rig)
    rig.run(11)
    assert not rig.told().locked


def test_a_hold_ends_when_the_station_says_so_and_when_the_driver_is_to_be_helped() -> None:
    for end in (HoldPlug(1, 0), Unlock(1, 1, "w1")):
        rig = Rig()
        rig.charge()
        rig.scan(HoldPlug(1, 1e9))
        rig.revoke()
        rig.run(7)
        assert rig.told().locked, "the car is still there, and so is its cable"
        rig.scan(end)
        rig.run(1)
        assert not rig.told().locked


def test_a_hold_that_begins_after_an_unlocking_locks_the_plug_and_one_that_is_only_renewed_does_not() -> None:
    rig = Rig()
    rig.charge()
    rig.revoke()
    rig.run(7)
    rig.scan(HoldPlug(1, 10))
    rig.run(1)
    rig.scan(Unlock(1, 1, "w1"))
    rig.run(1)
    rig.scan(HoldPlug(1, 10))
    rig.run(1)
    assert not rig.told().locked
    rig.scan(HoldPlug(1, 0))
    rig.run(1)
    rig.scan(HoldPlug(1, 10))
    rig.run(1)
    assert rig.told().locked


def test_an_empty_socket_is_not_locked_by_a_hold() -> None:
    rig = Rig()
    rig.run(1)
    rig.scan(HoldPlug(1, 1e9))
    rig.run(1)
    assert (rig.told().locked, rig.told().cable) == (False, False)


def test_a_fixed_cable_is_neither_held_nor_seen_in_a_socket() -> None:
    rig = Rig(FIXED)
    rig.charge(2)
    rig.scan(HoldPlug(2, 1e9))
    assert (rig.told(2).locked, rig.told(2).cable) == (None, None)


# --- a start in mid-session --------------------------------------------------------------------------------------------------------------


def restarted(*, hold: bool = False, feedback: bool = True) -> Rig:
    """A car charges, and control is killed and comes back."""
    rig = Rig()
    rig.plants[1].feedback = feedback
    rig.charge()
    if hold:
        rig.scan(HoldPlug(1, 10))
    rig.restart()
    return rig


def commands(rig: Rig) -> list[bool]:
    """What the lock is commanded from now on."""
    seen: list[bool] = []
    rig.watchers.append(lambda rig: seen.append(rig.outputs[1].lock))
    return seen


@pytest.mark.parametrize("feedback", [True, False])
def test_a_restart_in_mid_session_moves_no_lock_until_the_next_permit_and_the_session_goes_on(feedback: bool) -> None:
    rig = restarted(feedback=feedback)
    locked = commands(rig)
    rig.run(20)
    assert rig.told().found_at_start
    rig.permit()
    rig.run_until(rig.closed, 10)
    assert all(locked)
    rig.revoke()
    rig.run(7)
    assert not rig.told().locked


def test_a_board_that_is_heard_late_after_the_start_was_told_to_lock_all_the_time() -> None:
    rig = Rig(kept={1: KeptEvse(locked=True)})
    locked = commands(rig)
    rig.plants[1].plug()
    rig.plants[1].locked = rig.plants[1].board_lost = True
    rig.run(0.9)
    rig.plants[1].board_lost = False
    rig.run(5)
    assert all(locked)


def test_a_plug_that_is_found_locked_stays_so_though_nobody_has_kept_that() -> None:
    rig = Rig()
    rig.plants[1].plug()
    rig.plants[1].locked = True
    locked = commands(rig)
    rig.run(START_S - 1)
    assert all(locked)
    rig.run(2)
    assert not rig.plants[1].locked


def test_a_station_that_stays_dead_after_a_start_keeps_nobodys_cable() -> None:
    rig = restarted(hold=True)
    rig.run(START_S - 1)
    assert rig.told().locked
    rig.run(2)
    assert not rig.told().locked


@pytest.mark.parametrize("end", ["unplug", "revoke", "unlock"])
def test_what_was_locked_at_the_start_is_given_free_when_the_car_leaves_or_the_station_says_so(end: str) -> None:
    rig = restarted()
    rig.run(1)
    assert rig.told().locked
    match end:
        case "unplug":
            rig.plants[1].letter = "A"
        case "revoke":
            rig.revoke()
        case _:
            rig.scan(Unlock(1, 1, "w1"))
    rig.run(1)
    assert not rig.told().locked
    assert end != "unlock" or rig.told().unlock == UnlockOutcome("w1", unlocked=True)


def test_a_revocation_of_an_earlier_car_says_nothing_about_the_one_that_is_found_locked() -> None:
    rig = Rig()
    rig.charge()
    earlier = rig.plug_in()
    rig.restart()
    rig.run(1)
    rig.scan(Revoke(1, earlier))
    rig.run(1)
    assert rig.told().locked


def test_a_car_that_left_while_control_was_dead_leaves_its_plug_free_unless_the_station_held_it() -> None:
    for hold in (False, True):
        rig = restarted(hold=hold)
        rig.plants[1].letter = "A"
        rig.run(1)
        assert rig.told().plug_in is None
        assert rig.told().locked is hold
        if hold:
            rig.scan(HoldPlug(1, 0))
            rig.run(1)
            assert not rig.told().locked


def test_a_power_cut_that_let_go_of_the_plug_locks_it_again_for_the_car_that_is_still_there() -> None:
    rig = restarted()
    rig.plants[1].locked = False
    rig.run(1)
    assert rig.told().locked


def test_nothing_is_locked_at_a_start_that_was_not_locked_before() -> None:
    rig = Rig(kept={1: KeptEvse()})
    rig.plants[1].plug()
    locked = commands(rig)
    rig.run(START_S)
    assert not any(locked)


def test_a_start_with_a_fault_that_waits_for_a_technician_keeps_no_cable_for_more_than_five_seconds() -> None:
    rig = Rig(kept={1: KeptEvse((KeptFault("tilted"),), locked=True)})
    rig.plants[1].plug()
    rig.plants[1].locked = True
    rig.scan()
    assert rig.run_until(lambda: not rig.outputs[1].lock, RELEASE_S + 1) >= RELEASE_S - 2 * FINE_S


def test_what_is_locked_and_held_is_kept_for_the_next_start() -> None:
    rig = Rig(SOCKET)
    rig.arrive()
    assert (rig.state.kept[1].locked, rig.state.kept[1].held) == (False, False)
    rig.scan(HoldPlug(1, 2))
    assert (rig.state.kept[1].locked, rig.state.kept[1].held) == (True, True)
    rig.run(3)
    assert (rig.state.kept[1].locked, rig.state.kept[1].held) == (False, False)
