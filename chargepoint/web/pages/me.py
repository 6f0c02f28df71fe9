"""``/me``: one's own password and sessions."""

from starlette.responses import Response

from chargepoint.web.pages import login
from chargepoint.web.pages.setup import new_password_wrong
from chargepoint.web.passwords import Busy
from chargepoint.web.routes import Get, Post
from chargepoint.web.visit import Visit

HERE = "/me"


async def show(visit: Visit) -> Response:
    """Account, password, sessions."""
    return _page(visit)


async def change_password(visit: Visit) -> Response:
    """Who knows the old one; every other session of the account ends."""
    house, account = visit.house, visit.account
    assert account is not None
    try:
        wrong = await login.check(visit, account.name, account, visit.field("old")) or new_password_wrong(visit, account.name)
        if wrong:
            return _page(visit, f"Nothing was changed. {wrong}", 403)
        changed = house.accounts.put_password(account.name, await house.hashing.hashed(visit.field("password")))
    except Busy:
        return _page(visit, login.BUSY, 503)
    house.sessions.end_all(account.name, but=visit.session)
    await visit.note("password", "changed by its owner")
    return login.begin(visit, changed, HERE, "The password is changed. Everybody else who was logged in with the old one is not any more.")


async def end_session(visit: Visit) -> Response:
    """One by its label, or all but this."""
    label, sessions = visit.field("label"), visit.house.sessions
    if label == "others":
        ended = sessions.end_all(visit.name, but=visit.session)
    else:
        found = [each for each in sessions.of(visit.name, visit.house.clock.monotonic()) if each.label == label]
        for session in found:
            sessions.end(session)
        ended = len(found)
    await visit.note("session ended", f"{ended} of their own")
    return visit.go(HERE, f"{ended} session{'' if ended == 1 else 's'} ended.")


def _page(visit: Visit, problem: str = "", status: int = 200) -> Response:
    now_s = visit.house.clock.monotonic()
    sessions = visit.house.sessions.of(visit.name, now_s)
    return visit.page("me.html", status, sessions=sessions, now_s=now_s, problem=problem)


ROUTES = (Get(HERE, show), Post(f"{HERE}/password", change_password), Post(f"{HERE}/sessions/end", end_session))
