"""The self-test as a page: begun by technicians, followed by everybody, kept on disk."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path

import msgspec

from chargepoint.commissioning.guide import With
from chargepoint.commissioning.guiding import Prompt, Switch, Told
from chargepoint.commissioning.report import Facts
from chargepoint.commissioning.steps import Step
from chargepoint.web.commissioning.ports import CommissioningPorts
from chargepoint.web.commissioning.testing import UNSEEN_S, Commissioning
from tests.web.browser import Rig, visiting

HASH = "ab" * 32
FOUND = (
    Step(name="configuration", title="Configuration", outcome="passed", text="good"),
    Step(evse=1, name="board", title="Board heard", outcome="passed", text="simulated: heard 0.02 s ago"),
    Step(
        evse=1,
        name="lock_in",
        title="Lock closes",
        outcome="failed",
        text="the feedback of the <lock> says locked: False",
        remedy="Check the lock's motor.",
        code="CP-311",
    ),
    Step(evse=1, name="indicator", title="Indicator", outcome="by_hand", text="look"),
    Step(evse=1, name="display", title="Display", outcome="impossible", text="none is configured"),
)
PROMPT = Prompt(name="closing", title="Contactor closes", ask="Set the adapter to C.", live="state B, +9.0 V", left_s=170)


class Played:
    """Plays what tests. ``gate``: a guided test waits there until it is told to stop."""

    def __init__(self, rig: Rig) -> None:
        self.began: list[object] = []
        self.digest = HASH
        self.ended = 0
        self.rig = rig
        ports = CommissioningPorts(steps=self.steps, guided=self.guided, facts=self.facts, digest=lambda: self.digest)
        rig.house.ports = msgspec.structs.replace(rig.house.ports, commissioning=ports)
        self.put_anew()

    def put_anew(self) -> None:
        """As after a restart of the pages."""
        house = self.rig.house
        house.commissioning = Commissioning(self.rig.folder, house.ports.commissioning, house.clock)

    async def steps(self, evse: int | None) -> AsyncGenerator[Step, None]:
        self.began.append(evse)
        for step in FOUND:
            yield step

    async def guided(self, evse: int, kind: With, switch: Switch) -> AsyncGenerator[Told, None]:
        self.began.append((evse, kind))
        try:
            yield PROMPT
            for _ in range(1_000):
                if switch.stopped or switch.skipped:
                    break
                await asyncio.sleep(0.5)
            yield Step(evse=evse, name="closing", title="Contactor closes", outcome="impossible", text=f"left out: {switch.skipped}")
        finally:
            self.ended += 1

    def facts(self) -> Facts:
        return Facts(configuration=self.digest, file="/etc/station.toml", station=(("OCPP identity", "cp001"),))


def test_a_technician_tests_and_everybody_reads_it_also_after_a_restart(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        tests = Played(rig)
        browser = await rig.inside("technician")
        assert "No test has been made yet." in (await browser.get("/selftest")).text
        assert (await browser.post("/selftest/run", {"evse": "all"})).status == 303
        await asyncio.sleep(1)
        assert tests.began == [None]
        tests.put_anew()
        page = (await (await rig.inside("viewer")).get("/selftest")).text
        assert "the feedback of the &lt;lock&gt; says locked: False" in page
        assert "<b>What to do:</b> Check the lock&#39;s motor." in page
        assert "<li>1 FAILED</li><li>1 to be done by hand</li><li>1 not possible here</li><li>2 passed</li>" in page
        assert "by technician" in page
        assert "Is good" not in page
        assert "another configuration" not in page
        tests.digest = "cd" * 32
        assert "These results are of another configuration" in (await browser.get("/selftest")).text

    visiting(story, tmp_path)


def test_what_somebody_has_seen_counts_with_his_name(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        tests = Played(rig)
        browser = await rig.inside("technician")
        await browser.post("/selftest/run", {"evse": "1"})
        await asyncio.sleep(1)
        assert (await browser.post("/selftest/seen", {"evse": "1", "name": "indicator", "good": "yes"})).status == 303
        step = next(each for each in rig.house.commissioning.record.now.steps if each.name == "indicator")
        assert (step.outcome, step.by) == ("passed", "technician")
        await browser.post("/selftest/run", {"evse": "1"})
        await asyncio.sleep(1)
        assert rig.house.commissioning.record.now.of(1)[-2].by == "technician"
        for wrong in ({"evse": "1", "name": "board", "good": "yes"}, {"evse": "7", "name": "indicator", "good": "yes"}, {"name": "x"}):
            assert (await browser.post("/selftest/seen", wrong)).status == 400
        assert tests.began == [1, 1]

    visiting(story, tmp_path)


def test_a_guided_test_says_what_to_do_and_ends_with_the_last_page_that_looks_on(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        tests = Played(rig)
        browser = await rig.inside("technician")
        await browser.post("/selftest/guided", {"evse": "1", "with": "adapter"})
        await asyncio.sleep(1)
        page = (await browser.get("/selftest")).text
        assert "Set the adapter to C." in page
        assert "state B, +9.0 V" in page
        refused = await browser.post("/selftest/run", {"evse": "all"})
        assert refused.status == 303
        assert "under way already" in (await browser.get("/selftest")).text
        rig.house.commissioning.looked()
        await asyncio.sleep(UNSEEN_S - 2)
        assert tests.ended == 0
        await asyncio.sleep(5)
        assert tests.ended == 1
        assert "nobody looked on any more" in (await browser.get("/selftest")).text
        assert tests.began == [(1, "adapter")]

    visiting(story, tmp_path)


def test_a_step_is_left_out_and_a_test_is_stopped(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        tests = Played(rig)
        browser = await rig.inside("technician")
        await browser.post("/selftest/guided", {"evse": "2", "with": "car"})
        await asyncio.sleep(1)
        assert (await browser.post("/selftest/skip", {"name": "closing"}, hx_request="true")).status == 204
        await asyncio.sleep(2)
        assert rig.house.commissioning.record.now.steps[-1].text == "left out: closing"
        await browser.post("/selftest/guided", {"evse": "2", "with": "car"})
        await asyncio.sleep(1)
        await browser.post("/selftest/stop")
        await asyncio.sleep(2)
        assert (tests.ended, rig.house.commissioning.running) == (2, False)
        for wrong in ({"evse": "9", "with": "car"}, {"evse": "1", "with": "lorry"}, {"evse": "all", "with": "car"}):
            assert (await browser.post("/selftest/guided", wrong)).status == 400

    visiting(story, tmp_path)


def test_a_viewer_and_a_forged_form_begin_nothing(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        tests = Played(rig)
        viewer, technician = await rig.inside("viewer"), await rig.inside("technician")
        paths = ("run", "guided", "skip", "stop", "seen")
        form = {"evse": "1", "with": "car", "name": "indicator", "good": "yes"}
        assert [(await viewer.post(f"/selftest/{path}", form)).status for path in paths] == [403] * 5
        assert [(await technician.post(f"/selftest/{path}", form, token="00" * 64)).status for path in paths] == [403] * 5
        assert [(await rig.browser().get(path)).status for path in ("/selftest", "/commissioning")] == [303, 303]
        assert "Begin" not in (await viewer.get("/selftest")).text
        assert tests.began == []

    visiting(story, tmp_path)
