"""``/wizard/.../live``: a device of the draft as it is now, or the way to its CSMS; ``/wizard/.../found``: what is connected."""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Callable

from starlette.responses import Response

from chargepoint.inquiry.trial import Sight, Try
from chargepoint.web.pages.wizard import HERE, place_of, workshop
from chargepoint.web.routes import Get
from chargepoint.web.streams import News
from chargepoint.web.visit import Visit
from chargepoint.web.wizard.asking import suits
from chargepoint.web.wizard.climbing import climbed
from chargepoint.web.wizard.steps import Place

log = logging.getLogger(__name__)

SECONDS = 300.0
OVER = Sight(state="over", text="The trial is over, or somebody tries something else. Load this page again to go on.")


async def follow(visit: Visit) -> Response:
    """Values, as long as the page is open."""
    place, shop = place_of(visit), workshop(visit)
    tree, number = shop.tree, place.evse or 1
    if place.step.tries is None:
        return visit.stream(_news(visit, place, lambda: climbed(shop.ports, tree)))
    asked = Try(what=place.step.tries, configuration=tree, number=number, seconds=SECONDS)
    return visit.stream(_news(visit, place, lambda: shop.ports.attempt(asked)))


async def find(visit: Visit) -> Response:
    """Devices of this step's kind, each with a button."""
    place, shop = place_of(visit), workshop(visit)
    asked = Try(what="detect", configuration=shop.tree)
    return visit.stream(_news(visit, place, lambda: shop.ports.attempt(asked), finds=True))


async def _news(
    visit: Visit, place: Place, begin: Callable[[], AsyncGenerator[Sight, None]], *, finds: bool = False
) -> AsyncIterator[News]:
    """What comes, and a last word; then nothing more, so that no browser begins it again by itself."""
    shop = workshop(visit)
    mark, last = shop.draft.mark(place.key), OVER
    async for sight in shop.alone(begin):
        if sight.state in ("good", "bad", "failed") and not finds:
            _remember(visit, place, mark, sight)
        if sight.state != "over":
            last = sight
            yield News("sight", _drawn(visit, place, sight))
    if not (finds or place.step.tries is None):
        yield News("sight", _drawn(visit, place, Sight(state="over", text=OVER.text, rows=last.rows)))
    await asyncio.Event().wait()


def _remember(visit: Visit, place: Place, mark: str, sight: Sight) -> None:
    """What was seen once counts; a card is not held to the reader for ever."""
    shop = workshop(visit)
    before = shop.draft.tried.get(place.key)
    good = sight.state == "good"
    if shop.draft.mark(place.key) != mark or (before is not None and before.mark == mark and (before.good or before.good == good)):
        return
    try:
        shop.keep(shop.draft.seen(place.key, mark, sight.text, good=good))
    except OSError as error:
        log.error("event=draft_not_kept cause=%s", error)


def _drawn(visit: Visit, place: Place, sight: Sight) -> str:
    devices = [each for each in sight.devices if suits(place, each)]
    others = len(sight.devices) - len(devices)
    return visit.render("wizard_sight.html", sight=sight, place=place, devices=devices, others=others)


ROUTES = (
    Get(f"{HERE}/{{step}}/live", follow),
    Get(f"{HERE}/{{step}}/{{evse:int}}/live", follow),
    Get(f"{HERE}/{{step}}/found", find),
    Get(f"{HERE}/{{step}}/{{evse:int}}/found", find),
)
