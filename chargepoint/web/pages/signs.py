"""What hangs at the station, to be printed: a sticker with the code of each EVSE's page, and the sheet that says how to charge."""

from starlette.exceptions import HTTPException
from starlette.responses import Response

from chargepoint.web.routes import Get
from chargepoint.web.signs.sign import PATH
from chargepoint.web.visit import Visit

HERE = "/signs"
FILES: dict[str, tuple[str, str]] = {
    "sheet.pdf": ("application/pdf", "Instruction sheet, A4 (PDF)"),
    "sticker.pdf": ("application/pdf", "Sticker with QR code, 100 x 60 mm (PDF)"),
    "sticker.svg": ("image/svg+xml", "The same for a printer's shop (SVG)"),
}
"""Name in the address -> media type, and title."""


async def show(visit: Visit) -> Response:
    """Which there are."""
    configuration = visit.house.configured.good
    public = None if configuration is None else configuration.public
    evses = () if configuration is None else tuple(evse.id for evse in configuration.evses)
    leads = (public.url if public is not None else "") or (f"{url}{PATH}" if (url := visit.house.drivers_url) else "")
    return visit.page("signs.html", evses=evses, files=FILES, public=public, leads=leads)


async def give(visit: Visit) -> Response:
    """One file. One at a time: it takes a process, and some seconds."""
    evse, name = visit.place("evse"), visit.place("name")
    configuration = visit.house.configured.good
    if configuration is None or name not in FILES or evse not in [each.id for each in configuration.evses]:
        raise HTTPException(404, "There is no such sign.")
    kind, _, ending = name.partition(".")
    file = f"{kind}-{evse}.{ending}"
    async with visit.house.printing:
        made = await visit.house.ports.signs(evse, file)
    if isinstance(made, str):
        raise HTTPException(503, f"The sign could not be made: {made}")
    return visit.download(made, FILES[name][0], file)


ROUTES = (Get(HERE, show), Get(f"{HERE}/{{evse:int}}/{{name}}", give))
