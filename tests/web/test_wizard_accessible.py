"""The steps of the wizard as axe-core judges them (WCAG 2.2 AA), by day and by night."""

from pathlib import Path

from chargepoint.web.wizard import steps
from tests.web.accessible import Pages, usable
from tests.web.wizard_pages import BOARD, FOUND, SILENT, STATION, STEPS, WizardRig

LIVE = '<p class="note">Asking …</p>'


async def draw(folder: Path, pages: Pages) -> None:
    """Each as somebody meets it."""
    rig = WizardRig(folder)
    browser = await rig.inside("owner")
    wrong = await rig.answer(browser, "station", STATION | {"fuse_a": "-63"})
    pages.day_and_night("wrong", wrong.text)
    await rig.all(browser)
    for path in [*(path for path, _ in STEPS), "summary", "start"]:
        pages.by_day(path, (await browser.get(f"/wizard/{path}")).text)
    for answers in ({"driver": "heidelberg"}, {"driver": "heidelberg", "entry.port": "/dev/ttyUSB0"}):
        await rig.answer(browser, "board/1", answers, "try")
    place = steps.find(rig.house.workshop.draft, "board", 1)
    page = (await browser.get("/wizard/board/1")).text
    assert LIVE in page
    for name, sight in (("good", BOARD), ("silent", SILENT), ("found", FOUND)):
        piece = rig.house.rendering.html("wizard_sight.html", sight=sight, place=place, devices=sight.devices, others=1, csrf="00")
        pages.day_and_night(name, page.replace(LIVE, piece))


def test_everybody_can_make_a_configuration(tmp_path: Path) -> None:
    made = usable(draw, tmp_path)
    assert len(made) > 15
    assert max(len(page.encode()) for page in made.values()) < 200_000, "with its styles inside, and not packed"
