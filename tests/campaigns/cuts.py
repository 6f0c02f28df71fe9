"""Cuts: what dies, when, and how it comes back.

    site       SIGKILL to the whole process group, the simulated world with it
    power      POST /power off and on: control and station are killed, the world stays
    station    SIGKILL to one process; the bench starts it again after a second
    control

When, counted from something that happens:

    during     while the verb is on its way
    after      within 0.3 s of it
    heard      the n-th message about a transaction or a card from then on: before its answer, or within 20 ms of it
    frame      within 30 ms of the n-th frame, either way
    quiet      up to two seconds later
"""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from random import Random
from typing import Literal

from msgspec import Struct

from simulators.csms.message_log import Message
from tests.campaigns.actions import unplug
from tests.campaigns.bench import ANSWER_S, READY_S, until
from tests.campaigns.stage import Stage

Kind = Literal["site", "power", "station", "control"]
Moment = Literal["during", "after", "heard", "frame", "quiet"]
Mode = Literal["kill", "power", "mixed"]

KINDS: dict[Mode, dict[Kind, float]] = {
    "kill": {"site": 0.7, "station": 0.15, "control": 0.15},
    "power": {"power": 0.7, "station": 0.15, "control": 0.15},
    "mixed": {"site": 0.35, "power": 0.35, "station": 0.15, "control": 0.15},
}
WHOLE: frozenset[Kind] = frozenset({"site", "power"})
"""Cuts that count as a kill of everything."""
MOMENTS: dict[Moment, tuple[float, float]] = {
    "during": (0.2, 0.02),
    "after": (0.2, 0.3),
    "heard": (0.45, 0.02),
    "frame": (0.1, 0.03),
    "quiet": (0.05, 2.0),
}
"""How often, and the longest delay in seconds."""
HEARD = frozenset({"Authorize", "MeterValues", "StartTransaction", "StopTransaction", "TransactionEvent"})
FRAMES = 3
AT_ONCE_SHARE = 0.5
"""So often it falls the moment that the message is heard."""
NO_FRAME_S = 2.0
"""If fewer frames pass, it falls then."""
AGAIN_SHARE = 0.25
"""So often everything is cut once more while it is starting."""
MEANWHILE_SHARE = 0.25
"""So often somebody leaves while it is dark."""


class Cut(Struct, frozen=True):
    """One cut as it is planned."""

    kind: Kind
    moment: Moment
    delay_s: float
    frames: int
    again_s: float | None
    meanwhile: bool
    dark_s: float

    def __str__(self) -> str:
        frames = f" {self.frames}" if self.moment in ("frame", "heard") else ""
        return f"{self.kind}, {self.moment}{frames} + {self.delay_s * 1000:.0f} ms"


def draw(mode: Mode, random: Random) -> Cut:
    """A cut at random. The number of random values does not depend on what they are."""
    kinds, values = KINDS[mode], [random.random() for _ in range(5)]
    moment = random.choices(list(MOMENTS), [weight for weight, _ in MOMENTS.values()])[0]
    return Cut(
        kind=random.choices(list(kinds), list(kinds.values()))[0],
        moment=moment,
        delay_s=0.0 if moment == "heard" and values[4] < AT_ONCE_SHARE else values[0] * MOMENTS[moment][1],
        frames=random.randint(1, FRAMES),
        again_s=values[1] / AGAIN_SHARE * 1.5 if values[1] < AGAIN_SHARE else None,
        meanwhile=values[2] < MEANWHILE_SHARE,
        dark_s=values[3] * 0.4,
    )


