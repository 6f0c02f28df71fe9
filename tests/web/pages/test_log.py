"""The log as people filter it, follow it, look back in it and take it with them."""

import asyncio
from pathlib import Path

from chargepoint.domain.log_lines import LogLine
from chargepoint.station import security_log as of_station
from chargepoint.web import security_log as of_pages
from chargepoint.web.pages.log import SECURITY, SHOWN
from tests.web.browser import Rig, visiting
from tests.web.test_streams import Line


def line(number: int, process: str = "station", level: int = 20, name: str = "chargepoint.ocpp.client") -> LogLine:
    return LogLine(at_s=1_795_000_000.0 + number, process=process, level=level, name=name, text=f"event=<x> number={number}.")


def test_a_filter_of_process_area_level_and_words_shows_what_fits_and_nonsense_is_left_out(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        for each in (line(1), line(2, level=40), line(3, "control", 30, "hal.meters.modbus")):
            rig.house.log.add(each)
        viewer = await rig.inside("viewer")
        for query, numbers in (
            ("", {1, 2, 3}),
            ("?process=control", {3}),
            ("?area=OCPP&least=warning", {2}),
            ("?area=meter", {3}),
            ("?text=Number%3D1.", {1}),
            ("?area=all&least=worst&before=x", {1, 2, 3}),
            ("?process=nobody", set()),
        ):
            page = (await viewer.get(f"/log{query}")).text
            assert {number for number in (1, 2, 3) if f"number={number}." in page} == numbers, query
            assert ("Nothing that fits was said" in page) == (not numbers)
            assert "event=<x>" not in page
        assert 'sse-connect="/log/live?area=OCPP&amp;least=info"' in (await viewer.get("/log?area=OCPP")).text

    visiting(story, tmp_path)


def test_who_came_in_is_for_those_who_may_see_the_security_log(tmp_path: Path) -> None:
    assert {of_pages.log.name, of_station.log.name} == SECURITY

    async def story(rig: Rig) -> None:
        for number, name in enumerate(("web.security_log", "station.security_log", "web.work"), 1):
            rig.house.log.add(line(number, name=f"chargepoint.{name}"))
        for role, numbers in (("viewer", {3}), ("technician", {1, 2, 3})):
            browser = await rig.inside(role)
            for path in ("/log", "/log/download"):
                said = (await browser.get(path)).text
                assert {number for number in (1, 2, 3) if f"number={number}." in said} == numbers, (role, path)

    visiting(story, tmp_path)


def test_somebody_looks_back_page_by_page_and_nothing_moves_while_he_reads(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        for number in range(1, 2 * SHOWN + 6):
            rig.house.log.add(line(number))
        viewer = await rig.inside("viewer")
        page, seen = (await viewer.get("/log")).text, 0
        assert page.index(f"number={2 * SHOWN + 5}.") < page.index(f"number={SHOWN + 6}.")
        while "Older lines" in page:
            seen += page.count("number=")
            path = page.partition('class="button" href="/log?least=info&amp;before=')[2].partition('"')[0]
            rig.house.log.add(line(9_999))
            page = (await viewer.get(f"/log?least=info&before={path}")).text
            assert "sse-connect" not in page
            assert "number=9999." not in page
        assert seen + page.count("number=") == 2 * SHOWN + 5
        assert "sse-connect" not in (await viewer.get("/log?still=1")).text

    visiting(story, tmp_path)


def test_what_is_said_now_appears_by_itself_if_it_fits(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        async def say() -> None:
            for number in range(1, 5):
                await asyncio.sleep(3)
                rig.house.log.add(line(number, level=40 if number % 2 else 20))

        reader = Line(rig.app)
        reader.cookies = (await rig.inside("viewer")).cookies
        saying = asyncio.create_task(say())
        _, said = await reader.events("/log/live?least=error", 4)
        assert [sum(f"number={number}." in each for number in range(1, 5)) for each in said] == [0, 0, 1, 2]
        await saying

    visiting(story, tmp_path)


def test_an_error_with_all_its_places_is_short_on_the_page_and_whole_in_the_file(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        text = "event=broken\n" + "File x\n" * 500 + "ValueError: the end"
        for _ in range(SHOWN + 1):
            rig.house.log.add(LogLine(at_s=1_795_000_000.0, process="web", level=40, name="chargepoint.web.work", text=text))
        viewer = await rig.inside("viewer")
        page = (await viewer.get("/log")).text
        assert page.count("event=broken") == page.count("ValueError: the end") == SHOWN
        assert len(page) < 150_000
        assert (await viewer.get("/log/download")).text.count(text) == SHOWN + 1

    visiting(story, tmp_path)


def test_the_log_is_taken_along_as_text_the_oldest_first(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        for each in (line(1), line(2, level=30), line(3, level=40)):
            rig.house.log.add(each)
        answer = await (await rig.inside("viewer")).get("/log/download?least=warning")
        said = [each.split(" ", 4) for each in answer.text.splitlines()]
        assert [(each[1], each[-1]) for each in said] == [("WARNING", "event=<x> number=2."), ("ERROR", "event=<x> number=3.")]
        assert answer.headers["content-disposition"] == 'attachment; filename="log.txt"'
        assert answer.headers["content-type"] == "text/plain; charset=utf-8"

    visiting(story, tmp_path)
