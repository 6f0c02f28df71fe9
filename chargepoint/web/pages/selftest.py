"""``/selftest``: what can be proved of the installation, step by step; alone, or with an adapter or a car that somebody guides."""

from collections.abc import AsyncIterator, Mapping
from typing import get_args

from starlette.exceptions import HTTPException
from starlette.responses import Response

from chargepoint.commissioning.guide import With
from chargepoint.commissioning.steps import WORDS, Outcome, Step, counted
from chargepoint.web.commissioning.testing import Commissioning
from chargepoint.web.routes import Get, Post
from chargepoint.web.streams import News
from chargepoint.web.visit import Visit, whole

HERE = "/selftest"
LOOK_S = 0.5
LONGEST_NAME = 40
"""Of a step."""
MARKS: Mapping[Outcome, str] = {"passed": "yes", "remark": "open", "failed": "no", "by_hand": "open", "impossible": "none"}
BEGUN = "It has begun."
BUSY = "A test is under way already: wait for its end, or stop it."


async def show(visit: Visit) -> Response:
    """What was found last, and what can be begun."""
    pieces = {name: _piece(visit, name) for name in _states(visit)}
    return visit.page("selftest.html", pieces=pieces)


async def follow(visit: Visit) -> Response:
    """Steps and prompts as they come."""
    return visit.stream(_news(visit))


async def run(visit: Visit) -> Response:
    """Begin the self-test."""
    evse = _evse(visit, none=True)
    return visit.go(HERE, BEGUN if _open(visit).begin(evse, visit.name) else BUSY)


async def guided(visit: Visit) -> Response:
    """Begin the guided one."""
    evse, kind = _evse(visit), visit.field("with")
    if evse is None or kind not in get_args(With):
        raise HTTPException(400, "Choose an EVSE, and an adapter or a car.")
    chosen: With = "car" if kind == "car" else "adapter"
    return visit.go(HERE, BEGUN if _open(visit).guide(evse, chosen, visit.name) else BUSY)


async def skip(visit: Visit) -> Response:
    """This step is not for this place."""
    _open(visit).skip(visit.field("name")[:LONGEST_NAME])
    return _done(visit)


async def stop(visit: Visit) -> Response:
    """The test ends."""
    _open(visit).stop()
    return _done(visit)


async def seen(visit: Visit) -> Response:
    """Somebody has looked."""
    good = visit.field("good")
    place = None if visit.field("evse") == "" else _evse(visit)
    if good not in ("yes", "no") or not _open(visit).seen(place, visit.field("name")[:LONGEST_NAME], good == "yes", visit.name):
        raise HTTPException(400, "There is no such step that waits for anybody. Load the page again.")
    return _done(visit)


def _done(visit: Visit) -> Response:
    return Response(status_code=204) if visit.part else visit.go(HERE)


def _open(visit: Visit) -> Commissioning:
    """Raises HTTPException: there is nothing that tests."""
    commissioning = visit.house.commissioning
    if not commissioning.open:
        raise HTTPException(404, "Nothing can be tested from here.")
    return commissioning


def _evse(visit: Visit, *, none: bool = False) -> int | None:
    """Raises HTTPException: there is no such EVSE."""
    configuration, text = visit.house.configured.good, visit.field("evse")
    if none and text == "all":
        return None
    known = () if configuration is None else tuple(part.id for part in configuration.evses)
    number = whole(text, 9)
    if number not in known:
        raise HTTPException(400, f"There is no EVSE {text[:20]!r} here; expected one of {', '.join(map(str, known))}.")
    return number


async def _news(visit: Visit) -> AsyncIterator[News]:
    """What has changed; a page of a technician keeps a guided test going."""
    said: dict[str, object] = {}
    while True:
        if visit.may("technician"):
            visit.house.commissioning.looked()
        for name, state in _states(visit).items():
            if name not in said or said[name] != state:
                said[name] = state
                yield News(name, _piece(visit, name))
        await visit.house.clock.pause(LOOK_S)


def _states(visit: Visit) -> dict[str, object]:
    """What each piece of the page is made of: only what has changed is sent, so that no button goes while somebody reaches for it."""
    test = visit.house.commissioning
    prompt = test.prompt
    return {
        "prompt": (test.running, test.words, test.problem, None if prompt is None else (prompt.name, prompt.ask)),
        "live": None if prompt is None else (prompt.live, prompt.left_s),
        "begin": test.running,
        "steps": (test.record.now, _stale(visit)),
    }


def _stale(visit: Visit) -> bool:
    """Is the record of another configuration?"""
    test = visit.house.commissioning
    return test.open and bool(test.record.now.steps) and test.record.now.configuration != test.ports.digest()


def _piece(visit: Visit, name: str) -> str:
    test, configuration = visit.house.commissioning, visit.house.configured.good
    record, evses = test.record.now, () if configuration is None else configuration.evses
    return visit.render(
        f"selftest_{name}.html",
        test=test,
        prompt=test.prompt,
        does=visit.may("technician") and test.open and bool(evses),
        evses=evses,
        record=record,
        stale=_stale(visit),
        groups=[(evse, _rows(record.of(evse))) for evse in dict.fromkeys(step.evse for step in record.steps)],
        summary=[(number, WORDS[outcome], MARKS[outcome]) for outcome, number in counted(record.steps).items() if number],
    )


def _rows(steps: tuple[Step, ...]) -> list[tuple[str, str, Step]]:
    return [(MARKS[step.outcome], WORDS[step.outcome], step) for step in steps]


ROUTES = (
    Get(HERE, show),
    Get(f"{HERE}/live", follow),
    Post(f"{HERE}/run", run),
    Post(f"{HERE}/guided", guided),
    Post(f"{HERE}/skip", skip),
    Post(f"{HERE}/stop", stop),
    Post(f"{HERE}/seen", seen),
)
