"""Work of a room that is begun now and then, and that nobody waits for.

Where a piece of it fails, ``run`` does, and with that the station, as it does where anything else of its own fails: what is stored is
consistent, the failure is in the log, and whoever looks after the process starts it anew.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any


class Errands:
    """``begin`` one whenever there is one, while ``run`` goes on."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()
        self._failure: BaseException | None = None
        self._failed = asyncio.Event()

    def begin(self, work: Coroutine[Any, Any, None]) -> None:
        """Goes on by itself."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        failure = None if task.cancelled() else task.exception()
        if failure is not None:
            self._failure = self._failure or failure
            self._failed.set()

    async def run(self) -> None:
        """Until one fails. Raises what that one raised. Whoever cancels it ends them all."""
        try:
            await self._failed.wait()
            assert self._failure is not None
            raise self._failure
        finally:
            left = tuple(self._tasks)
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)
