"""A board that is talked with: its thread is turned by hand here, on a clock of the test's."""

import threading

import pytest

from hal.api import Abilities
from hal.boards import talking as talking_module
from hal.boards.talking import AGAIN_S, FIRST_S, HIGH_MV, KICKED_S, TalkingBoard, plateaus_mv
from hal.errors import DeviceError, DriverError
from hal.measured import PILOT_FAULT_PPM, PILOT_STEADY_PPM, BoardInputs, BoardOutputs

ABILITIES = Abilities(safety="own", rcm=True, coil_watchdog=True, contactor="own")
OFFER = BoardOutputs(duty_ppm=266_666, contactor=True, lock=True, offer_ma=16_000)


class Clock:
    """The test's own."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


class Board:
    """A ``Talk`` that remembers what it was told, and can fall silent."""

    name = "board.test on /dev/ttyUSB0"

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.told: list[BoardOutputs] = []
        self.opened = 0
        self.closed = False
        self.error: Exception | None = None

    def open(self) -> None:
        self.opened += 1

    def exchange(self, wanted: BoardOutputs) -> BoardInputs:
        if self.error is not None:
            raise self.error
        self.told.append(wanted)
        high_mv, low_mv = plateaus_mv("B", wanted)
        return BoardInputs(at_s=self.clock.now, cp_high_mv=high_mv, cp_low_mv=low_mv, contactor_closed=False, plug_locked=None, pp_ohm=None)

    def rest_s(self, wanted: BoardOutputs) -> float:
        return 5.0 if wanted.offer_ma == 0 else 1.0

    def close(self) -> None:
        self.closed = True


def talking() -> tuple[TalkingBoard, Board, Clock]:
    clock = Clock()
    talk = Board(clock)
    return TalkingBoard(talk, ABILITIES, clock), talk, clock


def test_it_is_told_what_control_wants_and_control_reads_the_newest_answer() -> None:
    board, talk, _ = talking()
    assert board.read() is None
    board.write(OFFER)
    board.kick()
    assert board.turn() == 1.0
    read = board.read()
    assert read is not None
    assert (talk.told, read.cp_high_mv, read.cp_low_mv) == ([OFFER], 9_000, -12_000)


def test_when_control_hangs_nothing_is_offered_and_the_plug_stays_as_it_is() -> None:
    board, talk, clock = talking()
    board.write(OFFER)
    board.kick()
    board.turn()
    clock.now += KICKED_S + 0.1
    assert board.turn() == 5.0
    assert talk.told[-1] == BoardOutputs(duty_ppm=PILOT_STEADY_PPM, contactor=False, lock=True)


def test_a_plug_that_is_locked_when_control_starts_is_not_let_go_before_control_has_said_what_it_wants() -> None:
    board, talk, clock = talking()
    assert board.turn() <= 0.05
    assert (talk.opened, talk.told) == (1, [])
    board.write(OFFER)
    board.kick()
    board.turn()
    assert talk.told == [OFFER]
    mute, talk, clock = talking()
    mute.turn()
    clock.now += FIRST_S
    mute.turn()
    assert [told.offer_ma for told in talk.told] == [0], "whoever only reads is served a little later"


@pytest.mark.parametrize("error", [DeviceError("board.test on /dev/ttyUSB0: no answer for 0.5 s; check the cable"), ValueError("nonsense")])
def test_silence_and_faults_of_the_driver_age_the_measurement_and_are_tried_again(
    error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    board, talk, clock = talking()
    board.kick()
    board.turn()
    talk.error = error
    for _ in range(3):
        clock.now += 1
        assert board.turn() == AGAIN_S
    read = board.read()
    assert read is not None
    assert read.at_s == 100.0
    assert [record.message.split()[0] for record in caplog.records].count("event=board_failed") == 1
    talk.error = None
    board.turn()
    assert talk.opened == 1
    assert board.read().at_s == 103.0  # type: ignore[union-attr]


def test_a_new_wish_is_passed_on_at_once_by_the_thread() -> None:
    board, talk, _ = talking()
    done = threading.Event()
    exchange = talk.exchange

    def noted(wanted: BoardOutputs) -> BoardInputs:
        found = exchange(wanted)
        if wanted == OFFER:
            done.set()
        return found

    talk.exchange = noted  # type: ignore[method-assign]
    board.kick()
    board.open()
    board.write(OFFER)
    board.kick()
    assert done.wait(3.0), "it rests for 5 s without an offer"
    board.close()
    assert talk.closed


def test_an_exchange_that_is_under_way_when_control_leaves_does_not_have_the_last_word(monkeypatch: pytest.MonkeyPatch) -> None:
    """A slow line: the board is told to offer nothing, and by an exchange that began before, to offer again."""
    monkeypatch.setattr(talking_module, "JOIN_S", 0.1)
    board, talk, _ = talking()
    asked, answered, closed, last = threading.Event(), threading.Event(), threading.Event(), []

    def slow(wanted: BoardOutputs) -> BoardInputs:
        asked.set()
        assert answered.wait(5.0)
        last.append(wanted.offer_ma)
        raise DeviceError("board.test on /dev/ttyUSB0: half an answer")

    def close() -> None:
        last.append(0)
        answered.set()
        if len(last) == 3:
            closed.set()

    talk.exchange, talk.close = slow, close  # type: ignore[method-assign]
    board.write(OFFER)
    board.kick()
    board.open()
    assert asked.wait(3.0)
    board._open = True
    board.close()
    assert closed.wait(3.0)
    assert last == [0, 16_000, 0]


def test_what_the_installer_has_to_mend_is_said_once_and_without_a_trace(caplog: pytest.LogCaptureFixture) -> None:
    board, talk, clock = talking()
    talk.error = DriverError("board.test: its adapter does not switch the direction; leave rs485 out")
    for _ in range(3):
        clock.now += 1
        board.turn()
    assert [(record.message.split()[0], record.exc_info) for record in caplog.records] == [("event=board_failed", None)]


def test_the_plateaus_of_a_letter_are_those_of_its_table_and_show_the_diode_only_while_the_pilot_oscillates() -> None:
    steady = BoardOutputs(duty_ppm=PILOT_STEADY_PPM, contactor=False, lock=False)
    failed = BoardOutputs(duty_ppm=PILOT_FAULT_PPM, contactor=False, lock=False)
    for letter, high_mv in HIGH_MV.items():
        assert plateaus_mv(letter, steady) == plateaus_mv(letter, failed) == (high_mv, high_mv)
        assert plateaus_mv(letter, OFFER) == (high_mv, -12_000 if letter in "ABCD" else high_mv)
