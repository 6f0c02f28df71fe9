"""What is shown live."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from starlette.exceptions import HTTPException

from chargepoint.inquiry.client import InquiryError
from chargepoint.web import streams
from chargepoint.web.clock import Clock
from chargepoint.web.pages import home
from chargepoint.web.streams import News, Streams, TooMany
from chargepoint.web.watching import Watching
from tests.virtual_time import now_s, run
from tests.web.browser import START, Browser, Rig, visiting
from tests.web.test_overview import document


def clock() -> Clock:
    return Clock(lambda: START, now_s, asyncio.sleep)


def test_the_station_is_asked_once_a_second_however_many_look_and_not_at_all_when_nobody_does() -> None:
    async def main() -> None:
        asked: list[float] = []

        async def ask() -> dict[str, Any]:
            asked.append(now_s())
            return {"n": len(asked)}

        watching = Watching(ask, clock())
        looks = [watching.sights() for _ in range(3)]
        for _ in range(5):
            seen = await asyncio.gather(*(anext(look) for look in looks))
        assert seen[0].document is not None
        assert 4 <= len(asked) <= 6
        for look in looks:
            await look.aclose()
        assert not watching.polls
        before = len(asked)
        await asyncio.sleep(60)
        assert len(asked) == before

    run(main())


def test_a_station_that_does_not_answer_is_said_so_and_seen_again_when_it_is_back() -> None:
    async def main() -> None:
        answers: list[Any] = [InquiryError("no station answers at /run/x"), {"id": "cp001"}]

        async def ask() -> dict[str, Any]:
            answer = answers.pop(0)
            if isinstance(answer, InquiryError):
                raise answer
            return answer  # type: ignore[no-any-return]

        look = Watching(ask, clock()).sights()
        assert [(sight.document, sight.problem) for sight in (await anext(look), await anext(look))] == [
            (None, "no station answers at /run/x"),
            ({"id": "cp001"}, ""),
        ]
        await look.aclose()

    run(main())


async def never() -> AsyncIterator[News]:
    await asyncio.Event().wait()
    yield News("never", "")


def test_a_stream_ends_with_its_session_and_says_so() -> None:
    async def main() -> None:
        served = Streams().serve("a", never(), lambda: now_s() < 100)
        said = [piece async for piece in served]
        assert said[-1] == b"event: ended\ndata: The session has ended.\n\n"
        assert said.count(b": still here\n\n") == 6
        assert 100 <= now_s() <= 102

    run(main())


def test_a_stream_of_something_that_is_no_more_ends_and_the_page_is_loaded_anew() -> None:
    async def gone() -> AsyncIterator[News]:
        yield News("now", "there")
        raise HTTPException(404, "There is no EVSE 2 at this station; <gone>.")

    async def main() -> None:
        every = Streams()
        said = [piece async for piece in every.serve("a", gone(), lambda: True)]
        assert said[-1] == b"event: ended\ndata: There is no EVSE 2 at this station; &lt;gone&gt;.\n\n"
        for _ in range(streams.MOST_EACH):
            every.admit("a")

    run(main())


def test_there_are_only_so_many_streams_and_the_next_may_come_when_one_has_gone() -> None:
    async def main() -> None:
        every = Streams()
        kept = []
        for number in range(streams.MOST):
            stream = every.serve(f"browser {number // streams.MOST_EACH}", never(), lambda: True)
            await anext(stream)
            kept.append(stream)
        for who in ("browser 0", "somebody else"):
            with pytest.raises(TooMany, match="live already"):
                every.admit(who)
        await kept[0].aclose()
        every.admit("browser 0")

    run(main())


def test_what_is_drawn_the_same_again_is_no_news() -> None:
    ended: list[str] = []

    async def drawn() -> AsyncGenerator[str, None]:
        try:
            for html in ("one", "one", "two", "two", "one"):
                yield html
        finally:
            ended.append("drawing")

    async def heard() -> list[str]:
        told = [news.html async for news in streams.anew("a", drawn())]
        broken_off = streams.anew("a", drawn())
        await anext(broken_off)
        await broken_off.aclose()
        return told

    assert run(heard()) == ["one", "two", "one"]
    assert len(ended) == 2


def test_news_of_several_lines_stays_one_event() -> None:
    assert streams.written(News("a", "<p>\nb\r\nc")) == b"event: a\ndata: <p>\ndata: b\ndata: c\n\n"


class Line(Browser):
    """Reads events as they come, and hangs up after so many."""

    async def events(self, path: str, count: int) -> tuple[int, list[str]]:
        hung_up = asyncio.Event()
        said: list[str] = []
        status = 0

        async def receive() -> dict[str, Any]:
            await hung_up.wait()
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            nonlocal status
            status = message.get("status", status)
            said.extend(part for part in [message.get("body", b"").decode()] if part)
            if len(said) >= count:
                hung_up.set()

        await self.app(self.scope("GET", path, None, {"accept": "text/event-stream"}), receive, send)
        return status, said


def test_the_overview_is_sent_again_when_something_has_changed(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        states = [document(), document(), document(state="C2", status="Charging", power_w=7360), document(state="C2", status="Charging")]

        async def ask() -> dict[str, Any]:
            return states.pop(0) if len(states) > 1 else states[0]

        rig.house.watching = Watching(ask, rig.house.clock)
        browser = Line((await rig.inside("viewer")).app)
        browser.cookies = (await rig.inside("viewer")).cookies
        status, said = await browser.events("/live", 3)
        assert status == 200
        assert "Available" in said[1]
        assert "7.36 kW" in said[2]
        assert not rig.house.watching.polls

    visiting(story, tmp_path)


def test_without_a_session_there_are_no_events(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        status, said = await Line(rig.app).events("/live", 1)
        assert (status, "Nobody is logged in" in said[0]) == (401, True)

    visiting(story, tmp_path)


def test_the_page_says_what_to_do_when_the_station_is_not_there(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        page = await (await rig.inside("viewer")).get("/")
        assert (page.status, "The station does not answer" in page.text, "journalctl" in page.text) == (200, True, True)
        assert home.WIZARD not in page.text

    visiting(story, tmp_path)


def test_who_leaves_while_something_is_on_its_way_to_him_makes_room_at_once() -> None:
    async def main() -> None:
        house, sent = Streams(), asyncio.Event()

        async def news() -> AsyncGenerator[News, None]:
            yield News("n", "something")
            await asyncio.Event().wait()

        async def receive() -> dict[str, Any]:
            await sent.wait()
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            if b"something" in message.get("body", b""):
                sent.set()
                await asyncio.Event().wait()

        told = house.serve("me", news(), lambda: True)
        await streams.Line(told, {})({"type": "http"}, receive, send)
        assert house.count("me") == 0

    run(main())
