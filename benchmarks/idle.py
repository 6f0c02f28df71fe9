"""What control and station use while nothing happens: one EVSE, no car, connected to a CSMS.

    python -m benchmarks.idle [SECONDS]

Resident memory from ``/proc/PID/smaps_rollup``: RSS counts every page, PSS the shared ones by their share. The processor time is that of
all threads, from the scheduler. World and CSMS are in this process and are not counted; a bare interpreter that sleeps is the floor.
"""

import asyncio
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack

from benchmarks import rig
from benchmarks.figures import Figure, middle, show
from benchmarks.rig import Place, cpu_s, memory_kib, running, until
from simulators.csms.server import Csms

SECONDS = 30.0
PARTS = 3
"""The time is measured in so many parts, for the spread."""
SETTLE_S = 10.0
"""After the boot is accepted: what start-up leaves behind is not idle."""
VERSIONS = ("1.6", "2.0.1")
CONTROL_MIB, STATION_MIB, CPU_PER_CENT = 40, 80, 3.0
BARE = (sys.executable, "-c", "import time; time.sleep(3600)")


async def cpu_per_cent(pids: Sequence[int], seconds: float) -> list[list[float]]:
    """Share of one core of each process, one value per part."""
    shares: list[list[float]] = [[] for _ in pids]
    for _ in range(PARTS):
        began, before = time.monotonic(), [cpu_s(pid) for pid in pids]
        await asyncio.sleep(seconds / PARTS)
        passed = time.monotonic() - began
        for each, pid, used in zip(shares, pids, before, strict=True):
            each.append((cpu_s(pid) - used) / passed * 100)
    return shares


def memory(name: str, pid: int, most: float | None = None) -> Figure:
    """RSS, with PSS beside it."""
    kib = memory_kib(pid)
    return Figure(name=f"{name}, RSS", value=kib["Rss"] / 1024, unit="MiB", most=most, more=f"PSS {kib['Pss'] / 1024:.1f} MiB")


async def measure(version: str, seconds: float, here: Place, csms: Csms) -> list[Figure]:
    """With one version of OCPP."""
    async with rig.world(here):
        with ExitStack() as stack:
            control, station, bare = (
                stack.enter_context(running(command, here.log)).pid for command in (here.command("control"), here.command("station"), BARE)
            )
            await until(lambda: rig.STATION in csms.stations and csms.stations[rig.STATION].registration == "accepted", "the boot", 0.05)
            await asyncio.sleep(SETTLE_S)
            ours, theirs = await cpu_per_cent((control, station), seconds)
            return [
                memory("bare interpreter", bare),
                memory("control", control, CONTROL_MIB),
                memory("station", station, STATION_MIB),
                middle("control, processor", ours, "%"),
                middle("station, processor", theirs, "%"),
                middle("both, processor", [sum(pair) for pair in zip(ours, theirs, strict=True)], "%", CPU_PER_CENT),
            ]


async def one_version(version: str, seconds: float) -> bool:
    """Measure and print; are the targets met?"""
    csms = Csms(versions=(version,))
    await csms.start()
    with rig.place(rig.tree(1, version, csms.url)) as here:
        figures = await measure(version, seconds, here, csms)
    await csms.stop()
    return show(f"Idle, OCPP {version}, {seconds:g} s ({rig.host()})", figures)


def main() -> int:
    """One version after the other; 1 if a target is missed."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
    met = [asyncio.run(one_version(version, seconds)) for version in VERSIONS]
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
