"""Tables for spreadsheets (RFC 4180), of transactions and of cards; and cards read from such a table.

A spreadsheet takes a text that begins like a formula for one. So that a card's name calculates nothing, an apostrophe is put before it; it
is taken away again where such a table is read.
"""

import csv
from collections.abc import Iterable, Iterator

from chargepoint.inquiry.cards import NewCard
from chargepoint.inquiry.sessions import TransactionLine

FORMULA = ("=", "+", "-", "@", "\t", "\r")
MARK = "'"
MOST_CARDS = 10_000
TRANSACTION = (
    "number", "id", "csms_id", "evse", "connector", "started_utc", "ended_utc", "duration_s", "start_wh", "end_wh", "energy_wh",
    "token", "name", "origin", "stop_reason", "cost", "told",
)  # fmt: skip
CARD = ("number", "name")


class BadTable(ValueError):
    """This is no table of cards. The message says which line, what is expected, and what to do."""


def _cell(value: str | int) -> str:
    text = str(value)
    if isinstance(value, str) and text.startswith(FORMULA):
        text = MARK + text
    return '"' + text.replace('"', '""') + '"' if any(each in text for each in ',"\r\n') else text


def row(cells: Iterable[str | int]) -> str:
    """One line, with its end."""
    return ",".join(map(_cell, cells)) + "\r\n"


def transactions(lines: Iterable[TransactionLine]) -> Iterator[str]:
    """Line by line. Times are such as spreadsheets understand, in UTC."""
    yield row(TRANSACTION)
    for each in lines:
        yield row(
            (each.number, each.id, each.csms_id, each.evse, each.connector, time(each.started), time(each.ended), each.duration_s,
             each.start_wh, each.end_wh, each.energy_wh, each.token, each.name, each.origin, each.stop_reason, each.cost, each.told)
        )  # fmt: skip


def time(at: str) -> str:
    """As spreadsheets understand it."""
    return at[:19].replace("T", " ")


def cards(listed: Iterable[NewCard]) -> Iterator[str]:
    """Line by line; what ``read_cards`` reads."""
    yield row(CARD)
    for each in listed:
        yield row((each.number, each.name))


def read_cards(text: str) -> tuple[NewCard, ...]:
    """Number and name in each line; a heading may stand above, and may name further columns. Comma, semicolon or tab separate them.

    Raises BadTable."""
    text = text.removeprefix("\ufeff")
    first = text.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    try:
        rows = [(place, cells) for place, cells in enumerate(csv.reader(text.splitlines(True), delimiter=separator), 1) if any(cells)]
    except csv.Error as error:
        raise BadTable(f"not a table: {error}; expected lines like 04A1B2C3,Anna") from error
    if len(rows) > MOST_CARDS:
        raise BadTable(f"{len(rows)} lines; at most {MOST_CARDS} are read")
    number, name = 0, 1
    head = [cell.strip().lower() for cell in rows[0][1]] if rows else []
    if "number" in head:
        number, name = head.index("number"), head.index("name") if "name" in head else len(head)
        rows = rows[1:]
    return tuple(_card(place, cells, number, name) for place, cells in rows)


def _card(place: int, cells: list[str], number: int, name: int) -> NewCard:
    if len(cells) <= number or not cells[number].strip():
        raise BadTable(f"line {place}: no number of a card in column {number + 1}; expected lines like 04A1B2C3,Anna")
    return NewCard(number=_bare(cells[number]), name=_bare(cells[name]) if len(cells) > name else "")


def _bare(cell: str) -> str:
    text = cell.strip()
    return text[1:] if text.startswith(MARK) and text[1:].startswith(FORMULA) else text
