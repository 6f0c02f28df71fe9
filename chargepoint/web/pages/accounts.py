"""``/accounts``: who may come in, for owners."""

from datetime import timedelta

from starlette.responses import Response

from chargepoint.web.accounts import LONGEST_GRANT, Account, AccountError
from chargepoint.web.pages import login
from chargepoint.web.pages.setup import new_password_wrong
from chargepoint.web.passwords import Busy
from chargepoint.web.roles import MAY, ROLES, Role
from chargepoint.web.routes import Get, Post
from chargepoint.web.visit import Visit, whole

HERE = "/accounts"
HOURS = tuple(hours for hours in (4, 8, 24, 48, 72) if timedelta(hours=hours) <= LONGEST_GRANT)


async def show(visit: Visit) -> Response:
    """All of them, and how to make another."""
    return _page(visit)


async def put(visit: Visit) -> Response:
    """A new one, or one anew."""
    name, role = visit.field("name").strip().lower(), _role(visit.field("role"))
    known = visit.house.accounts.find(name)
    if role is None:
        return _page(visit, f"Role: expected one of {', '.join(ROLES)}.", 400)
    if known is not None and visit.field("new") == "yes":
        return _page(visit, f"There is an account {known.name} already. Change it below.", 409)
    wrong = new_password_wrong(visit, name)
    if wrong:
        return _page(visit, f"Nothing was changed. {wrong}", 400)
    return await _put(visit, name, role, known)


async def _put(visit: Visit, name: str, role: Role, known: Account | None) -> Response:
    house = visit.house
    hours = whole(visit.field("hours"), 3)
    lasts = None if hours is None else timedelta(hours=hours)
    try:
        kept = await house.hashing.hashed(visit.field("password"))
        account = house.accounts.put(name, role, kept, house.clock.now(), lasts)
    except Busy:
        return _page(visit, login.BUSY, 503)
    except AccountError as error:
        return _page(visit, f"Nothing was changed: {error}.", 409)
    house.sessions.end_all(account.name)
    until = "" if lasts is None else f" for {hours} hours"
    await visit.note("account", f"{'made' if known is None else 'changed'}: {account.name}, {account.role}{until}")
    return visit.go(HERE, f"{account.name} may come in as {account.role}{until}.")


async def remove(visit: Visit) -> Response:
    """It is no more, nor are its sessions."""
    name = visit.field("name")
    try:
        visit.house.accounts.remove(name)
    except AccountError as error:
        return _page(visit, f"Nothing was changed: {error}.", 409)
    visit.house.sessions.end_all(name)
    await visit.note("account", f"removed: {name}")
    return visit.go(HERE, f"{name} is removed.")


async def end_sessions(visit: Visit) -> Response:
    """Of one account."""
    name = visit.field("name")
    ended = visit.house.sessions.end_all(name)
    await visit.note("session ended", f"{ended} of {name}")
    return visit.go(HERE, f"{ended} session{'' if ended == 1 else 's'} of {name} ended.")


def _role(text: str) -> Role | None:
    return next((role for role in ROLES if role == text), None)


def _page(visit: Visit, problem: str = "", status: int = 200) -> Response:
    house = visit.house
    now, now_s = house.clock.now(), house.clock.monotonic()
    rows = [
        (account, house.accounts.ended(account, now, now_s), len(house.sessions.of(account.name, now_s)))
        for account in house.accounts.all()
    ]
    return visit.page("accounts.html", status, rows=rows, may=MAY, hours=HOURS, preset=HOURS[-1], problem=problem)


ROUTES = (Get(HERE, show), Post(f"{HERE}/put", put), Post(f"{HERE}/remove", remove), Post(f"{HERE}/end-sessions", end_sessions))
