"""What drivers see and may do."""

import asyncio
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from chargepoint import texts
from chargepoint.domain import catalogue
from chargepoint.domain.receipt import Receipt
from chargepoint.inquiry.driver import Done, EvseSight, ReceiptSeen, ReportProblem, SeeReceipt, StartHere, StopHere
from chargepoint.web import application
from chargepoint.web.drivers import errors, language, place, states
from tests.virtual_time import run
from tests.web.browser import Inline
from tests.web.driver_pages import CHARGES, SIGHTS, Pages, code

BUDGET_BYTES = 50_000
RECEIPT = Receipt(
    key="k" * 22,
    transaction="3f2c",
    evse=1,
    started=datetime(2026, 3, 1, 6, 30, tzinfo=UTC),
    ended=datetime(2026, 3, 1, 9, 0, tzinfo=UTC),
    start_wh=1_000_000,
    end_wh=1_023_456,
    cost="10.56",
    final=True,
    utc_offset="+01:00",
)


def plain(html: str) -> str:
    """Words alone, as they are read."""
    html = re.sub(r"<(script|style|svg|noscript).*?</\1>", "", html, flags=re.DOTALL)
    text = re.sub(r"<[^>]+>", " ", html)
    for entity, sign in (("&#39;", "'"), ("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">"), ("&#34;", '"'), ("\u00a0", " ")):
        text = text.replace(entity, sign)
    return " ".join(text.split())


def playing(story: Any, folder: Path, **changes: Any) -> None:
    async def main() -> None:
        asyncio.get_running_loop().set_default_executor(Inline(1))
        await story(Pages(folder, **changes))

    run(main())


@pytest.mark.parametrize("tongue", texts.LANGUAGES)
def test_every_state_has_its_own_title_sentence_icon_help_and_language(tongue: str, tmp_path: Path) -> None:
    async def story(pages: Pages) -> None:
        t = texts.of(tongue)
        for name in SIGHTS:
            html = await pages.see(name, tongue)
            said, state = plain(html), states.of(SIGHTS[name])
            assert f'<html lang="{tongue}">' in html
            assert t.text(state.title) in said
            assert "XY-12" in said
            assert 'href="tel:+498001234567"' in html
            assert html.count("<h1") == 1
            if tongue != "en":
                assert state.title not in said
        shown = {states.STATES[headline].icon for headline in states.STATES}
        assert len(shown) == len(states.STATES)

    playing(story, tmp_path)


def test_a_fault_is_told_with_what_to_do_and_what_to_say_on_the_telephone(tmp_path: Path) -> None:
    async def story(pages: Pages) -> None:
        for tongue in ("de", "en"):
            t, said = texts.of(tongue), plain(await pages.see("fault", tongue))
            assert t.text(catalogue.of("rcd_tripped").driver) in said
            assert (
                t.text("Say: station {station}, charging place {place}, code {code}.", station="XY-12", place=1, code="CP-201").replace(
                    "\u00a0", " "
                )
                in said
            )

    playing(story, tmp_path)


def test_figures_price_and_pause_are_written_as_people_there_do(tmp_path: Path) -> None:
    async def story(pages: Pages) -> None:
        said = plain(await pages.see("charging", "de"))
        assert "Leistung 10,9 kW Energie 12,35 kWh Dauer 1 h 12 min Kosten bisher 5,56 €" in said
        assert "0,45 EUR/kWh, 2 EUR/h nach dem Laden" in said
        assert "Wznowienie za około 25 minut." in plain(await pages.see("paused", "pl"))
        assert "pro kWh 0,45 €" in plain(await pages.see("prices", "de"))
        assert "0.45 EUR/kWh" in plain(await pages.see("available", "fr"))  # in any language that there is

    playing(story, tmp_path)


def test_who_comes_next_does_not_read_the_figures_of_the_session_before(tmp_path: Path) -> None:
    async def story(pages: Pages) -> None:
        assert "Energy 23.46 kWh" in plain(await pages.see("finished", "en"))
        said = plain(await pages.see("left", "en"))
        assert ("Receipt of the last session" in said, "23.46" in said, "10.56" in said) == (True, False, False)

    playing(story, tmp_path)


def test_a_page_is_light_and_never_names_who_charges(tmp_path: Path) -> None:
    async def story(pages: Pages) -> None:
        html = await pages.see("charging_mine", "pl")
        assets = (path for name, path in re.findall(r'(href|src)="(/static/[^"]+)"', html))
        weight = len(html.encode()) + sum([len((await pages.browser().get(path)).body) for path in assets])
        assert weight < BUDGET_BYTES / 2, weight
        assert CHARGES.browser not in html
        assert "style=" not in html

    playing(story, tmp_path)


def test_a_station_that_does_not_answer_is_said_so_without_its_insides(tmp_path: Path) -> None:
    async def story(pages: Pages) -> None:
        for path in ("/e/1", "/e/1/live"):
            pages.sight = None
            answer = await pages.browser().get(path)
            assert (answer.status, "does not answer" in answer.text, "/run/secret" in answer.text) == (200, True, False)

    playing(story, tmp_path)


@pytest.mark.parametrize(
    ("header", "there", "chosen"),
    [
        ("de-AT,de;q=0.9,en;q=0.8", ("en", "de"), "de"),
        ("en;q=0.1, pl;q=0.7", ("en", "de", "pl"), "pl"),
        ("nb-NO", ("fr", "en"), "fr"),
        ("de;q=0, en", ("de", "en"), "en"),
        ("", ("it",), "it"),
        (";;;q=x,,*;q=1" * 900, ("it", "en"), "it"),
    ],
)
def test_the_first_language_of_the_browser_that_there_is(header: str, there: tuple[str, ...], chosen: str, tmp_path: Path) -> None:
    async def story(pages: Pages) -> None:
        browser = pages.browser()
        assert f'<html lang="{chosen}">' in (await browser.get("/e/1", accept_language=header)).text
        assert f'<html lang="{there[0]}">' in (await browser.get(f"/e/1?lang={there[0]}", accept_language=header)).text
        assert browser.cookies[language.COOKIE] == there[0]
        assert f'<html lang="{there[0]}">' in (await browser.get("/e/1", accept_language=header)).text
        assert (await browser.get("/e/1?lang=../../etc")).status == 200

    playing(story, tmp_path, languages=there)


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


def test_a_receipt_has_all_that_is_paid_for_and_is_found_by_its_secret_alone(tmp_path: Path) -> None:
    async def story(pages: Pages) -> None:
        pages.answers = {SeeReceipt: ReceiptSeen(RECEIPT)}
        answer = await pages.browser().get(f"/r/{RECEIPT.key}?lang=de")
        said = plain(answer.text)
        for part in (
            "01.03.2026, 07:30 (+01:00)",
            "2 h 30 min",
            "1.000,000 kWh",
            "1.023,456 kWh",
            "23,456 kWh",
            "10,56 €",
            "3f2c",
            "XY-12",
        ):
            assert part in said
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cache-control"] == "no-store"
        asked = len(pages.asked)
        for key in ("short", "k" * 23, "..%2f..%2fetc", "k" * 21 + "'"):
            assert (await pages.browser().get(f"/r/{key}")).status == 404
        assert len(pages.asked) == asked
        pages.answers = {SeeReceipt: ReceiptSeen(None)}
        assert (await pages.browser().get(f"/r/{RECEIPT.key}")).status == 404

    playing(story, tmp_path)


def test_places_that_are_not_there_are_said_so_in_the_language_of_the_driver(tmp_path: Path) -> None:
    async def story(pages: Pages) -> None:
        for path in ("/e/9", "/e/0/problem", "/e/9/live", "/r/x"):
            answer = await pages.browser().get(path, accept_language="de")
            assert answer.status == 404
            assert "Diese Seite gibt es nicht" in answer.text
        assert "Diesen Ladeplatz gibt es hier nicht." in (await pages.browser().get("/e/9", accept_language="de")).text
        assert (await pages.browser().get("/e/abc")).status == 404

    playing(story, tmp_path)


def test_everybody_may_look_at_the_same_time_and_the_station_is_asked_once_a_second(tmp_path: Path) -> None:
    async def story(pages: Pages) -> None:
        for _ in range(50):
            await pages.browser().get("/e/1/live")
        assert len(pages.asked) == 1
        pages.time.pass_by(1)
        await pages.browser().get("/e/1/live")
        assert len(pages.asked) == 2

    playing(story, tmp_path)


def test_without_a_help_line_the_driver_is_sent_to_the_operator(tmp_path: Path) -> None:
    async def story(pages: Pages) -> None:
        html = await pages.see("fault", "en")
        assert "Tell the operator: station XY-12, charging place 1, code CP-201." in plain(html)
        assert "tel:" not in html

    playing(story, tmp_path, help_line="")


def test_what_can_go_wrong_is_translated() -> None:
    assert set(errors.TITLES) >= {application.WORDS[status] for status in (400, 403, 404, 405, 413, 500, 503)}


def test_a_pause_of_which_nobody_knows_the_end_promises_nothing(tmp_path: Path) -> None:
    async def story(pages: Pages) -> None:
        pages.sight = EvseSight(evse=1, headline="paused", code=code("limit_profile"))
        said = plain((await pages.browser().get("/e/1")).text)
        assert "It goes on in" not in said
        assert catalogue.of("limit_profile").driver in said

    playing(story, tmp_path)
