"""``/login``, ``/logout``. Wrong name and wrong password look the same and take as long."""

from math import ceil

from starlette.responses import Response

from chargepoint.web.accounts import Account
from chargepoint.web.gate import LOGIN, drop_session, hold_session
from chargepoint.web.passwords import Busy
from chargepoint.web.routes import Get, Post
from chargepoint.web.visit import Visit

WRONG = "Name and password do not fit together. Capital letters count in the password."
OVER = "The time of this access is over. Ask an owner of this station for a new one."
BUSY = "Several people are logging in just now. Try again in a few seconds."


async def show(visit: Visit) -> Response:
    """The form."""
    if visit.account is not None:
        return visit.go(beyond(visit.query("next")))
    return visit.page("login.html", next=beyond(visit.query("next")), name="")


async def log_in(visit: Visit) -> Response:
    """A session, or why not."""
    house, name = visit.house, visit.field("name").strip().lower()
    account = house.accounts.find(name)
    try:
        wrong = await check(visit, name, account, visit.field("password"))
    except Busy:
        return _again(visit, name, BUSY, 503)
    if wrong:
        return _again(visit, name, wrong, 429 if wrong.startswith("Too many") else 403)
    assert account is not None
    if house.accounts.ended(account, house.clock.now(), house.clock.monotonic()):
        await visit.note("login failed", "its time is over", who=account.name)
        return _again(visit, name, OVER, 403)
    await visit.note("login", f"as {account.role}", who=account.name)
    return begin(visit, account, beyond(visit.field("next")))


def begin(visit: Visit, account: Account, path: str, told: str = "") -> Response:
    """A new session for this browser; one that it had ends."""
    house = visit.house
    if visit.session is not None:
        house.sessions.end(visit.session)
    browser = visit.request.headers.get("user-agent", "")
    secret, _ = house.sessions.begin(account.name, account.stamp, visit.address, browser, house.clock.now(), house.clock.monotonic())
    return hold_session(visit.go(path, told), secret)


async def check(visit: Visit, name: str, account: Account | None, password: str) -> str:
    """Is that the password? Empty, or what is wrong. Guesses count, and too many make a pause. Raises Busy."""
    throttle, clock = visit.house.throttle, visit.house.clock
    wait = waits(visit, name)
    if wait:
        return wait
    throttle.wrong(name, visit.address, clock.monotonic())
    try:
        fits = await visit.house.hashing.matches(password, None if account is None else account.password)
    except Busy:
        throttle.untried(name, visit.address)
        raise
    if fits:
        throttle.right(name, visit.address)
        return ""
    await failed(visit, "" if account is None else name)
    return waits(visit, name) or WRONG


def waits(visit: Visit, name: str) -> str:
    """How long nothing is taken, in words; empty: it is."""
    wait_s = ceil(visit.house.throttle.wait_s(name, visit.address, visit.house.clock.monotonic()))
    return f"Too many wrong tries. Wait {wait_s} s, then try again." if wait_s > 0 else ""


async def failed(visit: Visit, who: str, info: str = "") -> None:
    """For the log. A name that nobody has is left out: it may be a password in the wrong field."""
    paused = waits(visit, who) if who else ""
    await visit.note(
        "login failed", ", ".join(part for part in (info, paused and "now paused", "" if who else "unknown name") if part), who=who
    )


async def log_out(visit: Visit) -> Response:
    """The session ends, here and in the browser."""
    if visit.session is not None:
        visit.house.sessions.end(visit.session)
        await visit.note("logout")
    return drop_session(visit.go(LOGIN, "You are logged out."))


def _again(visit: Visit, name: str, problem: str, status: int) -> Response:
    return visit.page("login.html", status, next=beyond(visit.field("next")), name=name[:64], problem=problem)


def beyond(path: str) -> str:
    """Where to after the login: a path of ours and nothing else."""
    good = path.startswith("/") and not path.startswith("//") and path.isprintable() and not set(path) & set("\\:@")
    return path if good and path != LOGIN else "/"


ROUTES = (Get(LOGIN, show), Post(LOGIN, log_in), Post("/logout", log_out))
