"""Out of service, on the command line."""

from pathlib import Path
from typing import Any

import pytest

from chargepoint.cli import out_of_service
from chargepoint.cli.main import main
from chargepoint.inquiry.outage import ListOutages, Outage, Outages, ReturnToService, TakeOutOfService
from tests.cli.asking import Played, played

OUTAGE = Outage(evse=1, reason="cable torn", by="anna", since="2026-03-01T12:00:00+00:00", runs=(1,))


@pytest.fixture
def station(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Played:
    answers: dict[type, Any] = {
        ListOutages: Outages(outages=(OUTAGE,)),
        TakeOutOfService: Outages(outages=(OUTAGE,), outcome="taken", message="EVSE 1 is out of service"),
        ReturnToService: Outages(outages=(), outcome="unknown", message="EVSE 7: unknown; there are 1"),
    }
    monkeypatch.setenv("SUDO_USER", "anna")
    return played(monkeypatch, tmp_path, out_of_service, "out-of-service", answers)


def test_it_says_what_is_out_since_when_why_and_by_whom(station: Played, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(station.line()) == 0
    out = capsys.readouterr().out
    assert out == "EVSE 1 is out of service since 2026-03-01 12:00 by anna: cable torn; a session goes on at EVSE 1\n"


def test_who_does_it_is_who_runs_it(station: Played, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(station.line("on", "--evse", "1", "--reason", "cable torn", "--at-once")) == 0
    assert capsys.readouterr().out == "EVSE 1 is out of service\n"
    assert station.questions == [TakeOutOfService(evse=1, reason="cable torn", by="anna", at_once=True)]


def test_an_evse_that_is_not_there_ends_with_2(station: Played, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(station.line("off", "--evse", "7", "--by", "bert")) == 2
    assert station.questions == [ReturnToService(evse=7, by="bert")]
    assert "EVSE 7: unknown" in capsys.readouterr().err
