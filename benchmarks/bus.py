"""Control's scan beside a slow serial line: a board and a meter on one RS-485 bus at 9600 baud.

    python -m benchmarks.bus [--seconds 60]

    first core     chargepoint control, with the drivers of simpleEVSE and SDM630 (time-outs of 500 ms)
    second core    the simulated world, whose bus takes the time that 9600 baud take (this process)

For comparison the same control with simulated devices, which have no line. *Slow*: each answer of the meter comes 800 ms after it was
asked, later than the time-out. *Silent*: the meter does not answer at all. The lateness is that of each scan against its deadline; the time
between two questions to the board is what the meter leaves to it. Bytes are those of both directions; 960 a second fill the bus.
"""

import asyncio
import os
import signal
import sys
import time
from argparse import ArgumentParser
from array import array
from collections.abc import Iterator
from contextlib import asynccontextmanager, contextmanager
from itertools import pairwise
from math import inf
from pathlib import Path
from statistics import median
from typing import Any

from msgspec import Struct, field

from benchmarks import rig
from benchmarks.figures import Distribution, Figure, in_ms, percentile, show
from benchmarks.rig import Place, cpu_s, memory_kib, running
from chargepoint.cli import wiring
from chargepoint.cli.configuration import read
from chargepoint.cli.site import plans
from simulators.wires.face import Reply, WireFault
from simulators.wires.harness import Harness
from simulators.world import World

BAUD, FULL_BYTES_S = 9600, 960
BOARD, METER = 1, 2
SETTLE_S = 20.0
"""A board of this kind is given its time when it is opened, and what start-up leaves behind is not the bus."""
LATE_MS, BOARD_S, CONTROL_MIB = 10.0, 3.0, 40
"""One scan in a thousand may be late by half its period: the greatest lateness of all is the host's, with and without a bus. The board's
measurement is none after 5 s (its ``silent_s``)."""
ARRANGEMENTS: dict[str, WireFault | None] = {"all well": None, "meter slow": "slow", "meter silent": "silent"}
WITHOUT = "no bus, simulated devices"
READ_ANSWER, WRITE_ANSWER = 5, 8


class Listener:
    """A face that says nothing and hears every question on the bus."""

    fault: WireFault | None = None

    def __init__(self) -> None:
        self.asked_s: dict[int, list[float]] = {BOARD: [], METER: []}
        self.bytes: dict[int, int] = {BOARD: 0, METER: 0}
        """To a unit, and what it should answer."""

    def heard(self, data: bytes, now: float) -> list[Reply]:
        """One question: the driver hands it over in one piece."""
        if len(data) >= 8 and data[0] in self.asked_s:
            self.asked_s[data[0]].append(now)
            self.bytes[data[0]] += len(data) + (READ_ANSWER + 2 * int.from_bytes(data[4:6]) if data[1] in (3, 4) else WRITE_ANSWER)
        return []

    def due_s(self) -> float:
        """Never."""
        return inf

    def tick(self, now: float) -> list[Reply]:
        """Never."""
        return []


class Seen(Struct):
    """What one arrangement showed."""

    late_s: list[float]
    cpu_per_cent: float
    rss_mib: float
    board_gaps_s: list[float] = field(default_factory=list)
    meter_questions_s: float = 0.0
    bytes_s: float = 0.0


def tree(*, bus: bool) -> dict[str, Any]:
    """One EVSE; with the bus, its board and its meter are on one port."""
    made = rig.tree(1, "1.6", None)
    if bus:
        made["hal"] = {"backend": "wires"}
        made["bench"] = {"listen": "127.0.0.1:0", "paced": True}
        made["evses"][0] |= {
            "board": {"driver": "simpleevse", "port": "/dev/ttyUSB0", "unit": BOARD, "baud": BAUD},
            "meter": {"driver": "sdm630", "port": "/dev/ttyUSB0", "unit": METER, "baud": BAUD},
        }
    return made


@asynccontextmanager
async def world_of(here: Place, listener: Listener) -> Any:
    """The world on its bus; what breaks the meter's wire."""
    configuration = read(here.config)
    world = World(plans(configuration))
    harness = world.wires = Harness(world, Path(here.sockets.root), paced=True)
    wiring.lay(configuration, harness)
    world.open(time.monotonic())
    wiring.put_up(harness)
    wire = harness.fitted["board", 1].wire
    assert wire is not None
    wire.line.add(listener)
    try:
        yield lambda fault: harness.spoil("meter", 1, fault)
    finally:
        harness.close()


@contextmanager
def control(here: Place, core: int, late: Path) -> Iterator[int]:
    """The process under test; it writes its lateness when the block ends."""
    command = [sys.executable, "-m", "benchmarks.lateness", str(late), *here.command("control")[2:]]
    with running(command, here.log, lambda: os.sched_setaffinity(0, {core})) as process:
        yield process.pid
        process.send_signal(signal.SIGTERM)
        process.wait(30)


