"""One request, as a page sees it."""

from collections.abc import AsyncIterator
from typing import Any, TypeVar

import msgspec
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from chargepoint.inquiry import client
from chargepoint.web.accounts import Account
from chargepoint.web.house import House
from chargepoint.web.menu import Group
from chargepoint.web.roles import Needs, Role, covers
from chargepoint.web.security_log import What
from chargepoint.web.sessions import Session
from chargepoint.web.streams import Line, News

T = TypeVar("T")

ALONE = {"Cache-Control": "no-store"}
TOLD = "told"
"""Cookie: one sentence for the page that comes next; it is shown once."""
LONGEST_TOLD = 300


class Token:
    """What forms have to send. Whether a page has it is known afterwards."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.shown = False

    def __str__(self) -> str:
        self.shown = True
        return self._text


class Visit:
    """``session`` and ``account``: ``None`` where nobody has logged in, which only pages for anybody see."""

    def __init__(
        self,
        house: House,
        request: Request,
        session: Session | None,
        account: Account | None,
        token: Token,
        menu: tuple[Group, ...],
        form: FormData | None = None,
    ) -> None:
        self.house = house
        self.request = request
        self.session = session
        self.account = account
        self.token = token
        """``csrf`` in the templates."""
        self.menu = menu
        self._form = form or FormData()

    # Who asks, for what

    @property
    def name(self) -> str:
        """Of the account; empty for nobody."""
        return "" if self.account is None else self.account.name

    @property
    def role(self) -> Role | None:
        """Of the account."""
        return None if self.account is None else self.account.role

    def may(self, needs: Needs) -> bool:
        """Is the visitor's role enough? For what a template shows; the gate has seen to what is reached."""
        return needs == "anybody" or (self.role is not None and covers(self.role, needs))

    @property
    def address(self) -> str:
        """Where the visitor is."""
        return self.request.client.host if self.request.client is not None else "unknown"

    @property
    def part(self) -> bool:
        """Does htmx ask, so that a piece of the page is enough?"""
        return "hx-request" in self.request.headers

    def field(self, name: str, default: str = "") -> str:
        """Of the posted form, as text."""
        value = self._form.get(name, default)
        return value if isinstance(value, str) else default

    def upload(self, name: str) -> UploadFile | None:
        """A posted file."""
        value = self._form.get(name)
        return value if isinstance(value, UploadFile) else None

    def query(self, name: str, default: str = "") -> str:
        """Of the address, ``?name=...``"""
        return self.request.query_params.get(name, default)

    def place(self, name: str) -> Any:
        """A ``{name}`` of the path."""
        return self.request.path_params[name]

    # The station

    async def ask(self, question: msgspec.Struct | None, answer: type[T], timeout_s: float = client.PATIENCE_S) -> T:
        """A question to the station. Raises InquiryError; a page that leaves it alone says that the station does not answer."""
        return await self.house.ask(question, answer, timeout_s)

    async def note(self, what: What, info: str = "", who: str | None = None) -> None:
        """For the security log: what this visitor has done."""
        await self.house.security.note(what, self.name if who is None else who, self.address, info)

    # Answers

    def render(self, template: str, **values: Any) -> str:
        """HTML with what every template may use: ``visit``, ``csrf``."""
        return self.house.rendering.html(template, visit=self, csrf=self.token, **values)

    def page(self, template: str, status: int = 200, **values: Any) -> Response:
        """A page, made from a template that extends ``base.html``."""
        name, secure = self._told_cookie()
        told = self.request.cookies.get(name, "")
        here = {"menu": self.menu, "told": unescape(told), "problem": ""} | values
        response = HTMLResponse(self.render(template, **here), status, headers=ALONE)
        if told:
            response.delete_cookie(name, path="/", secure=secure, httponly=True, samesite="strict")
        return response

    def piece(self, template: str, status: int = 200, **values: Any) -> Response:
        """A piece for htmx."""
        return HTMLResponse(self.render(template, **values), status, headers=ALONE)

    def go(self, path: str, told: str = "") -> Response:
        """On to another page of ours, where ``told`` is shown once."""
        if self.part:
            response = Response(status_code=204, headers={"HX-Redirect": path, **ALONE})
        else:
            response = RedirectResponse(path, 303, headers=ALONE)
        if told:
            name, secure = self._told_cookie()
            response.set_cookie(name, escape(told), max_age=30, path="/", httponly=True, secure=secure, samesite="strict")
        return response

    def _told_cookie(self) -> tuple[str, bool]:
        secure = self.request.scope["scheme"] == "https"
        return (f"__Host-{TOLD}" if secure else TOLD), secure

    def download(self, content: bytes, media_type: str, name: str) -> Response:
        """A file to keep. ``name``: letters, digits, dots and dashes."""
        return Response(content, media_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"', **ALONE})

    def stream(self, news: AsyncIterator[News]) -> Response:
        """Server-sent events until the session ends. Raises TooMany."""
        session, house = self.session, self.house
        who = self.address if session is None else session.label
        house.streams.admit(who)
        return Line(house.streams.serve(who, news, lambda: session is None or self._lives(session)), ALONE)

    def _lives(self, session: Session) -> bool:
        """Both session and account."""
        account = self.house.accounts.find(session.name)
        now_s = self.house.clock.monotonic()
        if account is None or account.stamp != session.stamp or self.house.accounts.ended(account, self.house.clock.now(), now_s):
            return False
        return self.house.sessions.lives(session, now_s)


def whole(text: str, digits: int = 15) -> int | None:
    """A number that somebody has typed, or that was in an address; ``None``: it is none, or too long."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= digits else None


def escape(text: str) -> str:
    """As a cookie can hold it."""
    return text[:LONGEST_TOLD].encode("utf-8").hex()


def unescape(text: str) -> str:
    """What ``escape`` has made; of anything else nothing."""
    try:
        return bytes.fromhex(text).decode("utf-8")[:LONGEST_TOLD]
    except ValueError:
        return ""
