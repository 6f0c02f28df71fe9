"""A station that was offline for long: 100,000 messages wait. How fast they leave, and what they cost at the start and in memory.

    python -m benchmarks.backlog [MESSAGES] [TOLD]       TOLD: stop after so many have left

The station is ``chargepoint station`` as it is installed, every answer committed with a full sync before the next message leaves. The CSMS
is in a process of its own, answers at once, and counts. In the same run, as baselines:

    an empty queue     the same station without a message: start and memory
    the disk           delete a message and commit, nothing else
    the wire           send the text of a message and wait for the answer, nothing else

The rate cannot be better than disk and wire one after the other; the share of it that is reached is the station's own doing.
"""

import asyncio
import multiprocessing
import sys
import time
from contextlib import suppress
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from statistics import median

from msgspec import Struct
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from benchmarks import rig
from benchmarks.figures import Figure, show
from benchmarks.history import fill
from benchmarks.rig import Place, memory_kib, running
from chargepoint.store.outbox import Lane
from chargepoint.store.store import Store

MESSAGES = 100_000
COMMITS, ROUND_TRIPS, STARTS = 2_000, 2_000, 5
PER_SECOND = 20.0
"""Hoped for at least: a day offline, 1,440 messages of a car that charges, is told in little more than a minute."""
LATER_S, MORE_MIB = 0.5, 10.0
"""How much a full queue may add to the start and to the memory."""
SETTLE_S = 3.0
LOOK_S = 0.05


class Heard(Struct):
    """What the CSMS has heard, in its own process: counts, and monotonic times."""

    messages: int = 0
    boot_s: float = 0.0
    first_s: float = 0.0
    last_s: float = 0.0


def answer(text: str, heard: Heard) -> str:
    """To one CALL, at once."""
    _, identity, _, action = text.split('"', 4)[:4]
    payload = "{}"
    if action == "BootNotification":
        heard.boot_s = time.monotonic()
        payload = '{"status":"Accepted","interval":3600,"currentTime":"2026-06-01T00:00:00Z"}'
    elif action == "Heartbeat":
        payload = '{"currentTime":"2026-06-01T00:00:00Z"}'
    elif action in ("StartTransaction", "MeterValues", "StopTransaction"):
        heard.last_s = time.monotonic()
        heard.first_s = heard.first_s or heard.last_s
        heard.messages += 1
        if action == "StartTransaction":
            payload = f'{{"transactionId":{heard.messages},"idTagInfo":{{"status":"Accepted"}}}}'
    return f'[3,"{identity}",{payload}]'


def csms(pipe: Pipe) -> None:
    """The other process: tells what it has heard, when it is asked, and begins anew."""

    async def run() -> None:
        heard = Heard()

        async def attend(websocket: ServerConnection) -> None:
            with suppress(ConnectionClosed):
                async for message in websocket:
                    await websocket.send(answer(str(message), heard))

        async with serve(attend, "127.0.0.1", 0, subprotocols=[Subprotocol("ocpp1.6")], compression=None, ping_interval=None) as server:
            pipe.send(next(iter(server.sockets)).getsockname()[1])
            while True:
                await asyncio.sleep(0.01)
                if pipe.poll():
                    fresh = pipe.recv()
                    pipe.send(heard)
                    heard = Heard() if fresh else heard

    asyncio.run(run())


def waiting(here: Place) -> int:
    """How many are left."""
    store = Store(here.state / "station" / "store.sqlite")
    count = store.outbox.waiting()
    store.close()
    return count


def commits_per_second(folder: Path) -> float:
    """The disk alone."""
    fill(folder / "store.sqlite", COMMITS)
    store = Store(folder / "store.sqlite", alone=True)
    began_s = time.monotonic()
    while (letter := store.outbox.first(Lane.TRANSACTION)) is not None:
        with store.commit():
            store.outbox.delivered(letter.number)
    passed_s = time.monotonic() - began_s
    store.close()
    return COMMITS / passed_s


async def round_trips_per_second(port: int) -> float:
    """The wire alone."""
    text = f'[2,"0123456789abcdef0123456789abcdef0123","MeterValues",{{"connectorId":1,"meterValue":[{{"text":"{"x" * 300}"}}]}}]'
    url = f"ws://127.0.0.1:{port}/wire"
    async with connect(url, subprotocols=[Subprotocol("ocpp1.6")], compression=None, proxy=None, ping_interval=None) as websocket:
        began_s = time.monotonic()
        for _ in range(ROUND_TRIPS):
            await websocket.send(text)
            await websocket.recv()
        return ROUND_TRIPS / (time.monotonic() - began_s)


