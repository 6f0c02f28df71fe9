"""The way to the CSMS as the page shows it."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path

import msgspec

from chargepoint.domain.findings import Finding
from chargepoint.inquiry.ladder import FailedAttempt, UplinkSeen
from tests.web.browser import Rig, visiting
from tests.web.station import Station
from tests.web.test_streams import Line

RUNGS = (
    Finding(name="link", state="passed", text="eth0 is up"),
    Finding(name="name", state="failed", text="no <server> answers", remedy="Ask the network's owner.", code="CP-711"),
    Finding(name="tcp", state="skipped", text="nothing to try while name fails"),
)
FAILED = FailedAttempt(seen="the name is not known", check="Look at DNS.", code="CP-711", at="2026-11-23T11:59:50Z", age_s=10.0)
AWAY = UplinkSeen(configured=True, url="wss://csms.example/cp001", failed=3, last_failure=FAILED, again_s=20.0)


def climbing(rig: Rig, at_once: list[int]) -> None:
    """The house's ladder is ``RUNGS``; ``at_once``: how many climb after each beginning."""
    now = 0

    async def climb() -> AsyncGenerator[Finding, None]:
        nonlocal now
        now += 1
        at_once.append(now)
        try:
            for rung in RUNGS:
                await asyncio.sleep(0.1)
                yield rung
        finally:
            now -= 1

    rig.house.ports = msgspec.structs.replace(rig.house.ports, climb=climb)


def test_each_rung_comes_as_soon_as_it_is_known_and_has_its_remedy(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        climbing(rig, [])
        browser = Line(rig.app)
        browser.cookies = (await rig.inside("technician")).cookies
        _, said = await browser.events("/connection/live", 6)
        assert [part.count("<li") for part in said[1:5]] == [1, 2, 3, 3]
        assert ["Look again" in part for part in said[1:5]] == [False, False, False, True]
        for text in ('<li class="no">', "no &lt;server&gt; answers", "CP-711", "Ask the network&#39;s owner.", "not tried"):
            assert text in said[4]

    visiting(story, tmp_path)


def test_only_one_climbs_at_a_time(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        at_once: list[int] = []
        climbing(rig, at_once)
        cookies = (await rig.inside("technician")).cookies
        lines = [Line(rig.app), Line(rig.app)]
        for line in lines:
            line.cookies = cookies
        await asyncio.gather(*(line.events("/connection/live", 6) for line in lines))
        assert at_once == [1, 1]

    visiting(story, tmp_path)


def test_what_the_station_says_is_shown_with_advice_while_it_is_not_connected(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        station = Station(rig, SeeUplink=AWAY)
        browser = await rig.inside("technician")
        page = (await browser.get("/connection")).text
        for text in ("Not connected", "after 3 attempts", "next is in 20 s", "the name is not known", "Look at DNS.", "CP-711"):
            assert text in page
        station.answers["SeeUplink"] = msgspec.structs.replace(AWAY, connected=True, stands_s=5.0, version="2.0.1", failed=0)
        piece = (await browser.get("/connection/uplink", x_looks_on="1")).text
        assert "Connected" in piece
        assert "Look at DNS." not in piece
        del station.answers["SeeUplink"]
        assert "does not answer" in (await browser.get("/connection")).text

    visiting(story, tmp_path)


def test_it_is_for_technicians(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        viewer = await rig.inside("viewer")
        assert [(await viewer.get(path)).status for path in ("/connection", "/connection/live")] == [403, 403]

    visiting(story, tmp_path)
