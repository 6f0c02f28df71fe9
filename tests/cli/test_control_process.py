"""The control process as a process: what it is granted, what its threads get, and how it ends when something breaks in it."""

import asyncio
import contextlib
import os
import shutil
import sys
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from chargepoint.cli import paths
from chargepoint.cli.configuration import build
from chargepoint.cli.site import plans
from chargepoint.control import keeping
from chargepoint.link import seqpacket
from chargepoint.link.messages import Event, Hello, Permit, Snapshot
from chargepoint.link.ports import LinkClosed
from hal.measured import BoardOutputs
from simulators import verbs
from simulators.electrics import Electrics
from simulators.priority import like_hardware, like_others
from simulators.server import WorldServer
from simulators.world import World

EVSES = (1, 2)
WAIT_S = 30.0
"""For what must happen at all."""
DEAD_MAN_S = 0.2
MOST_KIB = 40 * 1024
"""Resident, as promised for an idle station; locked memory that nobody touches is not."""
BUGS = ("read:1", "write:2", "kick:1", "kick:2", "close:1", "close:2", "step")

TREE = {
    "station": {"id": "cp001", "vendor": "Acme", "model": "One"},
    "site": {"fuse_a": 64},
    "evses": [{"id": number, "max_current_a": 32, "connectors": [{"id": 1, "cable": "fixed", "type": "cType2"}]} for number in EVSES],
    "hal": {"backend": "sim"},
}


class Site:
    """A world with two cars, a control process, and a station that permits everything."""

    def __init__(self, folder: Path) -> None:
        self._config = folder / "station.json"
        self._config.write_bytes(msgspec.json.encode(TREE))
        self._state = folder / "state"
        self._log = folder / "log"
        configuration = build(TREE)
        self._places = paths.sockets(configuration, self._state)
        self.world = World(plans(configuration))
        self._server = WorldServer(self.world, self._places.sim)
        self.kicks: dict[int, list[tuple[float, bool]]] = {number: [] for number in EVSES}
        """When each board was kicked, and whether that commanded its contactor closed."""
        self.process: asyncio.subprocess.Process
        self.kept = self._state / "control" / keeping.FILE

    @property
    def log(self) -> str:
        """What the process wrote."""
        return self._log.read_text()

    @property
    def closings(self) -> list[int]:
        """What is kept of each contactor."""
        return [each.contactor.closings for each in keeping.load(self.kept).values()]

    @contextlib.asynccontextmanager
    async def running(self, *program: str) -> AsyncIterator[None]:
        """World and process, while the block lasts."""
        self.world.open(time.monotonic())
        self._server.open()
        for number, evse in self.world.evses.items():
            self._witness(number, evse)
        options = ("control", "--config", str(self._config), "--state-dir", str(self._state))
        with self._log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(sys.executable, "-m", *program, *options, stderr=log)
        try:
            yield
        finally:
            if self.process.returncode is None:
                self.process.kill()
                await self.process.wait()
            self._server.close()
            shutil.rmtree(Path(self._places.sim).parent, ignore_errors=True)

    def _witness(self, number: int, evse: Electrics) -> None:
        genuine = evse.kick

        def kick(outputs: BoardOutputs, sent_s: float, heard_s: float) -> None:
            self.kicks[number].append((sent_s, outputs.contactor))
            genuine(outputs, sent_s, heard_s)

        evse.kick = kick  # type: ignore[method-assign]

    async def until(self, condition: Callable[[], object], what: str) -> None:
        """Wait for something in the world."""
        end_s = time.monotonic() + WAIT_S
        while not condition():
            assert time.monotonic() < end_s, f"{what}: {self.log}"
            await asyncio.sleep(0.01)

    async def charge(self) -> None:
        """Two cars come and are permitted, whatever happens then."""
        await self.until(lambda: all(self.kicks.values()), "no kicks")
        now = time.monotonic()
        self.world.advance(now)
        for evse in self.world.evses.values():
            verbs.plug(self.world, evse, {"reaction_s": 0.1, "current_a": 10}, now)
        self.world.changed(now)
        station = await seqpacket.connect(self._places.link)
        await station.send(Hello())
        permitted: set[object] = set()
        with contextlib.suppress(LinkClosed):
            while True:
                message = await station.receive()
                states = message.evses if isinstance(message, Snapshot) else (message.state,) if isinstance(message, Event) else ()
                for state in states:
                    if state.plug_in is not None and state.plug_in not in permitted:
                        permitted.add(state.plug_in)
                        await station.send(Permit(state.evse, state.plug_in, 10_000, 1e6, 0))


