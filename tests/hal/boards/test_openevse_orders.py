"""What an OpenEVSE is told, when it does not do it, does otherwise by itself, or does not know yet how things are."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from hal.boards import openevse_orders
from hal.boards.openevse import OpenEvseBoard, OpenEvseTalk
from hal.bus import rapi
from hal.measured import PILOT_FAULT_PPM, BoardOutputs
from simulators import verbs
from simulators.wires import openevse_board, openevse_commands
from simulators.wires.openevse_board import AVR, Build
from tests.hal.boards.openevse_rig import IDLE, SOCKET, Host, Site, charging, host, offer, site, until

FAULT = BoardOutputs(duty_ppm=PILOT_FAULT_PPM, contactor=False, lock=False)
QUICK = Build(traits=replace(AVR, boot_s=0.1))


@pytest.fixture(autouse=True)
def _patient_board(monkeypatch: pytest.MonkeyPatch) -> None:
    """The board takes more commands here than it is given, which saves most of the time."""
    monkeypatch.setattr(rapi, "GAP_S", 0.02)


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Site]:
    with site(tmp_path, QUICK) as made:
        yield made


def passes(made: Host, seconds: float) -> None:
    """So long, control scans."""
    ends_s = time.monotonic() + seconds
    made.until(lambda: time.monotonic() > ends_s, seconds + 2)


def test_a_plug_that_the_board_let_go_in_state_f_is_locked_again_and_one_of_a_board_with_a_fault_is_let_go(tmp_path: Path) -> None:
    with site(tmp_path, replace(QUICK, plug_lock=True), SOCKET) as at, host(at) as made:
        at.plug(request=False)
        made.want(offer(16, lock=True))
        made.until(lambda: made.read.plug_locked is True and at.offered_a == 16, 15, "lock and offer")
        made.want(replace(FAULT, lock=True))
        made.until(lambda: made.read.cp_high_mv == -12_000, 3)
        passes(made, 1.5)
        made.until(lambda: at.evse.locked is True, 4, "its lock, though $FD has let go")
        made.want(offer(16, lock=True))
        made.until(lambda: at.offered_a == 16 and bool(at.evse.locked), 8)
        at.patch(rcd="tripped")
        made.until(lambda: "gfci_tripped" in made.faults, 5)
        made.want(IDLE)
        made.until(lambda: at.evse.locked is False and made.read.plug_locked is False, 4, "the plug let go")


def test_a_lock_that_has_not_moved_is_told_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openevse_orders, "LOCK_AGAIN_S", 1.0)
    with site(tmp_path, replace(QUICK, plug_lock=True), SOCKET) as at, host(at) as made:
        at.plug(request=False)
        made.want(offer(16, lock=True))
        made.until(lambda: made.read.plug_locked is True, 8)
        at.loop.call(lambda: at.face.board.firmware.__setattr__("lock", False))
        made.until(lambda: at.face.board.firmware.lock is True and bool(at.evse.locked), 6, "locked again")


def test_a_current_that_it_raises_by_itself_is_put_right_at_once_and_is_no_fault(at: Site) -> None:
    with host(at) as made:
        charging(at, made, 16)
        made.want(offer(10))
        made.until(lambda: at.offered_a == 10, 3)
        at.loop.call(lambda: at.face.board.__setattr__("pilot_a", 20))
        made.until(lambda: at.face.board.pilot_a == 10, 4, "what is wanted")
        passes(made, 1.5)
        made.until(lambda: at.closed and at.offered_a == 10, 12)
        assert made.faults == {}


def test_one_that_insists_on_more_is_put_asleep_with_a_fault_until_the_car_has_left(at: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openevse_commands, "LEAST_A", 10)
    with host(at) as made:
        at.plug()
        made.want(offer(6))
        made.until(lambda: made.faults == {"current_refused": "internal_error"} and at.offered_a == 0, 5, "the fault")
        made.want(IDLE)
        passes(made, 1.5)
        assert (set(made.faults), at.evse.timing.closings) == ({"current_refused"}, 0)
        at.do(verbs.unplug)
        made.until(lambda: made.faults == {}, 4, "the end of the fault")
        at.plug()
        made.want(offer(16))
        made.until(lambda: at.closed and at.offered_a == 16, 12)


def test_a_board_that_does_not_know_yet_what_is_plugged_in_is_not_taken_for_free(at: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openevse_board.Board, "state", 0x00)
    board = OpenEvseBoard(port=at.port)
    board.open()
    until(lambda: board._open, 5, "the board found")
    began_s = time.monotonic()
    until(lambda: time.monotonic() - began_s > 1.5, 3)
    assert board.read() is None
    board.close()


def test_supervision_that_was_refused_once_is_armed_when_it_is_asked_for_again(at: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openevse_orders, "ARM_AGAIN_S", 0.5)
    at.face.board.build = replace(QUICK, heartbeat=False)
    with host(at) as made:
        assert made.faults == {"no_heartbeat": "internal_error"}
        at.loop.set(at.face.board, "build", QUICK)
        made.until(lambda: made.faults == {}, 4, "the end of the fault")
        assert at.face.board.saved.interval_s == openevse_orders.INTERVAL_S


def test_a_driver_that_was_closed_wakes_the_board_no_more_whatever_its_turn_had_begun_with(at: Site) -> None:
    talk = OpenEvseTalk(rapi.on(at.port))
    talk.open()
    at.plug(request=False)
    talk.exchange(IDLE)
    talk.close()
    for _ in range(3):
        talk.exchange(offer(16))
    assert (at.face.board.state, at.offered_a) == (0xFE, 0)
