"""The page of updates in each of its states, as axe-core judges it, by day and by night."""

from pathlib import Path

from msgspec.structs import replace

from chargepoint.update.messages import Phase
from chargepoint.web.updates import Fetching
from tests.web.accessible import Pages, usable
from tests.web.browser import Rig
from tests.web.pages.test_update import Updater, now, station
from tests.web.station import heard

STATES = {
    "checked": now(Phase.CHECKED),
    "installing": replace(now(Phase.INSTALLING, percent=40), support_until="2026-12-24"),
    "taken back": replace(now(Phase.TAKEN_BACK, code="CP-829", text="control is not heard"), support_until="2026-10-01"),
    "away": None,
}


async def draw(folder: Path, pages: Pages) -> None:
    """Each as somebody meets it."""
    updater = Updater(folder)
    rig = Rig(folder, updates=updater.ports)
    station(rig).document = heard() | {"release": "0.1.0", "control_release": "0.0.9", "link": True}
    browser = await rig.inside("technician")
    for name, state in STATES.items():
        updater.state = state
        rig.house.updates.fetching = Fetching(host="maker.example", state="over", text="HTTP 404") if state is None else None
        page = (await browser.get("/update")).text
        assert len(page.encode()) < 20_000
        pages.day_and_night(name, page)


def test_everybody_can_read_and_use_it(tmp_path: Path) -> None:
    made = usable(draw, tmp_path)
    assert len(made) == 2 * len(STATES)
