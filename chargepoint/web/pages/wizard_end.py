"""``/wizard/summary``: the file as it will be; ``/wizard/start``: the processes come up, and the first session."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from chargepoint.web.pages.wizard import HERE, OVER, START, over, workshop
from chargepoint.web.routes import Get, Post
from chargepoint.web.streams import anew
from chargepoint.web.visit import Visit
from chargepoint.web.watching import Sight
from chargepoint.web.wizard import steps
from chargepoint.web.wizard.ports import Checked

SUMMARY = f"{HERE}/{steps.LAST}"


async def show(visit: Visit) -> Response:
    """Everything, once more."""
    if over(visit):
        return visit.go(START, OVER)
    return _summary(visit)


def _summary(visit: Visit, problem: str = "", status: int = 200) -> Response:
    shop = workshop(visit)
    checked = shop.checked()
    places = [(place, steps.state(shop.draft, place), steps.errors_of(place, checked.errors)) for place in steps.places(shop.draft)]
    return visit.page(
        "wizard_summary.html",
        status,
        problem=problem,
        checked=checked,
        places=places,
        others=[error for error in checked.errors if not any(place.owns(error) for place, _, _ in places)],
        ready=not checked.errors and all(shop.draft.has(place.key) for place, _, _ in places),
        untried=steps.untried(shop.draft),
        text=shop.text(masked=True),
        config=visit.house.ports.config,
        count=steps.COUNT,
    )


async def save(visit: Visit) -> Response:
    """Only what is good, and whole."""
    shop = workshop(visit)
    if over(visit):
        return visit.go(START, OVER)
    checked: Checked = shop.checked()
    if checked.errors or not all(shop.draft.has(place.key) for place in steps.places(shop.draft)):
        return _summary(visit, "Nothing was saved: some steps have to be mended or answered first.", 409)
    shop.apply()
    await visit.note("other", f"saved by the set-up pages: {visit.house.ports.config}")
    return visit.go(START)


async def forget(visit: Visit) -> Response:
    """Begin anew."""
    workshop(visit).forget()
    return visit.go(HERE, "All answers are forgotten.")


async def start(visit: Visit) -> Response:
    """How far it is."""
    return visit.page("wizard_start.html", live=_drawn(visit, await visit.house.watching.look()))


async def follow(visit: Visit) -> Response:
    """The same again whenever something has changed."""
    workshop(visit)  # what is not here is said before anything flows
    return visit.stream(anew("start", (_drawn(visit, sight) async for sight in visit.house.watching.sights())))


def _drawn(visit: Visit, sight: Sight) -> str:
    shop = workshop(visit)
    document: Mapping[str, Any] = sight.document or {}
    evses = document.get("evses", ())
    return visit.render(
        "wizard_coming.html",
        progress=shop.progress,
        ended=shop.ended,
        saved=visit.house.configured.now.state == "good" or bool(shop.progress),
        station=sight.document is not None,
        control=bool(document.get("link")),
        csms=document.get("ocpp", {"configured": False}),
        evses=evses,
        charges=any(evse["state"] in ("C2", "D2") for evse in evses),
    )


ROUTES = (
    Get(SUMMARY, show),
    Post(f"{HERE}/save", save),
    Post(f"{HERE}/forget", forget),
    Get(START, start),
    Get(f"{START}/live", follow),
)
