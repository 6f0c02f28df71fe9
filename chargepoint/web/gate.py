"""Who comes through to a page: by host, session, role, origin and token, in this order. The only place that decides it.

host       one of ours, else 421
account    there is none yet: everything leads to the set-up
session    missing: pages lead to the login, others get 401
role       too low: 403
origin     what changes something comes from our own pages, else 403
body       within the route's bound and readable, else 413 or 400
token      of this very session, in the form or htmx's header, else 403
"""

import hashlib
import hmac
import secrets
from collections.abc import Awaitable, Callable
from urllib.parse import quote

from msgspec import Struct
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response

from chargepoint.web.accounts import Account
from chargepoint.web.headers import host_of, is_foreign, is_ours
from chargepoint.web.house import House
from chargepoint.web.menu import Group
from chargepoint.web.roles import Needs, covers
from chargepoint.web.routes import Get, Post
from chargepoint.web.sessions import Session, touch
from chargepoint.web.visit import ALONE, Token, Visit

SESSION, VISITOR = "__Host-session", "visitor"
FIELDS, FILES, LONGEST_FIELD = 200, 4, 65_536
LOGIN, SETUP = "/login", "/setup"

Menu = Callable[["Visitor"], tuple[Group, ...]]


class Visitor(Struct, frozen=True):
    """Who asks, as far as it is known."""

    session: Session | None = None
    account: Account | None = None

    def may(self, needs: Needs) -> bool:
        """Is that enough?"""
        return needs == "anybody" or (self.account is not None and covers(self.account.role, needs))


class Gate:
    """``technicians``: sessions and the set-up count, and only our own names will do; for drivers there are none of these."""

    def __init__(self, house: House, menu: Menu, *, technicians: bool) -> None:
        self._house = house
        self._menu = menu
        self._technicians = technicians
        self._key = secrets.token_bytes(32)

    def endpoint(self, route: Get | Post, needs: Needs) -> Callable[[Request], Awaitable[Response]]:
        """The route as starlette calls it."""

        async def answer(request: Request) -> Response:
            self._hold_host(request)
            visitor = self._visitor(request)
            refused = self._refusal(request, visitor, needs, route.path)
            if refused is not None:
                return refused
            if visitor.may("technician"):
                self._house.moving.came(request)
            key, fresh = self._key_of(request, visitor)
            async with self._house.uploads.admitted(request, isinstance(route, Post) and route.large):
                form = await self._posted(request, key, visitor) if isinstance(route, Post) else None
            token = Token(masked(self._token(key)))
            visit = Visit(self._house, request, visitor.session, visitor.account, token, self._menu(visitor), form)
            response = await route.handler(visit)
            if fresh and token.shown:
                secure = request.scope["scheme"] == "https"
                response.set_cookie(_visitor_cookie(request), key, path="/", httponly=True, secure=secure, samesite="strict")
            return response

        return answer

    def visit(self, request: Request) -> Visit:
        """Of somebody who gets an error page."""
        visitor = self._visitor(request)
        token = Token("" if visitor.session is None else masked(self._token(visitor.session.token)))
        return Visit(self._house, request, visitor.session, visitor.account, token, self._menu(visitor))

    def _hold_host(self, request: Request) -> None:
        host = host_of(request.headers)
        if host is None:
            raise HTTPException(400, "The name in the address bar cannot be one of ours. Use the address of this station.")
        if self._technicians and not is_ours(host, self._house.hosts):
            names = ", ".join(sorted(self._house.hosts))
            raise HTTPException(421, f"This station is not called {host[:60]}. Use its IP address, or one of: {names}.")

    def _visitor(self, request: Request) -> Visitor:
        secret = request.cookies.get(SESSION)
        if not self._technicians or secret is None:
            return Visitor()
        house, now_s = self._house, self._house.clock.monotonic()
        session = house.sessions.find(secret, now_s)
        account = None if session is None else house.accounts.find(session.name)
        if session is None or account is None or account.stamp != session.stamp:
            return Visitor()
        if house.accounts.ended(account, house.clock.now(), now_s):
            house.sessions.end(session)
            return Visitor()
        return Visitor(session, account)

    def _refusal(self, request: Request, visitor: Visitor, needs: Needs, path: str) -> Response | None:
        if self._technicians and path != SETUP and not self._house.accounts.all():
            return _lead(request, SETUP)
        if visitor.session is not None and not _looks_on(request):
            touch(visitor.session, self._house.clock.monotonic())
        if visitor.may(needs):
            return None
        if visitor.account is None:
            return _lead(request, f"{LOGIN}?next={quote(_where(request))}" if request.method == "GET" else LOGIN)
        raise HTTPException(
            403, f"This needs the role {needs}, and you are logged in as {visitor.account.role}. Ask an owner of this station."
        )

    # Forged requests

    def _key_of(self, request: Request, visitor: Visitor) -> tuple[str, bool]:
        """What the token is made of: the session's, or of a cookie where there is none; and is that cookie a new one?"""
        if visitor.session is not None:
            return visitor.session.token, False
        held = request.cookies.get(_visitor_cookie(request), "")
        return (held, False) if len(held) >= 32 else (secrets.token_urlsafe(32), True)

    def _token(self, key: str) -> bytes:
        return hmac.new(self._key, key.encode("utf-8", "replace"), hashlib.sha256).digest()

    async def _posted(self, request: Request, key: str, visitor: Visitor) -> FormData:
        address = request.client.host if request.client is not None else ""
        name = "" if visitor.account is None else visitor.account.name
        if is_foreign(request.headers, request.scope["scheme"]):
            await self._house.security.note("forged", name, address, f"{request.url.path}: from {request.headers.get('origin', 'nowhere')}")
            raise HTTPException(403, "This came from a page of another site, so nothing was done.")
        form = await _form(request)
        said = request.headers.get("x-csrf-token") or form.get("csrf") or ""
        if not hmac.compare_digest(unmasked(said), self._token(key)):
            _throw_away(form)
            await self._house.security.note("forged", name, address, f"{request.url.path}: without the token of the session")
            raise HTTPException(403, "This page was out of date, so nothing was done. Go back, load it again, and try once more.")
        return form


