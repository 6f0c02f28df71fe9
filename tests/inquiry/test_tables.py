"""Tables that a spreadsheet opens without calculating anything, and cards read from such tables."""

import csv

import pytest

from chargepoint.inquiry import tables
from chargepoint.inquiry.cards import NewCard
from chargepoint.inquiry.sessions import TransactionLine

LINE = TransactionLine(
    number=7,
    id="5d2f",
    csms_id="17",
    evse=1,
    connector=1,
    started="2026-03-01T12:00:00+00:00",
    ended="2026-03-01T13:30:00+00:00",
    duration_s=5400,
    start_wh=1000,
    end_wh=1500,
    energy_wh=500,
    token="***B2C3",
    name='=HYPERLINK("http://x"),\nAnna',
    origin="local",
    stop_reason="EVDisconnected",
    cost="3.31",
    told="told",
)


def test_a_line_has_all_its_columns_and_no_formula() -> None:
    heading, line = csv.reader("".join(tables.transactions([LINE])).splitlines(True))
    told = dict(zip(heading, line, strict=True))
    assert told["started_utc"] == "2026-03-01 12:00:00"
    assert told["name"] == '\'=HYPERLINK("http://x"),\nAnna'
    assert told["energy_wh"] == "500"


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\t=1", "\r=1"])
def test_whatever_begins_like_a_formula_is_a_text(text: str) -> None:
    assert tables.row([text]).strip('"\r\n').startswith("'")
    assert tables.row([-1]) == "-1\r\n", "a number is none"


def test_lines_end_as_rfc_4180_says_and_quotes_are_doubled() -> None:
    assert tables.row(["a", 'b"c', "d,e", "f\ng"]) == 'a,"b""c","d,e","f\ng"\r\n'


def test_what_was_written_is_read_again() -> None:
    listed = (
        NewCard(number="04A1B2C3", name="=Anna, \"the\" 'first'"),
        NewCard(number="-x", name=""),
        NewCard(number="0F", name="'quoted"),
    )
    assert tables.read_cards("".join(tables.cards(listed))) == listed


@pytest.mark.parametrize(
    "text",
    [
        "04A1B2C3,Anna\r\n\r\n0F,\n",
        "\ufeffnumber;name\n04A1B2C3;Anna\n0F;\n",
        "Name\tNumber\tRemark\nAnna\t04A1B2C3\tx\n\t0F\n",
        "04A1B2C3,Anna,more\n0F",
    ],
)
def test_tables_of_many_programs_are_read(text: str) -> None:
    assert tables.read_cards(text) == (NewCard(number="04A1B2C3", name="Anna"), NewCard(number="0F"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name;number\nAnna;\n", "line 2: no number of a card in column 2"),
        ("04A1\n" * 10_001, "10001 lines; at most 10000 are read"),
        ("x" * 200_000, "not a table"),
    ],
)
def test_what_is_no_such_table_is_named(text: str, said: str) -> None:
    with pytest.raises(tables.BadTable, match=said):
        tables.read_cards(text)


def test_an_empty_table_has_no_cards() -> None:
    assert tables.read_cards("") == tables.read_cards("number,name\n") == ()
