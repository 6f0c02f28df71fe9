"""Frames of OCPP, live."""

from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from chargepoint.inquiry.client import InquiryError
from chargepoint.inquiry.frames import FrameLine, Frames, ListFrames
from tests.web.browser import Rig, visiting
from tests.web.station import Station

CALL = FrameLine(
    number=8,
    at="2026-11-23T12:00:01.250+00:00",
    sent=True,
    kind="CALL",
    action="Heart<beat",
    id="a1",
    waits_s=2.5,
    size=19,
    text='[2,"a1","Heart<beat",{}]',
)
ERROR = FrameLine(
    number=9,
    at="2026-11-23T12:00:02.000+00:00",
    sent=False,
    kind="CALLERROR",
    action="Heart<beat",
    id="a1",
    round_trip_ms=750.0,
    error="InternalError: <why>",
    size=99,
    text="99 bytes that are not JSON",
)


def test_the_newest_are_on_top_and_say_who_what_and_how_long(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        Station(rig, ListFrames=Frames(lines=(CALL, ERROR), after=9))
        page = (await (await rig.inside("viewer")).get("/frames")).text
        seen = ("12:00:01.250", "→", "Heart&lt;beat", "no answer yet", "InternalError: &lt;why&gt;", "750.0 ms", "&#34;a1&#34;,\n")
        assert [text for text in seen if text not in page] == []
        assert page.index("frame9") < page.index("frame8")
        assert 'hx-get="/frames/new?after=9&amp;seen=2"' in page

    visiting(story, tmp_path)


def test_only_what_is_new_is_told_and_a_station_that_is_away_is_said_once(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        def away(question: Any) -> Frames:
            raise InquiryError("no station answers")

        asked = Station(rig, ListFrames=Frames(lines=(), after=9))
        viewer = await rig.inside("viewer")
        assert (await viewer.get("/frames/new?after=9&seen=2", hx_request="true")).status == 204
        assert asked.asked[-1] == ListFrames(after=9)
        asked.answers["ListFrames"] = Frames(lines=(ERROR,), after=9, lost=4)
        piece = await viewer.get("/frames/new?after=8&seen=1", hx_request="true")
        assert all(text in piece.text for text in ("after=9&amp;seen=2", "frame9", "4 frames before this are not kept any more"))
        assert "hx-refresh" not in piece.headers
        full = await viewer.get("/frames/new?after=8&seen=1000", hx_request="true")
        assert full.headers["hx-refresh"] == "true", "a page that is left open is begun anew"
        asked.answers["ListFrames"] = away
        told = await viewer.get("/frames/new?after=9&seen=2", hx_request="true")
        assert all(text in told.text for text in ("The station does not answer", "after=9&amp;seen=2&amp;away=1"))
        assert (await viewer.get("/frames/new?after=9&seen=2&away=1", hx_request="true")).status == 204
        asked.answers["ListFrames"] = Frames(lines=(), after=9)
        back = await viewer.get("/frames/new?after=9&seen=2&away=1", hx_request="true")
        assert (back.status, "does not answer" in back.text) == (200, False)

    visiting(story, tmp_path)


def test_a_station_that_was_started_again_and_counts_anew_is_followed_from_its_first_frame(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        kept = [replace(CALL, number=number) for number in (1, 2)]

        def listed(question: ListFrames) -> Frames:
            after = min(question.after or 0, kept[-1].number if kept else 0)
            lines = tuple(line for line in kept if line.number > after)
            return Frames(lines=lines, after=lines[-1].number if lines else after)

        Station(rig, ListFrames=listed)
        viewer = await rig.inside("viewer")
        piece = await viewer.get("/frames/new?after=900&seen=3", hx_request="true")
        assert all(text in piece.text for text in ("frame1", "frame2", "after=2&amp;seen=5"))
        kept.clear()
        assert "after=0&amp;seen=3" in (await viewer.get("/frames/new?after=900&seen=3", hx_request="true")).text

    visiting(story, tmp_path)


def test_somebody_stops_the_page_to_read_and_takes_all_frames_along(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        Station(rig, ListFrames=Frames(lines=(CALL, ERROR), after=9))
        viewer = await rig.inside("viewer")
        assert "hx-get" not in (await viewer.get("/frames?still=1")).text
        file = await viewer.get("/frames/download")
        assert [msgspec.json.decode(line)["number"] for line in file.body.splitlines()] == [8, 9]
        assert file.headers["content-disposition"] == 'attachment; filename="frames.jsonl"'

    visiting(story, tmp_path)
