"""``/work``: how far a new configuration, a restore or a factory reset is."""

from collections.abc import AsyncIterator

from starlette.responses import Response

from chargepoint.web.routes import Get, Post
from chargepoint.web.streams import News
from chargepoint.web.visit import Visit

HERE = "/work"
LOOK_S = 0.5


async def show(visit: Visit) -> Response:
    """As it is now."""
    return visit.page("work.html", live=_drawn(visit), work=visit.house.work)


async def follow(visit: Visit) -> Response:
    """The same again whenever something has changed."""
    return visit.stream(_news(visit))


async def _news(visit: Visit) -> AsyncIterator[News]:
    said = ""
    while True:
        html = _drawn(visit)
        if html != said:
            said = html
            yield News("work", html)
        await visit.house.clock.pause(LOOK_S)


def _drawn(visit: Visit) -> str:
    work, ports = visit.house.work, visit.house.ports.keeping
    return visit.render("work_now.html", work=work, elsewhere=not work.running and ports is not None and ports.elsewhere())


async def call_off(visit: Visit) -> Response:
    """What waits for a car is not wanted any more."""
    work, ports = visit.house.work, visit.house.ports.keeping
    if ports is None or not work.waits:
        return visit.go(HERE, "Nothing was called off: it does not wait any more.")
    ports.call_off()
    await visit.note("other", f"called off: {work.title}")
    return visit.go(HERE)


ROUTES = (Get(HERE, show), Get(f"{HERE}/live", follow), Post(f"{HERE}/off", call_off))
