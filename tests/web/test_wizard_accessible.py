"""The steps of the wizard as axe-core judges them (WCAG 2.2 AA), by day and by night."""

import asyncio
from pathlib import Path

from chargepoint.web.wizard import steps
from tests.virtual_time import run
from tests.web.browser import Inline
from tests.web.chromium import alone, judged
from tests.web.wizard_pages import BOARD, FOUND, SILENT, STATION, STEPS, WizardRig

LIVE = '<p class="note">Asking …</p>'


def pages(folder: Path) -> dict[str, str]:
    """By a name for each."""
    made: dict[str, str] = {}

    async def main() -> None:
        asyncio.get_running_loop().set_default_executor(Inline(1))
        rig = WizardRig(folder)
        browser = await rig.inside("owner")
        wrong = await rig.answer(browser, "station", STATION | {"fuse_a": "-63"})
        made["wrong"], made["wrong, dark"] = alone(wrong.text), alone(wrong.text, dark=True)
        await rig.all(browser)
        for path in [*(path for path, _ in STEPS), "summary", "start"]:
            made[path] = alone((await browser.get(f"/wizard/{path}")).text)
        for answers in ({"driver": "heidelberg"}, {"driver": "heidelberg", "entry.port": "/dev/ttyUSB0"}):
            await rig.answer(browser, "board/1", answers, "try")
        place = steps.find(rig.house.workshop.draft, "board", 1)
        page = (await browser.get("/wizard/board/1")).text
        assert LIVE in page
        for name, sight in (("good", BOARD), ("silent", SILENT), ("found", FOUND)):
            piece = rig.house.rendering.html("wizard_sight.html", sight=sight, place=place, devices=sight.devices, others=1, csrf="00")
            made[name] = alone(page.replace(LIVE, piece))
            made[f"{name}, dark"] = alone(page.replace(LIVE, piece), dark=True)

    run(main())
    return made


def test_everybody_can_make_a_configuration(tmp_path: Path) -> None:
    (tmp_path / "house").mkdir()
    made = pages(tmp_path / "house")
    told = judged(made, tmp_path)
    assert told["found"] == []
    assert told["judged"] == len(made) > 15
    assert max(len(page.encode()) for page in made.values()) < 200_000, "with its styles inside, and not packed"