def play(folder: Path, *scripts: Callable[[Site], Coroutine[Any, Any, None]]) -> None:
    """All at the same time, each on a site of its own."""

    async def main() -> None:
        async with asyncio.TaskGroup() as group:
            for number, script in enumerate(scripts):
                place = folder / str(number)
                place.mkdir(exist_ok=True)
                group.create_task(script(Site(place)))

    like_hardware()
    try:
        asyncio.run(main())
    finally:
        like_others()


async def breaks(bug: str, site: Site) -> None:
    """Two cars charge, and it breaks."""
    async with site.running("tests.cli.breaking", bug), asyncio.timeout(WAIT_S):
        await site.charge()
        assert await site.process.wait() == 1, site.log
        assert f"Bug: {bug}" in site.log
        await site.until(lambda: not any(evse.contacts.closed for evse in site.world.evses.values()), f"{bug}: a contactor stays closed")
    for number, evse in site.world.evses.items():
        charged_s = [at_s for at_s, closed in site.kicks[number] if closed]
        parted_s = evse.timing.contacts_parted_s
        assert len(charged_s) >= 20, f"{bug}: it has charged"
        assert parted_s is not None
        assert parted_s - charged_s[-1] <= DEAD_MAN_S, bug
        assert site.kicks[number][-1][1] is (bug == f"close:{number}"), f"{bug}: board {number} is left to its dead-man"


def test_whatever_raises_in_the_scan_both_contactors_open_within_the_dead_man_time_and_the_status_says_so(tmp_path: Path) -> None:
    play(tmp_path, *(partial(breaks, bug) for bug in BUGS))


def policies(pid: int) -> dict[int, int]:
    """How the kernel schedules each thread of a process."""
    return {int(task): os.sched_getscheduler(int(task)) for task in os.listdir(f"/proc/{pid}/task")}


def memory_kib(pid: int, entry: str) -> int:
    """One line of what the kernel tells of a process."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{entry}:"))


def test_the_scan_is_ahead_of_everything_and_its_threads_are_not(tmp_path: Path) -> None:
    async def script(site: Site) -> None:
        async with site.running("chargepoint"), asyncio.timeout(WAIT_S):
            await site.until(lambda: all(site.kicks.values()) and site.kept.exists(), "no kicks")
            pid = site.process.pid
            scheduled = policies(pid)
            assert "fifo=True" not in site.log or scheduled.pop(pid) == os.SCHED_FIFO
            assert set(scheduled.values()) == {os.SCHED_OTHER}
            assert len(scheduled) >= 3, "two meters and the keeper"
            assert ("locked=True" in site.log) == (memory_kib(pid, "VmLck") > 0)
            assert memory_kib(pid, "VmRSS") < MOST_KIB
            site.process.terminate()
            assert await site.process.wait() == 0
        assert set(keeping.load(site.kept)) == set(EVSES)

    play(tmp_path, script)


def test_a_contactor_counts_its_closings_through_a_kill(tmp_path: Path) -> None:
    async def once(site: Site, counted: list[int]) -> None:
        async with site.running("chargepoint"), asyncio.timeout(WAIT_S):
            charging = asyncio.create_task(site.charge())
            await site.until(lambda: site.closings == counted, f"not {counted} closings")
            site.process.kill()
            await charging

    play(tmp_path, lambda site: once(site, [1, 1]))
    play(tmp_path, lambda site: once(site, [2, 2]))