def asked(pipe: Pipe, fresh: bool = False) -> Heard:
    """What the CSMS has heard; ``fresh``: since then nothing."""
    pipe.send(fresh)
    heard: Heard = pipe.recv()
    return heard


async def starts(here: Place, pipe: Pipe) -> float:
    """Seconds to the boot, the median of some. None of them gets far with the queue."""
    return median([(await flush(here, pipe, 0, 0.0))[0] for _ in range(STARTS)])


async def flush(here: Place, pipe: Pipe, messages: int, settle_s: float = SETTLE_S) -> tuple[float, float, Heard]:
    """Start the station, let it tell everything: seconds to its boot, the most memory it had in MiB, and what was heard."""
    began_s, most_kib = time.monotonic(), 0
    with running(here.command("station"), here.log) as station:
        while (heard := asked(pipe)).messages < messages or not heard.boot_s or time.monotonic() < heard.boot_s + settle_s:
            most_kib = max(most_kib, memory_kib(station.pid).get("Rss", 0))
            await asyncio.sleep(LOOK_S)
            assert station.poll() is None, f"the station has ended; see {here.log.read_text()[-1000:]}"
    return heard.boot_s - began_s, most_kib / 1024, asked(pipe, fresh=True)


async def measure(messages: int, told: int, port: int, pipe: Pipe) -> list[Figure]:
    """Baselines first, then the backlog."""
    wire = await round_trips_per_second(port)
    asked(pipe, fresh=True)
    tree = rig.tree(1, "1.6", f"ws://127.0.0.1:{port}")
    with rig.place(tree) as here:
        disk = commits_per_second(here.state / "baseline")
        async with rig.world(here):
            empty_s = await starts(here, pipe)
            _, empty_mib, _ = await flush(here, pipe, 0)
    with rig.place(tree) as here:
        size = fill(here.state / "station" / "store.sqlite", messages)
        async with rig.world(here):
            full_s = await starts(here, pipe)
            left = waiting(here)
            _, full_mib, heard = await flush(here, pipe, min(told, left))
    rate, bound = (heard.messages - 1) / (heard.last_s - heard.first_s), 1 / (1 / wire + 1 / disk)
    return [
        Figure(name="the disk alone, commits", value=disk, unit="/s"),
        Figure(name="the wire alone, round trips", value=wire, unit="/s"),
        Figure(name="messages told, time for each", value=1000 / rate, unit="ms", most=1000 / PER_SECOND, more=f"{rate:.0f} /s"),
        Figure(name="share of disk and wire together", value=rate / bound, unit=""),
        Figure(name="all of them", value=heard.last_s - heard.first_s, unit="s", more=f"{heard.messages} messages"),
        Figure(name="start to boot, empty queue", value=empty_s, unit="s"),
        Figure(
            name="start to boot, full queue, more", value=full_s - empty_s, unit="s", most=LATER_S, more=f"{full_s / empty_s:.2f} times"
        ),
        Figure(name="RSS, empty queue", value=empty_mib, unit="MiB"),
        Figure(name="RSS at most, full queue, more", value=full_mib - empty_mib, unit="MiB", most=MORE_MIB, more=f"{full_mib:.1f} MiB"),
        Figure(name="file with all of them", value=size / 2**20, unit="MiB"),
    ]


def main() -> int:
    """1 if a target is missed."""
    messages = int(sys.argv[1]) if len(sys.argv) > 1 else MESSAGES
    told = int(sys.argv[2]) if len(sys.argv) > 2 else messages
    ours, theirs = multiprocessing.get_context("spawn").Pipe()
    process = multiprocessing.get_context("spawn").Process(target=csms, args=(theirs,), daemon=True)
    process.start()
    try:
        figures = asyncio.run(measure(messages, told, ours.recv(), ours))
    finally:
        process.kill()
    return 0 if show(f"Backlog of {messages} messages, OCPP 1.6 ({rig.host()})", figures) else 1


if __name__ == "__main__":
    sys.exit(main())
