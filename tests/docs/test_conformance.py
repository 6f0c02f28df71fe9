"""The page of conformance: no row without a test that plays it, no test of a title that is not there, no row without a result."""

from collections import Counter

import pytest

from docs import conformance
from tests.conformance import record
from tests.conformance.cases import case
from tests.conformance.titles import TITLES

APPLICABLE = {title.number for title in TITLES if not title.not_applicable}


def test_every_title_is_there_once_and_has_one_test() -> None:
    assert len(TITLES) == len({title.number for title in TITLES}) == 108
    played = conformance.tests()
    assert played.keys() - {title.number for title in TITLES} == set(), "tests of titles that nobody knows"
    assert APPLICABLE - played.keys() == set(), "titles that nobody plays"
    assert {number: names for number, names in played.items() if len(names) > 1} == {}
    assert [name for name, count in Counter(name for names in played.values() for name in names).items() if count > 1] == []


def test_every_title_that_applies_has_a_result_of_the_last_full_run() -> None:
    results = record.read(conformance.RESULTS)
    assert results.keys() == APPLICABLE, "make conformance writes them"
    assert set(results.values()) <= {record.PASS, record.FAIL}


def test_a_test_of_a_title_that_nobody_knows_ends_the_collection() -> None:
    with pytest.raises(ValueError, match="'999': no title of this number"):
        case("999")
