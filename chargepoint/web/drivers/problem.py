"""``/e/{evse}/problem``: whoever finds something wrong says so; technicians see it in the history."""

from collections.abc import Mapping

from starlette.responses import Response

from chargepoint.inquiry.client import InquiryError
from chargepoint.inquiry.driver import LONGEST_TEXT, Done, ProblemKind, ReportProblem
from chargepoint.texts import marked
from chargepoint.web.drivers import language
from chargepoint.web.drivers.place import NOT_NOW, TOO_OFTEN, place_of
from chargepoint.web.routes import Get, Post
from chargepoint.web.visit import Visit

FORM_BYTES = 8_192

KINDS: Mapping[ProblemKind, str] = {
    "no_start": marked("Charging does not start"),
    "stuck": marked("The plug is stuck"),
    "damaged": marked("The station, plug or cable is damaged"),
    "blocked": marked("The parking space is blocked"),
    "wrong": marked("Price or display is wrong"),
    "danger": marked("Something is dangerous"),
    "other": marked("Something else"),
}
CHOOSE = marked("Please choose what is wrong.")
THANKS = marked("Thank you. Your report has been passed on.")


async def show(visit: Visit) -> Response:
    """The form."""
    return _page(visit)


async def report(visit: Visit) -> Response:
    """Pass it on."""
    _, evse = place_of(visit)
    kind = next((each for each in KINDS if each == visit.field("kind")), None)
    if kind is None:
        return _page(visit, CHOOSE, 400)
    if not visit.house.reports.take(visit.address, visit.house.clock.monotonic()):
        return _page(visit, TOO_OFTEN, 429)
    try:
        done = await visit.ask(ReportProblem(evse, kind, " ".join(visit.field("text").split())[:LONGEST_TEXT]), Done)
    except InquiryError:
        return _page(visit, NOT_NOW, 503)
    if done.outcome != "done":
        return _page(visit, TOO_OFTEN if done.outcome == "too_many" else NOT_NOW, 503)
    return visit.go(f"/e/{evse}", language.of(visit).text(THANKS))


def _page(visit: Visit, problem: str = "", status: int = 200) -> Response:
    configuration, evse = place_of(visit)
    t = language.of(visit)
    return language.remember(
        visit,
        visit.page(
            "driver_problem.html",
            status,
            t=t,
            evse=evse,
            path=f"/e/{evse}/problem",
            public=configuration.public,
            kinds=[(kind, t.text(words)) for kind, words in KINDS.items()],
            chosen=visit.field("kind"),
            written=visit.field("text")[:LONGEST_TEXT],
            longest=LONGEST_TEXT,
            problem=t.text(problem) if problem else "",
        ),
    )


ROUTES = (Get("/e/{evse:int}/problem", show), Post("/e/{evse:int}/problem", report, most_bytes=FORM_BYTES))
