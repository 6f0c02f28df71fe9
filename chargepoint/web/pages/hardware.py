"""``/hardware/{evse}``: every signal of the hardware, live, and outputs that a technician moves. What may be moved, control decides.

The lease of a charge by hand belongs to the page that began it (``House.hands``): it renews it every two seconds, and once the page is
closed, or somebody has said stop, nobody does.
"""

import secrets
from collections.abc import AsyncGenerator

from starlette.exceptions import HTTPException
from starlette.responses import Response

from chargepoint.domain.configuration import Configuration, EvsePart
from chargepoint.inquiry.client import InquiryError
from chargepoint.inquiry.hardware import ChargeByHand, Exercised, ExerciseOutput, Shown, ShowSignals
from chargepoint.web import outputs
from chargepoint.web.routes import Get, Post
from chargepoint.web.streams import anew
from chargepoint.web.visit import Visit, whole

HERE = "/hardware/{evse:int}"
LOOK_S = 1.0
LEASE_S = 6.0
PATIENCE_S = 15.0
"""An exercise lasts 5 s, and the station waits 10 s for it."""
LONGEST_WHAT, LONGEST_TEXT = 40, 80


async def show(visit: Visit) -> Response:
    """As it is now, and what can be moved."""
    return await _page(visit, None)


async def follow(visit: Visit) -> Response:
    """The signals, every second."""
    _part(visit)
    return visit.stream(anew("signals", _again(visit)))


async def exercise(visit: Visit) -> Response:
    """Move one output, and say what was measured or why not."""
    evse = _part(visit).id
    what, text = visit.field("what")[:LONGEST_WHAT].strip(), visit.field("text")[:LONGEST_TEXT].strip()
    answer = await visit.ask(ExerciseOutput(evse, f"{what} {text}".strip()), Exercised, PATIENCE_S)
    return visit.piece("hardware_said.html", answer=answer) if visit.part else await _page(visit, answer)


async def begin(visit: Visit) -> Response:
    """A charge by hand; only for a page that can renew it."""
    evse, current_a = _part(visit).id, _current_a(visit)
    if not visit.part:
        return await _page(visit, Exercised("refused", "This needs a browser with scripts: the page has to go on saying that it is there."))
    hold = secrets.token_hex(8)
    visit.house.hands[evse] = hold
    return await _held(visit, evse, current_a, hold)


async def renew(visit: Visit) -> Response:
    """The page is still there."""
    evse, hold = _part(visit).id, visit.field("hold")
    if visit.house.hands.get(evse) != hold:
        return visit.piece("hardware_hand.html", evse=evse, hold="", current_a=0.0, answer=Exercised("ended", "It was ended."))
    answer = await _held(visit, evse, _current_a(visit), hold)
    return Response(status_code=204) if visit.house.hands.get(evse) == hold else answer


async def end(visit: Visit) -> Response:
    """Stop."""
    evse = _part(visit).id
    visit.house.hands.pop(evse, None)
    answer = await visit.ask(ChargeByHand(evse, 0.0, 0.0), Exercised, PATIENCE_S)
    return visit.piece("hardware_hand.html", evse=evse, hold="", current_a=0.0, answer=answer)


async def _held(visit: Visit, evse: int, current_a: float, hold: str) -> Response:
    """Ask for the lease; who has said stop meanwhile has the last word."""
    hands = visit.house.hands
    answer = await visit.ask(ChargeByHand(evse, current_a, LEASE_S), Exercised, PATIENCE_S)
    if answer.outcome == "going_on" and hands.get(evse) is None:
        answer = await visit.ask(ChargeByHand(evse, 0.0, 0.0), Exercised, PATIENCE_S)
    if answer.outcome != "going_on" and hands.get(evse) == hold:
        del hands[evse]
    held = hold if hands.get(evse) == hold else ""
    return visit.piece("hardware_hand.html", evse=evse, hold=held, current_a=current_a, answer=answer)


def _current_a(visit: Visit) -> float:
    """Raises HTTPException; whether the EVSE can do it, the station knows."""
    text = visit.field("current_a")
    current_a = whole(text, 3)
    if current_a is None:
        raise HTTPException(400, f"Current {text[:20] or 'not given'}: expected whole amperes from 6 on.")
    return float(current_a)


def _configuration(visit: Visit) -> Configuration:
    configuration = visit.house.configured.good
    if configuration is None:
        raise HTTPException(404, "There is no configuration yet, so there is no hardware to show.")
    return configuration


def _part(visit: Visit) -> EvsePart:
    """Raises HTTPException: there is no such EVSE."""
    parts = _configuration(visit).evses
    found = next((part for part in parts if part.id == visit.place("evse")), None)
    if found is None:
        there = ", ".join(str(part.id) for part in parts)
        raise HTTPException(404, f"There is no EVSE {visit.place('evse')} at this station; expected one of {there}.")
    return found


async def _page(visit: Visit, answer: Exercised | None) -> Response:
    part = _part(visit)
    return visit.page(
        "hardware.html",
        part=part,
        signals=await _signals(visit),
        outputs=outputs.of(_configuration(visit), part),
        answer=answer,
        currents=outputs.currents(part),
    )


async def _again(visit: Visit) -> AsyncGenerator[str, None]:
    while True:
        yield await _signals(visit)
        await visit.house.clock.pause(LOOK_S)


async def _signals(visit: Visit) -> str:
    try:
        shown = await visit.ask(ShowSignals(), Shown)
    except InquiryError as error:
        return visit.render("away.html", problem=str(error))
    rows = visit.house.ports.signals(_configuration(visit), shown, visit.place("evse")) if shown.connected else None
    return visit.render("hardware_signals.html", rows=rows)


ROUTES = (
    Get(HERE, show),
    Get(f"{HERE}/live", follow),
    Post(f"{HERE}/exercise", exercise),
    Post(f"{HERE}/charge", begin),
    Post(f"{HERE}/charge/renew", renew),
    Post(f"{HERE}/charge/end", end),
)
