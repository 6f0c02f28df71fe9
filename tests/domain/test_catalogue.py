"""The error catalogue: numbers that never change, and words that their readers understand."""

import re
from pathlib import Path

import pytest

from chargepoint.domain import catalogue
from chargepoint.domain.catalogue import Entry
from chargepoint.domain.fault_table import KINDS, OF_STATION, ROWS, FaultRow
from chargepoint.domain.faults import Fault
from chargepoint.ocpp.v16.status import error_code
from tests.domain.test_fault_table import WORDS_OF_THE_TRADE

NUMBERS = Path(__file__).with_name("numbers.txt")
"""Every number that was ever given, with its name. Lines are added, and never changed or taken out."""

every_entry = pytest.mark.parametrize("each", catalogue.ENTRIES, ids=lambda each: each.name)


def test_a_number_once_given_stays_with_its_name_for_ever() -> None:
    given = [line.split() for line in NUMBERS.read_text(encoding="utf-8").splitlines()]
    now = {each.code: each.name for each in catalogue.ENTRIES}
    assert [pair for pair in given if now.get(pair[0]) != pair[1]] == [], "a number was taken away, or given to something else"
    assert set(now) - {code for code, _ in given} == set(), f"new numbers: add them to {NUMBERS.name}"


def test_numbers_and_names_are_given_once() -> None:
    assert len({each.code for each in catalogue.ENTRIES}) == len({each.name for each in catalogue.ENTRIES}) == len(catalogue.ENTRIES)
    assert [each.name for each in catalogue.ENTRIES if not re.fullmatch(r"CP-[1-9]\d\d", each.code)] == []
    assert [each.name for each in catalogue.ENTRIES if not re.fullmatch(r"[a-z]+(_[a-z0-9]+)*", each.name)] == []


@every_entry
def test_technicians_read_whole_sentences(each: Entry) -> None:
    assert 1 <= len(each.technician) <= 5
    assert 0 < len(each.title) <= 50
    assert each.title[-1] != "."
    for text in (each.cause, *each.technician):
        assert re.fullmatch(r"\S(?:.*\S)?\.", text), text
        assert "  " not in text
    assert each.mrec is None or re.fullmatch(r"CX0\d\d", each.mrec)


@every_entry
def test_the_driver_reads_one_plain_sentence_or_none(each: Entry) -> None:
    if not each.driver:
        assert each.name == "messages_given_up"
        return
    words = set(re.findall(r"\w+", each.driver))
    assert not words & {*WORDS_OF_THE_TRADE, *(word.upper() for word in WORDS_OF_THE_TRADE)}
    assert re.fullmatch(r"[A-Z][^.]*[:,;][^.]*\.", each.driver), "what is so, then what to do"
    assert len(each.driver) <= 140


@every_entry
def test_what_its_steps_name_is_there(each: Entry) -> None:
    named = re.findall(r"\b[a-z]+_(?:silent|failed|stuck|welded|short|lost|tripped|temperature|close)\b", " ".join(each.technician))
    assert [name for name in named if name not in {other.name for other in catalogue.ENTRIES}] == []


def test_every_row_of_the_fault_table_is_in_it_and_found_by_its_fault() -> None:
    for row in (*ROWS, *OF_STATION.values()):
        entry = catalogue.of(row.name)
        assert (entry.code, entry.driver, entry.technician) == (row.code, row.driver, row.technician)
        assert catalogue.of_fault(Fault(row.name, row.kind)) is entry
    for kind in KINDS:
        assert catalogue.of_fault(Fault("its own name", kind, by_board=True)) is catalogue.of(f"board_{kind}")


@pytest.mark.parametrize("row", [*ROWS, *KINDS.values()], ids=lambda row: row.code)
def test_its_error_code_of_ocpp_is_what_is_told(row: FaultRow) -> None:
    fault = Fault(row.name, row.kind, by_board=row is KINDS[row.kind])
    assert catalogue.of_fault(fault).ocpp_16 == error_code(fault, "Preparing", station=True)


@pytest.mark.parametrize("typed", ["CP-301", "cp-301", "CP301", " 301 "])
def test_people_type_numbers_as_they_like(typed: str) -> None:
    assert catalogue.by_code(typed) is catalogue.of("contactor_welded")


@pytest.mark.parametrize("typed", ["", "CP-", "CP-000", "contactor_welded", "3O1"])
def test_what_is_no_number_finds_nothing(typed: str) -> None:
    assert catalogue.by_code(typed) is None
