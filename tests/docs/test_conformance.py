"""The pages of conformance: no row without a test that plays it, no test of a title that is not there, no row without a result.

Of 2.0.1 every row has exactly one of these: a test, a reason why it does not apply, a line in ``open.txt``.
"""

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
    assert (len(TITLES_201), len(NUMBERS_201), len(entries)) == (409, 409, 444)
    assert sum(title.mandatory for title, _ in entries) == 292
    assert Counter(profile for _, profile in entries) == dict(zip(PROFILES, (222, 7, 22, 36, 41, 22, 33, 61), strict=True))
    assert {title.block for title in TITLES_201} == BLOCKS.keys()
    assert [title.number for title in TITLES_201 if not title.title or not title.condition] == []


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
