"""The commissioning report: everything that was found and measured, as it stood at one moment, and how it is laid out on paper."""

from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from chargepoint.commissioning import by_hand, calibration, measured
from chargepoint.commissioning.measured import Field, Sheet
from chargepoint.commissioning.steps import WORDS, Outcome, Record, Step, counted
from chargepoint.domain.configuration import Configuration
from chargepoint.domain.plain import plain

Pairs = tuple[tuple[str, str], ...]
FEW = 6
SHORT = 16
"""Digits of the hash on every page."""
MARKS: dict[Outcome, "Mark"] = {"passed": "good", "failed": "bad", "remark": "open", "by_hand": "open", "impossible": ""}
Mark = Literal["", "good", "bad", "open"]
CSMS = "csms "
"""Beginning of the names of the ladder's steps."""


class Facts(Struct, frozen=True, kw_only=True):
    """What the station is, as it is now."""

    configuration: str
    """SHA-256 of the file as it is read."""
    file: str = ""
    station: Pairs = ()
    versions: Pairs = ()
    limits: Pairs = ()
    """Title and words."""
    certificates: Pairs = ()
    """What it is for, and its fingerprint."""


class Report(Struct, frozen=True, kw_only=True):
    """One, as it was made."""

    at: str
    """ISO 8601, UTC."""
    by: str
    id: str
    """OCPP identity of the station."""
    facts: Facts
    record: Record
    sheet: Sheet
    remarks: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    untested: tuple[int, ...] = ()
    """EVSEs that no step was made at."""


class Line(Struct, frozen=True, kw_only=True):
    """A row of a table."""

    cells: tuple[str, ...]
    mark: Mark = ""


class Section(Struct, frozen=True, kw_only=True):
    """A heading, and a table under it."""

    title: str
    widths: tuple[int, ...]
    """Of the columns, in parts of their sum."""
    lines: tuple[Line, ...]
    head: tuple[str, ...] = ()
    text: str = ""


class Paper(Struct, frozen=True, kw_only=True):
    """What is printed."""

    title: str
    station: str
    at: str
    """ISO 8601."""
    date: str
    hash: str
    """On every page, beside station and date."""
    verdict: str
    mark: Mark
    failed: tuple[str, ...]
    """On the first page, whatever comes after."""
    notes: tuple[str, ...]
    sections: tuple[Section, ...]


def compose(configuration: Configuration, facts: Facts, record: Record, sheet: Sheet, at: str, by: str) -> Report:
    """Of what there is now."""
    titles, remarks = dict(measured.places(configuration)), measured.remarks(sheet, configuration)
    return Report(
        at=at,
        by=by,
        id=configuration.station.id,
        facts=facts,
        record=by_hand.settled(record, sheet, remarks),
        sheet=sheet,
        remarks=tuple(f"{_place(each.place, titles[each.place])}: {each.text}" for each in remarks),
        missing=measured.missing(sheet, configuration),
        untested=tuple(part.id for part in configuration.evses if not record.of(part.id)),
    )


def _place(place: str, entry: Field) -> str:
    room, *rest = place.split(".")
    return f"EVSE {rest[0]}, {entry.title}" if room == "evses" else entry.title


def paper(report: Report) -> Paper:
    """Laid out."""
    count, notes = counted(report.record.steps), tuple(_notes(report))
    date = f"{report.at[:10]} {report.at[11:16]} UTC"
    return Paper(
        title="Commissioning report",
        station=report.id,
        at=report.at,
        date=date,
        hash=report.facts.configuration[:SHORT],
        verdict=_verdict(count, bool(report.record.steps)),
        mark="bad" if count["failed"] or not report.record.steps else "open" if notes else "good",
        failed=tuple(_failed(each) for each in report.record.steps if each.outcome == "failed"),
        notes=notes,
        sections=tuple(_sections(report)),
    )


def _verdict(count: dict[Outcome, int], tested: bool) -> str:
    if not tested:
        return "No self-test was made."
    said = ", ".join(f"{number} {WORDS[outcome]}" for outcome, number in count.items() if number)
    return f"Self-test: {said}."


def _failed(step: Step) -> str:
    code = f" ({step.code})" if step.code else ""
    return f"{_whose(step)}, {step.title}: {step.text}{code}"


def _whose(step: Step) -> str:
    return "Station" if step.evse is None else f"EVSE {step.evse}"


