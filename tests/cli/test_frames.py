"""Frames, on the command line."""

from pathlib import Path

import msgspec
import pytest

from chargepoint.cli import frames
from chargepoint.cli.main import main
from chargepoint.inquiry.frames import FrameLine, Frames, ListFrames
from tests.cli.asking import Played, played

AT = "2026-03-01T12:00:00.250+00:00"
CALL = FrameLine(number=1, at=AT, sent=True, kind="CALL", action="Heartbeat", id="a", waits_s=31, size=22, text='[2,"a","Heartbeat",{}]')
ERROR = FrameLine(
    number=2,
    at=AT,
    sent=False,
    kind="CALLERROR",
    action="Boot",
    id="b",
    round_trip_ms=3.5,
    error="X: y",
    size=20,
    text='[4,"b","X","y",{}]',
)


@pytest.fixture
def station(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Played:
    def answer(question: ListFrames) -> Frames:
        if question.after == 3:
            raise KeyboardInterrupt
        return Frames(lines=(CALL, ERROR), after=2) if question.after is None else Frames(lines=(), after=3, lost=7)

    monkeypatch.setattr(frames, "ASK_S", 0.0)
    return played(monkeypatch, tmp_path, frames, "frames", {ListFrames: answer})


def test_each_frame_says_which_way_it_went_how_long_it_took_and_what_is_missing(
    station: Played, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(station.line("--follow")) == 0
    assert capsys.readouterr().out.splitlines() == [
        "12:00:00.250 > Heartbeat no answer yet, for 31 s",
        '    [2,"a","Heartbeat",{}]',
        "12:00:00.250 < Boot refused: X: y after 3.5 ms",
        '    [4,"b","X","y",{}]',
        "(7 frames were not kept)",
        "",
    ]
    assert [question.after for question in station.questions] == [None, 2, 3]


def test_long_ones_are_cut_to_the_terminal() -> None:
    assert [len(line) for line in frames.shown(CALL, 20).splitlines()] == [20, 20]


def test_a_file_has_one_object_a_line(station: Played, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    place = tmp_path / "frames.jsonl"
    assert main(station.line("--output", str(place))) == 0
    assert [msgspec.json.decode(line, type=FrameLine) for line in place.read_text().splitlines()] == [CALL, ERROR]
    assert main(station.line("--output", str(tmp_path / "no" / "file"))) == 1
    assert "name a file that this user may write" in capsys.readouterr().err
