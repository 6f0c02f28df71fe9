"""``requirements-2.0.1.md``: every requirement of OCPP 2.0.1 part 2: where the code fulfils it, and which tests stand behind it.

inventory   requirements-2.0.1.toml: every number, by use case, and why one is not for this station
marks       ``E05.FR.03`` in a docstring or a comment of the code, where it is done. Of ranges and short forms (``E05.FR.03, 04``) only the
            first is read. What follows ``1.6-SEC`` in the same clause is a number of the 1.6 security whitepaper, not one of these
tests       the test files that name it, and the conformance cases that are played here and that part 6 says cover it
"""

import csv
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import msgspec
from msgspec import Struct, field

from docs.markdown import page as joined
from docs.markdown import table

HERE = Path(__file__).parent
ROOT = HERE.parent
INVENTORY = HERE / "requirements-2.0.1.toml"
CODE = ("chargepoint", "hal")
TESTS = ROOT / "tests"
CASES = TESTS / "conformance" / "v201"

MARK = re.compile(r"\b[A-P]\d\d\.FR\.\d+\b")
OF_1_6 = re.compile(r'(?:1\.6-SEC|1\.6 security whitepaper)(?:(?!2\.0\.1)[^;()"])*')
CASE = re.compile(r'"(TC_[A-Z]+_\w+)"')

BLOCKS = {
    "A": "Security",
    "B": "Provisioning",
    "C": "Authorization",
    "D": "Local authorization list",
    "E": "Transactions",
    "F": "Remote control",
    "G": "Availability",
    "H": "Reservation",
    "I": "Tariff and cost",
    "J": "Meter values",
    "K": "Smart charging",
    "L": "Firmware",
    "M": "Certificates",
    "N": "Diagnostics",
    "O": "Display messages",
    "P": "Data transfer",
}
HEAD = ("block", "requirements", "not applicable", "done", "of these without a test", "open", "done of the applicable")

INTRODUCTION = """
Every requirement that part 2 of OCPP 2.0.1 (edition 3, errata of 2025-09) has a number for, by functional block and use case. Done is what
the code says of itself: the function that fulfils a requirement names it. Behind it stand the test files that name it, and the conformance
cases (`TC_E_16`) that cover it by part 6 and are played here. What is not this station's business is in `requirements-2.0.1.toml`, with the
reason. Everything else is open, at the end of this page.
"""
REMAKE = "This page is made from the marks in the code, the tests and the inventory: `make docs`."


class UseCase(Struct, frozen=True, forbid_unknown_fields=True):
    """One table of the inventory: ``requirements`` as the standard numbers them (``03``, ``205``); ``not_applicable``: with the reason."""

    title: str
    requirements: tuple[str, ...]
    not_applicable: dict[str, str] = field(default_factory=dict)


class Requirement(Struct, frozen=True):
    """Where it stands. Done: ``modules`` name it. ``reason``: why it does not apply."""

    number: str
    reason: str
    modules: tuple[str, ...]
    tests: tuple[str, ...]

    @property
    def applies(self) -> bool:
        """Is it this station's business?"""
        return not self.reason

    @property
    def done(self) -> bool:
        """It applies, and the code says where it is done."""
        return self.applies and bool(self.modules)

    @property
    def open(self) -> bool:
        """It applies, and nothing is known of it."""
        return self.applies and not self.modules


def inventory() -> dict[str, UseCase]:
    """By use case (``E05``), in order."""
    return msgspec.toml.decode(INVENTORY.read_bytes(), type=dict[str, UseCase])


def named(text: str) -> set[str]:
    """The requirements of 2.0.1 that a text names.

    >>> sorted(named("A second card (1.6-SEC A02.FR.09, A02.FR.10; OCPP 2.0.1 C01.FR.03, C09.FR.07)."))
    ['C01.FR.03', 'C09.FR.07']
    """
    return set(MARK.findall(OF_1_6.sub("", text)))


def marks() -> dict[str, list[str]]:
    """By number: the files of the code that name it, as ``chargepoint/station/story.py``."""
    return _found(path for room in CODE for path in (ROOT / room).rglob("*.py"))


def tests() -> dict[str, list[str]]:
    """By number: the test files that name it, and the cases of part 6 that cover it and are played."""
    found = _found(path for path in TESTS.rglob("test_*.py") if path.parent.name != "docs")
    for case, numbers in _covered().items():
        for number in numbers:
            found.setdefault(number, []).append(case)
    return found