def _notes(report: Report) -> Iterator[str]:
    """What whoever signs has to know."""
    record = report.record
    if record.steps and record.configuration != report.facts.configuration:
        yield f"The self-test was made with another configuration ({record.configuration[:SHORT] or 'unknown'}); repeat it."
    if record.steps and report.untested:
        yield f"Not tested: EVSE {', '.join(map(str, report.untested))}."
    left = [f"{_whose(each)}, {each.title}" for each in by_hand.left(record)]
    if left:
        yield f"To be done by hand yet: {'; '.join(left)}."
    yield from (f"{_whose(each)}, {each.title}: {plain(each.text, 300)}" for each in record.steps if each.outcome == "remark")
    yield from (f"Outside of the usual: {each}" for each in report.remarks)
    missing = report.missing
    if missing:
        yield f"Not measured: {'; '.join(missing) if len(missing) <= FEW else f'{len(missing)} of the values below'}."


def _sections(report: Report) -> Iterator[Section]:
    facts = report.facts
    yield _pairs("Station", facts.station)
    yield _pairs("Main limits of the configuration", (*facts.limits, ("File", facts.file), ("SHA-256", facts.configuration)))
    yield _filled("Supply", measured.SUPPLY, report.sheet.supply)
    if report.sheet.evses:
        yield _of_evses(report.sheet)
    if billed := tuple(calibration.lines(report.sheet)):
        yield _pairs("Billing by these meters in Germany", billed)
    record = report.record
    for evse in dict.fromkeys(step.evse for step in record.steps):
        own = [step for step in record.of(evse) if not step.name.startswith(CSMS)]
        if own:
            yield _steps("Self-test of the station" if evse is None else f"Self-test of EVSE {evse}", own, record)
    rungs = [step for step in record.of(None) if step.name.startswith(CSMS)]
    if rungs:
        yield _steps("Way to the CSMS", rungs, record)
    yield _pairs("Software", facts.versions)
    yield _pairs("Certificates (SHA-256)", facts.certificates or (("none", ""),))
    yield _filled("Measured by", measured.PERSON, report.sheet.person)


def _pairs(title: str, pairs: Pairs) -> Section:
    return Section(title=title, widths=(3, 7), lines=tuple(Line(cells=(name, plain(text, 400))) for name, text in pairs))


def _filled(title: str, fields: tuple[Field, ...], texts: measured.Texts) -> Section:
    lines = tuple(Line(cells=(each.title, _value(each, texts)), mark="" if texts.get(each.name) else "open") for each in fields)
    return Section(title=title, widths=(3, 7), lines=lines)


def _value(entry: Field, texts: measured.Texts) -> str:
    text = texts.get(entry.name, "")
    return f"{text} {entry.unit}".strip() if text else "–"


def _of_evses(sheet: Sheet) -> Section:
    """One column for each EVSE, four beside each other at most; more of them are lines of their own."""
    if len(sheet.evses) <= 4:
        head = ("Measured", *(f"EVSE {evse}" for evse in sheet.evses))
        lines = [Line(cells=(each.title, *(_value(each, texts) for texts in sheet.evses.values()))) for each in measured.EVSE]
        return Section(title="Measurements", widths=(4, *[3] * len(sheet.evses)), head=head, lines=tuple(lines))
    lines = [
        Line(cells=(f"EVSE {evse}", "; ".join(f"{each.title} {_value(each, texts)}" for each in measured.EVSE)))
        for evse, texts in sheet.evses.items()
    ]
    return Section(title="Measurements", widths=(2, 8), lines=tuple(lines))


def _steps(title: str, steps: list[Step], record: Record) -> Section:
    lines = tuple(Line(cells=(step.title, WORDS[step.outcome], _said(step)), mark=MARKS[step.outcome]) for step in steps)
    made = f"{record.at[:10]} {record.at[11:16]} UTC" + (f", by {record.by}" if record.by else "")
    return Section(title=title, widths=(5, 4, 12), head=("Step", "Result", "Seen"), lines=lines, text=made)


def _said(step: Step) -> str:
    code = f" ({step.code})" if step.code else ""
    by = f" Seen by {step.by}." if step.by else ""
    remedy = f" To do: {step.remedy}" if step.remedy and step.outcome in ("failed", "remark") else ""
    return f"{plain(step.text, 500)}{code}.{by}{remedy}".replace("..", ".")
