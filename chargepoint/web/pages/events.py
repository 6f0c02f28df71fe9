"""``/events``: what happened at the station, the newest first, live; and all of it as a table."""

from collections.abc import AsyncGenerator
from typing import get_args
from urllib.parse import urlencode

import msgspec
from starlette.responses import Response

from chargepoint.domain.history import LEVELS, Area
from chargepoint.inquiry import tables
from chargepoint.inquiry.client import InquiryError
from chargepoint.inquiry.history import MOST, EventLine, Events, ListEvents
from chargepoint.web.routes import Get
from chargepoint.web.streams import anew
from chargepoint.web.visit import Visit, whole

SHOWN = 200
KEPT = 10_000
"""Lines that the station keeps."""
LOOK_S = 2.0
HEADING = ("number", "time_utc", "evse", "area", "level", "kind", "code", "text", "more", "last_utc")
WORDS = {"info": "everything", "warning": "a warning", "error": "an error"}


async def show(visit: Visit) -> Response:
    """The newest that fit the filter."""
    wanted = _wanted(visit)
    events = await visit.ask(wanted, Events)
    return visit.page(
        "events.html",
        wanted=wanted,
        filter=_written(wanted),
        lines=visit.render("events_lines.html", lines=events.lines[::-1]),
        evses={number: f"EVSE {number}" for number in _evses(visit)},
        areas={area: area for area in get_args(Area)},
        levels=WORDS,
        shown=SHOWN,
    )


async def follow(visit: Visit) -> Response:
    """The same again whenever something has happened."""
    return visit.stream(anew("events", _again(visit, _wanted(visit))))


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
    area, least = visit.query("area"), visit.query("least")
    asked = {
        "evse": whole(visit.query("evse"), 5),
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


async def _again(visit: Visit, wanted: ListEvents) -> AsyncGenerator[str, None]:
    while True:
        try:
            events = await visit.ask(wanted, Events)
            yield visit.render("events_lines.html", lines=events.lines[::-1])
        except InquiryError as error:
            yield visit.render("away.html", problem=str(error))
        await visit.house.clock.pause(LOOK_S)


def _cells(line: EventLine) -> tuple[str | int, ...]:
    what = line.what
    evse, at, last = "" if what.evse is None else what.evse, tables.time(line.at), tables.time(line.last)
    return (line.number, at, evse, what.area, what.level, what.kind, what.code, what.text, line.more, last)


ROUTES = (Get("/events", show), Get("/events/live", follow), Get("/events/download", download))
