"""``/log``: what the processes say of their work, the newest first, live; to look back, and to take along as text."""

from collections.abc import AsyncGenerator
from urllib.parse import urlencode

from starlette.responses import Response

from chargepoint.domain.log_lines import ABOUT, LEVELS, Wanted
from chargepoint.web.log import KEPT
from chargepoint.web.pages.events import WORDS
from chargepoint.web.routes import Get
from chargepoint.web.streams import anew
from chargepoint.web.visit import Visit, whole

HERE = "/log"
SHOWN = 100
LOOK_S = 1.0
LONGEST_TEXT = 100
HEAD, TAIL = 300, 400
"""Characters of a line that are shown: what it says, and the end of where an error came from. The file has all of it."""
PROCESSES = {"control": "control", "station": "station", "web": "pages", "updater": "updater"}
"""What they are called; whoever else has said something is called what he calls himself."""

SECURITY = frozenset({"chargepoint.web.security_log", "chargepoint.station.security_log"})
"""Who came in from where is not for viewers: nor is the page of it."""


async def show(visit: Visit) -> Response:
    """The newest that fit, or those before one of them."""
    wanted, before = _wanted(visit), whole(visit.query("before"))
    lives = before is None and visit.query("still") != "1"
    return visit.page(
        "log.html",
        wanted=wanted,
        lives=lives,
        at=lambda name="", **more: _address(f"{HERE}{name}", wanted, **more),
        lines=_lines(visit, wanted, before, lives),
        before=before,
        processes=PROCESSES | {each: each for each in visit.house.log.processes() if each not in PROCESSES},
        areas={area: area for area in ABOUT},
        levels=WORDS,
        kept=KEPT,
    )


async def follow(visit: Visit) -> Response:
    """The newest again whenever something was said."""
    return visit.stream(anew("log", _again(visit, _wanted(visit))))


async def download(visit: Visit) -> Response:
    """All that fit, the oldest first."""
    found = visit.house.log.newest(_wanted(visit), KEPT)
    text = "".join(f"{each.line}\n" for each in reversed(found))
    return visit.download(text.encode(), "text/plain; charset=utf-8", "log.txt")


async def _again(visit: Visit, wanted: Wanted) -> AsyncGenerator[str, None]:
    counted = -1
    while True:
        if visit.house.log.count != counted:
            counted = visit.house.log.count
            yield _lines(visit, wanted, None, True)
        await visit.house.clock.pause(LOOK_S)


def _lines(visit: Visit, wanted: Wanted, before: int | None, lives: bool) -> str:
    found = visit.house.log.newest(wanted, SHOWN, before)
    older = _address(HERE, wanted, before=str(found[-1].number)) if len(found) == SHOWN else ""
    return visit.render("log_lines.html", lines=found, older=older, lives=lives, shorter=shorter)


def shorter(text: str) -> str:
    """As much as fits on a phone."""
    return text if len(text) <= HEAD + TAIL else f"{text[:HEAD]} …\n… {text[-TAIL:]}"


def _wanted(visit: Visit) -> Wanted:
    """The filter of the address; what is no filter is left out."""
    area, least = visit.query("area"), visit.query("least")
    return Wanted(
        process=visit.query("process")[:20],
        area=area if area in ABOUT else "",
        least=least if least in LEVELS else "info",
        text=visit.query("text").strip()[:LONGEST_TEXT],
        without=frozenset() if visit.may("technician") else SECURITY,
    )


def _address(path: str, wanted: Wanted, **more: str) -> str:
    chosen = {name: value for name in ("process", "area", "least", "text") if (value := getattr(wanted, name))} | more
    return f"{path}?{urlencode(chosen)}"


ROUTES = (Get(HERE, show), Get(f"{HERE}/live", follow), Get(f"{HERE}/download", download))
