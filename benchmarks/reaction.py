"""From the pilot leaving state C to the command that opens the contactor, while the station is flooded.

    python -m benchmarks.reaction [--events 1000] [--evses 16] [--compare SECONDS]

    first core     control (SCHED_FIFO) and station, or both in one process: nothing else of the benchmark
    second core    the simulated world (SCHED_FIFO, this process) and the flooding CSMS

Each EVSE has a car that pauses at a random moment, waits until the contactor is open, and asks again at once; control gives the
contactor its rest of 5 s before it closes again, so an EVSE has an event about every 5.5 s, and many EVSEs have many. The time runs from
the world's stamp on the pilot to control's stamp on the command, both of the same monotonic clock. That the world is late in sending the
measurement is part of it, and told beside it. The contacts are told apart: they travel for 15 ms by themselves. The next kick after a
random moment is the least that a command can take; it is measured also where control is so late that its own interlock lets no car charge.

Then control is killed while cars charge: from its last kick to the open contactor.
"""

import asyncio
import contextlib
import gc
import os
import random
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence

from benchmarks import rig
from benchmarks.cars import Seen, all_charge, collect, opened_after_kick
from benchmarks.figures import Distribution, Figure, in_ms, percentile, show, spread
from benchmarks.flood import VERSION, Tally, flooding
from benchmarks.rig import Place, running, until

COMMAND_MOST_MS, DEAD_MAN_MS = 60, 200
"""Of the 100 ms of IEC 61851-1 Table A.6 sequence 8.1, 40 are left to the contactor. Two measurements have to agree, so two or three scans
go by."""
KILLS = 10
EVENT_S = 30.0
"""The product is given no more than this for each event of an EVSE; it takes 6 s if all is well."""

ARRANGEMENTS = {
    "two processes": ("control", "station"),
    "one process, control in a thread": ("thread",),
    "one process, one asyncio loop": ("loop",),
}


def on_core(core: int) -> None:
    """This process and what it starts."""
    os.sched_setaffinity(0, {core})


def hurry() -> bool:
    """SCHED_FIFO for this process, not for what it starts; is it permitted?"""
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO | os.SCHED_RESET_ON_FORK, os.sched_param(40))
    except PermissionError:
        return False
    return True


def command(here: Place, name: str) -> list[str]:
    """A verb of the product, or an arrangement for comparison."""
    if name in ("control", "station"):
        return here.command(name)
    return [sys.executable, "-m", "benchmarks.one_process", name, *here.command(name)[2:]]


async def arrangement(names: Sequence[str], evses: int, core: int, events: int, seconds: float) -> tuple[Seen, dict[str, Tally]]:
    """Start it, flood it, and look."""
    seen = Seen()
    with flooding() as flood, rig.place(rig.tree(evses, VERSION, flood.url)) as here, contextlib.ExitStack() as stack:
        async with rig.world(here) as world:
            pids = [stack.enter_context(running(command(here, name), here.log, lambda: on_core(core))).pid for name in names]
            await until(flood.booted, "the boot", 0.1)
            await all_charge(world)
            seen.fifo = os.sched_getscheduler(pids[0]) == os.SCHED_FIFO
            flood.begin()
            await collect(world, seen, events, seconds)
            return seen, flood.end()


async def kills(evses: int, core: int) -> list[float]:
    """Kill control again and again, under the same load."""
    took: list[float] = []
    with flooding() as flood, rig.place(rig.tree(evses, VERSION, flood.url)) as here:
        async with rig.world(here) as world:
            with running(here.command("station"), here.log, lambda: on_core(core)):
                await until(flood.booted, "the boot", 0.1)
                flood.begin()
                for _ in range(KILLS):
                    with running(here.command("control"), here.log, lambda: on_core(core)) as control:
                        await all_charge(world)
                        await asyncio.sleep(random.uniform(0.5, 0.6))
                        control.kill()
                        took += await opened_after_kick(world)
    return took


def figures(seen: Seen, *, judged: bool) -> list[Distribution]:
    """The table of one arrangement."""
    command_ms = in_ms([each.command_s for each in seen.openings])
    return [
        Distribution(
            name="command",
            values=command_ms,
            most=COMMAND_MOST_MS if judged else None,
        ),
        Distribution(name="command, as the world hears it", values=in_ms([each.heard_s for each in seen.openings])),
        Distribution(name="contacts open", values=in_ms([each.contacts_s for each in seen.openings])),
        Distribution(name="next kick after a random moment", values=in_ms(seen.kick_s)),
        Distribution(name="world: measurement sent", values=in_ms([each.told_s for each in seen.openings])),
        Distribution(name="world: event loop late", values=in_ms(seen.late_s)),
    ]


def told(tallies: dict[str, Tally]) -> str:
    """What the flood was."""
    kinds = (
        f"{len(tally.answered)} {kind} {percentile(in_ms(tally.answered), 50):.0f} ms{f' {tally.errors}' if tally.errors else ''}"
        for kind, tally in tallies.items()
    )
    return f"  flood, 1 MiB each, OCPP {VERSION}, median to the answer with the one before it: {', '.join(kinds)}"


def compare(arguments: Namespace, core: int) -> bool:
    """All arrangements, the product first; are its targets met?"""
    all_met = True
    for title, names in ARRANGEMENTS.items():
        product = len(names) == 2
        events = arguments.events if product else sys.maxsize
        seconds = EVENT_S * (1 + arguments.events / arguments.evses) if product else arguments.compare
        seen, tallies = asyncio.run(arrangement(names, arguments.evses, core, events, seconds))
        counts = f"{len(seen.openings)} events, {seen.unanswered} without a command, {seen.interrupted} cars interrupted"
        met = show(f"Pilot leaves C, {title}: {counts} ({rig.host()})", figures(seen, judged=product and seen.fifo))
        print(told(tallies), flush=True)
        if product:
            all_met = met and len(seen.openings) >= events and not seen.unanswered and not seen.interrupted
    return all_met


def main() -> int:
    """Measure and print; 1 if a target is missed."""
    parser = ArgumentParser(prog="benchmarks.reaction")
    parser.add_argument("--events", type=int, default=1000, help="of the two processes (1000)")
    parser.add_argument("--evses", type=int, default=16, help="with a car each (16)")
    parser.add_argument("--compare", type=float, default=90.0, metavar="SECONDS", help="for each of the others (90)")
    arguments = parser.parse_args()
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < 2:
        print("benchmarks.reaction needs two cores: one for control and station, one for the simulated world")
        return 1
    on_core(cores[1])
    permitted = hurry()
    if not permitted:
        print("SCHED_FIFO is not permitted here (it takes CAP_SYS_NICE): figures without judgement")
    gc.disable()
    met = compare(arguments, cores[0])
    took = in_ms(asyncio.run(kills(arguments.evses, cores[0])))
    most = DEAD_MAN_MS if permitted else None
    last_kick = Figure(name="last kick to open contactor, maximum", value=max(took), unit="ms", most=most, more=spread(took))
    return 0 if show(f"Control killed {KILLS} times while {arguments.evses} cars charge", [last_kick]) and met else 1


if __name__ == "__main__":
    sys.exit(main())
