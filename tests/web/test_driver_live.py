"""The page of an EVSE in a real browser, which keeps it up to date by itself."""

import asyncio
import re
import subprocess
from asyncio.subprocess import DEVNULL, PIPE
from itertools import count
from pathlib import Path
from typing import Any

from chargepoint.inquiry.driver import EvseSight
from chargepoint.web.clock import Clock
from chargepoint.web.door import Door
from chargepoint.web.drivers.sights import Sights
from tests import virtual_time
from tests.web.chromium import LONGEST_S, SILENT, STATIC, alone, chromium
from tests.web.driver_pages import CHARGES, Pages

AVAILABLE = EvseSight(evse=1, headline="available")
LOOKS_MS = 9_000
"""Of the browser's own time: four looks."""


async def drawn(pages: Pages, program: str, profile: Path) -> tuple[str, list[str]]:
    """The page as it stands after some looks, and what was asked for."""
    asked: list[str] = []

    async def noted(scope: Any, receive: Any, send: Any) -> None:
        asked.append(scope["path"])
        await pages.app(scope, receive, send)

    served = Door(noted, None, Clock())
    served.open("127.0.0.1", 0)
    try:
        command = (program, *SILENT, f"--user-data-dir={profile}", f"--virtual-time-budget={LOOKS_MS}", "--dump-dom")
        process = await asyncio.create_subprocess_exec(*command, f"http://127.0.0.1:{served.port}/e/1", stdout=PIPE, stderr=DEVNULL)
        said, _ = await asyncio.wait_for(process.communicate(), LONGEST_S)
    finally:
        await served.close()
    return said.decode(), asked


def story(pages: Pages, *sights: EvseSight) -> None:
    """The station says one after the other, the last for ever."""
    told, seconds = list(sights), count(start=1_000.0, step=1.0)

    async def ask(evse: int) -> EvseSight:
        return told.pop(0) if len(told) > 1 else told[0]

    pages.house.sights = Sights(ask, Clock(pages.time.now, lambda: next(seconds), asyncio.sleep))


def test_what_changes_is_shown_without_loading_the_page_again(tmp_path: Path) -> None:
    program = chromium()

    async def main() -> tuple[str, list[str]]:
        pages = Pages(tmp_path)
        story(pages, AVAILABLE, EvseSight(evse=1, headline="plugged"), CHARGES)
        return await drawn(pages, program, tmp_path / "profile")

    page, asked = asyncio.run(main())
    assert (asked.count("/e/1"), asked.count("/e/1/live") >= 2) == (1, True)
    assert "<h2>Charging</h2>" in page
    assert "10.9\u00a0kW" in page.replace("&nbsp;", "\u00a0")
    assert "<title>Charging · XY-12 · 1</title>" in page


def test_a_station_that_is_gone_is_said_so_by_the_pages_that_are_not(tmp_path: Path) -> None:
    program = chromium()

    async def main() -> tuple[str, list[str]]:
        pages = Pages(tmp_path)
        pages.sight = None
        return await drawn(pages, program, tmp_path / "profile")

    page, _ = asyncio.run(main())
    assert "<h2>The station does not answer</h2>" in page
    assert 'data-lost="" hidden=""' in page


def test_an_answer_that_never_comes_makes_the_page_old(tmp_path: Path) -> None:
    """A telephone that has left the network hears nothing, not even that it hears nothing."""
    program, made = chromium(), tmp_path / "page.html"
    stalls = "window.fetch = (_, { signal }) => new Promise((_, no) => signal.addEventListener('abort', no));"

    async def main() -> str:
        return await Pages(tmp_path).see("charging", "en")

    made.write_text(f"{alone(virtual_time.run(main()))}<script>{stalls}</script><script>{(STATIC / 'driver.js').read_text()}</script>")
    command = (program, *SILENT, f"--user-data-dir={tmp_path / 'profile'}", "--virtual-time-budget=12000", "--dump-dom", made.as_uri())
    page = subprocess.run(command, capture_output=True, text=True, timeout=LONGEST_S, check=True).stdout
    assert re.search(r'<p class="note wait" data-lost="" role="status">No connection', page)
