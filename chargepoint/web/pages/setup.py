"""``/setup``: the first account, for whoever has the set-up code of this device. Afterwards there is nothing here any more."""

from starlette.responses import Response

from chargepoint.web import easy, setup_code
from chargepoint.web.accounts import AccountError
from chargepoint.web.gate import LOGIN, SETUP
from chargepoint.web.pages import login
from chargepoint.web.passwords import Busy
from chargepoint.web.routes import Get, Post
from chargepoint.web.visit import Visit

WRONG = "This is not the set-up code of this device. It has twelve letters and digits; capitals do not matter."
OWNER = "owner"


async def show(visit: Visit) -> Response:
    """The form, once."""
    if visit.house.accounts.all():
        return visit.go(LOGIN)
    return visit.page("setup.html", name=OWNER)


async def set_up(visit: Visit) -> Response:
    """The owner, who is logged in at once."""
    house, name = visit.house, visit.field("name").strip().lower()
    if house.accounts.all():
        return visit.go(LOGIN, "The first account is there already.")
    wrong = await _code_wrong(visit) or new_password_wrong(visit, name)
    if wrong:
        return visit.page("setup.html", 429 if wrong.startswith("Too many") else 403, name=name[:64], problem=wrong)
    try:
        account = house.accounts.first(name, await house.hashing.hashed(visit.field("password")), house.clock.now())
    except Busy:
        return visit.page("setup.html", 503, name=name[:64], problem=login.BUSY)
    except AccountError as error:
        return visit.page("setup.html", 409, name=name[:64], problem=f"Nothing was made: {error}.")
    setup_code.forget(house.ports.folder)
    await visit.note("account", "first account, by the set-up code: owner", who=account.name)
    await visit.note("login", f"as {account.role}", who=account.name)
    return login.begin(visit, account, "/", f"Welcome, {account.name}. Keep the password: nobody can tell it to you again.")


async def _code_wrong(visit: Visit) -> str:
    wait = login.waits(visit, SETUP)
    if wait:
        return wait
    visit.house.throttle.wrong(SETUP, visit.address, visit.house.clock.monotonic())
    if setup_code.same(visit.field("code"), setup_code.of(visit.house.ports.folder)):
        visit.house.throttle.right(SETUP, visit.address)
        return ""
    await visit.note("login failed", "set-up code", who="")
    return login.waits(visit, SETUP) or WRONG


def new_password_wrong(visit: Visit, name: str) -> str:
    """What is wrong with the fields ``password`` and ``again`` of somebody; empty: nothing."""
    password = visit.field("password")
    objection = easy.objection(password, (*visit.house.about(), name))
    if objection is not None:
        return f"Password: {objection}."
    return "" if password == visit.field("again") else "The two passwords are not the same. Type them once more."


ROUTES = (Get(SETUP, show), Post(SETUP, set_up))
