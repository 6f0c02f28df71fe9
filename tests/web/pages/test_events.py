"""The history as people filter, follow and take it with them."""

import csv
import io
from pathlib import Path

from chargepoint.domain.history import Happening
from chargepoint.inquiry.history import MOST, EventLine, Events, ListEvents
from tests.web.browser import Rig, visiting
from tests.web.station import Station
from tests.web.test_streams import Line


def line(number: int, text: str = "a car was plugged in") -> EventLine:
    """One of the history."""
    what = Happening(area="vehicle", kind="plugged_in", evse=1, level="error", code="CP-301", text=text)
    return EventLine(number=number, at="2026-11-23T11:00:00Z", what=what, more=2, last="2026-11-23T11:05:00Z")


def test_the_filter_of_the_address_is_asked_and_nonsense_is_left_out(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        station = Station(rig, ListEvents=Events(lines=(line(1), line(2, "<later>")), after=2))
        browser = await rig.inside("viewer")
        page = (await browser.get("/events?evse=1&area=fault&least=warning")).text
        assert station.asked.pop() == ListEvents(evse=1, area="fault", least="warning", count=200)
        assert page.index("&lt;later&gt;") < page.index("a car was plugged in")
        assert "2 times more" in page
        assert 'sse-connect="/events/live?evse=1&amp;area=fault&amp;least=warning"' in page
        assert (await browser.get("/events?evse=x&area=all&least=worst")).status == 200
        assert station.asked.pop() == ListEvents(count=200)

    visiting(story, tmp_path)


def test_what_happens_now_appears_by_itself(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        told = [Events(lines=(line(1),), after=1)] * 2 + [Events(lines=(line(1), line(2, "it went")), after=2)]
        Station(rig, ListEvents=lambda _: told.pop(0) if len(told) > 1 else told[0])
        browser = Line(rig.app)
        browser.cookies = (await rig.inside("viewer")).cookies
        _, said = await browser.events("/events/live", 3)
        assert len(said) == 3
        assert "it went" not in said[1]
        assert "it went" in said[2]

    visiting(story, tmp_path)


def test_all_that_is_kept_is_one_table_whose_cells_calculate_nothing(tmp_path: Path) -> None:
    def told(question: ListEvents) -> Events:
        assert question.count == MOST
        assert question.after is not None
        after = question.after
        kept = tuple(line(number, "=1+1") for number in range(after + 1, min(after + MOST, 700) + 1))
        return Events(lines=kept, after=after + len(kept))

    async def story(rig: Rig) -> None:
        Station(rig, ListEvents=told)
        answer = await (await rig.inside("viewer")).get("/events/download?evse=1")
        rows = list(csv.DictReader(io.StringIO(answer.text)))
        assert [int(row["number"]) for row in rows] == list(range(1, 701))
        assert rows[0]["text"] == "'=1+1"
        assert rows[0]["time_utc"] == "2026-11-23 11:00:00"
        assert 'filename="events.csv"' in answer.headers["content-disposition"]

    visiting(story, tmp_path)
