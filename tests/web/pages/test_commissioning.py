"""The electrician's sheet, and the report that stays as it was made."""

import asyncio
from pathlib import Path

from chargepoint.commissioning import measured
from tests.web.browser import Browser, Rig, visiting
from tests.web.pages.test_selftest import HASH, Played
from tests.web.signs.pdf_text import text

SHEET = {
    "supply.earthing": "TN-S",
    "supply.main_fuse_a": "35 A",
    "supply.cable_type": "NYM-J 5x10 <fixed>",
    "supply.rcd_type": "type A",
    "supply.rcd_ma": "30",
    "evses.1.continuity_ohm": "0,31",
    "evses.1.insulation_mohm": ">500",
    "evses.1.loop_ohm": "0.62",
    "evses.1.trip_ms": "24",
    "evses.1.trip_ma": "21",
    "evses.1.phase_sequence": measured.PHASES[0],
    "evses.1.voltage_v": "230",
    "person.name": "E. Meter",
    "person.date": "2026-11-23",
}


async def reported(rig: Rig) -> tuple[Played, Browser]:
    """A station that was tested and measured, with its report."""
    tests = Played(rig)
    browser = await rig.inside("technician")
    await browser.get("/selftest")
    await browser.post("/selftest/run", {"evse": "all"})
    await asyncio.sleep(1)
    assert (await browser.post("/commissioning", SHEET)).status == 303
    assert (await browser.post("/commissioning/make")).status == 303
    return tests, browser


def test_values_are_kept_with_remarks_on_what_is_not_usual(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        tests = Played(rig)
        browser = await rig.inside("technician")
        await browser.get("/commissioning")
        await browser.post("/commissioning", SHEET)
        told = (await browser.get("/commissioning")).text
        assert "Saved. 2 values are outside of the usual" in told
        tests.put_anew()
        page = (await browser.get("/commissioning")).text
        assert "the configuration allows 40 A (site.fuse_a) behind a fuse of 35 A" in page
        assert "IEC 62955" in page
        assert 'name="evses.1.continuity_ohm" value="0.31"' in page
        assert 'value="NYM-J 5x10 &lt;fixed&gt;"' in page
        assert 'value="&gt;500"' in page

    visiting(story, tmp_path)


def test_what_is_no_number_is_refused_and_nothing_that_was_typed_is_lost(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        Played(rig)
        browser = await rig.inside("technician")
        await browser.get("/commissioning")
        answer = await browser.post("/commissioning", SHEET | {"evses.1.loop_ohm": "low", "supply.earthing": "XX", "evses.9.loop_ohm": "1"})
        assert answer.status == 400
        assert "&#39;low&#39; is no number; expected one in Ω" in answer.text
        assert "expected one of TN-S, TN-C-S" in answer.text
        assert 'name="evses.1.continuity_ohm" value="0,31"' in answer.text
        assert rig.house.commissioning.sheet.now == measured.Sheet()

    visiting(story, tmp_path)


def test_the_report_has_every_figure_and_says_when_the_configuration_is_another(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        tests, browser = await reported(rig)
        answer = await browser.get("/commissioning/report.html")
        assert answer.headers["content-disposition"] == 'attachment; filename="commissioning-cp001-2026-11-23.html"'
        for said in ("0.31 Ω", "&gt;500 MΩ", "NYM-J 5x10 &lt;fixed&gt;", "E. Meter", HASH, "the feedback of the &lt;lock&gt;"):
            assert said in answer.text
        assert "<script" not in answer.text
        tests.put_anew()
        assert "The report is of another configuration" not in (await browser.get("/commissioning")).text
        tests.digest = "cd" * 32
        assert "The report is of another configuration" in (await browser.get("/commissioning")).text
        assert HASH[:16] in (await browser.get("/commissioning/report.html")).text

    visiting(story, tmp_path)


def test_the_pdf_is_made_by_another_process(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        _, browser = await reported(rig)
        answer = await browser.get("/commissioning/report.pdf")
        assert (answer.status, answer.headers["content-type"]) == (200, "application/pdf")
        said = text(answer.body)
        assert "FAILED" in said.split("Main limits")[0]
        assert "page 1 of" in said

    visiting(story, tmp_path)


def test_viewers_take_the_report_and_write_nothing(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        _, technician = await reported(rig)
        viewer = await rig.inside("viewer")
        assert (await viewer.get("/commissioning/report.html")).status == 200
        page = (await viewer.get("/commissioning")).text
        assert '<fieldset class="sheet" disabled>' in page
        assert [(await viewer.post(path, SHEET)).status for path in ("/commissioning", "/commissioning/make")] == [403, 403]
        assert (await technician.post("/commissioning", SHEET, token="00" * 64)).status == 403
        assert (await technician.post("/commissioning/make", origin="https://evil.example")).status == 403

    visiting(story, tmp_path)


def test_without_a_report_there_is_none_to_take(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        Played(rig)
        browser = await rig.inside("technician")
        assert "None has been made yet." in (await browser.get("/commissioning")).text
        assert [(await browser.get(f"/commissioning/report.{kind}")).status for kind in ("html", "pdf")] == [404, 404]

    visiting(story, tmp_path)
