"""``conformance-1.6.md``: every title of the certification tool with the test that plays it, and what its last full run came to."""

import ast
from pathlib import Path

from docs.markdown import page as joined
from docs.markdown import table
from tests.conformance import record
from tests.conformance.titles import TITLES, Title

HERE = Path(__file__).parent
TESTS = HERE.parent / "tests" / "conformance"
RESULTS = HERE / "conformance-1.6.json"

INTRODUCTION = """
The test cases for a charge point that the OCPP 1.6 compliancy tool has, by their numbers and titles, and the test of this project that
plays each: real processes (`chargepoint bench`), a simulated car, and the bench CSMS over real WebSockets, which judges every frame as
well. A case passes when everything that its test expects has happened and the bench CSMS has seen no breach of the standard.
"""
REMAKE = """
This page is made from the tests and from the results of their last full run: `make conformance` plays them and writes the results,
`make docs` writes the page.
"""


def tests() -> dict[str, list[str]]:
    """By number: the tests that say that they play it, as ``file.py::name``."""
    found: dict[str, list[str]] = {}
    for file in sorted(TESTS.glob("test_*.py")):
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                for number in filter(None, map(_number, node.decorator_list)):
                    found.setdefault(number, []).append(f"{file.name}::{node.name}")
    return found


def _number(decorator: ast.expr) -> str | None:
    """Of ``@case("003", ...)``."""
    if not isinstance(decorator, ast.Call) or ast.unparse(decorator.func) != "case":
        return None
    first = decorator.args[0]
    assert isinstance(first, ast.Constant), "a case is named by its number"
    return str(first.value)


def page() -> str:
    """The whole page."""
    played, results = tests(), record.read(RESULTS)
    blocks = list(dict.fromkeys(title.block for title in TITLES))
    rows = {block: [_row(title, played, results) for title in TITLES if title.block == block] for block in blocks}
    sections = [f"## {block}\n\n{table(('number', 'title', 'test', 'result'), rows[block])}" for block in blocks]
    return joined("# Conformance to OCPP 1.6", INTRODUCTION.strip(), _sum(results), REMAKE.strip(), *sections)


def _row(title: Title, played: dict[str, list[str]], results: dict[str, str]) -> tuple[str, str, str, str]:
    if title.not_applicable:
        return title.number, title.title, "", f"not applicable: {title.not_applicable}"
    return title.number, title.title, ", ".join(map(_link, played.get(title.number, []))), results.get(title.number, "not run")


def _link(test: str) -> str:
    """The name as a sentence, leading to the file."""
    file, _, name = test.partition("::")
    return f"[{name.removeprefix('test_').replace('_', ' ')}](../tests/conformance/{file})"


def _sum(results: dict[str, str]) -> str:
    passed = sum(results.get(title.number) == record.PASS for title in TITLES)
    skipped = sum(bool(title.not_applicable) for title in TITLES)
    told = f"{len(TITLES)} titles: {passed} pass, {len(TITLES) - passed - skipped} do not"
    return told + (f", {skipped} do not apply." if skipped else ".")
