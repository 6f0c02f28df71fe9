"""``chargepoint commissioning-report``: self-test, measurements, configuration and software on paper."""

import asyncio
import sys
from argparse import ArgumentParser, Namespace
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import msgspec

from chargepoint.cli import as_json, commissioning, digest, station_facts
from chargepoint.cli.configuration import read
from chargepoint.cli.errors import CliError, WrongUse
from chargepoint.cli.options import add_config, add_state_dir
from chargepoint.cli.out_of_service import user
from chargepoint.cli.selftest import teller
from chargepoint.cli.web import PART
from chargepoint.commissioning import measured, report
from chargepoint.commissioning.measured import Sheet
from chargepoint.commissioning.steps import Record
from chargepoint.domain.configuration import Configuration

T = TypeVar("T")

HELP = """Makes the commissioning report: identity and software of the station, hash and main limits of its configuration, fingerprints
of its certificates, the self-test with the way to the CSMS, and what an electrician has measured, with places for signatures. --measured:
what he typed, as --template shows it; without it, what was saved at the page "Commissioning", if this user may read it. The self-test is
made now, unless --selftest names one that was kept: chargepoint selftest --json > FILE. Exit status 0: made; 1: it could not be; 2: wrong
usage."""

KINDS = (".pdf", ".html")
SHEET, TESTED = "measured.json", "selftest.json"
"""As the pages keep them, in their part of the state directory."""


def add_arguments(parser: ArgumentParser) -> None:
    """The options of this verb."""
    add_config(parser)
    add_state_dir(parser)
    parser.add_argument("--out", type=Path, metavar="FILE", help="FILE.pdf or FILE.html")
    parser.add_argument("--measured", type=Path, metavar="FILE", help="JSON: what the electrician measured")
    parser.add_argument("--selftest", type=Path, metavar="FILE", help="JSON of chargepoint selftest; else it is made now")
    parser.add_argument("--template", action="store_true", help="print an empty --measured for this station, and exit")


def run(arguments: Namespace) -> int:
    """0; a CliError otherwise."""
    configuration = read(arguments.config, boards=True)
    if arguments.template:
        print(_template(configuration))
        return 0
    out = arguments.out
    if out is None or out.suffix not in KINDS:
        raise WrongUse(f"--out {out or ''}: expected FILE.pdf or FILE.html")
    sheet = _sheet(arguments, configuration)
    record = _record(arguments)
    facts = station_facts.facts(arguments.config, arguments.state_dir)
    made = report.compose(configuration, facts, record, sheet, datetime.now(UTC).isoformat(timespec="seconds"), user())
    try:
        out.write_bytes(rendered(report.paper(made), out.suffix))
    except OSError as error:
        raise CliError(f"{out}: {error.strerror}; name a place that can be written to with --out") from error
    print(f"{out}: {report.paper(made).verdict}")
    for each in (*made.remarks, *((f"not measured: {'; '.join(made.missing)}",) if made.missing else ())):
        print(f"  warning: {each}", file=sys.stderr)
    return 0


def rendered(paper: report.Paper, suffix: str) -> bytes:
    """The file."""
    if suffix == ".html":
        from chargepoint.web.report import as_html

        return as_html.page(paper).encode()
    from chargepoint.web.report import as_pdf

    return as_pdf.drawn(paper)


def _template(configuration: Configuration) -> str:
    """Every entry, with what may stand there."""
    typed = {place: f"{' | '.join(entry.choices) or entry.unit or entry.kind}" for place, entry in measured.places(configuration)}
    evses = {str(part.id): {each.name: typed[f"evses.{part.id}.{each.name}"] for each in measured.EVSE} for part in configuration.evses}
    supply, person = ({each.name: typed[f"{room}.{each.name}"] for each in fields} for room, fields in ROOMS)
    return as_json.text({"supply": supply, "evses": evses, "person": person})


ROOMS = (("supply", measured.SUPPLY), ("person", measured.PERSON))


def _sheet(arguments: Namespace, configuration: Configuration) -> Sheet:
    path = arguments.measured
    if path is None:
        kept = arguments.state_dir / PART / SHEET
        return _decoded(kept, Sheet, "the page's") if _readable(kept) else Sheet(evses={str(part.id): {} for part in configuration.evses})
    given = measured.typed(_texts(path))
    known = {place for place, _ in measured.places(configuration)}
    wrong = [f"{place}: unknown" for place in given if place not in known]
    sheet, problems = measured.taken(given, configuration)
    wrong += [f"{each.place}: {each.text}" for each in problems]
    if wrong:
        raise WrongUse("\n  ".join((f"{path}: {len(wrong)} error{'s' * (len(wrong) > 1)}", *wrong)))
    return sheet


def _texts(path: Path) -> Sheet:
    """Numbers may stand there as numbers."""
    tree = _decoded(path, dict[str, dict[str, str | int | float | dict[str, str | int | float | None] | None]], "--measured")

    def text(value: object) -> object:
        if isinstance(value, dict):
            return {name: text(each) for name, each in value.items() if each is not None}
        return value if isinstance(value, str) else f"{value:g}" if isinstance(value, int | float) else ""

    try:
        return msgspec.convert({name: text(part) for name, part in tree.items()}, Sheet)
    except msgspec.ValidationError as error:
        raise WrongUse(f"{path}: {error}; chargepoint commissioning-report --template shows what is expected") from error


def _record(arguments: Namespace) -> Record:
    if arguments.selftest is not None:
        return _decoded(arguments.selftest, Record, "--selftest")
    found = asyncio.run(commissioning.collected(commissioning.steps(arguments.config, arguments.state_dir), teller()))
    at = datetime.now(UTC).isoformat(timespec="seconds")
    return Record(at=at, by=user(), configuration=digest.of(arguments.config), steps=found)


def _readable(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:
        return False


def _decoded(path: Path, kind: type[T], what: str) -> T:
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except OSError as error:
        raise WrongUse(f"{what} {path}: {error.strerror}") from error
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise WrongUse(f"{what} {path}: {error}") from error
