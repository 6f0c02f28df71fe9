"""Signs are given one by one, and made elsewhere."""

import asyncio
from pathlib import Path

import msgspec

from chargepoint.cli import printing
from tests.cli.test_signs import PUBLIC, served, station
from tests.web.browser import Rig, visiting
from tests.web.signs.pdf_text import text


def test_each_evse_has_its_signs_and_nothing_else_is_given(tmp_path: Path) -> None:
    asked: list[tuple[int, str]] = []

    async def made(evse: int, name: str) -> bytes | str:
        asked.append((evse, name))
        return b"%PDF" if name.startswith("sheet") else "the disk is full"

    async def story(rig: Rig) -> None:
        rig.house.ports = msgspec.structs.replace(rig.house.ports, signs=made)
        browser = await rig.inside("viewer")
        nowhere_yet = (await browser.get("/signs")).text
        assert ("a code would lead nowhere" in nowhere_yet, 'href="/signs/2/sticker.svg"' in nowhere_yet) == (True, False)
        rig.house.drivers_url = "http://served.local/"
        shown = (await browser.get("/signs")).text
        assert ('href="/signs/2/sticker.svg"' in shown, "<code>http://served.local/e/</code>" in shown) == (True, True)
        sheet = await browser.get("/signs/1/sheet.pdf")
        assert (sheet.body, sheet.headers["content-disposition"]) == (b"%PDF", 'attachment; filename="sheet-1.pdf"')
        failed = await browser.get("/signs/1/sticker.svg")
        assert (failed.status, "the disk is full" in failed.text) == (503, True)
        for nowhere in (
            "/signs/9/sheet.pdf",
            "/signs/1/sheet-1.pdf",
            "/signs/1/..%2f..%2fetc",
            "/signs/-1/sheet.pdf",
            "/signs/1/sheet.pdf/x",
        ):
            assert (await browser.get(nowhere)).status == 404
        assert asked == [(1, "sheet-1.pdf"), (1, "sticker-1.svg")]

    visiting(story, tmp_path)


def test_they_are_made_by_a_process_of_its_own_which_says_what_is_wrong(tmp_path: Path) -> None:
    async def main() -> tuple[bytes | str, bytes | str]:
        config = station(tmp_path, PUBLIC + "\n[web]\n")
        served(tmp_path, "http://served.local/")
        missing = tmp_path / "none.toml"
        return await printing.printed(config, tmp_path, 1, "sheet-1.pdf"), await printing.printed(missing, tmp_path, 1, "sheet-1.pdf")

    made, failed = asyncio.run(main())
    assert isinstance(made, bytes)
    assert "Jak ładować" in text(made)
    assert isinstance(failed, str)
    assert "none.toml" in failed
