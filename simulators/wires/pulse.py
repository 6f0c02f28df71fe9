"""A meter with a pulse output on a counter of the kernel: the files that the counter subsystem has beneath ``/sys``.

The counter counts what the world's meter counts. When somebody turns the meter's register by hand, no pulse comes: then the file in which
the driver keeps its count is set to the register too, as whoever fits the meter does.
"""

import asyncio
from pathlib import Path

from hal.meters.kept_count import KeptCount
from simulators.electrics import Electrics
from simulators.wires.face import WireFault
from simulators.wires.table import Place
from simulators.world import World

TICK_S = 0.1
TURNED_WH = 50
"""No car draws so much within a tick."""
BROKEN = ("silent", "unplugged", "exception")
"""The file is not there."""


class PulseFixture:
    """``simulators.wires.face.Fixture``."""

    def __init__(self, world: World, evse: Electrics, counter: str, keep: str, per_kwh: int) -> None:
        self._fault: WireFault | None = None
        self._world = world
        self._evse = evse
        self._per_kwh = per_kwh
        self._counter = counter
        self._keep = keep
        self._folder = Path()
        self._root = Path()
        self._register_wh = 0
        self._number = 0
        self._timer: asyncio.TimerHandle | None = None

    @property
    def fault(self) -> WireFault | None:
        """See ``Fixture``."""
        return self._fault

    @fault.setter
    def fault(self, fault: WireFault | None) -> None:
        self._fault = fault
        self._write()

    def open(self, root: Path) -> None:
        """Begin to count. Raises OSError."""
        self._root = root
        self._folder = Path(root, self._counter.lstrip("/")).parent
        self._folder.mkdir(parents=True, exist_ok=True)
        (self._folder / "enable").write_text("0\n")
        self._turn(self._shown_wh())
        self._world.observers.append(self._look)
        self._tick()

    def close(self) -> None:
        """Take it away."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
            self._world.observers.remove(self._look)

    def _tick(self) -> None:
        self._look()
        self._timer = asyncio.get_running_loop().call_later(TICK_S, self._tick)

    def _look(self) -> None:
        shown_wh = self._shown_wh()
        if 0 <= shown_wh - self._register_wh <= TURNED_WH:
            self._number += self._pulses(shown_wh) - self._pulses(self._register_wh)
            self._register_wh = shown_wh
        else:
            self._turn(shown_wh)
        self._write()

    def _turn(self, shown_wh: int) -> None:
        self._register_wh = shown_wh
        keep = Path(self._root, self._keep.lstrip("/"))
        keep.unlink(missing_ok=True)
        KeptCount(keep, self._pulses(max(0, shown_wh))).open()

    def _write(self) -> None:
        file = self._folder / Path(self._counter).name
        if self._fault in BROKEN:
            file.unlink(missing_ok=True)
        else:
            fresh = file.with_name(f".{file.name}")
            fresh.write_text("?\n" if self._fault is not None else f"{self._number}\n")
            fresh.rename(file)  # the kernel's are never found half written

    def _shown_wh(self) -> int:
        return self._world.show(self._evse, asyncio.get_running_loop().time()).energy_wh

    def _pulses(self, energy_wh: int) -> int:
        return energy_wh * self._per_kwh // 1000


def meter(place: Place) -> PulseFixture:
    """For the row of driver ``pulse``."""
    evse, entries = place.evse, place.entries
    assert evse is not None, "a meter belongs to an EVSE"
    return PulseFixture(place.world, evse, str(entries["counter"]), str(entries["keep"]), int(entries["per_kwh"]))