def masked(token: bytes) -> str:
    """Another text each time, so that nothing of it can be guessed from how well a page compresses."""
    mask = secrets.token_bytes(len(token))
    return (mask + bytes(one ^ other for one, other in zip(mask, token, strict=True))).hex()


def unmasked(said: object) -> bytes:
    """The token in it; of nonsense nothing."""
    try:
        data = bytes.fromhex(said) if isinstance(said, str) else b""
    except ValueError:
        return b""
    half, odd = divmod(len(data), 2)
    return b"" if odd else bytes(one ^ other for one, other in zip(data[:half], data[half:], strict=True))


def _throw_away(form: FormData) -> None:
    """Its files, at once: one may be as large as an update."""
    for _, value in form.multi_items():
        if isinstance(value, UploadFile):
            value.file.close()


async def _form(request: Request) -> FormData:
    """Raises HTTPException: it cannot be read; 413 where it is too long, by starlette."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in ("application/x-www-form-urlencoded", "multipart/form-data"):
        if await request.body():
            raise HTTPException(415, f"Posted as {kind[:60] or 'nothing known'}; expected a form.")
        return FormData()
    try:
        return await request.form(max_files=FILES, max_fields=FIELDS, max_part_size=LONGEST_FIELD)
    except (MultiPartException, ValueError, ClientDisconnect) as error:
        raise HTTPException(400, "The form cannot be read; load the page again and try once more.") from error


def _lead(request: Request, path: str) -> Response:
    """To where one gets in: by a redirect for who looks at a page, for others by a status that says it."""
    if "hx-request" in request.headers:
        return Response(status_code=401, headers={"HX-Redirect": path, **ALONE})
    if request.method == "GET" and not _looks_on(request):
        return RedirectResponse(path, 303, headers=ALONE)
    raise HTTPException(401, f"Nobody is logged in here. Log in at {path.partition('?')[0]}.")


def _where(request: Request) -> str:
    """Path and query."""
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")


def _looks_on(request: Request) -> bool:
    """Does a page only keep itself up to date, by events or by asking again and again (``hx-trigger="every 2s"``)?"""
    return "text/event-stream" in request.headers.get("accept", "") or request.headers.get("x-looks-on") == "1"


def _visitor_cookie(request: Request) -> str:
    return f"__Host-{VISITOR}" if request.scope["scheme"] == "https" else VISITOR


def hold_session(response: Response, secret: str) -> Response:
    """Give a session to its browser."""
    response.set_cookie(SESSION, secret, path="/", httponly=True, secure=True, samesite="strict")
    return response


def drop_session(response: Response) -> Response:
    """Take it away."""
    response.delete_cookie(SESSION, path="/", httponly=True, secure=True, samesite="strict")
    return response