class Blow:
    """One cut as it falls."""

    def __init__(self, stage: Stage, cut: Cut) -> None:
        self._stage = stage
        self._cut = cut
        self._struck: tuple[int, ...] = ()
        self._off: asyncio.Task[object] | None = None
        self.fallen = asyncio.Event()

    async def around(self, deed: Awaitable[None]) -> None:
        """Let something happen, and let the cut fall at its moment."""
        match self._cut.moment:
            case "during":
                asyncio.get_running_loop().call_later(self._cut.delay_s, self.fall)
                await deed
                await self.fallen.wait()
            case "frame" | "heard":
                await self._at_frame(deed)
            case _:
                await deed
                await asyncio.sleep(self._cut.delay_s)
                self.fall()

    async def _at_frame(self, deed: Awaitable[None]) -> None:
        csms, loop = self._stage.csms, asyncio.get_running_loop()
        csms.on_line = self._count(self._cut.frames)
        late = loop.call_later(NO_FRAME_S, self.fall)
        await deed
        await self.fallen.wait()
        late.cancel()
        csms.on_line = _quiet

    def _count(self, frames: int) -> Callable[[str], None]:
        """Lets it fall at the last of so many frames; each is a line of the CSMS, said before anything follows from it."""
        csms = self._stage.csms
        known = csms.messages.last

        def look(line: str) -> None:
            nonlocal frames, known
            if csms.messages.last == known or not self._counts(csms.messages[-1]):
                return
            known, frames = csms.messages.last, frames - 1
            if frames == 0:
                self._fall_in(self._cut.delay_s)

        return look

    def _counts(self, message: Message) -> bool:
        return self._cut.moment == "frame" or (message.direction == "received" and message.action in HEARD)

    def _fall_in(self, delay_s: float) -> None:
        if delay_s:
            asyncio.get_running_loop().call_later(delay_s, self.fall)
        else:
            self.fall()

    def fall(self) -> None:
        """Now."""
        if self.fallen.is_set():
            return
        self.fallen.set()
        stage, kind = self._stage, self._cut.kind
        stage.note(f"CUT {self._cut}")
        if kind in WHOLE:
            stage.dark |= {"control", "station"}
            stage.ledger.cut(car_stays=kind == "power" or stage.keep_world)
        elif kind == "station":
            stage.ledger.station_dies()
        if kind == "site":
            self._struck = stage.bench.strike()
        elif kind == "power":
            stage.powerless = True
            self._off = asyncio.get_running_loop().create_task(stage.bench.ask("POST", "/power", {"state": "off"}))
        else:
            self._kill_one()

    def _kill_one(self) -> None:
        stage, kind = self._stage, self._cut.kind
        pid = stage.bench.pid(kind)
        if pid is not None:
            stage.dark.add(kind)
            self._struck = (pid,)
            os.kill(pid, signal.SIGKILL)

    async def mend(self, random: Random) -> None:
        """Start again what was cut, perhaps after something else has happened; until everything is up."""
        match self._cut.kind:
            case "site":
                await self._mend_site()
            case "power":
                await self._mend_power(random)
            case kind:
                await self._mend_one(kind, random)
        await self._stage.ready()
        self._stage.note("ready")

    async def _mend_site(self) -> None:
        bench = self._stage.bench
        await bench.buried(self._struck)
        await asyncio.sleep(self._cut.dark_s)
        await bench.start()
        if self._cut.again_s is not None:
            await asyncio.sleep(self._cut.again_s)
            self._stage.note(f"CUT site again, {self._cut.again_s:.3f} s after its port was open")
            await bench.buried(bench.strike())
            await bench.start()

    async def _mend_power(self, random: Random) -> None:
        stage = self._stage
        assert self._off is not None
        await self._off
        await self._meanwhile(random)
        await asyncio.sleep(self._cut.dark_s)
        stage.powerless = False
        await stage.verb("POST", "/power", {"state": "on"})
        if self._cut.again_s is not None:
            await asyncio.sleep(self._cut.again_s)
            stage.note(f"CUT power again, {self._cut.again_s:.3f} s after it came back")
            await stage.verb("POST", "/power", {"state": "off"})
            await stage.verb("POST", "/power", {"state": "on"})

    async def _mend_one(self, verb: str, random: Random) -> None:
        bench, struck = self._stage.bench, self._struck
        await until(lambda: all(bench.pid(verb) != pid for pid in struck), ANSWER_S, f"{verb} {struck} outlives SIGKILL")
        await self._meanwhile(random)
        await until(lambda: bench.pid(verb) is not None, READY_S, f"{verb} is not started again")

    async def _meanwhile(self, random: Random) -> None:
        there = [place for place in self._stage.ledger.places.values() if place.plugged]
        if self._cut.meanwhile and there:
            await unplug(self._stage, there[0], random)


def _quiet(line: str) -> None:
    """Nobody waits for a frame."""
