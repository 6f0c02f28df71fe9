"""What 2.0.1 costs beside 1.6: loading, memory, and the full inventory of a station with four EVSEs from process to process.

    python -m benchmarks.versions [ROUNDS]

Loading is the processor time of an interpreter that imports what the station does and builds the version's dialect; memory is what is
resident then, and what is resident of a whole station whose boot has been accepted. 1.6 in the same round is the baseline. The station's
greatest memory while it reports (VmHWM) is counted from what it has before.
"""

import asyncio
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

from benchmarks import rig
from benchmarks.figures import Figure, middle, show
from benchmarks.rig import memory_kib, running, until
from simulators.csms.message_log import Message
from simulators.csms.server import Csms

ROUNDS = 9
EVSES = 4
SETTLE_S = 3.0
VERSIONS = ("1.6", "2.0.1")
MOST = 1.2
"""Times 1.6."""
REPORT_S, REPORT_MIB = 1.0, 10.0
LOAD = """
import time, chargepoint.cli.station, hal.readers.simulated, hal.networks.simulated, hal.clocks.simulated
from chargepoint.ocpp.dialect import Site, load
dialect = load({version!r}, Site())
print(time.process_time(), open("/proc/self/statm").read().split()[1])
"""
PAGE_MIB = 4096 / (1 << 20)

Figures = dict[str, list[float]]


def loaded(version: str) -> tuple[float, float]:
    """Processor time in seconds, and MiB."""
    done = subprocess.run([sys.executable, "-c", LOAD.format(version=version)], capture_output=True, text=True, check=True)
    taken_s, pages = done.stdout.split()
    return float(taken_s), int(pages) * PAGE_MIB


async def station(version: str, figures: Figures) -> None:
    """A whole one, and its report where there is such a thing."""
    csms = Csms(versions=(version,))
    await csms.start()
    with rig.place(rig.tree(EVSES, version, csms.url)) as here:
        async with rig.world(here):
            with ExitStack() as stack:
                stack.enter_context(running(here.command("control"), here.log))
                pid = stack.enter_context(running(here.command("station"), here.log)).pid
                await until(
                    lambda: rig.STATION in csms.stations and csms.stations[rig.STATION].registration == "accepted", "the boot", 0.05
                )
                await asyncio.sleep(SETTLE_S)
                figures[f"station {version}"].append(memory_kib(pid)["Rss"] / 1024)
                if version != "1.6":
                    await report(csms, pid, figures)
    await csms.stop()


async def report(csms: Csms, pid: int, figures: Figures) -> None:
    """From the request to the last part at the CSMS."""
    heard, before_mib = csms.messages.last, memory_kib(pid)["Rss"] / 1024
    _forget_greatest(pid)
    began = time.monotonic()
    await csms.call(rig.STATION, "GetBaseReport", {"requestId": 1, "reportBase": "FullInventory"})
    ended = await until(lambda: any(map(_is_last, csms.messages.after(heard))), "the last part")
    figures["report"].append(ended - began)
    figures["jump"].append(max(0.0, _greatest_mib(pid) - before_mib))


def _is_last(message: Message) -> bool:
    return message.action == "NotifyReport" and message.direction == "received" and not message.frame[3].get("tbc", False)


def _forget_greatest(pid: int) -> None:
    """It counts from here (proc(5))."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")


def _greatest_mib(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def compared(name: str, figures: Figures, of: str, unit: str) -> list[Figure]:
    """Both versions, and how many times 1.6 the other one is."""
    old, new = (middle(f"{each}: {name}", figures[f"{of} {each}"], unit) for each in VERSIONS)
    return [old, new, Figure(name=f"{name}, ratio", value=new.value / old.value, unit="", most=MOST)]


def main() -> int:
    """Measure and print; 1 if a target is missed."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    names = ("report", "jump", *(f"{what} {each}" for what in ("load", "loaded", "station") for each in VERSIONS))
    figures: Figures = {name: [] for name in names}
    for _ in range(rounds):
        for version in VERSIONS:
            taken_s, mib = loaded(version)
            figures[f"load {version}"].append(taken_s)
            figures[f"loaded {version}"].append(mib)
            asyncio.run(station(version, figures))
    found = [
        *compared("loading, processor", figures, "load", "s"),
        *compared("resident after it", figures, "loaded", "MiB"),
        *compared("resident, whole station", figures, "station", "MiB"),
        middle("full inventory, to its last part", figures["report"], "s", REPORT_S),
        middle("full inventory, memory", figures["jump"], "MiB", REPORT_MIB),
    ]
    return 0 if show(f"2.0.1 beside 1.6, {EVSES} EVSEs ({rig.host()})", found) else 1


if __name__ == "__main__":
    sys.exit(main())
