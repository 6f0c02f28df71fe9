"""An event loop in a thread beside a test or a program that blocks, for the wires between it and the simulated devices.

with beside() as loop:
    wire = PtyWire(Line(), folder / "dev/ttyUSB0")
    loop.call(wire.open)            # everything that touches world, face or wire happens in that thread
    ...
    loop.call(wire.close)
"""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from inspect import isawaitable
from typing import Any

CALL_S = 10.0


class Beside:
    """The thread's loop. ``call`` runs a function in it and waits for what it returns or raises."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop

    def call(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """The function may be a coroutine function. Raises what it raises, and TimeoutError after ten seconds."""

        async def run() -> Any:
            made = function(*arguments)
            return await made if isawaitable(made) else made

        return asyncio.run_coroutine_threadsafe(run(), self._loop).result(CALL_S)

    def set(self, thing: object, attribute: str, value: object) -> None:
        """Assign in that thread: ``set(device, "fault", "silent")``."""
        self.call(setattr, thing, attribute, value)


@contextmanager
def beside() -> Iterator[Beside]:
    """A loop of its own in a thread of its own, until the block ends."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="wires", daemon=True)
    thread.start()
    try:
        yield Beside(loop)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(CALL_S)
        loop.run_until_complete(loop.shutdown_asyncgens())  # what was closed finishes closing
        loop.close()
