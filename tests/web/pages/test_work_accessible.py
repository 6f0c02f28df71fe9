"""Pages about transactions, cards, service, variables and frames as axe-core judges them (WCAG 2.2 AA), by day and by night."""

import asyncio
from pathlib import Path

from chargepoint.inquiry.frames import Frames
from chargepoint.inquiry.outage import Outages
from chargepoint.inquiry.undelivered import Messages
from chargepoint.inquiry.variables import VariableChanged
from tests.virtual_time import run
from tests.web.browser import Inline, Rig
from tests.web.chromium import alone, judged
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


def pages(folder: Path) -> dict[str, str]:
    """By a name for each."""
    made: dict[str, str] = {}

    async def main() -> None:
        asyncio.get_running_loop().set_default_executor(Inline(1))
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
            made[name], made[f"{name}, dark"] = alone(page), alone(page, dark=True)
        station.answers["HoldCard"] = test_cards.WAITS
        made["waiting"] = alone((await browser.get("/cards/hold/a1b2")).text)

    run(main())
    return made


def test_everybody_can_read_and_use_them(tmp_path: Path) -> None:
    (tmp_path / "house").mkdir()
    made = pages(tmp_path / "house")
    told = judged(made, tmp_path)
    assert told["found"] == []
    assert told["judged"] == len(made) > 20
