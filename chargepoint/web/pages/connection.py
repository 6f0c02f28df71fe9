"""``/connection``: the way to the CSMS, rung by rung, and what the station says of it."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing

from starlette.responses import Response

from chargepoint.domain.findings import Finding
from chargepoint.inquiry.client import InquiryError
from chargepoint.inquiry.ladder import SeeUplink, UplinkSeen
from chargepoint.web.routes import Get
from chargepoint.web.streams import News
from chargepoint.web.visit import Visit

MARKS = {"passed": "yes", "failed": "no", "warning": "warn", "skipped": "none", "not needed": "none"}
"""Of the others nothing can be said."""
WORDS = {"warning": "a warning", "failed": "failed", "skipped": "not tried", "not needed": "not needed", "not known": "not known"}


async def show(visit: Visit) -> Response:
    """What is known without a try; the rungs come after."""
    return visit.page("connection.html", uplink=await _uplink(visit), rungs=_rungs(visit, (), over=False))


async def uplink(visit: Visit) -> Response:
    """What the station says of it, once more."""
    seen, cause = await _seen(visit)
    return visit.piece("connection_uplink.html", seen=seen, cause=cause)


async def follow(visit: Visit) -> Response:
    """Each rung as soon as it is known."""
    return visit.stream(_news(visit))


async def _news(visit: Visit) -> AsyncIterator[News]:
    """One climbs at a time. Then nothing more, so that no browser begins it again by itself."""
    found: list[Finding] = []
    async with visit.house.climbing, aclosing(visit.house.ports.climb()) as findings:
        async for finding in findings:
            found.append(finding)
            yield News("rungs", _rungs(visit, found, over=False))
    yield News("rungs", _rungs(visit, found, over=True))
    await asyncio.Event().wait()


def _rungs(visit: Visit, found: Sequence[Finding], *, over: bool) -> str:
    rows = [(MARKS.get(each.state, "open"), WORDS.get(each.state, ""), each) for each in found]
    return visit.render("connection_rungs.html", rows=rows, over=over)


async def _uplink(visit: Visit) -> str:
    seen, cause = await _seen(visit)
    return visit.render("connection_uplink.html", seen=seen, cause=cause)


async def _seen(visit: Visit) -> tuple[UplinkSeen | None, str]:
    """``None``: the station does not answer, and why."""
    try:
        return await visit.ask(SeeUplink(), UplinkSeen), ""
    except InquiryError as error:
        return None, str(error)


ROUTES = (Get("/connection", show), Get("/connection/uplink", uplink), Get("/connection/live", follow))
