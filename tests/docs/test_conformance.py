"""The pages of conformance: no row without a test that plays it, no test of a title that is not there, no row without a result.

Of 2.0.1 every row has exactly one of these: a test, a reason why it does not apply, a line in ``open.txt``.
"""

import re
from collections import Counter

import pytest

from docs import conformance
from tests.conformance import record
from tests.conformance.v16.cases import case as case_16
from tests.conformance.v16.titles import TITLES as TITLES_16
from tests.conformance.v201.cases import case as case_201
from tests.conformance.v201.titles import BLOCKS, OPEN, PROFILES
from tests.conformance.v201.titles import TITLES as TITLES_201

APPLICABLE_16 = {title.number for title in TITLES_16 if not title.not_applicable}
FACTS = {
    *("C-01", "C-02", "C-03", "C-06.1", "C-06.2", "C-08", "C-09.1", "C-09.2", "C-09.4", "C-09.5", "C-10.1", "C-10.2", "C-10.3", "C-10.4"),
    *("C-12.1", "C-12.2", "C-13", "C-14", "C-20", "C-28", *(f"C-29.{each}" for each in range(1, 7)), "C-30", "C-31", "C-36", "C-37"),
    *("C-40", "C-42", "C-47", "C-48.1", "C-48.2", "C-49", "C-51", "C-52", "C-53", "C-56", "C-57", "C-58", "C-59", "C-60", "C-61"),
    *("AS-2", "AS-3", "SC-2.1", "SC-2.2", "R-1", "R-2", "R-3", "DM-3", "LA-1", "LA-3", "UI-1.1", "UI-1.2", "UI-1.3", "UI-2.1", "UI-2.4"),
    *("AQ-1", "AQ-3", "AQ-5", "AQ-7", "AQ-9", "AQ-10", "HFS-1", "HFS-2", "HFS-3", "HFS-8 > 1"),
    *("Local Authorization List Management", "Smart Charging"),
}
"""What this station has, of what conditions of 2.0.1 name: features, hardware, answers to the questions of a test lab, profiles."""
MORE = {"TC_E_38", "TC_H_13"}
"""For a station that cannot start with EnergyTransfer, and one that wants an EVSE to be named: this one can be told to be like that."""
WITH_A_VEHICLE = "needs a vehicle that talks ISO 15118"
NAMED = re.compile(
    r"""[A-Z]+-\d+(?:\.\d+)?(?: > 1)?|Local Authorization List Management|Smart Charging|ISO ?15118 support|Product Subtype "[^"]+\""""
)
RANGE = re.compile(r"C-(\d+) - C-(\d+)")
NUMBERS_201 = {title.number for title in TITLES_201}
SKIPPED_201 = {title.number for title in TITLES_201 if title.not_applicable}


def test_every_title_of_16_is_there_once_and_has_one_test() -> None:
    assert len(TITLES_16) == len({title.number for title in TITLES_16}) == 108
    played = conformance.tests("1.6")
    assert played.keys() - {title.number for title in TITLES_16} == set(), "tests of titles that nobody knows"
    assert APPLICABLE_16 - played.keys() == set(), "titles that nobody plays"
    assert {number: names for number, names in played.items() if len(names) > 1} == {}
    assert [name for name, count in Counter(name for names in played.values() for name in names).items() if count > 1] == []


def test_every_title_of_16_that_applies_has_a_result_of_the_last_full_run() -> None:
    results = conformance.results("1.6")
    assert results.keys() == APPLICABLE_16, "make conformance writes them"
    assert set(results.values()) <= {record.PASS, record.FAIL}


def test_the_table_of_201_is_that_of_the_certification() -> None:
    entries = [(title, profile) for title in TITLES_201 for profile in title.profiles]
    assert (len(TITLES_201), len(NUMBERS_201), len(entries)) == (409, 409, 445)
    assert sum(title.mandatory(profile) for title, profile in entries) == 283
    assert Counter(profile for _, profile in entries) == dict(zip(PROFILES, (223, 7, 22, 36, 41, 22, 33, 61), strict=True))
    assert {title.block for title in TITLES_201} == BLOCKS.keys()
    assert [title.number for title in TITLES_201 if not title.title or not title.condition] == []


def holds(condition: str) -> bool:
    """Of this station?"""
    if condition in ("M", "removed"):
        return condition == "M"
    spelt_out = RANGE.sub(lambda ends: " or ".join(f"C-{each}" for each in range(int(ends[1]), int(ends[2]) + 1)), condition)
    formula = NAMED.sub(lambda name: str(name[0] in FACTS), spelt_out)
    assert re.fullmatch(r"(True|False|and|or|not|[() ])+", formula), (
        f"condition {condition!r}: expected names, and, or, not; read {formula}"
    )
    return bool(eval(formula))


def test_a_case_of_201_is_left_out_only_where_its_condition_does_not_hold_or_a_vehicle_has_to_talk() -> None:
    applies = {title.number for title in TITLES_201 if any(map(holds, title.conditions.values()))}
    talking = {title.number for title in TITLES_201 if title.not_applicable == WITH_A_VEHICLE}
    assert all(title.profiles == ("ISO 15118 Support",) for title in TITLES_201 if title.number in talking)
    assert applies & SKIPPED_201 <= talking
    assert NUMBERS_201 - applies - SKIPPED_201 == MORE, "played all the same"


def test_no_row_of_201_loses_its_test() -> None:
    played = conformance.tests("2.0.1").keys()
    assert len(OPEN) == len(set(OPEN)), "an id stands twice in open.txt"
    assert set(OPEN) - NUMBERS_201 == set(), "ids in open.txt that nobody knows"
    assert NUMBERS_201 - played - SKIPPED_201 - set(OPEN) == set(), "neither test, nor reason, nor a line in open.txt"
    assert played & set(OPEN) == set(), "these have a test: take them out of open.txt"
    assert played & SKIPPED_201 == set(), "these have a test and a reason why they do not apply"
    assert SKIPPED_201 & set(OPEN) == set(), "these do not apply: take them out of open.txt"


def test_every_case_of_201_that_is_played_has_a_result_of_the_last_full_run() -> None:
    results = conformance.results("2.0.1")
    assert results.keys() == conformance.tests("2.0.1").keys(), "make conformance writes them"
    assert set(results.values()) <= {record.PASS, record.FAIL}


def test_a_test_of_a_title_that_nobody_knows_ends_the_collection() -> None:
    with pytest.raises(ValueError, match="'999': no title of this number"):
        case_16("999")
    with pytest.raises(ValueError, match="'TC_E_99': no test case of this id"):
        case_201("TC_E_03", "TC_E_99")
