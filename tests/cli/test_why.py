"""``chargepoint why``: what it prints, for people and for programs, and how it ends."""

import json
from io import StringIO
from pathlib import Path
from typing import Any, Literal

import msgspec
import pytest

from chargepoint.cli import why
from chargepoint.cli.main import main
from chargepoint.domain.why import Condition, conditions, first
from tests.domain.test_why import CHARGING, WAITING

EXAMPLE = Path(__file__).with_name("example.toml")


RATING = {
    "source": "evse rating",
    "limit_a": 16.0,
    "owner": "installer",
    "reason": "what this EVSE is built for",
    "age_s": 61.0,
    "expires_in_s": None,
}


def place(number: int, found: tuple[Condition, ...]) -> dict[str, Any]:
    """As the station's document has it."""
    answer = first(found)
    told = {"why": answer.text, "why_code": answer.code, "conditions": msgspec.to_builtins(found)}
    return {"id": number, "status": "Preparing", "later": "another release tells more", "limits": [RATING], **told}


DOCUMENT = {"id": "cp001", "evses": [place(1, conditions(WAITING)), place(2, conditions(CHARGING))]}


@pytest.fixture
def document(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the station answers; a test may change it."""
    told = dict(DOCUMENT)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setattr(why, "ask", lambda path, kind: msgspec.convert(told, kind))
    return told


def command(*words: str) -> list[str]:
    """A whole command line."""
    return ["why", "--config", str(EXAMPLE), *words]


def test_a_pipe_gets_the_answer_first_then_the_steps_then_every_condition(
    document: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(command("1")) == 0
    told = capsys.readouterr().out
    lines = told.splitlines()
    assert main(command("--evse", "1")) == 0
    assert capsys.readouterr().out == told
    assert lines[:2] == ["EVSE 1  Preparing", "  Nobody has authorised this car. [CP-921]"]
    assert lines[2] == "  1. Hold a known card to the reader: a sound and a light say that it was read."
    assert "  yes  car            A car is plugged in." in lines
    assert "  NO   authorisation  Nobody has authorised this car." in lines
    assert "  -    demand         Nothing is offered yet." in lines
    assert "  limit  16 A  evse rating, set by installer, for 1 min 1 s: what this EVSE is built for" in lines


def test_without_a_number_all_evses_are_told(document: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(command()) == 0
    out = capsys.readouterr().out
    assert "EVSE 1  Preparing" in out
    assert "EVSE 2  Preparing\n  Charging: 3.68 kW, 16.0 A.\n" in out


def test_programs_get_json(document: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(command("1", "--json")) == 0
    (told,) = json.loads(capsys.readouterr().out)
    assert (told["id"], told["why_code"]) == (1, "CP-921")
    assert [each["name"] for each in told["conditions"] if each["holds"] is False] == ["authorisation"]


def test_an_evse_that_is_not_there_is_wrong_usage(document: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(command("7")) == 2
    assert "EVSE 7: there is no such EVSE; expected one of 1, 2" in capsys.readouterr().err


def test_a_station_of_an_earlier_release_cannot_tell_and_says_so(document: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    document["evses"] = [{"id": 1, "status": "Available"}]
    assert main(command()) == 0
    assert "earlier release" in capsys.readouterr().out


def test_a_number_of_a_later_release_brings_its_own_remedy(document: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    document["evses"] = [place(1, (Condition("moon", False, "The moon is full.", "Wait a night.", "CP-999"),))]
    assert main(command()) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:3] == ["EVSE 1  Preparing", "  The moon is full. [CP-999]", "  1. Wait a night."]


def test_no_station_is_a_failure_with_its_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    assert main(command("--state-dir", str(tmp_path))) == 1
    assert "is the station process running" in capsys.readouterr().err


def test_the_answers_of_several_evses_fit_on_one_screen(document: dict[str, Any]) -> None:
    from rich.console import Console

    console = Console(file=StringIO(), width=80)
    for each in document["evses"]:
        for part in why.drawn(msgspec.convert(each, why.Place), brief=True):
            console.print(part)
    text = console.file.getvalue()  # type: ignore[attr-defined]
    assert "Nobody has authorised this car. [CP-921]" in text
    assert "Hold a known card to the reader" in text
    assert len(text.splitlines()) < 16


def test_a_terminal_is_told_the_same_in_colour_and_no_line_is_wider(document: dict[str, Any]) -> None:
    from rich.console import Console

    def painted(colours: Literal["standard"] | None) -> str:
        console = Console(file=StringIO(), width=80, force_terminal=colours is not None, color_system=colours)
        for part in why.drawn(msgspec.convert(document["evses"][0], why.Place)):
            console.print(part)
        return console.file.getvalue()  # type: ignore[attr-defined, no-any-return]

    plain = painted(None)
    assert "\x1b[" in painted("standard")
    assert "NO" in plain
    assert "[CP-921]" in plain
    assert max(map(len, plain.splitlines())) <= 80
