"""``/reset``: the factory reset. What would be lost is listed first."""

from starlette.exceptions import HTTPException
from starlette.responses import Response

from chargepoint.inquiry.client import InquiryError
from chargepoint.inquiry.keeping import ResetSeen, SeeReset
from chargepoint.web.pages import work
from chargepoint.web.routes import Get, Post
from chargepoint.web.visit import Visit

HERE = "/reset"


async def show(visit: Visit) -> Response:
    """What goes, what stays, and what stands in its way."""
    return await _page(visit)


async def reset(visit: Visit) -> Response:
    """Begin it, for who has typed the station's name."""
    house, ports = visit.house, visit.house.ports.keeping
    if ports is None:
        raise HTTPException(404, "A factory reset is not made here.")
    if visit.field("id").strip() != _wanted(visit):
        return await _page(visit, f"Nothing was changed: type {_wanted(visit)} to confirm.", 400)
    lose = visit.field("lose") == "yes"
    seen = await visit.ask(SeeReset(), ResetSeen)
    if seen.running or (seen.messages and not lose):
        return await _page(visit, "Nothing was changed: something stands in its way, see below.", 409)
    if house.workshop.applying or not house.work.begin("Factory reset", ports.reset(visit.name, lose)):
        return await _page(visit, "Something else is under way; wait for its end.", 409)
    await visit.note("other", f"factory reset{', and loses what is unsent' if lose and seen.messages else ''}")
    return visit.go(work.HERE)


def _wanted(visit: Visit) -> str:
    configuration = visit.house.configured.good
    return "reset" if configuration is None else configuration.station.id


async def _page(visit: Visit, problem: str = "", status: int = 200) -> Response:
    try:
        seen = await visit.ask(SeeReset(), ResetSeen)
    except InquiryError as error:
        raise HTTPException(503, f"{error}. Without the station only a terminal resets: sudo chargepoint factory-reset.") from error
    return visit.page("reset.html", status, problem=problem, seen=seen, wanted=_wanted(visit))


ROUTES = (Get(HERE, show), Post(HERE, reset))
