"""What the benchmarks share: a configuration in a folder of its own, the simulated world in this process, the product beside it."""

import asyncio
import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from chargepoint.cli.configuration import read
from chargepoint.cli.paths import Sockets, sockets
from chargepoint.cli.site import plans
from simulators.server import WorldServer
from simulators.world import World

STATION = "bench"
LOOK_S = 0.001
WAIT_S = 30.0
"""Longer than anything here takes."""


class Place(Struct, frozen=True):
    """The folder of one station."""

    config: Path
    state: Path
    sockets: Sockets
    log: Path

    def command(self, verb: str) -> list[str]:
        """``chargepoint VERB`` as it is installed."""
        program = Path(sys.executable).with_name("chargepoint")
        return [str(program), verb, "--config", str(self.config), "--state-dir", str(self.state)]


def tree(evses: int, version: str, csms_url: str | None, **ocpp: Any) -> dict[str, Any]:
    """A station that charges every car, with fixed cables and a fuse for all of them at once."""
    return {
        "station": {"id": STATION, "vendor": "Bench", "model": "Simulated", "serial": "0001", "firmware": "1"},
        "site": {"fuse_a": 16 * evses, "phases": 3, "voltage_v": 230},
        "evses": [
            {"id": number, "max_current_a": 16, "phases": 3, "connectors": [{"id": 1, "type": "cType2", "cable": "fixed"}]}
            for number in range(1, evses + 1)
        ],
        "ocpp": {"version": version, **({"csms_url": csms_url} if csms_url else {}), **ocpp},
        "authorization": {"free": True},
        "hal": {"backend": "sim"},
    }


@contextlib.contextmanager
def place(configuration: dict[str, Any]) -> Iterator[Place]:
    """A folder with this configuration in it, while the block lasts."""
    with tempfile.TemporaryDirectory(prefix="chargepoint-bench-") as name:
        folder = Path(name)
        config = folder / "station.json"
        config.write_bytes(msgspec.json.encode(configuration))
        places = sockets(read(config), folder / "state")
        try:
            yield Place(config, folder / "state", places, folder / "log")
        finally:
            shutil.rmtree(Path(places.inquiry).parent, ignore_errors=True)


@contextlib.asynccontextmanager
async def world(here: Place) -> AsyncIterator[World]:
    """The simulated world, served from this process."""
    made = World(plans(read(here.config)), None)
    server = WorldServer(made, here.sockets.sim)
    made.open(time.monotonic())
    server.open()
    try:
        yield made
    finally:
        server.close()


@contextlib.contextmanager
def running(command: Sequence[str], log: Path, prepare: Callable[[], None] | None = None) -> Iterator[subprocess.Popen[bytes]]:
    """A process that is gone after the block. ``prepare`` is called in it before the program starts."""
    with log.open("ab") as lines, subprocess.Popen(command, stdout=lines, stderr=lines, preexec_fn=prepare) as process:
        try:
            yield process
        finally:
            process.kill()


async def until(condition: Callable[[], bool], what: str, look_s: float = LOOK_S, wait_s: float = WAIT_S) -> float:
    """Wait for something to become so; when it was seen. Raises TimeoutError that names it."""
    ends_s = time.monotonic() + wait_s
    while not condition():
        if time.monotonic() > ends_s:
            raise TimeoutError(f"{what}: not within {wait_s:g} s")
        await asyncio.sleep(look_s)
    return time.monotonic()


def cpu_s(pid: int) -> float:
    """Processor time that a process has used so far, of all its threads, to the nanosecond (clock_getcpuclockid(3))."""
    return time.clock_gettime((~pid << 3) | 2)


def memory_kib(pid: int) -> dict[str, int]:
    """``Rss``, ``Pss`` ... of a process, in KiB."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    return {name: int(rest.split()[0]) for name, _, rest in (line.partition(":") for line in lines)}


def host() -> str:
    """What the figures were taken on."""
    load = " ".join(f"{each:.1f}" for each in os.getloadavg())
    return f"Python {sys.version.split()[0]}, {os.cpu_count()} cores, load average {load}"
