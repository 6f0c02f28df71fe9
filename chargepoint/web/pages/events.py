"""``/events``: what happened at the station, the newest first, live; and all of it as a table."""

from collections.abc import AsyncIterator
from typing import get_args
from urllib.parse import urlencode

import msgspec
from starlette.responses import Response

from chargepoint.domain.history import LEVELS, Area
from chargepoint.inquiry import tables
from chargepoint.inquiry.client import InquiryError
from chargepoint.inquiry.history import MOST, EventLine, Events, ListEvents
from chargepoint.web.routes import Get
from chargepoint.web.streams import News
from chargepoint.web.visit import Visit

SHOWN = 200
KEPT = 10_000
"""Lines that the station keeps."""
LOOK_S = 2.0
HEADING = ("number", "time_utc", "evse", "area", "level", "kind", "code", "text", "more", "last_utc")
WORDS = {"info": "everything", "warning": "warnings and errors", "error": "errors"}


async def show(visit: Visit) -> Response:
    """The newest that fit the filter."""
    wanted = _wanted(visit)
    events = await visit.ask(wanted, Events)
    return visit.page(
        "events.html",
        wanted=wanted,
        filter=_written(wanted),
        lines=visit.render("events_lines.html", lines=events.lines[::-1]),
        evses=_evses(visit),
        areas=get_args(Area),
        levels=WORDS,
        shown=SHOWN,
    )


async def follow(visit: Visit) -> Response:
    """The same again whenever something has happened."""
    return visit.stream(_news(visit, _wanted(visit)))


async def download(visit: Visit) -> Response:
    """All that fit the filter, the oldest first."""
    wanted = msgspec.structs.replace(_wanted(visit), after=0, count=MOST)
    written = [tables.row(HEADING)]
    while len(written) <= KEPT:
        events = await visit.ask(wanted, Events)
        written += [tables.row(_cells(line)) for line in events.lines]
        if not events.lines or wanted.after == events.after:
            break
        wanted = msgspec.structs.replace(wanted, after=events.after)
    return visit.download("".join(written).encode(), "text/csv; charset=utf-8", "events.csv")


def _wanted(visit: Visit) -> ListEvents:
    """The filter of the address; what is no filter is left out."""
    evse, area, least = visit.query("evse"), visit.query("area"), visit.query("least")
    asked = {
        "evse": int(evse) if evse.isascii() and evse.isdecimal() and len(evse) < 6 else None,
        "area": area if area in get_args(Area) else None,
        "least": least if least in LEVELS else "info",
        "count": SHOWN,
    }
    return msgspec.convert({"ask": "list-events", **asked}, ListEvents)


def _written(wanted: ListEvents) -> str:
    """For an address."""
    return urlencode({name: value for name in ("evse", "area", "least") if (value := getattr(wanted, name)) is not None})


def _evses(visit: Visit) -> tuple[int, ...]:
    configuration = visit.house.configured.good
    return () if configuration is None else tuple(part.id for part in configuration.evses)


async def _news(visit: Visit, wanted: ListEvents) -> AsyncIterator[News]:
    said = ""
    while True:
        try:
            events = await visit.ask(wanted, Events)
            html = visit.render("events_lines.html", lines=events.lines[::-1])
        except InquiryError as error:
            html = visit.render("away.html", problem=str(error))
        if html != said:
            said = html
            yield News("events", html)
        await visit.house.clock.pause(LOOK_S)


def _cells(line: EventLine) -> tuple[str | int, ...]:
    what = line.what
    evse = "" if what.evse is None else what.evse
    return (line.number, _plain(line.at), evse, what.area, what.level, what.kind, what.code, what.text, line.more, _plain(line.last))


def _plain(at: str) -> str:
    """As spreadsheets understand it."""
    return at[:19].replace("T", " ")


ROUTES = (Get("/events", show), Get("/events/live", follow), Get("/events/download", download))
