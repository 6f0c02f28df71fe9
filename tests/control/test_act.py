"""What follows from a step: how often the contactor moved and how, what is kept of it, and when it may move again."""

import pytest

from chargepoint.control.evse import FAULT_PAUSE_S, PAUSE_S, REST_S
from chargepoint.control.kept import KeptEvse
from chargepoint.control.scan import kept
from chargepoint.link.messages import ContactorCount
from tests.control.cases import Move, turn
from tests.control.rig import COARSE_S, FINE_S, SOCKET, Rig


def charging() -> Rig:
    """A car that has been charging for ten seconds."""
    rig = Rig()
    rig.charge()
    rig.run(10)
    return rig


def lets_go(rig: Rig) -> None:
    rig.plants[1].letter, rig.plants[1].asks = "B", None


def is_told_to_stop(rig: Rig) -> None:
    rig.permit(limit_ma=0)


def ignores_it(rig: Rig) -> None:
    rig.plants[1].stubborn = True
    rig.permit(limit_ma=0)


OPENINGS: list[tuple[str, Move, int]] = [
    ("8.1 the EV stops", lets_go, 0),
    ("9 the station stops, the EV follows", is_told_to_stop, 0),
    ("10.2 the EV ignores it", ignores_it, 1),
    ("2.2 unplugged under load", turn(letter="A"), 1),
    ("12 short circuit", turn(forced="E"), 1),
    ("D without ventilation", turn(letter="D", asks="D"), 1),
    ("a fault", turn(rcd=True), 1),
    ("the board is silent", turn(board_lost=True), 1),
]


@pytest.mark.parametrize(("how", "opens", "under_load"), OPENINGS)
def test_the_contactor_is_counted_and_openings_under_load_apart(how: str, opens: Move, under_load: int) -> None:
    rig = charging()
    assert rig.told().contactor == ContactorCount(1, 0)
    opens(rig)
    rig.run(8)
    assert not rig.closed()
    assert rig.told().contactor == ContactorCount(1, under_load)
    assert rig.state.kept[1].contactor == rig.told().contactor


def test_the_count_goes_on_after_a_restart() -> None:
    rig = Rig(kept={1: KeptEvse(contactor=ContactorCount(12_345, 67))})
    rig.charge()
    assert rig.told().contactor == ContactorCount(12_346, 67)
    rig.restart()
    rig.run(1)
    assert rig.told().contactor == ContactorCount(12_346, 67)


def test_what_is_kept_is_the_same_object_until_something_of_it_changes() -> None:
    rig = Rig()
    rig.run(1)
    before = kept(rig.state)
    rig.arrive()
    rig.permit()
    locked = kept(rig.state)
    assert locked is not before
    rig.run(0.3)
    assert kept(rig.state) is locked
    rig.run_until(rig.closed, 3)
    closed = kept(rig.state)
    assert closed is not locked
    rig.run(20)
    assert kept(rig.state) is closed


@pytest.mark.parametrize(
    ("how", "pause_s"),
    [("permit", PAUSE_S), ("stubborn", PAUSE_S), ("fault", FAULT_PAUSE_S)],
)
def test_no_new_offer_before_the_contactor_had_its_rest(how: str, pause_s: float) -> None:
    rig = charging()
    if how == "fault":
        rig.late_s = 0.2
        rig.scan()
        rig.late_s = 0.0
    else:
        rig.plants[1].stubborn = how == "stubborn"
        rig.permit(limit_ma=0)
        rig.run_until(lambda: not rig.closed(), 7)
        rig.permit()
    assert not rig.closed()
    opened_s = rig.now
    rig.run_until(lambda: rig.told().offered_ma > 0, pause_s + 1)
    assert pause_s - FINE_S <= rig.now - opened_s <= pause_s + 2 * FINE_S


def test_an_ev_that_toggles_wears_the_contactor_no_faster_than_once_in_two_seconds() -> None:
    rig = charging()
    rig.plants[1].reaction_s = 0.0
    for _ in range(200):
        rig.plants[1].asks = None if rig.closed() else "C"
        rig.run(0.09)
    assert 2 <= rig.told().contactor.closings - 1 <= 200 * 0.09 / REST_S


def test_what_is_told_of_a_contactor_without_feedback_is_what_is_commanded() -> None:
    rig = Rig(SOCKET)
    rig.plants[1].feedback = False
    rig.charge()
    assert rig.told().contactor_closed
    rig.plants[1].board_lost = True
    rig.run(1)
    assert not rig.told().contactor_closed


def test_what_a_silent_board_said_last_is_not_believed() -> None:
    rig = charging()
    rig.plants[1].board_lost = True
    rig.run(0.3)
    assert rig.state.evses[1].board.contactor_closed
    assert not rig.told().contactor_closed
    rig.plants[1].board_lost = False
    rig.run(COARSE_S)
    assert not rig.told().contactor_closed


def silence(rig: Rig, lasts_s: float) -> None:
    """The board is lost, and back for a scan that comes late; none of the scans has seen it silent for longer than it may be."""
    rig.plants[1].board_lost = True
    for _ in range(12):
        rig.scan(after_s=0.01)
    assert rig.faults() == set()
    rig.plants[1].board_lost = False
    rig.scan(after_s=lasts_s - 0.12)


def test_a_board_that_was_silent_for_so_long_that_its_dead_man_may_have_opened_is_not_told_to_close_again() -> None:
    rig = charging()
    silence(rig, 0.14)
    assert (rig.faults(), rig.closed()) == (set(), True)
    rig.run(1)
    silence(rig, 0.16)
    assert (rig.faults(), rig.closed()) == ({"board_silent"}, False)


def test_a_control_that_comes_back_at_once_gives_the_contactor_its_rest() -> None:
    rig = charging()
    rig.restart(halted_s=0.2)
    rig.run_until(lambda: rig.told().plug_in is not None, 2)
    rig.permit()
    rig.run_until(rig.closed, 60, coarsely=True)
    assert rig.now - rig.killed_s >= REST_S
