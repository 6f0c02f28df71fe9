"""``/evse/{evse}``: one EVSE, live: why it does not charge, its limits, its faults."""

from collections.abc import AsyncIterator

from starlette.exceptions import HTTPException
from starlette.responses import Response

from chargepoint.inquiry.faults import Answer, ClearFault
from chargepoint.web import evse
from chargepoint.web.evse import EvsePage, FaultRow
from chargepoint.web.routes import Get, Post
from chargepoint.web.streams import News
from chargepoint.web.visit import Visit
from chargepoint.web.watching import Sight

HERE = "/evse/{evse:int}"
PATIENCE_S = 8.0
"""The station waits 5 s for control."""


async def show(visit: Visit) -> Response:
    """As it is now."""
    return await _whole(visit)


async def follow(visit: Visit) -> Response:
    """What has changed since."""
    return visit.stream(_news(visit))


async def clear(visit: Visit) -> Response:
    """A technician says that a fault has been dealt with; control looks whether it has."""
    number = visit.place("evse")
    answer = await visit.ask(ClearFault(number, visit.field("name"), visit.name), Answer, PATIENCE_S)
    if answer.outcome == "cleared":
        return visit.go(f"/evse/{number}", answer.message)
    return await _whole(visit, 409, answer.message)


async def _whole(visit: Visit, status: int = 200, problem: str = "") -> Response:
    sight = await visit.house.watching.look()
    found = _page(visit, sight)
    parts = {"answer": _answer(visit, sight, found), "faults": _faults(visit, found), "now": _now(visit, found)}
    return visit.page("evse.html", status, number=visit.place("evse"), problem=problem, **parts)


async def _news(visit: Visit) -> AsyncIterator[News]:
    """Faults have buttons: they are drawn anew only when they are others."""
    said: dict[str, str] = {}
    shown: tuple[FaultRow, ...] | None = None
    async for sight in visit.house.watching.sights():
        found = _page(visit, sight)
        for name, html in (("answer", _answer(visit, sight, found)), ("now", _now(visit, found))):
            if html != said.get(name):
                said[name] = html
                yield News(name, html)
        faults = () if found is None else found.faults
        if faults != shown:
            shown = faults
            yield News("faults", _faults(visit, found))


def _page(visit: Visit, sight: Sight) -> EvsePage | None:
    """``None``: the station does not answer. Raises HTTPException: there is no such EVSE."""
    if sight.document is None:
        return None
    found = evse.of(sight.document, visit.place("evse"))
    if found is None:
        there = ", ".join(str(each["id"]) for each in sight.document["evses"])
        raise HTTPException(404, f"There is no EVSE {visit.place('evse')} at this station; expected one of {there}.")
    return found


def _answer(visit: Visit, sight: Sight, found: EvsePage | None) -> str:
    if found is None:
        return visit.render("away.html", problem=sight.problem)
    return visit.render("evse_answer.html", page=found)


def _now(visit: Visit, found: EvsePage | None) -> str:
    return "" if found is None else visit.render("evse_now.html", page=found)


def _faults(visit: Visit, found: EvsePage | None) -> str:
    return "" if found is None else visit.render("evse_faults.html", page=found)


ROUTES = (Get(HERE, show), Get(f"{HERE}/live", follow), Post(f"{HERE}/clear", clear))
