"""A world in real time on a real socket, in a thread of its own; and waiting for things with a deadline."""

import asyncio
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from simulators.server import serve_world
from simulators.world import World
from tests.simulators.rig import FIXED, SOCKET
from tests.waiting import until

PATIENCE_S = 5.0


def wait_until(true: Callable[[], bool], what: str) -> None:
    """Poll until it is so; fails after a while."""
    until(true, what, PATIENCE_S, every_s=0.002)


class ServedWorld:
    """A context: the world is there, and gone."""

    def __init__(self, path: Path) -> None:
        self.path = str(path)
        self.world = World([SOCKET, FIXED])
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None
        self._thread = threading.Thread(target=self._run)
        self._ready = threading.Event()

    def __enter__(self) -> "ServedWorld":
        self._thread.start()
        assert self._ready.wait(PATIENCE_S)
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """The world goes; twice is no error."""
        if self._thread.is_alive():
            assert self._loop is not None
            assert self._task is not None
            self._loop.call_soon_threadsafe(self._task.cancel)
            self._thread.join(PATIENCE_S)

    def do(self, verb: Callable[..., None], evse: int = 1, **entries: Any) -> None:
        """A verb on an EVSE."""

        async def apply() -> None:
            now = time.monotonic()
            self.world.advance(now)
            verb(self.world, self.world.evses[evse], entries, now)
            self.world.changed(now)

        self.call(apply)

    def call(self, function: Callable[[], Any]) -> Any:
        """Run a coroutine function in the world's loop."""
        assert self._loop is not None
        return asyncio.run_coroutine_threadsafe(function(), self._loop).result(PATIENCE_S)

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._task = asyncio.create_task(serve_world(self.world, self.path, self._ready.set))
        await asyncio.wait([self._task])
