"""Control and station in one process, for comparison only: what the house would be without its two processes.

    python -m benchmarks.one_process loop|thread --config FILE --state-dir DIR

``loop``: one asyncio loop, control's scan is a task of it. ``thread``: control's own loop in a thread beside the station's. Everything else
is the product's: the same scan at the same pace, the same link through the same socket, the same station. The scheduling is the
kindest that can be had: the thread that scans is under SCHED_FIFO, in ``loop`` the whole process.
"""

import asyncio
import threading
import time
import uuid
from argparse import ArgumentParser, Namespace
from pathlib import Path

from chargepoint.cli import control, hardware
from chargepoint.cli import station as station_verb
from chargepoint.cli.configuration import read
from chargepoint.cli.options import add_config, add_state_dir, begin_log, part_of
from chargepoint.cli.paths import Sockets, sockets
from chargepoint.control import keeping, loop, realtime
from chargepoint.control.cycle import Cycle
from chargepoint.control.meters import MeterPoller
from chargepoint.control.pace import Pace
from chargepoint.control.scan import initial
from chargepoint.domain.configuration import Configuration
from chargepoint.link.seqpacket import listen
from chargepoint.store.store import Store


async def scan_in_loop(configuration: Configuration, places: Sockets) -> None:
    """``chargepoint.control.loop.run`` as a coroutine, without its care for memory."""
    boards = hardware.boards(configuration, places)
    pollers = {evse: MeterPoller(evse, meter) for evse, meter in hardware.meters(configuration, places).items()}
    for board in boards.values():
        board.open()
    for poller in pollers.values():
        poller.start()
    now = time.monotonic()
    state = initial(control.evses(configuration), control.site(configuration), uuid.uuid4().hex, now)
    cycle = Cycle(state, boards, pollers, listen(places.link))
    pace = Pace(loop.SCAN_PERIOD_S, now)
    while True:
        now = time.monotonic()
        cycle.scan(now, pace.late_s(now), overloaded=pace.overloaded(now))
        await asyncio.sleep(pace.advance(time.monotonic()))


def scan_in_thread(configuration: Configuration, places: Sockets, keep_in: Path) -> None:
    """``chargepoint control`` without its process."""
    realtime.claim()
    boards, meters = hardware.boards(configuration, places), hardware.meters(configuration, places)
    settings, site = control.evses(configuration), control.site(configuration)
    loop.run(settings, site, boards, meters, listen(places.link), uuid.uuid4().hex, lambda: False, keep_in)


async def serve(arguments: Namespace, configuration: Configuration, places: Sockets) -> None:
    """Until killed."""
    folder = part_of(arguments.state_dir, "station")
    store = Store(folder / "store.sqlite")
    station = station_verb.compose(configuration, places, store, folder)
    async with asyncio.TaskGroup() as group:
        if arguments.arrangement == "loop":
            realtime.claim()
            group.create_task(scan_in_loop(configuration, places))
        else:
            keep_in = part_of(arguments.state_dir, "control") / keeping.FILE
            threading.Thread(target=scan_in_thread, args=(configuration, places, keep_in), daemon=True).start()
        group.create_task(station.run())


def main() -> None:
    """As the verbs of the product do."""
    parser = ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("arrangement", choices=("loop", "thread"))
    add_config(parser)
    add_state_dir(parser)
    arguments = parser.parse_args()
    begin_log()
    configuration = read(arguments.config)
    Path(arguments.state_dir).mkdir(exist_ok=True)
    asyncio.run(serve(arguments, configuration, sockets(configuration, arguments.state_dir)))


if __name__ == "__main__":
    main()
