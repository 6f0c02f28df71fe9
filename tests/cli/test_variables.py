"""Variables, on the command line."""

import io
from pathlib import Path
from typing import Any

import pytest

from chargepoint.cli import variables
from chargepoint.cli.main import main
from chargepoint.inquiry.variables import ChangeVariable, ListVariables, VariableChanged, VariableLine, Variables
from tests.cli.asking import Played, played

LINE = VariableLine(
    name="OCPPCommCtrlr.MessageTimeout[Default]",
    key_16="MessageTimeout",
    component="OCPPCommCtrlr",
    variable="MessageTimeout",
    instance="Default",
    evse=None,
    connector=None,
    value="30",
    type="integer",
    unit="s",
    minimum=1,
    maximum=None,
    values=(),
    access="ReadOnly",
    writable_16=True,
    reboot=False,
)


@pytest.fixture
def station(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Played:
    answers: dict[type, Any] = {
        ListVariables: lambda asked: Variables(0, (), ("MessageTimeout",)) if asked.search == "timeot" else Variables(1, (LINE,)),
        ChangeVariable: lambda asked: VariableChanged(outcome=OUTCOMES.get(asked.name, "changed"), message=f"{asked.name} it is"),
    }
    return played(monkeypatch, tmp_path, variables, "variables", answers)


OUTCOMES: dict[str, Any] = {"low": "refused", "none": "unknown"}


def test_a_variable_is_told_with_everything_that_counts(station: Played, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(station.line("message", "timeout")) == 0
    value, about = capsys.readouterr().out.splitlines()
    assert value == "OCPPCommCtrlr.MessageTimeout[Default] = 30 s"
    assert about == "    1.6 MessageTimeout, read only, but for 1.6, integer from 1"
    assert station.questions == [ListVariables(search="message timeout")]


def test_where_nothing_is_found_it_is_told_what_is_like_it(station: Played, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(station.line("timeot")) == 2
    assert capsys.readouterr().out == "nothing found; like it are MessageTimeout\n"


@pytest.mark.parametrize(("name", "status"), [("good", 0), ("low", 1), ("none", 2)])
def test_setting_ends_as_it_went(station: Played, name: str, status: int) -> None:
    assert main(station.line("--set", f"{name}=a=b")) == status
    assert station.questions == [ChangeVariable(name, "a=b")]


def test_a_password_need_not_stand_on_the_command_line(station: Played, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("secret of mine\n"))
    assert main(station.line("--set", "AuthorizationKey")) == 0
    assert station.questions == [ChangeVariable("AuthorizationKey", "secret of mine")]
