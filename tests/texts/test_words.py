"""Texts of one language: numbers, money, times, plurals."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from chargepoint import texts
from chargepoint.texts.manners import HARD, NARROW

AT = datetime(2026, 3, 1, 7, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "number", "small", "money", "lasts", "day"),
    [
        ("en", "12,345.68", "1,234.5", "€3.31", f"1{HARD}h 12{HARD}min", "2026-03-01"),
        ("de", "12.345,68", "1.234,5", f"3,31{HARD}€", f"1{HARD}h 12{HARD}min", "01.03.2026"),
        ("fr", f"12{NARROW}345,68", f"1{NARROW}234,5", f"3,31{HARD}€", f"1{HARD}h 12{HARD}min", "01/03/2026"),
        ("es", "12.345,68", "1234,5", f"3,31{HARD}€", f"1{HARD}h 12{HARD}min", "01/03/2026"),
        ("nl", "12.345,68", "1.234,5", f"€{HARD}3,31", f"1{HARD}u 12{HARD}min", "01-03-2026"),
        ("it", "12.345,68", "1.234,5", f"3,31{HARD}€", f"1{HARD}h 12{HARD}min", "01/03/2026"),
        ("pl", f"12{HARD}345,68", "1234,5", f"3,31{HARD}€", f"1{HARD}godz. 12{HARD}min", "01.03.2026"),
    ],
)
def test_numbers_money_and_times_are_written_as_people_there_do(
    language: str, number: str, small: str, money: str, lasts: str, day: str
) -> None:
    t = texts.of(language)
    assert (t.number(12345.678, 2), t.decimal("1234.5"), t.money("3.31", "EUR")) == (number, small, money)
    assert (t.duration(4_320), t.date(AT), t.clock(AT)) == (lasts, day, "07:05")


def test_amounts_keep_their_decimals_and_currencies_without_a_sign_their_letters() -> None:
    t = texts.of("de")
    assert [t.money("0.125", "EUR"), t.money("-2.5"), t.money(Decimal("7.345")), t.money("1", "SEK")] == [
        f"0,125{HARD}€", "-2,50", "7,35", f"1{HARD}SEK",
    ]  # fmt: skip
    assert [t.number(-0.004, 2), t.number(0.5), t.duration(59), t.duration(-3)] == ["0,00", "1", f"59{HARD}s", f"0{HARD}s"]


@pytest.mark.parametrize(("count", "words"), [(1, "1 minutę"), (2, "2 minuty"), (5, "5 minut"), (12, "12 minut"), (22, "22 minuty")])
def test_polish_has_three_plurals(count: int, words: str) -> None:
    said = texts.of("pl").plural("It goes on in about {count} minute.", "It goes on in about {count} minutes.", count)
    assert said == f"Wznowienie za około {words}."


def test_a_language_that_nobody_has_written_is_english_and_a_text_that_nobody_has_translated_itself() -> None:
    assert [texts.of(tag).language for tag in ("de-AT", "FR", "pl_PL", "nb-NO", "")] == ["de", "fr", "pl", "en", "en"]
    assert texts.of("de").text("Nobody has {written} this", written="ever") == "Nobody has ever this"
    assert texts.of("de") is texts.of("de-CH")
