"""Pages of one EVSE, of its hardware, of the history and of the connection, as axe-core judges them, by day and by night."""

from pathlib import Path
from typing import get_args

import msgspec

from chargepoint.domain.history import Happening, Level
from chargepoint.inquiry.hardware import Exercised, Shown
from chargepoint.inquiry.history import EventLine, Events
from tests.web.accessible import Pages, usable
from tests.web.browser import Rig
from tests.web.pages.test_connection import AWAY, RUNGS
from tests.web.station import WELDED, Station, heard

PATHS = ("/evse/1", "/hardware/1", "/events", "/connection")
LINES = tuple(
    EventLine(
        number=number, at="2026-11-23T11:00:00Z", what=Happening(area="fault", kind="k", evse=1, level=level, code="CP-301", text="t")
    )
    for number, level in enumerate(get_args(Level), start=1)
)
ROWS = [("yes", "", RUNGS[0]), ("no", "failed", RUNGS[1]), ("none", "not tried", RUNGS[2]), ("warn", "a warning", RUNGS[0])]


async def draw(folder: Path, pages: Pages) -> None:
    """Each as somebody meets it."""
    rig = Rig(folder)
    rig.house.ports = msgspec.structs.replace(rig.house.ports, signals=lambda configuration, told, evse: (("pilot", "+12 V"),))
    station = Station(rig, ShowSignals=Shown((), connected=True), ListEvents=Events(lines=LINES, after=3), SeeUplink=AWAY)
    station.document = heard(fault_details=[WELDED])
    browser = await rig.inside("technician")
    for path in PATHS:
        page = (await browser.get(path)).text
        if path == "/connection":
            rungs = rig.house.rendering.html("connection_rungs.html", rows=ROWS, over=True)
            page = page.replace('<div sse-swap="rungs">', f'<div sse-swap="rungs">{rungs}')
        if path == "/hardware/1":
            answer = Exercised("going_on", "it charges")
            hand = rig.house.rendering.html("hardware_hand.html", evse=1, hold="00", current_a=6.0, answer=answer, csrf="00")
            page = page.replace('<div id="hand" aria-live="polite">', f'<div id="hand" aria-live="polite">{hand}')
        pages.day_and_night(path, page)


def test_everybody_can_read_and_use_them(tmp_path: Path) -> None:
    made = usable(draw, tmp_path)
    assert len(made) == 2 * len(PATHS)
