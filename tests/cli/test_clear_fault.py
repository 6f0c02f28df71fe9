"""The verb of the technician: what it prints and how it ends."""

from pathlib import Path
from typing import Any

import pytest

from chargepoint.cli import clear_fault
from chargepoint.cli.main import main
from chargepoint.inquiry.faults import Answer, ClearFault

EXAMPLE = Path(__file__).with_name("example.toml")


@pytest.fixture
def argv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A command line of a station with a run-time directory of its own."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    return ["clear-fault", "--config", str(EXAMPLE), "--state-dir", str(tmp_path / "state"), "--evse", "2", "tilted"]


@pytest.mark.parametrize(
    ("answer", "status", "out", "err"),
    [
        (Answer("cleared", "EVSE 2: tilted cleared"), 0, "EVSE 2: tilted cleared\n", ""),
        (Answer("refused", "EVSE 2: not cleared: it still is"), 1, "", "chargepoint: EVSE 2: not cleared: it still is\n"),
        (Answer("unknown", "EVSE 2: unknown; there are 1"), 2, "", "chargepoint: EVSE 2: unknown; there are 1\n"),
    ],
)
def test_the_answer_of_the_station_is_one_line_and_an_exit_status(
    argv: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    answer: Answer,
    status: int,
    out: str,
    err: str,
) -> None:
    asked: list[Any] = []

    def ask(path: str, kind: type[Answer], question: ClearFault, timeout_s: float) -> Answer:
        asked.append((Path(path).name, question))
        return answer

    monkeypatch.setattr(clear_fault, "ask", ask)
    assert main(argv) == status
    assert capsys.readouterr() == (out, err)
    assert asked == [("inquiry", ClearFault(2, "tilted"))]


def test_a_station_that_does_not_run_is_work_that_failed(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(argv) == 1
    assert "is the station process running, with the same --config and --state-dir?" in capsys.readouterr().err


@pytest.mark.parametrize("wrong", [["clear-fault", "tilted"], ["clear-fault", "--evse", "two", "tilted"], ["clear-fault", "--evse", "2"]])
def test_what_is_missing_is_wrong_usage(wrong: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(wrong)
    assert ended.value.code == 2