async def observed(pid: int, seconds: float, listener: Listener | None) -> Seen:
    """Look at it for so long."""
    await asyncio.sleep(SETTLE_S)
    before, began_s = cpu_s(pid), time.monotonic()
    counted = dict(listener.bytes) if listener else {}
    await asyncio.sleep(seconds)
    lasted_s = time.monotonic() - began_s
    seen = Seen([], (cpu_s(pid) - before) / lasted_s * 100, memory_kib(pid)["Rss"] / 1024)
    if listener is not None:
        asked_s = [at_s for at_s in listener.asked_s[BOARD] if at_s >= began_s]
        seen.board_gaps_s = [later - sooner for sooner, later in pairwise(asked_s)]
        seen.meter_questions_s = sum(at_s >= began_s for at_s in listener.asked_s[METER]) / lasted_s
        seen.bytes_s = sum(listener.bytes[unit] - counted[unit] for unit in counted) / lasted_s
    return seen


async def arrangement(seconds: float, core: int, fault: WireFault | None) -> Seen:
    """With the bus."""
    listener = Listener()
    with rig.place(tree(bus=True)) as here:
        async with world_of(here, listener) as spoil:
            late = here.log.with_name("late")
            with control(here, core, late) as pid:
                await asyncio.sleep(SETTLE_S / 2)
                spoil(fault)
                seen = await observed(pid, seconds, listener)
            return finished(seen, late, seconds)


async def without(seconds: float, core: int) -> Seen:
    """The same control, no line."""
    with rig.place(tree(bus=False)) as here:
        async with rig.world(here):
            late = here.log.with_name("late")
            with control(here, core, late) as pid:
                seen = await observed(pid, seconds, None)
            return finished(seen, late, seconds)


def finished(seen: Seen, late: Path, seconds: float) -> Seen:
    """With the lateness of the last scans before the end."""
    recorded = array("I", late.read_bytes())
    seen.late_s = [each / 1e6 for each in recorded[-int(seconds / 0.018) :]]
    return seen


def ratio(value: float, base: float) -> str:
    """To the arrangement without a bus."""
    return f"{value / base:.2f} times that without a bus" if base else ""


def told(title: str, seen: Seen, base: Seen, judged: bool) -> bool:
    """Print it; are the targets met?"""
    rare_ms, most_ms = percentile(seen.late_s, 99.9) * 1000, LATE_MS if judged else None
    middle_ratio = ratio(median(seen.late_s), median(base.late_s))
    figures: list[Figure | Distribution] = [
        Distribution(name="scan late", values=in_ms(seen.late_s)),
        Figure(name="scan late, one in a thousand", value=rare_ms, unit="ms", most=most_ms),
        Figure(name="scan late, median", value=median(seen.late_s) * 1000, unit="ms", more=middle_ratio),
        Figure(name="processor, of a core", value=seen.cpu_per_cent, unit="%", more=ratio(seen.cpu_per_cent, base.cpu_per_cent)),
        Figure(name="RSS", value=seen.rss_mib, unit="MiB", most=CONTROL_MIB, more=ratio(seen.rss_mib, base.rss_mib)),
    ]
    if seen.board_gaps_s:
        longest = percentile(seen.board_gaps_s, 100)
        figures += [
            Distribution(name="between questions to the board", values=in_ms(seen.board_gaps_s)),
            Figure(name="between questions to the board, longest", value=longest, unit="s", most=BOARD_S),
            Figure(name="questions to the meter", value=seen.meter_questions_s, unit="/s"),
            Figure(
                name="bytes on the bus, with answers due", value=seen.bytes_s, unit="/s", more=f"{seen.bytes_s / FULL_BYTES_S:.0%} of it"
            ),
        ]
    return show(title, figures)


def main() -> int:
    """Measure and print; 1 if a target is missed."""
    parser = ArgumentParser(prog="benchmarks.bus")
    parser.add_argument("--seconds", type=float, default=60.0, help="for each arrangement (60)")
    seconds = parser.parse_args().seconds
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < 2:
        print("benchmarks.bus needs two cores: one for control, one for the simulated bus")
        return 1
    os.sched_setaffinity(0, {cores[1]})
    base = asyncio.run(without(seconds, cores[0]))
    met = told(f"{WITHOUT} ({rig.host()})", base, base, judged=False)
    for title, fault in ARRANGEMENTS.items():
        seen = asyncio.run(arrangement(seconds, cores[0], fault))
        met = told(f"Bus at {BAUD} baud, {title} ({rig.host()})", seen, base, judged=True) and met
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
