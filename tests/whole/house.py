"""The whole house under one virtual clock in one process: world, boards, the scan, the link, the station. Only the CSMS is played.

Everything between the car's resistor and the transaction event is the real thing; only sockets and processes are missing.
"""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from chargepoint.control import scan
from chargepoint.control.cycle import Cycle
from chargepoint.control.kept import Kept
from chargepoint.control.settings import EvseSettings, SiteSettings
from chargepoint.control.signing import Signer
from chargepoint.domain.device_model import DeviceModel
from chargepoint.link.messages import RecordOutcome
from chargepoint.link.pair import PairControl, PairStation
from chargepoint.station.clock import StationClock
from chargepoint.station.csms import StationPort
from chargepoint.station.station import Station
from chargepoint.store.store import Store
from hal.boards.simulated import ABILITIES
from hal.measured import MeterReading
from simulators import verbs
from simulators.hardware import EvsePlan
from simulators.memory import MemoryBoard, MemoryMeter
from simulators.world import World
from tests import virtual_time
from tests.station import rig
from tests.station.rig import PlayedCsms, PlayedReader

SCAN_S = 0.02
METER_S = 1.0


class Polled:
    """What ``control.meters`` does in a thread: the latest reading, once a second or when woken."""

    def __init__(self, meter: MemoryMeter) -> None:
        self.reading: MeterReading | None = None
        self.doubt = ""
        self._meter = meter
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Read soon."""
        self._woken.set()

    async def run(self) -> None:
        """For ever."""
        while True:
            self.reading = self._meter.read()
            self._woken.clear()
            try:
                async with asyncio.timeout(METER_S):
                    await self._woken.wait()
            except TimeoutError:
                continue


class House:
    """A world with one EVSE, control, and a station that can be killed and started."""

    def __init__(self, path: Path, signs: bool = False) -> None:
        self.world = World([EvsePlan(id=1)])
        self.evse = self.world.evses[1]
        self.world.open(0.0)
        self.end = PairControl()
        self.reader = PlayedReader()
        self.csms: PlayedCsms
        self._path = path
        self._boots = 0
        self._kept: Kept = {}
        self._signs = signs
        self.records: dict[int, RecordOutcome] = {}
        """What control has on disk of signed records."""
        self.writes: Callable[[], None] = lambda: None
        """Called before it writes one down."""
        self._processes: dict[str, list[asyncio.Task[Any]]] = {}

    def start_control(self) -> None:
        """A control process."""
        self._boots += 1
        board = MemoryBoard(self.world, 1, virtual_time.now_s)
        board.open()
        memory = MemoryMeter(self.world, 1, virtual_time.now_s)
        meter = Polled(memory)
        signer = Signer(1, memory, self._keep, self.records.get(1), virtual_time.now_s)
        settings = (EvseSettings(evse=1, rating_ma=32_000, sockets=frozenset({1}), abilities=ABILITIES),)
        state = scan.initial(settings, SiteSettings(fuse_ma=63_000), f"boot-{self._boots}", virtual_time.now_s(), self._kept)
        cycle = Cycle(state, {1: board}, {1: meter}, self.end, signers={1: signer})
        self._run("control", meter.run(), self._scan(cycle, signer))

    def _keep(self, evse: int, outcome: RecordOutcome, at_most_s: float) -> bool:
        self.writes()
        self.records[evse] = outcome
        return True

    async def _scan(self, cycle: Cycle, signer: Signer) -> None:
        while True:
            cycle.scan(virtual_time.now_s())
            signer.work()
            self._kept = scan.kept(cycle.state)
            await asyncio.sleep(SCAN_S)

    def start_station(self) -> None:
        """A station process."""
        store = Store(self._path)
        model = DeviceModel(rig.configuration(signs=self._signs), store.facts.changed_variables(), store.facts.change_variable)
        clock = StationClock(rig.HostClock(), virtual_time.now_s)
        settings = rig.settings()
        settings = replace(settings, evses=tuple(replace(evse, signs=self._signs) for evse in settings.evses))
        self.station = Station(settings, store, model, clock, self.connect, self._csms, (self.reader,))
        self._run("station", self.station.run())
        self.csms.connect()

    def _csms(self, station: StationPort) -> PlayedCsms:
        before = getattr(self, "csms", None)
        self.csms = PlayedCsms(station)
        self.csms.asked = before.asked if before else []
        return self.csms

    async def connect(self) -> PairStation:
        """What the station calls to reach control."""
        return self.end.connect()

    async def kill(self, process: str) -> None:
        """SIGKILL: nothing of it happens any more."""
        for task in self._processes.pop(process):
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        self.end.hang_up()

    def _run(self, process: str, *work: Coroutine[Any, Any, Any]) -> None:
        self._processes[process] = [asyncio.create_task(job) for job in work]

    # The world

    def do(self, verb: Callable[..., None], **entries: Any) -> None:
        """A verb of the bench on EVSE 1."""
        now = virtual_time.now_s()
        self.world.advance(now)
        verb(self.world, self.evse, entries, now)
        self.world.changed(now)

    @property
    def register_wh(self) -> int:
        """What the meter shows."""
        return self.world.show(self.evse, virtual_time.now_s()).energy_wh

    @property
    def closed(self) -> bool:
        """The main contacts."""
        self.world.advance(virtual_time.now_s())
        return self.evse.contactor.position

    async def until(self, condition: Callable[[], object], seconds: float = 20.0) -> None:
        """Let time pass until something holds."""
        end = virtual_time.now_s() + seconds
        while not condition():
            assert virtual_time.now_s() < end, f"not within {seconds} s; told: {self.csms.story}"
            await asyncio.sleep(0.05)

    async def charge(self) -> None:
        """Cable, card, current."""
        self.do(verbs.plug, phases=3)
        await asyncio.sleep(1)
        self.reader.present(rig.CARD)
        await self.until(lambda: self.closed)


def live(script: Callable[[House], Coroutine[Any, Any, None]], path: Path, signs: bool = False) -> House:
    """Start everything, let the script happen, end everything."""

    async def main() -> House:
        house = House(path, signs)
        house.start_control()
        house.start_station()
        try:
            await house.until(lambda: house.csms.statuses)
            await script(house)
        finally:
            for process in tuple(house._processes):
                await house.kill(process)
        return house

    return virtual_time.run(main())


__all__ = ["House", "live", "verbs"]
