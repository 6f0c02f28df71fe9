"""A device file in the event loop: bytes from and to a descriptor that does not block, without a thread.

    with serial_port(name, path, settings) as port:
        await port.send(question)
        answer = await port.receive(0.5)     what has come; b"" is silence

One task at a time. A port that is lost stays lost: whoever uses it opens another one.
"""

import asyncio
import contextlib
import fcntl
import os
import select
import struct
import termios
import time
from collections.abc import Callable

from hal.bus.line import CHUNK_BYTES, SEND_S, Gone, Lost
from hal.bus.serial_line import SerialSettings, opened, released

LAST_WORD_S = 0.03


class Port:
    """``name``: the device, for people. ``open_it`` and ``close_it``: how its descriptor is come by and let go of."""

    def __init__(self, name: str, open_it: Callable[[], int], close_it: Callable[[int], None] = os.close) -> None:
        self.name = name
        self._open_it = open_it
        self._close_it = close_it
        self._descriptor = -1

    def __enter__(self) -> "Port":
        """Open it. Raises what ``open_it`` does."""
        self.open()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def open(self) -> None:
        """Raises what ``open_it`` does."""
        self._descriptor = self._open_it()

    def close(self) -> None:
        """Let go of it. Twice is once."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            with contextlib.suppress(OSError):
                self._close_it(descriptor)

    def now(self) -> float:
        """Monotonic seconds."""
        return asyncio.get_running_loop().time()

    async def rest(self, seconds: float) -> None:
        """Let time pass, and leave alone what comes."""
        await asyncio.sleep(seconds)

    def discard(self) -> None:
        """Forget what has come unasked. Raises Lost."""
        for _ in range(16):  # at a time: one that never ceases is not emptied
            if not self._read():
                return

    async def receive(self, within_s: float | None = None) -> bytes:
        """What comes within that time, as soon as anything does; ``None``: however long it takes. Raises Lost."""
        loop = asyncio.get_running_loop()
        ends_s = None if within_s is None else loop.time() + within_s
        while not (data := self._read()):
            left_s = None if ends_s is None else ends_s - loop.time()
            if left_s is not None and left_s <= 0:
                return b""
            await self._ready(loop.add_reader, loop.remove_reader, left_s)
        return data

    async def send(self, data: bytes) -> None:
        """Hand it to the kernel. Raises Lost."""
        loop = asyncio.get_running_loop()
        while data:
            try:
                data = data[os.write(self._descriptor, data) :]
            except BlockingIOError:
                if not await self._ready(loop.add_writer, loop.remove_writer, SEND_S):
                    raise Lost(f"{self.name}: takes no byte for {SEND_S:g} s; check its cable, and switch it off and on") from None
            except OSError as error:
                raise self._lost(error.strerror or str(error)) from error

    def last_word(self, data: bytes) -> None:
        """Send it, if that can be done almost at once, to a device that is about to be left. It blocks for that moment."""
        ends_s = time.monotonic() + LAST_WORD_S
        with contextlib.suppress(OSError):
            os.write(self._descriptor, data)
            while _unsent(self._descriptor) and time.monotonic() < ends_s:
                time.sleep(0.001)

    def _read(self) -> bytes:
        poll = select.poll()
        poll.register(self._descriptor, select.POLLIN)
        if not poll.poll(0):  # to read without asking gives an end as well where a terminal has nothing (VMIN 0)
            return b""
        try:
            data = os.read(self._descriptor, CHUNK_BYTES)
        except BlockingIOError:
            return b""
        except OSError as error:
            raise self._lost(error.strerror or str(error)) from error
        if not data:
            raise self._lost("its other end is gone")
        return data

    def _lost(self, why: str) -> Lost:
        return Lost(f"{self.name}: lost ({why}); plug it in again, it is looked for by itself")

    async def _ready(self, watch: Callable[..., None], leave: Callable[[int], bool], within_s: float | None) -> bool:
        ready = asyncio.Event()
        watch(self._descriptor, ready.set)
        try:
            async with asyncio.timeout(within_s):
                await ready.wait()
        except TimeoutError:
            return False
        finally:
            leave(self._descriptor)
        return True


def serial_port(name: str, path: str, settings: SerialSettings) -> Port:
    """A serial port, not open yet. Opening it raises Gone or DriverError."""

    def open_it() -> int:
        try:
            return opened(path, settings)
        except Gone as error:
            raise Gone(f"{name}{str(error).removeprefix(path)}") from error

    return Port(name, open_it, _let_go)


def _let_go(descriptor: int) -> None:
    """A pseudo terminal would lose what is sent already, were it told to forget what is not."""
    waits = True
    with contextlib.suppress(OSError):
        waits = _unsent(descriptor) > 0
    if waits:
        released(descriptor)
        return
    with contextlib.suppress(termios.error):
        termios.tcflush(descriptor, termios.TCIFLUSH)
    os.close(descriptor)


def _unsent(descriptor: int) -> int:
    """Bytes that wait in the kernel to be sent. Raises OSError: the device is gone, or has no such thing."""
    count: int = struct.unpack("i", fcntl.ioctl(descriptor, termios.TIOCOUTQ, bytes(4)))[0]
    return count
