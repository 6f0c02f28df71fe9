"""``chargepoint doctor``: looks at everything that can be wrong, and says what to do about it."""

import asyncio
from argparse import ArgumentParser, Namespace
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any

import msgspec
from msgspec import Struct

from chargepoint.cli import as_json, rows
from chargepoint.cli.checks.every import Checked, every
from chargepoint.cli.checks.scene import Scene, survey
from chargepoint.cli.options import add_config, add_state_dir
from chargepoint.cli.rows import Row
from chargepoint.domain.findings import Finding, State

HELP = """Looks at configuration, devices, processes, computer, disk, certificates, and at each rung of the way to the CSMS; says in one
line what it found, and what to do. Nothing is changed, and a running station is not disturbed: it is asked for its connection. Works
without configuration, with no station running, and without rights; as root it sees more. The numbers, such as CP-711, lead to
docs/errors.md. Exit status 0: good, or nothing but warnings; 1: something has failed; 2: wrong usage."""

MARKS: dict[State, str] = {"passed": "ok", "warning": "WARN", "failed": "FAIL", "skipped": "skip", "not needed": "-", "not known": "?"}
STYLES: dict[State, str] = {
    "passed": "green",
    "warning": "yellow",
    "failed": "bold red",
    "skipped": "dim",
    "not needed": "dim",
    "not known": "cyan",
}
NAME = 15
"""Characters of a name; a longer one is wrapped at a terminal."""


class Report(Struct, frozen=True, kw_only=True):
    """All of it, for programs."""

    at: str
    failed: int
    warnings: int
    findings: tuple[Checked, ...]


def add_arguments(parser: ArgumentParser) -> None:
    """The options of this verb."""
    add_config(parser)
    add_state_dir(parser)
    as_json.add_json(parser)


def run(arguments: Namespace) -> int:
    """0: nothing has failed; else 1."""
    scene = survey(arguments.config, arguments.state_dir)
    report = examined(scene) if arguments.json else examined(scene, teller())
    if arguments.json:
        print(as_json.text(plain(report)))
    else:
        print(f"\n{summary(report)}")
    return 1 if report.failed else 0


def examined(scene: Scene, show: Callable[[Checked], None] = lambda checked: None) -> Report:
    """Look at everything; ``show`` is told of each finding as it comes. Half a minute at most."""
    return asyncio.run(_report(every(scene), show))


async def _report(found: AsyncIterator[Checked], show: Callable[[Checked], None]) -> Report:
    kept = []
    async for checked in found:
        show(checked)
        kept.append(checked)
    return report_of(tuple(kept), datetime.now(UTC))


def report_of(found: tuple[Checked, ...], at: datetime) -> Report:
    """With its sums."""
    states = [each.finding.state for each in found]
    return Report(at=at.isoformat(timespec="seconds"), failed=states.count("failed"), warnings=states.count("warning"), findings=found)


def plain(report: Report) -> dict[str, Any]:
    """One flat entry for each finding."""
    told: dict[str, Any] = msgspec.to_builtins(report)
    told["findings"] = [{"area": each.area, **msgspec.to_builtins(each.finding)} for each in report.findings]
    return told


def summary(report: Report) -> str:
    """In a sentence, with where to begin."""
    first = next((each.finding for each in report.findings if each.finding.state == "failed"), None)
    if first is None:
        return f"Nothing has failed{f', {_counted(report.warnings)}' if report.warnings else ''}."
    warnings = f", {_counted(report.warnings)}" if report.warnings else ""
    return f"{report.failed} failed{warnings}. Begin with the first that failed: {first.name}{_code(first)}."


def _counted(warnings: int) -> str:
    return f"{warnings} warning{'s' * (warnings != 1)}"


def _code(finding: Finding) -> str:
    return f" [{finding.code}]" if finding.code else ""


def teller() -> Callable[[Checked], None]:
    """Shows each finding as it comes."""
    tell = rows.teller(NAME)
    return lambda checked: tell(row_of(checked))


def row_of(checked: Checked) -> Row:
    """For people."""
    finding = checked.finding
    return Row(
        heading=checked.area,
        mark=MARKS[finding.state],
        style=STYLES[finding.state],
        name=finding.name,
        text=finding.text,
        code=finding.code,
        remedy=finding.remedy,
        quiet=finding.state in ("skipped", "not needed"),
    )
