"""``/service``: what is out of service, by whom and why; and messages that the CSMS would not take."""

from msgspec import Struct
from starlette.responses import Response

from chargepoint.domain.wording import sentence
from chargepoint.inquiry.outage import ListOutages, Outage, Outages, ReturnToService, TakeOutOfService
from chargepoint.inquiry.undelivered import ListMessages, Messages, ResendMessages, Resent
from chargepoint.web.routes import Get, Post
from chargepoint.web.visit import Visit, whole

HERE = "/service"
LONGEST = 200
STATION = "station"


class Place(Struct, frozen=True):
    """What can be taken out of service, and whether it is."""

    key: str
    """Of the form: ``station``, or the number of the EVSE."""
    name: str
    outage: Outage | None


async def show(visit: Visit) -> Response:
    """As it is."""
    return await _page(visit)


async def take(visit: Visit) -> Response:
    """Out of service, in the name of who is logged in."""
    known, evse = _place(visit)
    reason = visit.field("reason").strip()[:LONGEST]
    if not known:
        return await _page(visit, "Nothing was changed: choose the whole station, or an EVSE.", 400)
    if not reason:
        return await _page(visit, "Nothing was changed: say why, for the next technician.", 400)
    question = TakeOutOfService(evse=evse, reason=reason, by=visit.name, at_once=visit.field("at_once") == "yes")
    return await _changed(visit, await visit.ask(question, Outages))


async def give_back(visit: Visit) -> Response:
    """In service again."""
    known, evse = _place(visit)
    if not known:
        return await _page(visit, "Nothing was changed: choose the whole station, or an EVSE.", 400)
    return await _changed(visit, await visit.ask(ReturnToService(evse=evse, by=visit.name), Outages))


async def resend(visit: Visit) -> Response:
    """One message, or all."""
    number, every = whole(visit.field("number")), visit.field("number") == "all"
    if number is None and not every:
        return await _page(visit, "Nothing was sent: choose a message, or all of them.", 400)
    answer = await visit.ask(ResendMessages(None if number is None else (number,)), Resent)
    if answer.unknown:
        return await _page(visit, f"Nothing was sent: message {number} is not kept any more.", 404)
    what = "1 message goes" if answer.count == 1 else f"{answer.count} messages go"
    return visit.go(HERE, f"{what} out again as soon as the CSMS is connected.")


def _place(visit: Visit) -> tuple[bool, int | None]:
    """Is it one, and which?"""
    text = visit.field("place")
    number = whole(text)
    return text == STATION or number is not None, number


async def _changed(visit: Visit, answer: Outages) -> Response:
    if answer.outcome == "unknown":
        return await _page(visit, f"Nothing was changed: {answer.message}.", 404)
    return visit.go(HERE, sentence(answer.message))


async def _page(visit: Visit, problem: str = "", status: int = 200) -> Response:
    outages = (await visit.ask(ListOutages(), Outages)).outages
    messages = await visit.ask(ListMessages(), Messages)
    return visit.page("service.html", status, places=_places(visit, outages), messages=messages, problem=problem, longest=LONGEST)


def _places(visit: Visit, outages: tuple[Outage, ...]) -> tuple[Place, ...]:
    """The station and its EVSEs, also such as are no longer configured but out of service still."""
    configuration = visit.house.configured.good
    out = {outage.evse: outage for outage in outages}
    evses = {evse.id for evse in configuration.evses} if configuration is not None else set()
    numbers = sorted(evses | {evse for evse in out if evse is not None})
    whole = Place(STATION, "The whole station", out.get(None))
    return (whole, *(Place(str(number), f"EVSE {number}", out.get(number)) for number in numbers))


ROUTES = (Get(HERE, show), Post(f"{HERE}/out", take), Post(f"{HERE}/return", give_back), Post(f"{HERE}/resend", resend))
