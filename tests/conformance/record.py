"""The files of results: what the pages of docs are made from. One line per case, so that a change is seen as one."""

import json
from pathlib import Path

import pytest

from tests.conformance.v16 import titles as v16
from tests.conformance.v201 import titles as v201

TITLES: dict[str, tuple[v16.Title, ...] | tuple[v201.Title, ...]] = {"1.6": v16.TITLES, "2.0.1": v201.TITLES}
"""By version."""
PASS, FAIL = "pass", "fail"


class Record:
    """A plugin of pytest that collects what became of each case, and in the end writes those that ran over what the files had."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._results: dict[str, dict[str, str]] = {}
        self.processor_s: dict[str, float] = {}
        self.wall_s: dict[str, float] = {}
        self.shared: set[str] = set()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A step of a test is over."""
        known = {name: str(value) for name, value in report.user_properties}
        if "cases" not in known or (report.when != "call" and report.passed):
            return
        results = self._results.setdefault(known["version"], {})
        for number in known["cases"].split():
            results[number] = PASS if report.passed and results.get(number, PASS) == PASS else FAIL
        if report.when == "call":
            self.wall_s[known["cases"]] = report.duration
            self.processor_s[known["cases"]] = float(known["processor_s"])
            self.shared |= {known["cases"]} if known["shared"] == "True" else set()

    def pytest_sessionfinish(self) -> None:
        """Write the files."""
        self._folder.mkdir(parents=True, exist_ok=True)
        for version, results in self._results.items():
            file = self._folder / name(version)
            write(file, version, {**read(file), **results})

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """What it cost."""
        slowest = sorted(self.wall_s, key=lambda numbers: -self.wall_s[numbers])[:5]
        told = ", ".join(f"{numbers} {self.wall_s[numbers]:.1f} s" for numbers in slowest)
        spent = f"{sum(self.processor_s.values()):.0f} s of processor time, all {sum(self.wall_s.values()):.0f} s one after the other"
        for words, group in (("a station of their own", self.processor_s.keys() - self.shared), ("a shared one", self.shared)):
            mean_s = sum(self.processor_s[numbers] for numbers in group) / max(1, len(group))
            terminalreporter.write_line(f"{len(group)} tests with {words}: {mean_s:.2f} s of processor time each")
        terminalreporter.write_line(f"{sum(map(len, self._results.values()))} cases: {spent}; longest {told}")


def name(version: str) -> str:
    """Of the file of one version."""
    return f"conformance-{version}.json"


def read(file: Path) -> dict[str, str]:
    """Results by number; of a file that is not there, none."""
    if not file.exists():
        return {}
    results: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
    return results


def write(file: Path, version: str, results: dict[str, str]) -> None:
    """In the order of the titles; what has no title any more, or does not apply, is left out."""
    gone = {*v201.OPEN, *(title.number for title in TITLES[version] if title.not_applicable)}
    known = [title.number for title in TITLES[version] if title.number in results.keys() - gone]
    lines = [f'  "{number}": "{results[number]}"' for number in known]
    file.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
