"""A yard: the world and the CSMS in the test's own process, ``chargepoint control`` and ``chargepoint station`` beside it, one by one."""

import asyncio
import contextlib
import shutil
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import msgspec

from chargepoint.cli import paths
from chargepoint.cli.configuration import build
from chargepoint.cli.site import plans
from hal.measured import TokenSeen
from simulators import inquiry, verbs
from simulators.actuator import Actuator
from simulators.contacts import CONTACTOR_TRAVEL_S
from simulators.csms.records import Station, Transaction
from simulators.csms.server import Csms
from simulators.electrics import DEAD_MAN_S, Electrics
from simulators.priority import like_hardware, like_others
from simulators.server import WorldServer
from simulators.world import World
from tests.campaigns.bench import CampaignError, Json, until, until_true
from tests.campaigns.configuration import STATION, tree

EVSE = 1
CARD = TokenSeen("04A1B2C3", evses=(EVSE,))
WAIT_S = 30.0
"""For what must happen at all; what must happen soon has its own bound."""
FULL_PPM, SIX_AMPERES_PPM = 533_333, 100_000


class Product:
    """One process of the product."""

    def __init__(self, verb: str, options: list[str], log: Path) -> None:
        self._command = (sys.executable, "-m", "chargepoint", verb, *options)
        self._log = log
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start it."""
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(*self._command, stderr=log)

    async def kill(self) -> None:
        """SIGKILL; gone when this returns."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()

    async def terminate(self, within_s: float) -> int:
        """SIGTERM; the exit status. Raises TimeoutError."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(within_s):
            return await self._process.wait()


class Witness(Actuator):
    """A contactor that remembers when it opened, in the world's own time."""

    def __init__(self, evse: Electrics) -> None:
        super().__init__(CONTACTOR_TRAVEL_S)
        self._evse = evse
        self.opened: list[int] = []
        """By command: under which current."""
        self.let_go: list[float] = []
        """By the dead-man: when. A busy computer may cause it at any time."""

    def move(self, now: float) -> None:
        before = self.position
        super().move(now)
        if before and not self.position:
            self._opens(now)

    def _opens(self, now: float) -> None:
        kicked_s = self._evse.timing.last_kick_s
        if kicked_s is None or now >= kicked_s + DEAD_MAN_S:
            self.let_go.append(now)
        else:
            self.opened.append(self._evse.ev.current_ma if self._evse.ev else 0)


class Yard:
    """One EVSE of it is used."""

    def __init__(self, folder: Path, version: str, csms_url: str) -> None:
        document = tree(version, csms_url)
        config, state_dir, log = folder / "station.json", folder / "state", folder / "log"
        config.write_bytes(msgspec.json.encode(document))
        configuration = build(document)
        self.sockets = paths.sockets(configuration, state_dir)
        self.world = World(plans(configuration))
        self.evse = self.world.evses[EVSE]
        self.contactor = self.evse.contactor = Witness(self.evse)
        options = ["--config", str(config), "--state-dir", str(state_dir)]
        self.control = Product("control", options, log)
        self.station = Product("station", options, log)

    # The world

    def do(self, verb: Callable[[World, Electrics, Json, float], None], **entries: Any) -> None:
        """A verb of the bench, at once."""
        now = time.monotonic()
        self.world.advance(now)
        verb(self.world, self.evse, entries, now)
        self.world.changed(now)

    async def until(self, condition: Callable[[], object], seconds: float = WAIT_S, what: str = "") -> None:
        """Wait for something in the world or at the CSMS."""
        await until(lambda: bool(condition()), seconds, what or "it did not happen")

    # The station

    async def document(self) -> Json:
        """The EVSE as the station shows it; raises ConnectionError while it does not."""
        document = await inquiry.ask(self.sockets.inquiry)
        if document is None or not document["ready"]:
            raise ConnectionError("the station does not answer")
        return next(entry for entry in document["evses"] if entry["id"] == EVSE)

    async def shows(self, **wanted: Any) -> Json:
        """Wait until the station shows this."""
        seen: Json = {}

        async def shown() -> bool:
            seen.update(await self.document())
            return all(seen[name] == value for name, value in wanted.items())

        await until_true(shown, WAIT_S, lambda: f"the station does not show {wanted}: {seen}")
        return seen


class Play:
    """A yard and its CSMS."""

    def __init__(self, yard: Yard, csms: Csms) -> None:
        self.yard = yard
        self.csms = csms

    @property
    def transactions(self) -> list[Transaction]:
        """What the CSMS knows."""
        return self.csms.transactions

    @property
    def station(self) -> Station:
        """The station, as the CSMS knows it."""
        return self.csms.stations[STATION]

    async def charge(self) -> str:
        """Plug in, show the card, wait for current; our id of the transaction, which the CSMS has heard of."""
        yard = self.yard
        yard.do(verbs.plug, phases=3, reaction_s=0.2)
        await yard.shows(state="B1")
        yard.world.present(CARD)
        await yard.until(lambda: yard.contactor.position and yard.evse.duty_ppm == FULL_PPM, what="it does not charge")
        await yard.until(lambda: self.transactions, what="the CSMS hears of no transaction")
        return str((await yard.shows(state="C2"))["transaction"])

    async def stop(self) -> Transaction:
        """Stop with the card; the only transaction there is, which has ended as it should."""
        self.yard.world.present(CARD)
        await self.yard.until(lambda: not self.transactions[-1].open, what="it does not end at the CSMS")
        transaction = self.transactions[-1]
        register_wh = int(self.yard.evse.meter.register_wh)
        if len(self.transactions) != 1 or transaction.reason != "Local" or transaction.meter_stop_wh != register_wh:
            raise CampaignError(f"expected one transaction of {register_wh} Wh with reason Local: {self.transactions}")
        return transaction


@contextlib.asynccontextmanager
async def play(folder: Path, version: str) -> AsyncIterator[Play]:
    """Everything up and connected; nothing left behind."""
    like_hardware()
    csms = Csms(versions=(version,))
    await csms.start()
    yard = Yard(folder, version, csms.url)
    server = WorldServer(yard.world, yard.sockets.sim)
    yard.world.open(time.monotonic())
    server.open()
    try:
        await yard.control.start()
        await yard.station.start()
        await yard.shows(state="A")
        await yard.until(lambda: STATION in csms.stations and csms.stations[STATION].registration == "accepted")
        yield Play(yard, csms)
    finally:
        await yard.station.kill()
        await yard.control.kill()
        server.close()
        await csms.stop()
        like_others()
        shutil.rmtree(Path(yard.sockets.sim).parent, ignore_errors=True)
