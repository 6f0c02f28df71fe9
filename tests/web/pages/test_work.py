"""What waits for a car can be called off, by whoever sees it wait."""

import asyncio
from pathlib import Path

from msgspec.structs import replace

from chargepoint.web.keeping import Told
from chargepoint.web.wizard.ports import Progress
from tests.web.editing_house import EditingRig
from tests.web.pages.test_configuration import editing


def test_what_waits_for_a_car_can_be_called_off_and_nothing_else(tmp_path: Path) -> None:
    async def story(rig: EditingRig) -> None:
        off, work = asyncio.Event(), rig.house.work
        assert rig.house.ports.keeping is not None
        rig.house.ports = replace(rig.house.ports, keeping=replace(rig.house.ports.keeping, call_off=off.set))

        async def change(link: str) -> Told:
            yield Progress("waiting", "EVSE 1 charges.", link=link)
            await off.wait()
            yield Progress("put back", "It was called off.")

        browser = await rig.inside("technician")
        assert "Call it off" not in (await browser.get("/work")).text
        assert (await browser.post("/work/off")).headers["location"] == "/work"
        assert not off.is_set(), "nothing is under way"
        work.begin("A new configuration", change(""))
        await asyncio.sleep(0.1)
        assert "Call it off" in (await browser.get("/work")).text
        assert (await browser.post("/work/off")).headers["location"] == "/work"
        await asyncio.sleep(0.1)
        page = (await browser.get("/work")).text
        assert "It was called off." in page
        assert "Call it off" not in page
        assert rig.logged[-1]["info"] == "called off: A new configuration"
        off.clear()
        work.begin("A new configuration", change("https://192.0.2.1/work"))
        await asyncio.sleep(0.1)
        assert "Call it off" not in (await browser.get("/work")).text, "it waits for somebody to come, not for a car"
        off.set()
        await asyncio.sleep(0.1)

    editing(story, tmp_path)


def test_what_is_on_its_way_at_a_terminal_is_told_until_these_pages_go_on_with_it(tmp_path: Path) -> None:
    async def story(rig: EditingRig) -> None:
        assert rig.house.ports.keeping is not None
        browser = await rig.inside("technician")
        assert "Nothing under way" in (await browser.get("/work")).text
        rig.house.ports = replace(rig.house.ports, keeping=replace(rig.house.ports.keeping, elsewhere=lambda: True))
        page = (await browser.get("/work")).text
        assert "is on its way at a terminal" in page
        assert "nothing is being restored" not in page

        async def rest() -> Told:
            yield Progress("saved", "It is written.")
            await asyncio.sleep(60)

        rig.house.work.begin("A backup is restored", rest())
        await asyncio.sleep(0.1)
        page = (await browser.get("/work")).text
        assert "<h1>A backup is restored</h1>" in page
        assert "terminal" not in page
        await asyncio.sleep(60)

    editing(story, tmp_path)
