"""The verb that tells what happened."""

from pathlib import Path

import msgspec
import pytest

from chargepoint.cli import events
from chargepoint.cli.errors import CliError
from chargepoint.cli.main import main
from chargepoint.cli.why import Document, Place
from chargepoint.domain.history import Happening
from chargepoint.inquiry.history import EventLine, Events, ListEvents

EXAMPLE = Path(__file__).with_name("example.toml")
FAULT = EventLine(
    number=7,
    at="2026-03-01T12:00:00+00:00",
    what=Happening(area="fault", kind="tilted raised", evse=2, level="error", code="CP-206", text="Tilted"),
    more=2,
    last="2026-03-01T12:00:09+00:00",
)
BOOT = EventLine(number=8, at="2026-03-01T12:00:01+00:00", what=Happening(area="csms", kind="connected", text="connected"))


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[ListEvents]:
    """What the station is asked; it answers once, has nothing new then, and then it is gone."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.setattr(events, "ASK_S", 0.0)
    questions: list[ListEvents] = []

    def ask(path: str, kind: type[Events], question: ListEvents) -> Events:
        questions.append(question)
        if len(questions) > 2:
            raise KeyboardInterrupt
        return Events(lines=() if question.after else (FAULT, BOOT), after=8)

    monkeypatch.setattr(events, "ask", ask)
    return questions


def command(*words: str) -> list[str]:
    return ["events", "--config", str(EXAMPLE), *words]


def test_each_line_says_when_how_bad_where_and_what(asked: list[ListEvents], capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(command("--state-dir", str(tmp_path), "--evse", "2", "--level", "warning")) == 0
    out = capsys.readouterr().out.splitlines()
    assert out[0].endswith(":00 X EVSE 2   CP-206 Tilted, and 2 times more until 12:00:09")
    assert out[1].endswith(":01   station  connected")
    assert asked == [ListEvents(evse=2, least="warning", count=50)]


def test_whoever_follows_goes_on_when_the_station_is_there_again(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    gone, back = CliError("no station answers"), Events(lines=(BOOT,), after=8)
    answers: list[Events | BaseException] = [Events(lines=(FAULT,), after=7), gone, gone, back, KeyboardInterrupt()]

    def ask(path: str, kind: type[Events], question: ListEvents) -> Events:
        answer = answers.pop(0)
        if isinstance(answer, BaseException):
            raise answer
        return answer

    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setattr(events, "ask", ask)
    monkeypatch.setattr(events, "ASK_S", 0.0)
    assert main(command("--state-dir", str(tmp_path), "--follow")) == 0
    told = capsys.readouterr()
    assert [line.partition("  ")[2] for line in told.out.splitlines() if line][-1].endswith("station  connected")
    assert told.err.count("no station answers") == 1


def test_an_empty_history_says_so_and_an_evse_that_is_not_there_is_wrong_usage(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    answers = {Events: Events(lines=(), after=0), Document: Document((Place(1, "Available"),))}
    monkeypatch.setattr(events, "ask", lambda path, kind, question=None: answers[kind])
    assert main(command("--state-dir", str(tmp_path), "--evse", "1")) == 0
    assert capsys.readouterr() == ("", "chargepoint: nothing of that kind has happened yet\n")
    assert main(command("--state-dir", str(tmp_path), "--evse", "9")) == 2
    assert "EVSE 9: there is no such EVSE; expected one of 1" in capsys.readouterr().err


def test_who_follows_asks_for_what_is_new_until_he_has_enough(
    asked: list[ListEvents], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(command("--state-dir", str(tmp_path), "--follow", "--json")) == 0
    lines = [msgspec.json.decode(line, type=EventLine) for line in capsys.readouterr().out.splitlines() if line]
    assert lines == [FAULT, BOOT]
    assert [question.after for question in asked] == [None, 8, 8]
