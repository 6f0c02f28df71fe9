"""Which language somebody reads: the one that he has chosen, else the first of his browser's that there is, else the station's first."""

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response

from chargepoint import texts
from chargepoint.texts import Texts

if TYPE_CHECKING:
    from chargepoint.web.visit import Visit

COOKIE, FIELD = "language", "lang"
KEPT_S = int(timedelta(days=365).total_seconds())
MOST = 20
"""Languages of a browser that are looked at."""


def of(visit: "Visit") -> Texts:
    """The texts for whoever asks."""
    return texts.of(chosen(visit.request, offered(visit)))


def offered(visit: "Visit") -> tuple[str, ...]:
    """What the configuration wants; the first is for who asks for none of them."""
    configuration = visit.house.configured.good
    return ("en",) if configuration is None else tuple(dict.fromkeys(configuration.public.languages))


def chosen(request: Request, there: Sequence[str]) -> str:
    """One of those that are there."""
    wanted = (request.query_params.get(FIELD, ""), request.cookies.get(COOKIE, ""), *accepted(request.headers.get("accept-language", "")))
    return next((each for each in map(_short, wanted) if each in there), there[0])


def accepted(header: str) -> list[str]:
    """Of ``Accept-Language``, the best first (RFC 9110 section 12.5.4); what cannot be read is passed over."""
    weighed: list[tuple[float, int, str]] = []
    for part in header[:1000].split(",")[:MOST]:
        tag, _, weight = part.strip().partition(";")
        quality = _quality(weight)
        if tag and quality > 0:
            weighed.append((-quality, len(weighed), tag))
    return [tag for _, _, tag in sorted(weighed)]


def remember(visit: "Visit", response: Response) -> Response:
    """Who has switched finds it so next time."""
    if FIELD in visit.request.query_params:
        language = chosen(visit.request, offered(visit))
        response.set_cookie(COOKIE, language, max_age=KEPT_S, path="/", httponly=True, samesite="lax")
    return response


def _quality(weight: str) -> float:
    name, _, value = weight.strip().partition("=")
    if name != "q":
        return 1.0
    try:
        return min(1.0, max(0.0, float(value)))
    except ValueError:
        return 0.0


def _short(tag: str) -> str:
    return tag.strip().replace("_", "-").partition("-")[0].lower()
