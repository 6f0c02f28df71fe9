"""``/frames``: what is said between station and CSMS, live; the newest on top."""

import msgspec
from starlette.responses import Response

from chargepoint.inquiry.client import InquiryError
from chargepoint.inquiry.frames import MOST, Frames, ListFrames
from chargepoint.web.routes import Get
from chargepoint.web.visit import ALONE, Visit, whole

HERE = "/frames"
SHOWN = 50
MOST_SHOWN = 1_000
"""On one page; then it is loaded anew, so that no browser that is left open fills its memory."""


async def show(visit: Visit) -> Response:
    """The newest."""
    found = await visit.ask(ListFrames(count=SHOWN), Frames)
    return visit.page(
        "frames.html", frames=found, seen=len(found.lines), lives=visit.query("still") != "1", away="", most=MOST, pretty=pretty
    )


async def follow(visit: Visit) -> Response:
    """What was said since, and how to ask for the rest; the page asks every second."""
    after, seen = whole(visit.query("after")) or 0, whole(visit.query("seen")) or 0
    try:
        found, away = await _since(visit, after), ""
    except InquiryError as error:
        found, away = Frames(lines=(), after=after), str(error)
    if not found.lines and found.after == after and bool(away) == (visit.query("away") == "1"):
        return Response(status_code=204, headers=ALONE)
    seen += len(found.lines)
    response = visit.piece("frames_new.html", frames=found, seen=seen, lives=True, away=away, pretty=pretty)
    if seen > MOST_SHOWN:
        response.headers["HX-Refresh"] = "true"
    return response


async def _since(visit: Visit, after: int) -> Frames:
    """Of a station that has begun to count anew, all that it has said since."""
    found = await visit.ask(ListFrames(after=after), Frames)
    return await visit.ask(ListFrames(after=0), Frames) if found.after < after else found


async def download(visit: Visit) -> Response:
    """All that are kept, one JSON object on each line, the oldest first."""
    found = await visit.ask(ListFrames(), Frames)
    return visit.download(msgspec.json.Encoder().encode_lines(found.lines), "application/x-ndjson", "frames.jsonl")


def pretty(text: str) -> str:
    """A frame over several lines; what is no JSON as it is."""
    try:
        return msgspec.json.format(text)
    except msgspec.MsgspecError:
        return text


ROUTES = (Get(HERE, show), Get(f"{HERE}/new", follow), Get(f"{HERE}/download", download))
