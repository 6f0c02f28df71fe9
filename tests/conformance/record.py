"""The file of results: what the page of docs is made from. One line per title, so that a change is seen as one."""

import json
from pathlib import Path

import pytest

from tests.conformance.titles import TITLES

PASS, FAIL = "pass", "fail"


class Record:
    """A plugin of pytest that collects what became of each case, and in the end writes those that ran over what the file had."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._results: dict[str, str] = {}
        self.processor_s: dict[str, float] = {}
        self.wall_s: dict[str, float] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A step of a test is over."""
        known = dict(report.user_properties)
        number = known.get("case")
        if not isinstance(number, str) or (report.when != "call" and report.passed):
            return
        self._results[number] = PASS if report.passed and self._results.get(number, PASS) == PASS else FAIL
        self.wall_s[number] = report.duration
        self.processor_s[number] = float(str(known.get("processor_s", 0)))

    def pytest_sessionfinish(self) -> None:
        """Write the file."""
        write(self._file, {**read(self._file), **self._results})

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """What it cost."""
        slowest = sorted(self.wall_s, key=lambda number: -self.wall_s[number])[:5]
        told = ", ".join(f"{number} {self.wall_s[number]:.1f} s" for number in slowest)
        spent = f"{sum(self.processor_s.values()):.0f} s of processor time, all {sum(self.wall_s.values()):.0f} s one after the other"
        terminalreporter.write_line(f"{len(self._results)} cases: {spent}; longest {told}")


def read(file: Path) -> dict[str, str]:
    """Results by number; of a file that is not there, none."""
    if not file.exists():
        return {}
    results: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
    return results


def write(file: Path, results: dict[str, str]) -> None:
    """In the order of the titles; what has no title any more, or does not apply, is left out."""
    known = [title.number for title in TITLES if title.number in results and not title.not_applicable]
    lines = [f'  "{number}": "{results[number]}"' for number in known]
    file.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
