"""A CSMS that keeps a station busy with the largest valid messages it takes, as fast as it answers. It runs in a process of its own.

Every message is just below the station's bound of 1 MiB, valid by its schema, and of a kind that costs much for its length: arrays of the
shortest elements. Processor time of the station for one, measured: GetVariables of unknown names 124 ms, of a known name 89 ms,
SetVariables 94 ms, DataTransfer with empty objects 12 ms, with one long text 1 ms. ``IN_FLIGHT`` of them are with the station at any time,
so that it always has the next when it has answered one.
"""

import asyncio
import multiprocessing
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import count, cycle
from multiprocessing.connection import Connection as Pipe
from typing import Any

import msgspec
from msgspec import Struct
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

VERSION = "2.0.1"
BYTES = (1 << 20) - 256
"""The rest is for the frame around it."""
IN_FLIGHT = 2

NOW = "2026-01-01T00:00:00Z"
ANSWERS: dict[str, dict[str, Any]] = {
    "BootNotification": {"currentTime": NOW, "interval": 3600, "status": "Accepted"},
    "Heartbeat": {"currentTime": NOW},
    "Authorize": {"idTokenInfo": {"status": "Accepted"}},
    "DataTransfer": {"status": "Accepted"},
}
"""What the station's own CALLs are answered with; any other with nothing."""


def filled(before: str, element: str, after: str) -> str:
    """As many elements as fit."""
    many = (BYTES - len(before) - len(after) + 1) // (len(element) + 1)
    return before + ",".join([element] * many) + after


def variable(component: str, name: str, more: str = "") -> str:
    """One entry of Get- or SetVariables."""
    return f'{{"component":{{"name":"{component}"}},"variable":{{"name":"{name}"}}{more}}}'


MESSAGES: dict[str, tuple[str, Callable[[], str]]] = {
    "GetVariables": ("GetVariables", lambda: filled('{"getVariableData":[', variable("x", "y"), "]}")),
    "SetVariables": (
        "SetVariables",
        lambda: filled('{"setVariableData":[', variable("OCPPCommCtrlr", "OfflineThreshold", ',"attributeValue":"60"'), "]}"),
    ),
    "DataTransfer": ("DataTransfer", lambda: filled('{"vendorId":"v","data":[', "{}", "]}")),
}
"""Name: action, and the payload as text."""


class Tally(Struct):
    """What became of one kind of message."""

    answered: list[float] = []
    """Seconds from sending to the answer, the wait behind other messages included."""
    errors: dict[str, int] = {}
    """Codes of CALLERRORs."""


class Flood:
    """One connection of the station."""

    def __init__(self, kinds: tuple[str, ...]) -> None:
        self.tallies = {kind: Tally() for kind in kinds}
        self.booted = False
        self._texts = {kind: (action, text()) for kind, (action, text) in MESSAGES.items() if kind in kinds}
        self._next = cycle(self._texts)
        self._ids = count()
        self._open: dict[str, tuple[str, float]] = {}
        self._socket: ServerConnection | None = None

    async def serve(self, socket: ServerConnection) -> None:
        """Answer what the station asks, and note its answers."""
        self._socket = socket
        with suppress(ConnectionClosed):
            async for data in socket:
                await self._hear(data if isinstance(data, str) else data.decode())

    async def _hear(self, text: str) -> None:
        if text.startswith("[2"):
            _, message_id, action, _ = msgspec.json.decode(text)
            await self._say(msgspec.json.encode([3, message_id, ANSWERS.get(action, {})]).decode())
            self.booted |= action == "BootNotification"
        else:
            self._answered(text)
            await self._send()

    async def begin(self) -> None:
        """From now on."""
        for _ in range(IN_FLIGHT):
            await self._send()

    async def _send(self) -> None:
        kind, message_id = next(self._next), f"f{next(self._ids)}"
        action, payload = self._texts[kind]
        self._open[message_id] = (kind, time.monotonic())
        await self._say(f'[2,"{message_id}","{action}",{payload}]')

    async def _say(self, text: str) -> None:
        assert self._socket is not None, "the station is there"
        await self._socket.send(text)

    def _answered(self, text: str) -> None:
        head = text[:200].split('"')
        kind, sent_s = self._open.pop(head[1])
        tally = self.tallies[kind]
        tally.answered.append(time.monotonic() - sent_s)
        if text.startswith("[4"):
            tally.errors[head[3]] = tally.errors.get(head[3], 0) + 1


async def _run(pipe: Pipe, kinds: tuple[str, ...]) -> None:
    flood = Flood(kinds)
    orders: asyncio.Queue[str] = asyncio.Queue()
    asyncio.get_running_loop().add_reader(pipe.fileno(), lambda: orders.put_nowait(pipe.recv()))
    async with serve(
        flood.serve, "127.0.0.1", 0, subprotocols=[Subprotocol(f"ocpp{VERSION}")], compression=None, ping_interval=None, max_size=None
    ) as server:
        pipe.send(next(iter(server.sockets)).getsockname()[1])
        while (order := await orders.get()) != "end":
            if order == "begin":
                await flood.begin()
            pipe.send(flood.booted)
        pipe.send(flood.tallies)


def _process(pipe: Pipe, kinds: tuple[str, ...]) -> None:
    asyncio.run(_run(pipe, kinds))


class FloodProcess:
    """The CSMS from outside. ``url`` is where it listens."""

    def __init__(self, pipe: Pipe) -> None:
        self._pipe = pipe
        self.url = f"ws://127.0.0.1:{pipe.recv()}"

    def booted(self) -> bool:
        """Has a station booted?"""
        return bool(self._order("look"))

    def begin(self) -> None:
        """Start to flood."""
        self._order("begin")

    def end(self) -> dict[str, Tally]:
        """Stop; what there was."""
        tallies: dict[str, Tally] = self._order("end")
        return tallies

    def _order(self, order: str) -> Any:
        self._pipe.send(order)
        return self._pipe.recv()


@contextmanager
def flooding(kinds: tuple[str, ...] = tuple(MESSAGES)) -> Iterator[FloodProcess]:
    """The process, while the block lasts."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_process, args=(theirs, kinds), daemon=True)
    process.start()
    try:
        yield FloodProcess(ours)
    finally:
        process.kill()
        process.join()
