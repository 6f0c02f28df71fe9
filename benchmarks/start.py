"""How soon after their start control drives the pilot and the station has said BootNotification.

    python -m benchmarks.start [ROUNDS]

From just before exec to, for control, the stamp of the first pilot output that the simulated world receives; for the station, the moment
at which the CSMS has it. World and CSMS are in this process. The files are in the page cache; a bare interpreter in the same rounds is
the floor. A station that starts for the first time creates its database too.
"""

import asyncio
import subprocess
import sys
import time

from benchmarks import rig
from benchmarks.figures import middle, show
from benchmarks.rig import Place, running, until
from simulators.csms.server import Csms
from simulators.world import World

ROUNDS = 15
VERSIONS = ("1.6", "2.0.1")
CONTROL_S, STATION_S = 0.5, 1.5

Figures = dict[str, list[float]]


def bare() -> float:
    """The interpreter alone, from start to end."""
    began = time.monotonic()
    subprocess.run([sys.executable, "-c", "pass"], check=True)
    return time.monotonic() - began


async def control(here: Place, world: World) -> float:
    """From start to the first pilot output."""
    timing = world.evses[1].timing
    timing.last_kick_s = None
    began = time.monotonic()
    with running(here.command("control"), here.log):
        await until(lambda: timing.last_kick_s is not None, "the first kick")
    assert timing.last_kick_s is not None
    return timing.last_kick_s - began


async def station(here: Place, csms: Csms) -> float:
    """From start to BootNotification at the CSMS."""
    heard = len(csms.messages)
    began = time.monotonic()
    with running(here.command("station"), here.log):
        booted = await until(lambda: any(each.action == "BootNotification" for each in csms.messages.after(heard)), "BootNotification")
        await until(lambda: not csms.stations[rig.STATION].connected or csms.stations[rig.STATION].registration == "accepted", "the answer")
    await until(lambda: not csms.stations[rig.STATION].connected, "the end of the connection")
    return booted - began


async def one_version(version: str, rounds: int, figures: Figures) -> None:
    """Rounds of everything with one version of OCPP."""
    csms = Csms(versions=(version,))
    await csms.start()
    with rig.place(rig.tree(1, version, csms.url)) as here:
        async with rig.world(here) as world:
            figures["control"].append(await control(here, world))
            with running(here.command("control"), here.log):
                figures[f"first {version}"] = [await station(here, csms)]
                figures[f"station {version}"] = [await station(here, csms) for _ in range(rounds)]
            figures["control"] += [await control(here, world) for _ in range(rounds)]
            figures["bare"] += [bare() for _ in range(rounds)]
    await csms.stop()


def main() -> int:
    """Measure and print; 1 if a target is missed."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    figures: Figures = {"bare": [], "control": []}
    for version in VERSIONS:
        asyncio.run(one_version(version, rounds, figures))
    met = show(
        f"From start, median ({rig.host()})",
        [
            middle("bare interpreter, to its end", figures["bare"], "s"),
            middle("control, to the first pilot output", figures["control"], "s", CONTROL_S),
            *(middle(f"station {each}, to BootNotification", figures[f"station {each}"], "s", STATION_S) for each in VERSIONS),
            *(middle(f"station {each}, with an empty directory", figures[f"first {each}"], "s", STATION_S) for each in VERSIONS),
        ],
    )
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
