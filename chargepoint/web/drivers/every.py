"""``/``: which EVSEs there are; and where technicians go."""

from starlette.responses import Response

from chargepoint.web.drivers import language
from chargepoint.web.routes import Get
from chargepoint.web.visit import Visit


async def show(visit: Visit) -> Response:
    """A link for each EVSE."""
    configuration = visit.house.configured.good
    page = visit.page(
        "drivers.html",
        t=language.of(visit),
        evses=[] if configuration is None else [evse.id for evse in configuration.evses],
        public=None if configuration is None else configuration.public,
        technicians=technicians_address(visit),
    )
    return language.remember(visit, page)


def technicians_address(visit: Visit) -> str:
    """The same host by HTTPS; empty where nobody listens there."""
    port, host = visit.house.technicians_port, visit.request.url.hostname
    if port is None or host is None:
        return ""
    named = f"[{host}]" if ":" in host else host
    return f"https://{named}/" if port == 443 else f"https://{named}:{port}/"


ROUTES = (Get("/", show),)
