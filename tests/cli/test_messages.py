"""Messages that were given up, on the command line: what it asks, what it prints and how it ends."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from chargepoint.cli import messages
from chargepoint.cli.main import main
from chargepoint.inquiry.undelivered import ListMessages, Message, Messages, ResendMessages, Resent

EXAMPLE = Path(__file__).with_name("example.toml")
AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
START = Message(
    number=7, kind="Started", at=AT, transaction="5d2f", evse=1, attempts=3, cause="InternalError: no disk", given_up=AT.replace(minute=4)
)
ALARM = Message(number=9, kind="TamperDetectionActivated", at=AT, transaction=None, evse=None, attempts=3, cause="CsmsSilent", given_up=AT)


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Questions to a station that keeps two messages; a fourth word of a command line is left to the test."""
    found: list[Any] = []

    def ask(path: str, kind: type, question: object) -> object:
        found.append(question)
        if isinstance(question, ResendMessages):
            unknown = tuple(number for number in question.numbers or () if number not in (7, 9))
            return Resent(0, unknown) if unknown else Resent(2 if question.numbers is None else len(question.numbers))
        return Messages(2, 5, (START, ALARM))

    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setattr(messages, "ask", ask)
    return found


def command(*words: str) -> list[str]:
    """A whole command line."""
    return ["messages", "--config", str(EXAMPLE), *words]


@pytest.mark.parametrize("words", [(), ("list",)])
def test_the_list_says_what_it_was_and_why_it_was_given_up(
    asked: list[Any], capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    assert main(command(*words)) == 0
    assert asked == [ListMessages()]
    counted, _, start, alarm = capsys.readouterr().out.splitlines()
    assert counted == "2 messages are kept, 5 on their way"
    assert " ".join(start.split()) == (
        "7 2026-03-01T12:04:00Z 3 Started of EVSE 1, transaction 5d2f, 2026-03-01T12:00:00Z InternalError: no disk"
    )
    assert " ".join(alarm.split()) == "9 2026-03-01T12:00:00Z 3 TamperDetectionActivated, 2026-03-01T12:00:00Z CsmsSilent"


def test_programs_get_json(asked: list[Any], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(command("--json")) == 0
    shown = json.loads(capsys.readouterr().out)
    assert [message["number"] for message in shown["messages"]] == [7, 9]
    assert main(command("resend", "all", "--json")) == 0
    assert json.loads(capsys.readouterr().out) == {"count": 2, "unknown": []}


@pytest.mark.parametrize(
    ("words", "question", "out"),
    [
        (("resend", "7"), ResendMessages((7,)), "1 message is sent again as soon as the central system is connected\n"),
        (("resend", "7", "9"), ResendMessages((7, 9)), "2 messages are sent again as soon as the central system is connected\n"),
        (("resend", "all"), ResendMessages(), "2 messages are sent again as soon as the central system is connected\n"),
    ],
)
def test_resending(asked: list[Any], capsys: pytest.CaptureFixture[str], words: tuple[str, ...], question: object, out: str) -> None:
    assert main(command(*words)) == 0
    assert asked == [question]
    assert capsys.readouterr().out == out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("resend", "7", "8"), "no message 8 is kept, so nothing is sent"),
        (("resend",), 'resend nothing: expected "all", or numbers'),
        (("resend", "-7"), "resend -7: expected"),
        (("resend", "seven"), 'resend seven: expected "all", or numbers'),
        (("list", "7"), "list shows all of them"),
    ],
)
def test_what_is_wrong_ends_with_2(asked: list[Any], capsys: pytest.CaptureFixture[str], words: tuple[str, ...], said: str) -> None:
    assert main(command(*words)) == 2
    assert said in capsys.readouterr().err
