"""``/security``: what has happened about security at these pages."""

import msgspec
from starlette.responses import Response

from chargepoint.web.routes import Get
from chargepoint.web.visit import Visit

SHOWN, KEPT = 200, 5_000


async def show(visit: Visit) -> Response:
    """The newest."""
    return visit.page("security.html", lines=visit.house.security.newest(SHOWN), fingerprint=visit.house.fingerprint)


async def download(visit: Visit) -> Response:
    """All of it, one JSON object on each line, the newest first."""
    return visit.download(msgspec.json.Encoder().encode_lines(visit.house.security.newest(KEPT)), "application/x-ndjson", "security.jsonl")


ROUTES = (Get("/security", show), Get("/security/download", download))
