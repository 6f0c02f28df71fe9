"""A reader on a terminal, with the device at its other end and whoever iterates in the middle."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any

from hal.api import TokenReader
from hal.errors import DeviceError
from simulators.wires.face import Face
from simulators.wires.line import Line
from simulators.wires.pty import PtyWire
from simulators.wires.thread import Beside, beside

DEADLINE_S = 10.0


class Pty:
    """A device on a serial port."""

    def __init__(self, loop: Beside, wire: PtyWire) -> None:
        self._loop = loop
        self.wire = wire
        self.device = wire.line.devices[0]
        self.port = str(wire._path)

    def do(self, function: Callable[..., Any], *arguments: Any) -> None:
        """At the device, which then looks what is due."""
        self._loop.call(function, *arguments)
        self._loop.call(self.wire.stir)

    def spoil(self, fault: str | None) -> None:
        """The wire."""
        self._loop.set(self.device, "fault", fault)


@contextmanager
def on_pty(folder: Path, face: Face) -> Iterator[Pty]:
    """The device, plugged in."""
    with beside() as loop:
        wire = PtyWire(Line(), folder / "dev/ttyUSB0")
        wire.line.add(face)
        loop.call(wire.open)
        try:
            yield Pty(loop, wire)
        finally:
            loop.call(wire.close)


class Heard:
    """What a reader has told."""

    def __init__(self) -> None:
        self.tokens: list[str] = []
        self.kinds: set[str] = set()
        self.error: DeviceError | None = None

    async def until(self, condition: Callable[[], object]) -> None:
        """Wait for something."""
        ends_s = asyncio.get_running_loop().time() + DEADLINE_S
        while not condition():
            assert asyncio.get_running_loop().time() < ends_s, f"not within {DEADLINE_S:g} s; told {self.tokens}, {self.error}"
            await asyncio.sleep(0.01)


@asynccontextmanager
async def listening(reader: TokenReader) -> AsyncIterator[Heard]:
    """One iteration, which may end with a DeviceError."""
    heard = Heard()

    async def listen() -> None:
        try:
            async for token in reader.tokens():
                heard.tokens.append(token.value)
                heard.kinds.add(token.kind)
        except DeviceError as error:
            heard.error = error

    task = asyncio.create_task(listen())
    await asyncio.sleep(0)  # its first step opens the port
    try:
        yield heard
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def run(script: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """In a loop of its own."""
    asyncio.run(script())