def _found(files: Iterable[Path]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for file in sorted(files):
        written = file.read_bytes()
        if b".FR." in written:
            for number in named(written.decode()):
                found.setdefault(number, []).append(file.relative_to(ROOT).as_posix())
    return found


def _covered() -> dict[str, list[str]]:
    """By conformance case that a test here plays: what it covers."""
    played = {case for file in CASES.glob("test_*.py") for case in CASE.findall(file.read_text(encoding="utf-8"))}
    with (CASES / "titles.csv").open(encoding="utf-8", newline="") as rows:
        return {row["id"]: row["requirements"].split() for row in csv.DictReader(rows) if row["id"] in played}


def standing() -> dict[str, list[Requirement]]:
    """By use case: how each requirement stands."""
    marked, tested = marks(), tests()
    return {
        name: [_standing(f"{name}.FR.{each}", use_case.not_applicable.get(each, ""), marked, tested) for each in use_case.requirements]
        for name, use_case in inventory().items()
    }


def _standing(number: str, reason: str, marked: dict[str, list[str]], tested: dict[str, list[str]]) -> Requirement:
    return Requirement(number, reason, tuple(marked.get(number, ())), tuple(tested.get(number, ())))


def page() -> str:
    """The whole page."""
    stands, titles = standing(), {name: use_case.title for name, use_case in inventory().items()}
    blocks = {letter: {name: rows for name, rows in stands.items() if name[0] == letter} for letter in BLOCKS}
    sections = [f"## {letter}. {BLOCKS[letter]}\n\n{_block(rows, titles)}" for letter, rows in blocks.items()]
    return joined(
        "# Requirements of OCPP 2.0.1", INTRODUCTION.strip(), table(HEAD, _sums(blocks)), REMAKE, *sections, f"## Open\n\n{_open(stands)}"
    )


def _sums(blocks: dict[str, dict[str, list[Requirement]]]) -> Iterator[tuple[str, ...]]:
    """A row for each block, and one for all."""
    every: list[Requirement] = []
    for letter, use_cases in blocks.items():
        rows = [row for each in use_cases.values() for row in each]
        every += rows
        yield _sum(f"{letter}. {BLOCKS[letter]}", rows)
    yield _sum("all", every)


def _sum(title: str, rows: list[Requirement]) -> tuple[str, ...]:
    applicable = sum(row.applies for row in rows)
    done = [row for row in rows if row.done]
    bare = sum(not row.tests for row in done)
    share = f"{100 * len(done) // applicable} %" if applicable else ""
    return title, *map(str, (len(rows), len(rows) - applicable, len(done), bare, applicable - len(done))), share


def _block(use_cases: dict[str, list[Requirement]], titles: dict[str, str]) -> str:
    rows = ((f"{name} {titles[name]}", _count(each), _done(each), _not_applicable(each)) for name, each in use_cases.items())
    return table(("use case", "done", "where, and the tests behind it", "not applicable"), rows)


def _count(rows: list[Requirement]) -> str:
    return f"{sum(row.done for row in rows)} of {sum(row.applies for row in rows)}"


def _done(rows: list[Requirement]) -> str:
    """Those with the same places and the same tests together."""
    together = _together((row for row in rows if row.done), lambda row: f"{_links(row.modules)} ({_links(row.tests) or '**no test**'})")
    return "; ".join(f"{', '.join(numbers)}: {where}" for where, numbers in together.items())


def _not_applicable(rows: list[Requirement]) -> str:
    together = _together((row for row in rows if not row.applies), lambda row: row.reason)
    return "; ".join(f"{reason}: {', '.join(numbers)}" for reason, numbers in together.items())


def _together(rows: Iterable[Requirement], key: Callable[[Requirement], str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(key(row), []).append(row.number)
    return found


def _links(names: Iterable[str]) -> str:
    """Files as links by their short names; cases as they are."""
    return ", ".join(f"[{_short(name)}](../{name})" if name.endswith(".py") else name for name in names)


def _short(file: str) -> str:
    """``chargepoint/station/story.py``: ``station/story``."""
    return file.removesuffix(".py").partition("/")[2]


def _open(stands: dict[str, list[Requirement]]) -> str:
    rows = {name: [row.number for row in each if row.open] for name, each in stands.items()}
    if not any(rows.values()):
        return "None."
    return table(("use case", "requirements"), ((name, ", ".join(numbers)) for name, numbers in rows.items() if numbers))
