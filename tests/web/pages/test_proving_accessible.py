"""Self-test, commissioning and the report as axe-core judges them (WCAG 2.2 AA), by day and by night."""

import asyncio
from pathlib import Path

from tests.virtual_time import run
from tests.web.browser import Inline, Rig
from tests.web.chromium import alone, judged
from tests.web.pages.test_commissioning import SHEET, reported


def pages(folder: Path) -> dict[str, str]:
    """By a name for each."""
    made: dict[str, str] = {}

    async def main() -> None:
        asyncio.get_running_loop().set_default_executor(Inline(1))
        tests, browser = await reported(Rig(folder))
        shown = {"selftest": await browser.get("/selftest"), "commissioning": await browser.get("/commissioning")}
        shown["refused"] = await browser.post("/commissioning", SHEET | {"evses.1.loop_ohm": "low"})
        await browser.post("/selftest/guided", {"evse": "1", "with": "adapter"})
        await asyncio.sleep(1)
        tests.digest = "cd" * 32
        shown |= {"guided": await browser.get("/selftest"), "stale": await browser.get("/commissioning")}
        for name, answer in shown.items():
            made[name], made[f"{name}, dark"] = alone(answer.text), alone(answer.text, dark=True)
        made["report"] = (await browser.get("/commissioning/report.html")).text
        await browser.post("/selftest/stop")
        await asyncio.sleep(2)

    run(main())
    return made


def test_everybody_can_read_and_use_them(tmp_path: Path) -> None:
    (tmp_path / "house").mkdir()
    made = pages(tmp_path / "house")
    told = judged(made, tmp_path)
    assert told["found"] == []
    assert told["judged"] == len(made) == 11
