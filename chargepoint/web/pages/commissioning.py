"""``/commissioning``: what the electrician measured, and the report, which stays as it was made."""

import asyncio
import re

from starlette.exceptions import HTTPException
from starlette.responses import Response

from chargepoint.commissioning import measured, report
from chargepoint.commissioning.measured import Field, Problem
from chargepoint.commissioning.report import Paper
from chargepoint.commissioning.steps import counted
from chargepoint.domain.configuration import Configuration
from chargepoint.web.report import as_html, making
from chargepoint.web.routes import Get, Post
from chargepoint.web.visit import Visit

HERE = "/commissioning"
UNFIT = re.compile(r"[^A-Za-z0-9.-]+")


async def show(visit: Visit) -> Response:
    """The sheet as it was saved, and the report that there is."""
    return _page(visit, measured.typed(visit.house.commissioning.sheet.now))


async def save(visit: Visit) -> Response:
    """Numbers that are none are refused, with everything that was typed; the unusual is kept, and remarked on."""
    configuration = _configuration(visit)
    typed = {place: visit.field(place) for place, _ in measured.places(configuration)}
    sheet, problems = measured.taken(typed, configuration)
    if problems:
        return _page(visit, typed, problems, 400)
    visit.house.commissioning.sheet.keep(sheet)
    count = len(measured.remarks(sheet, configuration))
    return visit.go(
        HERE, "Saved." if not count else f"Saved. {count} value{'s are' if count > 1 else ' is'} outside of the usual: see below."
    )


async def make(visit: Visit) -> Response:
    """A new report, of what is saved."""
    house, configuration = visit.house, _configuration(visit)
    if not house.commissioning.open:
        raise HTTPException(404, "No report can be made here.")
    facts = await asyncio.to_thread(house.commissioning.ports.facts)
    kept, at = house.commissioning, house.clock.now().isoformat(timespec="seconds")
    kept.report.keep(report.compose(configuration, facts, kept.record.now, kept.sheet.now, at, visit.name))
    return visit.go(HERE, "The report is made: take it as PDF or HTML.")


async def as_page(visit: Visit) -> Response:
    """To keep: one file."""
    return visit.download(as_html.page(_paper(visit)).encode(), "text/html; charset=utf-8", _name(visit, "html"))


async def as_pdf(visit: Visit) -> Response:
    """The same. Made by a process of its own."""
    async with visit.house.printing:
        try:
            made = await asyncio.to_thread(making.pdf, _paper(visit))
        except OSError as error:
            raise HTTPException(503, f"{error}. Take the HTML, and print that.") from error
    return visit.download(made, "application/pdf", _name(visit, "pdf"))


def _paper(visit: Visit) -> Paper:
    found = visit.house.commissioning.report.now
    if not found.at:
        raise HTTPException(404, "There is no report yet: make one at the page Commissioning.")
    return report.paper(found)


def _name(visit: Visit, kind: str) -> str:
    found = visit.house.commissioning.report.now
    return f"commissioning-{UNFIT.sub('-', found.id)[:48]}-{found.at[:10]}.{kind}"


def _configuration(visit: Visit) -> Configuration:
    configuration = visit.house.configured.good
    if configuration is None:
        raise HTTPException(404, "There is no configuration yet, so there is nothing to report on.")
    return configuration


def _page(visit: Visit, typed: dict[str, str], problems: tuple[Problem, ...] = (), status: int = 200) -> Response:
    configuration, kept = _configuration(visit), visit.house.commissioning
    found, record = kept.report.now, kept.record.now
    digest = kept.ports.digest() if kept.open else found.facts.configuration
    return visit.page(
        "commissioning.html",
        status,
        groups=_groups(configuration),
        typed=typed,
        problems={each.place: each.text for each in problems},
        remarks={each.place: each.text for each in measured.remarks(kept.sheet.now, configuration)},
        missing=len(measured.missing(kept.sheet.now, configuration)),
        report=found,
        other=bool(found.at) and found.facts.configuration != digest,
        count=counted(record.steps),
        record=record,
        open=kept.open,
        problem=f"Nothing was saved: {'; '.join(each.text for each in problems)}." if problems else "",
    )


def _groups(configuration: Configuration) -> list[tuple[str, list[tuple[str, Field]]]]:
    """Fields by what they are of, in the order of the sheet."""
    groups: dict[str, list[tuple[str, Field]]] = {}
    for place, entry in measured.places(configuration):
        room, *rest = place.split(".")
        title = f"EVSE {rest[0]}" if room == "evses" else {"supply": "Supply", "person": "Measured by"}[room]
        groups.setdefault(title, []).append((place, entry))
    return list(groups.items())


ROUTES = (
    Get(HERE, show),
    Get(f"{HERE}/report.html", as_page),
    Get(f"{HERE}/report.pdf", as_pdf),
    Post(HERE, save),
    Post(f"{HERE}/make", make),
)
