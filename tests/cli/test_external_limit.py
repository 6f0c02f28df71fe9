"""Limits of others than the CSMS, on the command line."""

from pathlib import Path
from typing import Any

import pytest

from chargepoint.cli import external_limit
from chargepoint.cli.main import main
from chargepoint.inquiry.external_limits import (
    ExternalLimit,
    ExternalLimits,
    LimitPeriod,
    ListExternalLimits,
    ReleaseExternalLimit,
    SetExternalLimit,
)
from tests.cli.asking import Played, played

SINCE = "2026-03-01T12:00:00+00:00"
TWO = (
    ExternalLimit(evse=None, source="SO", unit="W", limit=4200.0, since=SINCE, ends_in_s=60, periods=(), grid_critical=True),
    ExternalLimit(evse=2, source="EMS", unit="A", limit=None, since=SINCE, ends_in_s=None, periods=(), grid_critical=False),
)


@pytest.fixture
def station(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Played:
    answers: dict[type, Any] = {
        ListExternalLimits: ExternalLimits(limits=TWO),
        SetExternalLimit: ExternalLimits(limits=(), outcome="refused", message="the first startPeriod has to be 0"),
        ReleaseExternalLimit: ExternalLimits(limits=(), outcome="released", message="external limit (SO) of the station released"),
    }
    return played(monkeypatch, tmp_path, external_limit, "external-limit", answers)


def test_it_says_what_holds_where_by_whom_and_for_how_long(station: Played, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(station.line()) == 0
    assert capsys.readouterr().out.splitlines() == [
        "the station: 4200 W by SO, for another 60 s, the grid depends on it",
        "EVSE 2: nothing at the moment by EMS, until it is released",
    ]


def test_a_schedule_is_asked_for_as_it_is_typed(station: Played) -> None:
    station.answers[SetExternalLimit] = ExternalLimits(limits=(), outcome="set", message="it holds")
    words = ("set", "0:16", "3600:10.5", "--evse", "2", "--source", "Other", "--phases", "1", "--for", "7200", "--grid-critical")
    assert main(station.line(*words)) == 0
    assert main(station.line("set", "4200", "--unit", "W")) == 0
    periods = (LimitPeriod(start_s=0, limit=16.0, phases=1), LimitPeriod(start_s=3600, limit=10.5, phases=1))
    assert station.questions == [
        SetExternalLimit(evse=2, source="Other", periods=periods, duration_s=7200, grid_critical=True),
        SetExternalLimit(unit="W", periods=(LimitPeriod(limit=4200.0),)),
    ]


def test_a_release_is_of_one_source_or_of_all(station: Played, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(station.line("release", "--source", "SO")) == 0
    assert main(station.line("release", "--evse", "1")) == 0
    assert station.questions == [ReleaseExternalLimit(source="SO"), ReleaseExternalLimit(evse=1)]
    assert "released" in capsys.readouterr().out


@pytest.mark.parametrize(("outcome", "status"), [("refused", 1), ("unknown", 2)])
def test_what_the_station_does_not_take_ends_with_its_reason(
    station: Played, capsys: pytest.CaptureFixture[str], outcome: Any, status: int
) -> None:
    station.answers[SetExternalLimit] = ExternalLimits(limits=(), outcome=outcome, message="because of it")
    assert main(station.line("set", "5:16")) == status
    assert "because of it" in capsys.readouterr().err


@pytest.mark.parametrize("words", [("set",), ("release", "16"), ("set", "nan"), ("set", "-1"), ("set", "16A"), ("set", "x:16")])
def test_what_cannot_be_meant_is_asked_of_nobody(station: Played, words: tuple[str, ...]) -> None:
    try:
        status: object = main(station.line(*words))
    except SystemExit as ended:
        status = ended.code
    assert status == 2
    assert station.questions == []
