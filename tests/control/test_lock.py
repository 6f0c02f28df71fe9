"""The plug lock: closed before anything is offered, open when asked for and safe."""

from chargepoint.link.messages import Unlock, UnlockOutcome
from tests.control.rig import FIXED, Rig


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
