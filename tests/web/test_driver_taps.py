"""What drivers do on their pages: start, stop, report."""

import re
from pathlib import Path

import pytest
from msgspec.structs import replace

from chargepoint import texts
from chargepoint.domain import catalogue
from chargepoint.inquiry.driver import Done, ReportProblem, StartHere, StopHere
from chargepoint.web.drivers import place
from tests.web.driver_pages import CHARGES, SIGHTS, Pages, code, playing


def test_who_taps_start_starts_with_his_browser_and_only_he_may_stop(tmp_path: Path) -> None:
    async def story(pages: Pages) -> None:
        pages.sight, pages.answers = SIGHTS["start"], {StartHere: Done("done"), StopHere: Done("done")}
        one, other = pages.browser(), pages.browser("192.0.2.8")
        assert "/e/1/start" in (await one.get("/e/1")).text
        assert (await one.post("/e/1/start")).status == 303
        asked = next(each for each in pages.asked if isinstance(each, StartHere))
        assert asked.browser == place.hashed(one.cookies[place.COOKIE])
        assert one.cookies[place.COOKIE] not in repr(pages.asked)
        pages.sight = replace(CHARGES, may_stop=True, browser=asked.browser)
        pages.house.sights.stale(1)
        assert "/e/1/stop" in (await one.get("/e/1")).text
        assert "/e/1/stop" not in (await other.get("/e/1")).text
        assert (await one.post("/e/1/stop")).status == 303
        assert [each for each in pages.asked if isinstance(each, StopHere)] == [StopHere(1, asked.browser)]

    playing(story, tmp_path)


def test_what_the_station_refuses_is_told_with_its_reason(tmp_path: Path) -> None:
    async def story(pages: Pages) -> None:
        pages.sight, pages.answers = SIGHTS["start"], {StartHere: Done("refused", code("reserved"))}
        browser = pages.browser()
        await browser.get("/e/1?lang=de")
        answer = await browser.post("/e/1/start")
        assert (answer.status, texts.of("de").text(catalogue.of("reserved").driver) in answer.text) == (409, True)
        pages.answers = {}
        assert (await browser.post("/e/1/start")).status == 503

    playing(story, tmp_path)


def test_nothing_on_a_page_that_answers_a_tap_leads_to_where_there_is_none(tmp_path: Path) -> None:
    """Another language, or the page anew by itself where there is no script: the address of a tap is none to look at."""

    async def story(pages: Pages) -> None:
        pages.sight, pages.answers = SIGHTS["start"], {StartHere: Done("refused", code("reserved"))}
        browser = pages.browser()
        await browser.get("/e/1")
        for path, token in (("/e/1/start", None), ("/e/1/start", "00" * 64), ("/e/1/problem", None)):
            html = (await browser.post(path, {}, token)).text
            ways = [*re.findall(r'href="([^"]*\?lang=..)"', html), *re.findall(r'content="15; url=([^"]+)"', html)]
            assert len(ways) >= 6
            assert {(await browser.get(way)).status for way in ways} == {200}

    playing(story, tmp_path)


@pytest.mark.parametrize("path", ["/e/1/start", "/e/1/stop", "/e/1/problem"])
def test_no_other_site_can_do_anything_in_a_drivers_name(path: str, tmp_path: Path) -> None:
    async def story(pages: Pages) -> None:
        pages.sight = SIGHTS["start"]
        browser = pages.browser()
        await browser.get("/e/1/problem")
        for headers, token in (
            ({"origin": "http://evil.example"}, None),
            ({"origin": "null"}, None),
            ({"sec_fetch_site": "cross-site"}, None),
            ({}, ""),
            ({}, "00" * 64),
        ):
            answer = await browser.post(path, {"kind": "other"}, token, **headers)
            assert answer.status == 403
        assert [each for each in pages.asked if isinstance(each, StartHere | StopHere | ReportProblem)] == []
        assert (await browser.get("/e/1/start")).status == 405

    playing(story, tmp_path)


def test_a_driver_who_comes_through_a_proxy_with_tls_is_at_home_too(tmp_path: Path) -> None:
    async def story(pages: Pages) -> None:
        pages.sight, pages.answers = SIGHTS["start"], {StartHere: Done("done")}
        browser, outside = pages.browser(), "https://charge.example"
        await browser.get("/e/1")
        assert (await browser.post("/e/1/start", origin=outside, sec_fetch_site="same-origin")).status == 303
        assert (await browser.post("/e/1/start", origin=outside)).status == 403

    playing(story, tmp_path)


def test_taps_and_reports_are_rationed_for_each_place_and_for_all_together(tmp_path: Path) -> None:
    async def story(pages: Pages) -> None:
        pages.sight, pages.answers = SIGHTS["start"], {StartHere: Done("refused"), ReportProblem: Done("done")}
        browser = pages.browser()
        await browser.get("/e/1/problem")
        assert [(await browser.post("/e/1/start")).status for _ in range(11)] == [409] * 10 + [429]
        assert [(await browser.post("/e/1/problem", {"kind": "other"})).status for _ in range(4)] == [303] * 3 + [429]
        crowd = [pages.browser(f"198.51.100.{number}") for number in range(30)]
        for each in crowd:
            await each.get("/e/1/problem")
        assert [(await each.post("/e/1/problem", {"kind": "other"})).status for each in crowd].count(303) == 17
        pages.time.pass_by(601)
        assert (await browser.post("/e/1/problem", {"kind": "other"})).status == 303

    playing(story, tmp_path)


def test_a_report_goes_to_the_station_bounded_and_in_one_line(tmp_path: Path) -> None:
    async def story(pages: Pages) -> None:
        pages.answers = {ReportProblem: Done("done")}
        browser = pages.browser()
        await browser.get("/e/1/problem?lang=de")
        assert (await browser.post("/e/1/problem", {"kind": "nonsense", "text": "x"})).status == 400
        answer = await browser.post("/e/1/problem", {"kind": "stuck", "text": "Zeile\r\n\tzwei <b>" + "ä" * 600})
        assert (answer.status, answer.headers["location"]) == (303, "/e/1")
        asked = pages.asked[-1]
        assert (asked.evse, asked.kind, len(asked.text), asked.text[:14]) == (1, "stuck", 500, "Zeile zwei <b>")
        assert "Vielen Dank. Ihre Meldung wurde weitergegeben." in (await browser.get("/e/1")).text
        assert (await browser.post("/e/1/problem", {"kind": "stuck", "text": "x" * 9_000})).status == 413

    playing(story, tmp_path)
