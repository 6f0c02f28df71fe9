"""RAPI: its frames, and a line on which a board speaks unasked, late, or not at all."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from hal.bus import rapi
from hal.bus.rapi import SPACE, Garbled, NoAnswer, Notice, Rapi, Reply, Splitter, frame, parse
from simulators.wires.face import Reply as Sent
from simulators.wires.face import WireFault
from simulators.wires.line import Line
from simulators.wires.pty import PtyWire
from simulators.wires.thread import beside

PLAIN = "$GS^30 $GV^35 $GC^20 $GG^24 $GU^36 $GF^25 $GE^26 $GP^33 $GT^37 $GY^3A $G0^53 $G4^57 $FE^27 $FD^26 $FS^31 $FR^30 $SB^35 $SY^2E"
LONGER = "$SL 2^29,$SC 16 V^65,$SC 6 V^54,$SY 10 6^19,$SY 165^3C,$S4 0^53,$S4 1^52,$FF D 1^51,$F0 0^42,$F0 1^43"


@pytest.mark.parametrize("whole", [*PLAIN.split(), *LONGER.split(",")])
def test_a_command_is_framed_as_the_reference_has_it(whole: str) -> None:
    assert frame(whole[1:-3]) == whole.encode() + b"\r"


def test_a_command_carries_its_number_and_what_a_board_would_drop_is_refused() -> None:
    assert frame("GS", 1) == b"$GS :01^2B\r"
    assert len(frame(f"FP 0 0 {'x' * 16}", 0xFF)) == 32
    for dropped in ("FP 0 0 " + "x" * 17, "ST 1 2 3 4 5 6 7 8 9"):
        with pytest.raises(ValueError, match="at most 31 in at most 10 parts"):
            frame(dropped, 1)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (b"$OK 03 125 03 0140^13", Reply(True, ("03", "125", "03", "0140"))),
        (b"$OK 0 0 0^30", Reply(True, ("0", "0", "0"))),
        (b"$OK^20", Reply(True, ())),
        (b"$NK^21", Reply(False, ())),
        (b"$OK*0E", None),
        (b"$OK*be", Reply(True, ())),
        (frame("NK 20", 0x2A)[:-1], Reply(False, ("20",), 0x2A)),
        (frame("AB 00 8.2.3")[:-1], Notice("AB", ("00", "8.2.3"))),
        (frame("AT 03 03 16 0140")[:-1], Notice("AT", ("03", "03", "16", "0140"))),
        (frame("OK  ATMEGA1E950F2A", 3)[:-1], Reply(True, ("ATMEGA1E950F2A",), 3)),
        (frame("GS", 1)[:-1], "an echo"),
    ],
)
def test_a_line_is_read_and_a_spoilt_one_is_not(text: bytes, found: Reply | Notice | str | None) -> None:
    if found is None:
        with pytest.raises(Garbled):
            parse(text)
    else:
        assert parse(text) == (None if found == "an echo" else found)


@pytest.mark.parametrize("spoilt", [b"$OK^21", b"$OK", b"$OK^2", b"OK^20", b"$O\xffK^20", b"$^24", b"$OK^^20", b"$OK :zz^20"])
def test_a_spoilt_line_is_never_taken_for_an_answer(spoilt: bytes) -> None:
    try:
        found = parse(spoilt)
    except Garbled:
        return
    assert found is None


def test_lines_are_cut_whatever_the_pieces_and_noise_between_them_is_dropped() -> None:
    splitter, whole = Splitter(), b"\x00noise\r$OK 1$OK^20\r\n$NK^21\rhalf"
    pieces = [whole[start : start + 3] for start in range(0, len(whole), 3)]
    assert [line for piece in pieces for line in splitter.feed(piece)] == [b"$OK^20", b"$NK^21"]
    splitter.feed(b"x" * 10_000)
    assert splitter.feed(b"\r$OK^20\r") == [b"$OK^20"]


class Scripted:
    """Answers each command as the test says; ``told`` are the commands with their numbers."""

    fault: WireFault | None = None

    def __init__(self) -> None:
        self.told: list[tuple[float, str]] = []
        self.answers: list[list[bytes]] = []
        self._kept = b""

    def heard(self, data: bytes, now: float) -> list[Sent]:
        *lines, self._kept = (self._kept + data).split(b"\r")
        return [sent for line in lines for sent in self._answer(line.decode(), now)]

    def _answer(self, line: str, now: float) -> Iterator[Sent]:
        self.told.append((now, line))
        number = line.rpartition(" :")[2][:2]
        for answer in self.answers.pop(0) if self.answers else [b"OK :%s"]:
            yield Sent(frame(answer.decode().replace("%s", number)))

    def due_s(self) -> float:
        return float("inf")

    def tick(self, now: float) -> list[Sent]:
        return []


@pytest.fixture
def board(tmp_path: Path) -> Iterator[tuple[Rapi, Scripted]]:
    with beside() as loop:
        face, line = Scripted(), Line()
        line.add(face)
        wire = PtyWire(line, tmp_path / "ttyUSB0")
        loop.call(wire.open)
        yield rapi.on(str(tmp_path / "ttyUSB0")), face
        loop.call(wire.close)


def test_what_it_says_between_a_command_and_its_reply_is_kept_and_replies_to_others_are_not(board: tuple[Rapi, Scripted]) -> None:
    line, face = board
    face.answers = [[b"AT 02 02 16 0100", b"OK 9 :7F", b"WF 1", b"OK 1 :%s", b"AB 00 8.2.3"]]
    reply = line.ask("GS")
    assert (reply.good, reply.data, reply.number) == (True, ("1",), 1)
    line.ask("GV")
    notices = line.notices()
    assert [notice.name for notice in notices] == ["AT", "WF", "AB"]
    assert [notice.at_s < reply.at_s for notice in notices] == [True, True, False], "which of them the reply knows of"
    assert line.notices() == []


def test_a_command_that_arrived_spoilt_is_sent_again_and_one_that_is_refused_is_not(board: tuple[Rapi, Scripted]) -> None:
    line, face = board
    face.answers = [[b"NK"], [b"OK 2 :%s"], [b"NK 13 :%s"]]
    assert line.ask("GS").data == ("2",)
    refused = line.ask("SC 16 V")
    assert (refused.good, refused.data, refused.number) == (False, ("13",), 3)
    assert len(face.told) == 3


def test_while_it_is_deaf_it_gets_one_command_a_second_at_most_and_a_late_reply_is_no_other_commands(board: tuple[Rapi, Scripted]) -> None:
    line, face = board
    face.answers = [[], [], [], [b"OK 1 :02", b"OK 4 :%s"]]
    with pytest.raises(NoAnswer, match=r"no answer to \$GS for 1 s \(2 tries\); check cable"):
        line.ask("GS")
    with pytest.raises(NoAnswer, match=r"\(1 tries\)"):
        line.ask("GP")
    assert line.ask("GG").data == ("4",)
    assert face.told[3][0] - face.told[2][0] > 0.5, "as it arrives: a busy host may have been late with the one before"


def test_two_threads_share_it_and_together_keep_its_pace(board: tuple[Rapi, Scripted]) -> None:
    line, face = board
    other = rapi.on(line.port)
    assert other is line
    threads = [threading.Thread(target=lambda: [line.ask("GS") for _ in range(4)]) for _ in range(2)]
    began_s = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert time.monotonic() - began_s >= 7 * rapi.GAP_S
    assert [told[1].partition(":")[2][:2] for told in face.told] == [f"{number:02X}" for number in range(1, 9)]


def test_a_text_for_its_display_fits_a_command_and_says_nothing_that_the_board_takes_for_its_end(board: tuple[Rapi, Scripted]) -> None:
    line, face = board
    assert rapi.show(line, 0, 1, "3.6 kW ^ 12:30 günstig, und mehr")
    assert rapi.leave_display(line, own=False)
    assert face.told[0][1].startswith(f"$FP 0 1 3.6{SPACE}kW{SPACE}-{SPACE}12:30{SPACE}g :01^")
    assert face.told[1][1].startswith("$F0 0 :02^")


def test_a_name_is_its_own_board_also_where_another_adapter_was_plugged_in_before(tmp_path: Path) -> None:
    before, after = tmp_path / "by-id-before", tmp_path / "by-id-after"
    before.symlink_to(tmp_path / "ttyUSB0")
    held = rapi.on(str(before))
    before.unlink()
    after.symlink_to(tmp_path / "ttyUSB0")
    assert rapi.on(str(after)).port == str(after)
    assert rapi.on(str(before)) is held
