"""``/e/{evse}``: one EVSE for whoever stands before it; where a QR code at the plug leads.

It works without JavaScript; with it the part that changes is asked for again every two seconds. Start and stop, where they are allowed, are
forms as all others: their token and origin are seen to by the gate.
"""

import hashlib
import re
import secrets
from datetime import timedelta
from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import Response

from chargepoint.domain import catalogue
from chargepoint.domain.configuration import Configuration
from chargepoint.inquiry.client import InquiryError
from chargepoint.inquiry.driver import Done, EvseSight, StartHere, StopHere
from chargepoint.texts import marked
from chargepoint.web.drivers import language
from chargepoint.web.drivers.told import price, price_asked, told
from chargepoint.web.routes import Get, Post
from chargepoint.web.visit import Visit

COOKIE = "charging"
"""The secret of the browser that has started here."""
SECRET = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
KEPT_S = int(timedelta(days=3).total_seconds())
FORM_BYTES = 1_024

NO_PLACE = marked("There is no such charging place here.")
NOT_NOW = marked("This is not possible at the moment.")
TOO_OFTEN = marked("That was too often: please wait a minute.")


async def show(visit: Visit) -> Response:
    """The whole page."""
    configuration, evse = place_of(visit)
    return await _page(visit, configuration, evse)


async def live(visit: Visit) -> Response:
    """The part of it that changes."""
    configuration, evse = place_of(visit)
    sight = await visit.house.sights.look(evse)
    return visit.piece("driver_live.html", **_values(visit, configuration, evse, sight))


async def start(visit: Visit) -> Response:
    """A session, for this browser."""
    configuration, evse = place_of(visit)
    known = visit.request.cookies.get(COOKIE, "")
    secret = known if SECRET.fullmatch(known) else secrets.token_urlsafe(32)
    response = await _do(visit, configuration, evse, StartHere(evse, hashed(secret)))
    response.set_cookie(COOKIE, secret, max_age=KEPT_S, path="/", httponly=True, samesite="strict")
    return response


async def stop(visit: Visit) -> Response:
    """The session that this browser has started ends."""
    configuration, evse = place_of(visit)
    return await _do(visit, configuration, evse, StopHere(evse, browser_of(visit)))


async def _do(visit: Visit, configuration: Configuration, evse: int, question: StartHere | StopHere) -> Response:
    if not visit.house.taps.take(visit.address, visit.house.clock.monotonic()):
        return await _page(visit, configuration, evse, TOO_OFTEN, 429)
    try:
        done = await visit.ask(question, Done)
    except InquiryError:
        return await _page(visit, configuration, evse, NOT_NOW, 503)
    visit.house.sights.stale(evse)
    if done.outcome == "done":
        return visit.go(f"/e/{evse}")
    entry = catalogue.by_code(done.code) if done.code else None
    return await _page(visit, configuration, evse, entry.driver if entry is not None and entry.driver else NOT_NOW, 409)


async def _page(visit: Visit, configuration: Configuration, evse: int, problem: str = "", status: int = 200) -> Response:
    sight = await visit.house.sights.look(evse)
    values = _values(visit, configuration, evse, sight)
    values["problem"] = values["t"].text(problem) if problem else ""
    return language.remember(visit, visit.page("driver_place.html", status, **values))


def _values(visit: Visit, configuration: Configuration, evse: int, sight: EvseSight | None) -> dict[str, Any]:
    t = language.of(visit)
    return {
        "t": t,
        "evse": evse,
        "path": f"/e/{evse}",
        "public": configuration.public,
        "told_now": told(sight, configuration, t, browser_of(visit)),
        "price_asked": price_asked(sight, configuration),
        "price": price(sight, (sight.currency if sight is not None else "") or configuration.public.currency, t),
    }


def place_of(visit: Visit) -> tuple[Configuration, int]:
    """The EVSE of the path. Raises HTTPException: there is none of that number."""
    configuration, evse = visit.house.configured.good, visit.place("evse")
    if configuration is None or all(each.id != evse for each in configuration.evses):
        raise HTTPException(404, NO_PLACE)
    return configuration, evse


def browser_of(visit: Visit) -> str:
    """The hash of the browser's secret; empty: it has none."""
    secret = visit.request.cookies.get(COOKIE, "")
    return hashed(secret) if SECRET.fullmatch(secret) else ""


def hashed(secret: str) -> str:
    """What the station keeps of it."""
    return hashlib.sha256(b"chargepoint driver " + secret.encode()).hexdigest()


ROUTES = (
    Get("/e/{evse:int}", show),
    Get("/e/{evse:int}/live", live),
    Post("/e/{evse:int}/start", start, most_bytes=FORM_BYTES),
    Post("/e/{evse:int}/stop", stop, most_bytes=FORM_BYTES),
)
