"""What one scan costs: ``chargepoint.control.scan.step`` alone, on inputs that a simulated world measures under a clock of its own.

    python -m benchmarks.scan [--scans N]

*Hot*: scan after scan. *Cold*: before each, more memory is read than any cache holds, which is what a scan finds after a sleep of 18 ms
beside a busy station. It is the processor time of this thread, so other load on the host does not count, but for its effect on caches.
The yardstick is a thousand calls of an empty function, hot and cold: what a scan costs in yardsticks is about the same on a small board.
"""

import gc
import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from statistics import median
from typing import Any

from msgspec import Struct

from benchmarks.figures import Figure, percentile, show
from benchmarks.rig import host, tree
from chargepoint.cli import control
from chargepoint.cli.configuration import build
from chargepoint.cli.site import plans
from chargepoint.control import loop, scan
from chargepoint.control.memory import EvseInputs, Inputs
from chargepoint.link.messages import Permit
from hal.measured import MeterReading
from simulators import verbs
from simulators.memory import MemoryBoard, MemoryMeter
from simulators.world import World

EVSES = (1, 4, 16)
MOST_US = 300.0
"""Per EVSE, so that four of them at 50 Hz stay below a tenth of a small core."""
COLD_SHARE = 10
"""A cold scan takes long to prepare: there are so many times fewer."""
SWEEP = bytearray(64 << 20)
CAR = {"reaction_s": 0.2, "current_a": 16, "phases": 3}
PATIENCE_S = 60.0
"""In the world's time: until every car charges."""
METER_S = 1.0
HEADING = f"  {'':<20}{'hot':>10}{'ratio':>8}{'p99':>10}{'cold':>10}{'ratio':>8}{'p99':>10}"


class Bench:
    """Control's scan and its world. No loop, no link, no sockets."""

    def __init__(self, evses: int) -> None:
        configuration = build(tree(evses, "1.6", None), boards=True)
        self.now = 1000.0
        self._world = World(plans(configuration))
        self._world.open(self.now)
        self._boards = {number: MemoryBoard(self._world, number, lambda: self.now) for number in self._world.evses}
        self._meters = {number: MemoryMeter(self._world, number, lambda: self.now) for number in self._world.evses}
        self._readings: dict[int, MeterReading] = {}
        self._wishes: tuple[scan.Wish, ...] = ()
        self.state = scan.initial(control.evses(configuration), control.site(configuration), "bench", self.now)
        for board in self._boards.values():
            board.open()

    def inputs(self) -> Inputs:
        """What is measured a period later."""
        self.now += loop.SCAN_PERIOD_S
        for number, meter in self._meters.items():
            if number not in self._readings or self.now - self._readings[number].at_s >= METER_S:
                self._readings[number] = meter.read()
        return Inputs({number: EvseInputs(board.read(), self._readings[number]) for number, board in self._boards.items()})

    def step(self, inputs: Inputs) -> float:
        """One scan; what it cost."""
        began_ns = time.thread_time_ns()
        self.state, outputs, _ = scan.step(self.state, inputs, self._wishes, self.now)
        cost_us = (time.thread_time_ns() - began_ns) / 1000
        self._wishes = ()
        for number, board in self._boards.items():
            board.write(outputs[number])
            board.kick()
        return cost_us

    def run(self, seconds: float) -> None:
        """Let time pass."""
        for _ in range(round(seconds / loop.SCAN_PERIOD_S)):
            self.step(self.inputs())

    def charge(self) -> None:
        """A car at every EVSE, all permitted and charging. Raises TimeoutError."""
        for evse in self._world.evses.values():
            verbs.plug(self._world, evse, dict(CAR), self.now)
        self._world.changed(self.now)
        self.run(1.0)
        plug_ins = {number: evse.presence.plug_in for number, evse in self.state.evses.items()}
        self._wishes = tuple(Permit(number, plug_in, 16_000, 1e9, 0) for number, plug_in in plug_ins.items() if plug_in is not None)
        ends_s = self.now + PATIENCE_S
        while not all(evse.state == "C2" for evse in self.state.evses.values()):
            if self.now > ends_s:
                raise TimeoutError(f"not every car charges: {[evse.state for evse in self.state.evses.values()]}")
            self.run(0.1)
        self.run(20.0)


class Yardstick:
    """What a row is compared with."""

    def inputs(self) -> None:
        """None."""

    def step(self, inputs: None) -> float:
        """What a thousand calls cost."""
        began_ns = time.thread_time_ns()
        for _ in range(1000):
            nothing()
        return (time.thread_time_ns() - began_ns) / 1000


def nothing() -> None:
    """What the yardstick calls."""


class Row(Struct):
    """One line of the table, in microseconds per EVSE."""

    name: str
    evses: int
    hot: list[float]
    cold: list[float]

    def cells(self, yardstick: "Row") -> str:
        """Median, in yardsticks, and rare value; hot, then cold."""
        pairs = ((self.hot, yardstick.hot), (self.cold, yardstick.cold))
        return "".join(f"{median(own):10.1f}{median(own) / median(its):8.2f}{percentile(own, 99):10.1f}" for own, its in pairs)


def measured(name: str, evses: int, bench: Any, scans: int) -> Row:
    """Hot and cold."""
    hot = [bench.step(bench.inputs()) / evses for _ in range(scans)]
    cold = []
    for _ in range(max(1, scans // COLD_SHARE)):
        inputs = bench.inputs()
        SWEEP.count(1)
        cold.append(bench.step(inputs) / evses)
    return Row(name, evses, hot, cold)


def rows(scans: int) -> Iterator[Row]:
    """Everything that is measured."""
    for evses in EVSES:
        what = f"{evses:2} EVSE{'s' * (evses > 1)}"
        bench = Bench(evses)
        bench.run(20.0)
        yield measured(f"{what}, idle", evses, bench, scans)
        bench.charge()
        yield measured(f"{what}, charging", evses, bench, scans)


def main() -> int:
    """Measure and print; 1 if the aim is missed."""
    parser = ArgumentParser(prog="benchmarks.scan")
    parser.add_argument("--scans", type=int, default=3000, help=f"of each kind, hot; cold a {COLD_SHARE}th of it (3000)")
    scans = parser.parse_args().scans
    gc.collect()
    gc.disable()
    yardstick = measured("yardstick", 1, Yardstick(), scans)
    print(f"\nOne scan, per EVSE, in microseconds ({host()})\n{HEADING}")
    print(f"  {yardstick.name:<20}{yardstick.cells(yardstick)}", flush=True)
    worst: dict[int, float] = dict.fromkeys(EVSES, 0.0)
    for row in rows(scans):
        print(f"  {row.name:<20}{row.cells(yardstick)}", flush=True)
        worst[row.evses] = max(worst[row.evses], median(row.hot), median(row.cold))
    dearest = Figure(name="per EVSE, the dearest median", value=max(worst.values()), unit="us", most=MOST_US)
    share = Figure(name="four EVSEs at 50 Hz, cold, of this core", value=worst[4] * 4 * 50 / 10_000, unit="%")
    return 0 if show("What it comes to", [dearest, share]) else 1


if __name__ == "__main__":
    sys.exit(main())
