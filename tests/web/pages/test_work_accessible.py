"""Pages about transactions, cards, service, variables and frames as axe-core judges them (WCAG 2.2 AA), by day and by night."""

from pathlib import Path

from chargepoint.inquiry.frames import Frames
from chargepoint.inquiry.outage import Outages
from chargepoint.inquiry.undelivered import Messages
from chargepoint.inquiry.variables import VariableChanged
from tests.web.accessible import Pages, usable
from tests.web.browser import Rig
from tests.web.pages import test_cards, test_frames, test_service, test_transactions, test_variables
from tests.web.station import Station

PAGES = {
    "transactions": "/transactions?before=150",
    "cards": "/cards?search=v",
    "hold": "/cards/hold/a1b2",
    "service": "/service",
    "variables": "/variables",
    "frames": "/frames",
    **{f"variable {line.name}": f"/variables/one?name={line.name.replace(' ', '%20')}" for line in test_variables.ALL},
}


async def draw(folder: Path, pages: Pages) -> None:
    """Each as somebody meets it."""
    rig = Rig(folder)
    station = Station(
        rig,
        ListTransactions=test_transactions.listed,
        ListCards=test_cards.LIST,
        HoldCard=test_cards.SHOWN,
        ListOutages=Outages(outages=(test_service.OUT,)),
        ListMessages=Messages(2, 1, (test_service.MESSAGE,)),
        ListVariables=test_variables.listed,
        ListFrames=Frames(lines=(test_frames.CALL, test_frames.ERROR), after=9, lost=2),
        ChangeVariable=VariableChanged(outcome="refused", message="no"),
    )
    browser = await rig.inside("technician")
    for name, path in PAGES.items():
        page = (
            (await browser.get(path))
            .text.replace("<details", "<details open")
            .replace('<details open class="menu"', '<details class="menu"')
        )
        pages.day_and_night(name, page)
    station.answers["HoldCard"] = test_cards.WAITS
    pages.by_day("waiting", (await browser.get("/cards/hold/a1b2")).text)


def test_everybody_can_read_and_use_them(tmp_path: Path) -> None:
    made = usable(draw, tmp_path)
    assert len(made) > 20
