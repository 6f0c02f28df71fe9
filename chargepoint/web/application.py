"""The pages as two ASGI applications: routes from a table, everything else 404, errors as pages that say what to do."""

import logging
from collections.abc import Iterator, Sequence
from functools import cache
from importlib import import_module
from typing import Any
from urllib.parse import quote, urlsplit

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chargepoint.inquiry.client import InquiryError
from chargepoint.web import drivers, pages
from chargepoint.web.accounts import AccountError
from chargepoint.web.gate import LOGIN, Gate, Visitor
from chargepoint.web.headers import Headed
from chargepoint.web.house import House
from chargepoint.web.menu import Group, Link, grouped
from chargepoint.web.roles import Needs, stricter
from chargepoint.web.routes import Get, Page, Post
from chargepoint.web.static_files import PREFIX
from chargepoint.web.streams import TooMany

log = logging.getLogger(__name__)

PACK_FROM = 700
"""Bytes; less is not worth it."""
WORDS = {
    400: "This cannot be understood",
    401: "Nobody is logged in",
    403: "Not allowed",
    404: "There is no such page",
    405: "This cannot be done so",
    411: "This cannot be taken",
    413: "Too much at once",
    415: "This cannot be understood",
    421: "Wrong name",
    429: "Too often",
    500: "Something is wrong in the pages themselves",
    503: "The station does not answer",
    507: "No room",
}
TOO_MANY = "Too many at once"
TRY_AGAIN = "Please try again in a minute. If it stays like this, call the number on the station."
"""To drivers, who have no log."""
FURTHER = {
    404: "Perhaps it has moved: begin at the overview.",
    400: "What was sent is not what this page expects. Nothing was done; load the page again and try once more.",
    403: "Nothing was done.",
    405: "Go back and use the buttons of the page.",
    411: "The browser does not say how much it sends, so it is not taken. Nothing was done; try another browser.",
    413: "What was sent is larger than this page takes. Nothing was done.",
    429: "Wait a minute, and try again.",
    500: "What went wrong is in the log (Maintenance, Log). Try again; if it stays, report it with the log.",
}


def technicians(house: House) -> ASGIApp:
    """Pages that need a login."""
    return _application(house, pages.TABLE, pages.__name__, technicians=True)


def for_drivers(house: House) -> ASGIApp:
    """Pages for everybody."""
    return _application(house, drivers.TABLE, drivers.__name__, technicians=False)


def _application(house: House, table: Sequence[Page], package: str, *, technicians: bool) -> ASGIApp:
    gate = Gate(house, lambda visitor: menu(house, table, package, visitor), technicians=technicians)
    errors = _Errors(house, gate, "error.html" if technicians else "driver_error.html")

    async def static(request: Request) -> Response:
        return house.assets.answer(request) or PlainTextResponse("There is no such file.", 404)

    application = Starlette(
        routes=[Route(f"{PREFIX}/{{path:path}}", static), *_routes(gate, table, package)],
        middleware=[Middleware(GZipMiddleware, minimum_size=PACK_FROM, compresslevel=6)],
        exception_handlers={
            HTTPException: errors.refused,
            InquiryError: errors.station_away,
            TooMany: errors.too_many,
            AccountError: errors.ours,
            Exception: errors.ours,
        },
    )
    application.router.redirect_slashes = False
    return Headed(_Sentences(application, errors))


def every_route(table: Sequence[Page], package: str) -> Iterator[tuple[Get | Post, Needs]]:
    """What the table reaches, and who may."""
    for page in table:
        for route in routes_of(package, page.module):
            yield route, stricter(route.needs, page.does if isinstance(route, Post) else page.sees)


@cache
def routes_of(package: str, module: str) -> tuple[Get | Post, ...]:
    """What a page file offers."""
    found: tuple[Get | Post, ...] = import_module(f"{package}.{module}").ROUTES
    return found


def _routes(gate: Gate, table: Sequence[Page], package: str) -> Iterator[Route]:
    for route, needs in every_route(table, package):
        posts = isinstance(route, Post)
        most = route.most_bytes if isinstance(route, Post) else 0
        yield Route(route.path, gate.endpoint(route, needs), methods=["POST" if posts else "GET"], max_body_size=most)


def menu(house: House, table: Sequence[Page], package: str, visitor: Visitor) -> tuple[Group, ...]:
    """What this visitor may see now."""
    state = house.configured.now.state
    seen = (page for page in table if page.title and state in page.open_at and visitor.account is not None and visitor.may(page.sees))
    return grouped(
        (page.group, Link(page.title, next(each.path for each in routes_of(package, page.module) if isinstance(each, Get))))
        for page in seen
    )


class _Sentences:
    """A body that is announced as too long is refused before any page is asked: with a page for people all the same."""

    def __init__(self, application: ASGIApp, errors: "_Errors") -> None:
        self._application = application
        self._errors = errors

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        instead = False

        async def sent(message: Message) -> None:
            nonlocal instead
            if message["type"] == "http.response.start" and message["status"] == 413 and _bare(message):
                instead = True
                await self._errors.too_long(Request(scope))(scope, receive, send)
            if not instead:
                await send(message)

        await self._application(scope, receive, sent)


def _bare(message: Message) -> bool:
    return any(name.lower() == b"content-type" and value.startswith(b"text/plain") for name, value in message["headers"])


class _Errors:
    """A page for everything that went wrong; to programs one line."""

    def __init__(self, house: House, gate: Gate, template: str) -> None:
        self._house = house
        self._gate = gate
        self._template = template

    async def refused(self, request: Request, error: Any) -> Response:
        said = error.detail if error.detail and error.detail != _phrase(error.status_code) else ""
        return self._page(request, error.status_code, said or FURTHER.get(error.status_code, ""), dict(error.headers or {}))

    async def station_away(self, request: Request, error: Exception) -> Response:
        return self._page(request, 503, str(error))

    async def too_many(self, request: Request, error: Exception) -> Response:
        return self._page(request, 503, str(error), {"Retry-After": "30"}, title=TOO_MANY)

    def too_long(self, request: Request) -> Response:
        """What was to be sent is too long."""
        return self._page(request, 413, FURTHER[413])

    async def ours(self, request: Request, error: Exception) -> Response:
        log.error("event=page_failed path=%s error=%r", request.url.path[:200], error)
        said = str(error) if isinstance(error, AccountError) else FURTHER[500] if self._template == "error.html" else TRY_AGAIN
        return self._page(request, 500, said, template="plain_error.html")

    def _page(
        self, request: Request, status: int, said: str, headers: dict[str, str] | None = None, template: str = "", title: str = ""
    ) -> Response:
        title = title or WORDS.get(status, WORDS[400])
        if "hx-request" in request.headers or "text/html" not in request.headers.get("accept", "text/html"):
            response: Response = PlainTextResponse(f"{title}. {said}", status)
        elif template:
            response = Response(self._house.rendering.html(template, title=title, said=said), status, media_type="text/html")
        else:
            response = self._gate.visit(request).page(self._template, status, title=title, said=said, onwards=_onwards(request, status))
        response.headers.update({"Cache-Control": "no-store", **(headers or {})})
        return response


def _onwards(request: Request, status: int) -> str:
    """Whose session ended over a form: to the login, and back to that form. Else nowhere in particular."""
    came = urlsplit(request.headers.get("referer", ""))
    ours = came.netloc == request.headers.get("host", "") and came.path.startswith("/")
    return f"{LOGIN}?next={quote(came.path)}" if status == 401 and ours else ""


def _phrase(status: int) -> str:
    from http import HTTPStatus

    return HTTPStatus(status).phrase
