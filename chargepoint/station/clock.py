"""The station's two clocks: monotonic for whatever waits, time of day for whatever is told."""

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from hal.api import WallClock


class StationClock:
    """The host's time of day, corrected by what the CSMS says. Intervals never use it."""

    def __init__(self, wall: WallClock, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._wall = wall
        self._monotonic = monotonic
        self._correction_s = 0.0
        self.corrected: Callable[[float], None] = lambda jump_s: None
        """Told by how many seconds the clock has jumped."""
        self.told = False
        """Has a CSMS told the time since this process began?"""

    def monotonic(self) -> float:
        """Seconds that only ever grow; the same count as control's, on one host."""
        return self._monotonic()

    def now(self) -> datetime:
        """The time of day, UTC."""
        return datetime.fromtimestamp(self._wall.now_s() + self._correction_s, UTC)

    def at(self, at_s: float) -> datetime:
        """The time of day at a monotonic moment in the past."""
        return self.now() - timedelta(seconds=max(0.0, self._monotonic() - at_s))

    def correct(self, csms_now: datetime) -> float:
        """The CSMS's time counts (1.6 §4.6, OCPP 2.0.1 G02.FR.06). Returns by how many seconds the clock jumped."""
        self.told = True
        jump_s = (csms_now - self.now()).total_seconds()
        if abs(jump_s) < 1.0:  # the answer names whole seconds and was under way
            return 0.0
        self._correction_s += jump_s
        self.corrected(jump_s)
        return jump_s


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
