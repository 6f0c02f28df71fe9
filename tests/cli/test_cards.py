"""Cards, on the command line."""

from pathlib import Path
from typing import Any

import pytest

from chargepoint.cli import cards
from chargepoint.cli.main import main
from chargepoint.inquiry.cards import (
    CardList,
    CardsChanged,
    EnrolCard,
    EnrolCards,
    ExportCards,
    ExportedCards,
    ForgetCard,
    HeldCard,
    HoldCard,
    ListCards,
    ListedCard,
    NewCard,
)
from tests.cli.asking import Played, played

ANNA = ListedCard(id=1, token="***B2C3", kind="ISO14443", name="Anna", added="", last_used="2026-03-01T12:00:00+00:00", uses=3)
FILE = ListedCard(id=None, token="***FE01", kind="ISO14443", name="", added="", last_used="", uses=0)
WAITING = HeldCard(state="waiting", message="hold the card to the reader", hold="h", left_s=30)
SHOWN = HeldCard(state="shown", message="a card was shown", hold="h", token="***B2C3", kind="ISO14443")


@pytest.fixture
def station(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Played:
    looks = [SHOWN, WAITING, WAITING]
    answers: dict[type, Any] = {
        ListCards: CardList(cards=(ANNA, FILE), room=999, asks_first=True),
        HoldCard: lambda question: looks.pop(),
        EnrolCard: CardsChanged(outcome="done", message="the card is enrolled", enrolled=1),
        EnrolCards: lambda asked: CardsChanged(outcome="done", message="", enrolled=len(asked.cards) - 1, refused=("'?' is no number",)),
        ForgetCard: CardsChanged(outcome="unknown", message="card 9: there is none"),
        ExportCards: ExportedCards((NewCard(number="04A1B2C3", name="Anna"),)),
    }
    monkeypatch.setattr(cards, "EACH_S", 0.0)
    return played(monkeypatch, tmp_path, cards, "cards", answers)


def test_the_list_shows_whose_they_are_and_when_they_were_used(station: Played, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(station.line()) == 0
    _, anna, file, counted = capsys.readouterr().out.splitlines()
    assert anna.split() == ["1", "***B2C3", "Anna", "2026-03-01", "12:00", "3"]
    assert file.split() == ["file", "***FE01", "never", "0"]
    assert counted == "2 cards, room for 999 more; a connected central system is asked about them first"


def test_a_card_that_is_held_is_shown_and_enrolled_where_it_gets_a_name(station: Played, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(station.line("hold", "--name", "Anna", "--evse", "1")) == 0
    assert capsys.readouterr().out == "***B2C3, ISO14443: not known here\nthe card is enrolled\n"
    assert station.questions == [
        HoldCard(evse=1, valid_for_s=30.0),
        HoldCard(hold="h"),
        HoldCard(hold="h"),
        EnrolCard(name="Anna", hold="h"),
    ]


def test_who_interrupts_it_ends_it(station: Played, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted(question: HoldCard) -> HeldCard:
        if question.hold and question.valid_for_s:
            raise KeyboardInterrupt
        return WAITING

    station.answers[HoldCard] = interrupted
    assert main(station.line("hold")) == 1
    assert station.questions[-1] == HoldCard(hold="h", valid_for_s=0)


def test_a_table_is_imported_and_what_was_refused_is_named(station: Played, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    table = tmp_path / "cards.csv"
    table.write_text("number,name\n04A1B2C3,Anna\n?,Bert\n")
    assert main(station.line("import", str(table))) == 1
    assert capsys.readouterr() == ("1 enrolled, 0 named anew, 1 refused\n", "'?' is no number\n")
    assert main(station.line("import", str(tmp_path / "missing.csv"))) == 2
    table.write_bytes(b"\xff\xfe\x00")
    assert main(station.line("import", str(table))) == 2
    assert "save the table as CSV UTF-8" in capsys.readouterr().err


def test_full_numbers_go_to_a_file_that_nobody_else_reads(station: Played, tmp_path: Path) -> None:
    place = tmp_path / "cards.csv"
    assert main(station.line("export", str(place))) == 0
    assert place.read_bytes() == b"number,name\r\n04A1B2C3,Anna\r\n"
    assert place.stat().st_mode & 0o777 == 0o600


def test_a_card_that_is_not_there_ends_with_2(station: Played, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(station.line("forget", "9")) == 2
    assert "card 9: there is none" in capsys.readouterr().err
