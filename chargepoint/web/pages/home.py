"""``/``: every EVSE, live."""

from starlette.responses import Response

from chargepoint.web import overview
from chargepoint.web.routes import Get
from chargepoint.web.streams import anew
from chargepoint.web.visit import Visit
from chargepoint.web.watching import Sight

WIZARD = "/wizard"
"""Where the first configuration is made: a page of its own, which is in the menu while it is the thing to do."""


async def show(visit: Visit) -> Response:
    """As it is now; without a configuration, what to do."""
    configured = visit.house.configured.now
    if configured.state == "missing":
        return visit.page("unconfigured.html", config=visit.house.ports.config, wizard=_leads_to_wizard(visit))
    sight = await visit.house.watching.look()
    return visit.page("home.html", live=_live(visit, sight), reading=configured, config=visit.house.ports.config)


async def follow(visit: Visit) -> Response:
    """The same again whenever something has changed."""
    return visit.stream(anew("overview", (_live(visit, sight) async for sight in visit.house.watching.sights())))


def _live(visit: Visit, sight: Sight) -> str:
    if sight.document is None:
        return visit.render("away.html", problem=sight.problem)
    return visit.render("overview.html", overview=overview.of(sight.document))


def _leads_to_wizard(visit: Visit) -> bool:
    return any(link.path == WIZARD for group in visit.menu for link in group.links)


ROUTES = (Get("/", show), Get("/live", follow))
