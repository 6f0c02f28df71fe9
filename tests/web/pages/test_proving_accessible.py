"""Self-test, commissioning and the report as axe-core judges them (WCAG 2.2 AA), by day and by night."""

import asyncio
from pathlib import Path

from tests.web.accessible import Pages, usable
from tests.web.browser import Rig
from tests.web.pages.test_commissioning import SHEET, reported


async def draw(folder: Path, pages: Pages) -> None:
    """Each as somebody meets it."""
    tests, browser = await reported(Rig(folder))
    shown = {"selftest": await browser.get("/selftest"), "commissioning": await browser.get("/commissioning")}
    shown["refused"] = await browser.post("/commissioning", SHEET | {"evses.1.loop_ohm": "low"})
    await browser.post("/selftest/guided", {"evse": "1", "with": "adapter"})
    await asyncio.sleep(1)
    tests.digest = "cd" * 32
    shown |= {"guided": await browser.get("/selftest"), "stale": await browser.get("/commissioning")}
    for name, answer in shown.items():
        pages.day_and_night(name, answer.text)
    pages.by_day("report", (await browser.get("/commissioning/report.html")).text)
    await browser.post("/selftest/stop")
    await asyncio.sleep(2)


def test_everybody_can_read_and_use_them(tmp_path: Path) -> None:
    made = usable(draw, tmp_path)
    assert len(made) == 11
