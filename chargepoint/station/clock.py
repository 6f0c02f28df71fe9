"""The station's two clocks: monotonic for whatever waits, time of day for whatever is told.

The time of day is elapsed time and a difference, which changes only when somebody sets the clock: the CSMS, or, until one has told the
time, whoever keeps the host's. It never begins earlier than the latest moment that is on disk, as the clock of a host without a battery
would: what happens after a power cut happened after what went before. ``Retiming`` hears of every jump.
"""

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from hal.api import WallClock

JUMP_S = 1.0
"""Less is no jump: a CSMS names whole seconds."""
HOST = "the host"


class StationClock:
    """The host's time of day, corrected by what the CSMS says. Intervals never use it."""

    def __init__(self, wall: WallClock, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._wall = wall
        self._monotonic = monotonic
        self.ahead_s = self._host_ahead_s = wall.now_s() - monotonic()
        """Time of day less elapsed time: it moves only when somebody sets the clock."""
        self.moved: Callable[[float], None] = lambda jump_s: None
        """Told of every jump before anybody else, and with 0.0 when a CSMS tells the time for the first time and is agreed with."""
        self.was_set: Callable[[float, str], None] = lambda jump_s, by: None
        """Told by how many seconds the clock has jumped, and who has set it."""
        self.told = False
        """Has a CSMS told the time since this process began?"""

    def monotonic(self) -> float:
        """Seconds that only ever grow; the same count as control's, on one host."""
        return self._monotonic()

    def now(self) -> datetime:
        """The time of day, UTC."""
        return self.at(self._monotonic())

    def now_s(self) -> float:
        """The same as seconds since 1970."""
        return self._monotonic() + self.ahead_s

    def at(self, at_s: float) -> datetime:
        """The time of day at a monotonic moment in the past."""
        return datetime.fromtimestamp(min(at_s, self._monotonic()) + self.ahead_s, UTC)

    def begin(self, latest: datetime | None) -> None:
        """This moment is on disk: it is later than that now."""
        if latest is not None and latest >= self.now():
            self.ahead_s += (latest - self.now() + timedelta(milliseconds=1)).total_seconds()

    def tick(self) -> None:
        """Once a second: has the host's clock been set? That counts as long as no CSMS has told the time."""
        host_ahead_s = self._wall.now_s() - self._monotonic()
        if abs(host_ahead_s - self._host_ahead_s) < JUMP_S:
            return
        self._host_ahead_s = host_ahead_s
        if not self.told:
            self._jump(host_ahead_s - self.ahead_s, HOST)

    def correct(self, csms_now: datetime, under_way_s: float = 0.0) -> float:
        """The CSMS's time counts (1.6 §4.6, OCPP 2.0.1 G02.FR.06). Returns by how many seconds the clock jumped.

        ``under_way_s``: from the question to the answer. Nobody knows when between them the CSMS looked at its clock, so a time that is
        earlier by no more than that shows no clock that is wrong: a slow CSMS would set it back, and events would be told too early.
        """
        first, self.told = not self.told, True
        jump_s = (csms_now - self.now()).total_seconds()
        if -JUMP_S - under_way_s < jump_s < JUMP_S:
            if first:
                self.moved(0.0)
            return 0.0
        self._jump(jump_s, "the CSMS")
        return jump_s

    def follow_host(self) -> None:
        """Whoever keeps the host's clock counts, and the CSMS does not (OCPP 2.0.1 TimeSource NTP)."""
        self.told, self._host_ahead_s = False, self._wall.now_s() - self._monotonic()
        if abs(self._host_ahead_s - self.ahead_s) >= JUMP_S:
            self._jump(self._host_ahead_s - self.ahead_s, HOST)

    def _jump(self, jump_s: float, by: str) -> None:
        self.ahead_s += jump_s
        self.moved(jump_s)
        self.was_set(jump_s, by)


async def pause(seconds: float, wake: asyncio.Event | None = None) -> None:
    """Let time pass, or until ``wake`` is set. The only place where the station waits for a time."""
    if wake is None:
        await asyncio.sleep(seconds)
        return
    try:
        async with asyncio.timeout(seconds):
            await wake.wait()
    except TimeoutError:
        return
