"""The page of requirements: every mark in the code is of a requirement that there is, and that is this station's business."""

import doctest

import pytest

from docs import requirements

INVENTORY = requirements.inventory()
KNOWN = {f"{name}.FR.{each}" for name, use_case in INVENTORY.items() for each in use_case.requirements}
NOT_OURS = {f"{name}.FR.{each}": reason for name, use_case in INVENTORY.items() for each, reason in use_case.not_applicable.items()}


@pytest.fixture(scope="module")
def marks() -> dict[str, list[str]]:
    return requirements.marks()


def test_every_mark_in_the_code_is_of_a_requirement_that_there_is(marks: dict[str, list[str]]) -> None:
    """Numbers of the 1.6 security whitepaper are written ``1.6-SEC A02.FR.09``."""
    assert {number: files for number, files in marks.items() if number not in KNOWN} == {}, "docs/requirements-2.0.1.toml has them all"


def test_nothing_is_done_that_is_said_to_be_not_our_business(marks: dict[str, list[str]]) -> None:
    wrong = {number: (reason, marks[number]) for number, reason in NOT_OURS.items() if number in marks}
    assert wrong == {}, "take the mark out of the code, or the reason out of docs/requirements-2.0.1.toml"


def test_whatever_is_ours_is_done_and_has_a_test() -> None:
    ours = [row for rows in requirements.standing().values() for row in rows if row.applies]
    assert [row.number for row in ours if row.open] == []
    assert [row.number for row in ours if not row.tests] == []


def test_the_inventory_is_whole_and_in_order() -> None:
    assert list(INVENTORY) == sorted(INVENTORY)
    assert {name[0] for name in INVENTORY} == set(requirements.BLOCKS)
    for name, use_case in INVENTORY.items():
        numbers = list(map(int, use_case.requirements))
        assert numbers == sorted(set(numbers)), name
        assert use_case.not_applicable.keys() <= set(use_case.requirements), name
        assert all(use_case.not_applicable.values()), name
    assert len(KNOWN) == 1285, "edition 3 with its errata of 2025-09"


def test_every_requirement_is_on_the_page() -> None:
    page = requirements.page()
    assert set(requirements.MARK.findall(page)) == KNOWN


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("stays locked (F05.FR.02)", {"F05.FR.02"}),
        ("E05.FR.03, E05.FR.09; E10.FR.01 to 03", {"E05.FR.03", "E05.FR.09", "E10.FR.01"}),
        ("the newest (1.6-SEC A02.FR.09,\n    A02.FR.10), reconnects (A02.FR.08)", {"A02.FR.08"}),
        ("1.6-SEC L01.FR.12, OCPP 2.0.1 L01.FR.04", {"L01.FR.04"}),
        ("1.6 security whitepaper A00.FR.307; A00.FR.411", {"A00.FR.411"}),
        ("1.6 §4.2, B03.FR.06", {"B03.FR.06"}),
    ],
)
def test_what_a_text_names(text: str, numbers: set[str]) -> None:
    assert requirements.named(text) == numbers


def test_its_example_holds() -> None:
    assert doctest.testmod(requirements).failed == 0
