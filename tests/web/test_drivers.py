"""What drivers see and may do."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from chargepoint import texts
from chargepoint.domain import catalogue
from chargepoint.domain.configuration import ReaderPart
from chargepoint.domain.receipt import Receipt
from chargepoint.inquiry.driver import EvseSight, ReceiptSeen, SeeReceipt
from chargepoint.web import application
from chargepoint.web.drivers import errors, language, states
from tests.web.driver_pages import CHARGES, SIGHTS, Pages, code, plain, playing

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


@pytest.mark.parametrize("tongue", texts.LANGUAGES)
def test_every_state_has_its_own_title_sentence_icon_help_and_language(tongue: str, tmp_path: Path) -> None:
    async def story(pages: Pages) -> None:
        t = texts.of(tongue)
        for name in SIGHTS:
            html = await pages.see(name, tongue)
            said, sight = plain(html), SIGHTS[name]
            state = states.AWAY if sight is None else states.of(sight, states.Here())
            assert f'<html lang="{tongue}">' in html
            assert t.text(state.title) in said
            assert "XY-12" in said
            assert 'href="tel:+498001234567"' in html
            assert html.count("<h1") == 1
            assert html.index('href="tel:') < html.index("<main")
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


def test_a_british_kilowatt_hour_is_sold_for_pence(tmp_path: Path) -> None:
    async def story(pages: Pages) -> None:
        said = plain(await pages.see("prices", "en"))
        assert "per kWh 45p per hour of charging £0.50" in said

    playing(story, tmp_path, currency="GBP")


FREE: dict[str, Any] = {"authorization": {"free": True}}
ALONE: dict[str, Any] = {"ocpp": {"csms_url": None}, "readers": ()}
ASK, ISSUER, EITHER = (
    "know the price: please ask the operator.",
    "whoever issued your card or app tells you.",
    "if you start on this page, please ask",
)


@pytest.mark.parametrize(
    ("changes", "page", "says"),
    [
        (FREE, "offline", ASK),
        (FREE, "plugged", ASK),
        ({}, "offline", EITHER),
        ({"start": False}, "offline", ISSUER),
        (ALONE, "offline", ASK),
        ({}, "plugged", ISSUER),
        ({}, "plugged_by_tap", ASK),
    ],
)
def test_who_knows_a_price_that_the_station_does_not_goes_by_how_one_starts(
    changes: dict[str, Any], page: str, says: str, tmp_path: Path
) -> None:
    async def story(pages: Pages) -> None:
        html = await pages.see(page, "en")
        said = plain(html)
        assert [each for each in (ASK, ISSUER, EITHER) if each in said] == [says]
        card = html[html.index('data-part="price"') : html.index('data-part="help"')]
        assert ('href="tel:+498001234567"' in card) is (says != ISSUER), "the number stands beside it"
        assert not re.search(r'data-part="price"[^>]* hidden>', html)

    playing(story, tmp_path, **changes)


def test_where_nobody_sells_anything_there_is_no_word_of_a_price(tmp_path: Path) -> None:
    async def story(pages: Pages) -> None:
        assert re.search(r'data-part="price"[^>]* hidden>', await pages.see("plugged", "en"))
        assert not re.search(r'data-part="price"[^>]* hidden>', await pages.see("prices", "en"))

    playing(story, tmp_path, open_to_public=False, **FREE)


def test_another_card_is_a_line_below_the_sentence_of_who_charges(tmp_path: Path) -> None:
    async def story(pages: Pages) -> None:
        said = plain(await pages.see("another_card", "en"))
        assert "Charging Your car is charging: to end it" in said
        assert f"Card refused. {catalogue.of('card_without_place').driver}" in said
        assert "Karte abgelehnt. " in plain(await pages.see("another_card", "de"))

    playing(story, tmp_path)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"price_texts": {"en": "0.45 EUR/kWh", "de": "0,45 EUR/kWh"}}, ("Price 0.45 EUR/kWh", "whoever issued your card")),
        ({"issued": False}, ("What you pay is what the operator of this station charges you.",)),
    ],
)
def test_a_receipt_has_the_price_that_was_known_and_says_whose_bill_counts(
    changes: dict[str, Any], says: tuple[str, ...], tmp_path: Path
) -> None:
    async def story(pages: Pages) -> None:
        pages.answers = {SeeReceipt: ReceiptSeen(replace(RECEIPT, cost=None, final=False, **changes))}
        said = plain((await pages.browser().get(f"/r/{RECEIPT.key}")).text)
        assert all(each in said for each in says), said

    playing(story, tmp_path)


def test_who_comes_next_does_not_read_the_figures_of_the_session_before(tmp_path: Path) -> None:
    async def story(pages: Pages) -> None:
        assert "Energy 23.46 kWh" in plain(await pages.see("finished", "en"))
        said = plain(await pages.see("left", "en"))
        assert ("Receipt of the last session" in said, "23.46" in said, "10.56" in said) == (True, False, False)
        assert "Receipt of the last session" not in plain(await pages.see("just_ended", "en"))

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


def test_a_reader_serves_its_own_evses(tmp_path: Path) -> None:
    async def story(pages: Pages) -> None:
        assert "start with the app" in plain(await pages.see("authorise", "en"))

    playing(story, tmp_path, readers=(ReaderPart(driver="pn532", evses=(2,)),))


def test_whoever_looks_for_help_finds_it_where_there_is_no_page(tmp_path: Path) -> None:
    async def story(pages: Pages) -> None:
        assert 'href="tel:+498001234567"' in (await pages.browser().get("/e/9", accept_language="de")).text

    playing(story, tmp_path)


def test_a_language_is_called_by_what_is_read_of_it(tmp_path: Path) -> None:
    async def story(pages: Pages) -> None:
        html = await pages.see("available", "de")
        names = re.findall(r'lang="(..)" hreflang="\1" aria-label="([^"]+)"', html)
        assert len(names) == 6
        assert [name for tag, name in names if not name.startswith(f"{tag}, ")] == []

    playing(story, tmp_path)
