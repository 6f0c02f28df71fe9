"""``chargepoint bench`` as a stranger uses it: a session of processes, an HTTP port, and the station's document.

python -m chargepoint bench          leader of a process group of its own, with the simulated world in it
  ├── chargepoint control            started again by the bench a second after it dies
  └── chargepoint station
"""

import asyncio
import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from chargepoint.cli import paths
from chargepoint.cli.configuration import build
from simulators import inquiry

LOOK_S = 0.02
"""How often a condition is looked at."""
LOOK_AT_START_S = 0.1
"""The same while processes start, which have better to do than to answer."""
ANSWER_S = 10.0
"""For one request, and for a process that was killed to be gone."""
READY_S = 30.0
"""From start to a station that knows its control. A second on an idle PC."""

Json = dict[str, Any]


class CampaignError(Exception):
    """Something did not happen, or happened that must not. Message: what, and what was seen instead."""


class Bench:
    """One site. ``folder`` holds configuration, state and log; its state survives whatever is done to the processes."""

    def __init__(self, folder: Path, tree: Json) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.log = folder / "log"
        self._config = folder / "station.json"
        self._config.write_bytes(msgspec.json.encode(tree))
        self._state_dir = folder / "state"
        self._inquiry = paths.sockets(build(tree), self._state_dir).inquiry
        self._process: asyncio.subprocess.Process | None = None
        self._port = 0

    # Processes

    async def start(self) -> None:
        """Start it, and wait until its port is open; the station comes up later (``ready``)."""
        command = (sys.executable, "-m", "chargepoint", "bench", "--config", str(self._config), "--state-dir", str(self._state_dir))
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *command, stdout=asyncio.subprocess.PIPE, stderr=log, start_new_session=True
            )
        assert self._process.stdout is not None
        async with asyncio.timeout(READY_S):
            line = (await self._process.stdout.readline()).decode()
        if "http://" not in line:
            raise CampaignError(f"chargepoint bench ended at once; see {self.log}")
        self._port = int(line.partition("http://")[2].partition("/")[0].rpartition(":")[2])

    @property
    def running(self) -> bool:
        """Is there a bench process?"""
        return self._process is not None and self._process.returncode is None

    def pid(self, verb: str) -> int | None:
        """The product's process that runs this verb, if there is one."""
        assert self._process is not None
        return next((pid for pid in _children(self._process.pid) if f"\0{verb}\0" in _command(pid)), None)

    @property
    def pids(self) -> tuple[int, ...]:
        """Every process of it that runs, the bench itself first."""
        return (self._process.pid, *_children(self._process.pid)) if self.running and self._process else ()

    def strike(self) -> tuple[int, ...]:
        """SIGKILL to the whole process group, now. Returns who was struck."""
        assert self._process is not None
        leader = self._process.pid
        struck = (leader, *_children(leader))
        os.killpg(leader, signal.SIGKILL)
        return struck

    async def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """End it with a signal to the bench process alone; its exit status."""
        assert self._process is not None
        self._process.send_signal(number)
        async with asyncio.timeout(ANSWER_S * 2):
            return await self._process.wait()

    async def buried(self, struck: tuple[int, ...]) -> None:
        """Wait until everybody who was struck is gone."""
        await until(lambda: all(map(gone, struck)), ANSWER_S, f"processes {struck} outlive SIGKILL")
        assert self._process is not None
        await self._process.wait()

    async def leave(self) -> None:
        """Whatever happened: nothing is left running, and no sockets."""
        if self.running:
            await self.buried(self.strike())
        if self._process is not None and self._process.stdout is not None:
            await self._process.stdout.read()  # to its end, so that its pipe is closed with this loop still running
        shutil.rmtree(Path(self._inquiry).parent, ignore_errors=True)

    # What can be asked

    async def ask(self, method: str, path: str, body: Json | None = None) -> Json:
        """One request of section 3 of the contract. Raises ConnectionError when the bench dies over it."""
        async with asyncio.timeout(ANSWER_S):
            answer = await _exchange(self._port, method, path, b"" if body is None else msgspec.json.encode(body))
        head, _, content = answer.partition(b"\r\n\r\n")
        if not content:
            raise ConnectionError(f"{method} {path}: the bench hung up")
        document: Json = msgspec.json.decode(content)
        if b" 200 " not in head.partition(b"\r\n")[0]:
            raise CampaignError(f"{method} {path} {body}: {document}")
        return document

    async def document(self) -> Json | None:
        """How the station process is; ``None`` when it does not answer."""
        return await inquiry.ask(self._inquiry)

    @property
    def inquiry(self) -> str:
        """The socket at which the station answers technicians."""
        return self._inquiry

    async def ready(self) -> Json:
        """Wait until control, station and bench interface are up; the state then."""
        state: Json = {}

        async def is_ready() -> bool:
            state.update(await self.ask("GET", "/state"))
            return bool(state["ready"])

        await until_true(is_ready, READY_S, lambda: f"the station is not ready: {state}", LOOK_AT_START_S)
        return state


def gone(pid: int) -> bool:
    """Is it dead? One that nobody has waited for is."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


def _children(pid: int) -> tuple[int, ...]:
    try:
        return tuple(map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()))
    except (FileNotFoundError, ProcessLookupError):
        return ()


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return ""


async def _exchange(port: int, method: str, path: str, body: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        head = f"{method} /v1{path} HTTP/1.1\r\nHost: bench\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n"
        writer.write(head.encode() + body)
        return await reader.read()
    finally:
        writer.close()


async def until(condition: Callable[[], bool], seconds: float, otherwise: str) -> None:
    """Wait until something holds. Raises CampaignError."""

    async def holds() -> bool:
        return condition()

    await until_true(holds, seconds, lambda: otherwise)


async def until_true(condition: Callable[[], Any], seconds: float, otherwise: Callable[[], str], look_s: float = LOOK_S) -> None:
    """The same for a condition that has to be asked for, every ``look_s``; an error on the way counts as not yet."""
    clock = asyncio.get_running_loop().time
    end_s = clock() + seconds
    while True:
        try:
            if await condition():
                return
        except (ConnectionError, TimeoutError):
            pass
        if clock() > end_s:
            raise CampaignError(f"{otherwise()} (waited {seconds:g} s)")
        await asyncio.sleep(look_s)
