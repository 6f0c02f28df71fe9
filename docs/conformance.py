"""``conformance-<version>.md``: every case of the certification with the test that plays it, and what its last full run came to."""

import importlib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from docs.markdown import page as joined
from docs.markdown import table
from tests.conformance import record
from tests.conformance.v16 import titles as v16
from tests.conformance.v201 import titles as v201

HERE = Path(__file__).parent
TESTS = HERE.parent / "tests" / "conformance"
FOLDERS = {"1.6": "v16", "2.0.1": "v201"}

INTRODUCTION_16 = """
The test cases for a charge point that the OCPP 1.6 compliancy tool has, by their numbers and titles, and the test of this project that
plays each: real processes (`chargepoint bench`), a simulated car, and the bench CSMS over real WebSockets, which judges every frame as
well. A case passes when everything that its test expects has happened and the bench CSMS has seen no breach of the standard.
"""
INTRODUCTION_201 = """
The test cases for a charging station that the certification of OCPP 2.0.1 has (part 5, with its errata), profile by profile, and the test
of this project that plays the scenario of each (part 6, with its errata): real processes (`chargepoint bench`), a simulated car, and the
bench CSMS over real WebSockets, which judges every frame as well. A case passes when everything that its test expects has happened and the
bench CSMS has seen no breach of the standard. M is mandatory in its profile; another condition names features and facts of a station by
their ids in part 5 (3.1, 6.1, 7). A case that is in two profiles stands in both.
"""
REMAKE = """
This page is made from the tests and from the results of their last full run: `make conformance` plays them and writes the results,
`make docs` writes the page.
"""


def results(version: str) -> dict[str, str]:
    """Of the last full run."""
    return record.read(HERE / record.name(version))


def tests(version: str) -> dict[str, list[str]]:
    """By number: the tests that say that they play it, as ``file.py::name``."""
    found: dict[str, list[str]] = {}
    for file in sorted((TESTS / FOLDERS[version]).glob("test_*.py")):
        module = importlib.import_module(f"tests.conformance.{FOLDERS[version]}.{file.stem}")
        for name, number in _played(module):
            found.setdefault(number, []).append(f"{FOLDERS[version]}/{file.name}::{name}")
    return found


def _played(module: ModuleType) -> Iterator[tuple[str, str]]:
    """(name of a test, number of a case), each once."""
    for name, test in vars(module).items():
        if name.startswith("test_") and test.__module__ == module.__name__:
            marks = [inner for mark in getattr(test, "pytestmark", ()) for inner in _marks(mark)]
            yield from dict.fromkeys((name, number) for mark in marks if mark.name == "case" for number in mark.args[0].numbers)


def _marks(mark: pytest.Mark) -> Iterator[pytest.Mark]:
    """It, and those of its parameters."""
    yield mark
    if mark.name == "parametrize":
        for parameters in mark.args[1]:
            yield from (inner if isinstance(inner, pytest.Mark) else inner.mark for inner in getattr(parameters, "marks", ()))


def page_16() -> str:
    """The whole page of 1.6."""
    played, came_to = tests("1.6"), results("1.6")
    blocks = list(dict.fromkeys(title.block for title in v16.TITLES))
    rows = {block: [_row_16(title, played, came_to) for title in v16.TITLES if title.block == block] for block in blocks}
    sections = [f"## {block}\n\n{table(('number', 'title', 'test', 'result'), rows[block])}" for block in blocks]
    return joined("# Conformance to OCPP 1.6", INTRODUCTION_16.strip(), _sum_16(came_to), REMAKE.strip(), *sections)


def _row_16(title: v16.Title, played: dict[str, list[str]], came_to: dict[str, str]) -> tuple[str, str, str, str]:
    if title.not_applicable:
        return title.number, title.title, "", f"not applicable: {title.not_applicable}"
    return title.number, title.title, _links(played, title.number), came_to.get(title.number, "not run")


def _sum_16(came_to: dict[str, str]) -> str:
    passed = sum(came_to.get(title.number) == record.PASS for title in v16.TITLES)
    skipped = sum(bool(title.not_applicable) for title in v16.TITLES)
    told = f"{len(v16.TITLES)} titles: {passed} pass, {len(v16.TITLES) - passed - skipped} do not"
    return told + (f", {skipped} do not apply." if skipped else ".")


def page_201() -> str:
    """The whole page of 2.0.1."""
    played, came_to = tests("2.0.1"), results("2.0.1")
    sections = []
    for profile in v201.PROFILES:
        rows = [_row_201(title, profile, played, came_to) for title in v201.TITLES if profile in title.profiles]
        sections.append(f"## {profile}\n\n{table(('id', 'title', 'condition', 'test', 'result'), rows)}")
    return joined("# Conformance to OCPP 2.0.1", INTRODUCTION_201.strip(), _sums_201(came_to), REMAKE.strip(), *sections)


def _row_201(title: v201.Title, profile: str, played: dict[str, list[str]], came_to: dict[str, str]) -> tuple[str, str, str, str, str]:
    return title.number, title.title, title.conditions[profile], _links(played, title.number), _result_201(title, came_to)


def _result_201(title: v201.Title, came_to: dict[str, str]) -> str:
    if title.not_applicable:
        return f"not applicable: {title.not_applicable}"
    return "open" if title.number in v201.OPEN else came_to.get(title.number, "not run")


def _sums_201(came_to: dict[str, str]) -> str:
    """A row for each profile, and one for all cases."""
    rows = [_sum_201(profile, (profile,), came_to) for profile in v201.PROFILES]
    rows.append(_sum_201("all, each once", v201.PROFILES, came_to))
    return table(("profile", "cases", "mandatory", "pass", "do not pass", "do not apply", "open"), rows)


def _sum_201(name: str, profiles: tuple[str, ...], came_to: dict[str, str]) -> tuple[str, ...]:
    titles = [title for title in v201.TITLES if not {*profiles}.isdisjoint(title.profiles)]
    mandatory = sum(any(title.mandatory(profile) for profile in title.profiles if profile in profiles) for title in titles)
    passed = sum(_result_201(title, came_to) == record.PASS for title in titles)
    skipped = sum(bool(title.not_applicable) for title in titles)
    unplayed = sum(title.number in v201.OPEN for title in titles)
    numbers = len(titles), mandatory, passed, len(titles) - passed - skipped - unplayed, skipped, unplayed
    return name, *map(str, numbers)


def _links(played: dict[str, list[str]], number: str) -> str:
    return ", ".join(map(_link, played.get(number, [])))


def _link(test: str) -> str:
    """The name as a sentence, leading to the file."""
    file, _, name = test.partition("::")
    return f"[{name.removeprefix('test_').replace('_', ' ')}](../tests/conformance/{file})"
