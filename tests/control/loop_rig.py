"""A loop over two boards with cars at them, under a virtual clock, and a script that is looked at in every scan."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from chargepoint.control import loop
from chargepoint.control.settings import SiteSettings
from chargepoint.link.messages import Event, EvseState, Hello, Permit, Snapshot
from chargepoint.link.pair import PairControl
from hal.api import Indicator
from tests.control.devices import PlantBoard, PlantMeter
from tests.control.rig import FIXED, SOCKET
from tests.control.test_cycle import heard, say

Script = Callable[[], Iterator[bool]]


class VirtualTime:
    """Stands in for the module ``time``; ``overslept_s`` is added to the next sleep."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self.overslept_s = 0.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, lasts_s: float) -> None:
        assert lasts_s >= 0
        self.now += lasts_s + self.overslept_s
        self.overslept_s = 0.0


class Bench:
    """One control process: a socket at EVSE 1, a fixed cable at EVSE 2. The loop runs by the clock of the newest bench."""

    def __init__(self, patch: pytest.MonkeyPatch, keep_in: Path) -> None:
        self.time = time = VirtualTime()
        patch.setattr(loop, "time", time)
        patch.setattr(loop, "MeterPoller", lambda evse, meter: PlantMeter(time.monotonic))
        self.keep_in = keep_in
        self.boards: dict[int, PlantBoard] = {1: PlantBoard(time.monotonic), 2: PlantBoard(time.monotonic)}
        self.indicators: dict[int, Indicator] = {}
        self.end = PairControl()
        self.station = self.end.connect()
        say(self.station, Hello())

    def run(self, script: Script, manners: loop.Manners = loop.MANNERS) -> None:
        """Until the script yields True or is over."""
        steps = script()
        meters: Any = dict.fromkeys(self.boards)
        site = SiteSettings(fuse_ma=64_000)
        given = (self.keep_in, self.indicators, manners)
        loop.run([SOCKET, FIXED], site, self.boards, meters, self.end, "boot", lambda: next(steps, True), *given)

    def told(self) -> list[EvseState]:
        """What was told since the last time, snapshot and events, in order."""
        found: list[EvseState] = []
        for message in heard(self.station):
            if isinstance(message, Snapshot):
                found += message.evses
            elif isinstance(message, Event):
                found.append(message.state)
        return found

    def charge(self, evse: int = 1) -> Iterator[bool]:
        """A car charges."""
        self.boards[evse].plant.plug()
        while not (plug_ins := [state.plug_in for state in self.told() if state.evse == evse and state.plug_in]):
            yield False
        say(self.station, Permit(evse, plug_ins[-1], 32_000, 1e6, 6_000))
        while not self.boards[evse].plant.closed:
            yield False
