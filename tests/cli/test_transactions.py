"""Transactions, on the command line."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from chargepoint.cli import transactions
from chargepoint.cli.main import main
from chargepoint.inquiry.sessions import MOST, ListTransactions, Transactions
from tests.cli.asking import Played, played
from tests.inquiry.test_tables import LINE

OLD = replace(LINE, number=6, name="", cost="", told="waiting", ended="", stop_reason="")


def answer(question: ListTransactions) -> Transactions:
    """Two of them, one to a page."""
    return Transactions(lines=(LINE,), before=7) if question.before is None else Transactions(lines=(OLD,), before=None)


@pytest.fixture
def station(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Played:
    return played(monkeypatch, tmp_path, transactions, "transactions", {ListTransactions: answer})


def test_people_see_when_how_much_who_and_how_it_ended(station: Played, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(station.line("--count", "2")) == 0
    _, new, old = capsys.readouterr().out.splitlines()
    assert new.split()[:7] == ["7", "1", "2026-03-01", "12:00", "1:30:00", "0.500", "kWh"]
    assert new.endswith("EVDisconnected, cost 3.31")
    assert old.endswith("***B2C3        runs, waits to be told")
    assert station.questions == [ListTransactions(count=2), ListTransactions(before=7, count=1)]


def test_a_table_has_all_of_them(station: Played, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(station.line("--csv")) == 0
    assert [line.partition(",")[0] for line in capsys.readouterr().out.split("\r\n")] == ["number", "7", "6", ""]
    assert station.questions == [ListTransactions(count=MOST), ListTransactions(before=7, count=MOST)]


@pytest.mark.parametrize("words", [("--count", "0"), ("--count", "x"), ("--before", "-1"), ("--csv", "--json")])
def test_what_is_wrong_ends_with_2(station: Played, words: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as left:
        main(station.line(*words))
    assert left.value.code == 2
