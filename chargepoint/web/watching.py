"""How the station is, for everybody who looks on: it is asked once a second as long as somebody does, however many they are."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any

from msgspec import Struct

from chargepoint.inquiry.client import InquiryError
from chargepoint.web.clock import Clock

LOOK_S = 1.0

Document = dict[str, Any]


class Sight(Struct, frozen=True):
    """What was seen last."""

    document: Document | None
    """``chargepoint.station.document``; ``None``: the station does not answer."""
    problem: str = ""
    """Why not."""


class Watching:
    """``ask``: for the document; raises InquiryError."""

    def __init__(self, ask: Callable[[], Awaitable[Document]], clock: Clock) -> None:
        self._ask = ask
        self._clock = clock
        self._watchers = 0
        self._last: Sight | None = None
        self._next = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def look(self) -> Sight:
        """Once, now."""
        try:
            return Sight(await self._ask())
        except InquiryError as error:
            return Sight(None, str(error))

    async def sights(self) -> AsyncGenerator[Sight, None]:
        """One at once, then every second the next, until whoever looks closes it."""
        self._watchers += 1
        try:
            if self._task is None:
                self._task = asyncio.get_running_loop().create_task(self._poll())
            if self._last is not None:
                yield self._last
            while True:
                await self._next.wait()
                assert self._last is not None
                yield self._last
        finally:
            self._watchers -= 1
            if self._watchers == 0:
                self._stop()

    @property
    def polls(self) -> bool:
        """Is the station being asked?"""
        return self._task is not None

    def _stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
        self._task, self._last = None, None

    async def _poll(self) -> None:
        while True:
            self._last = await self.look()
            told, self._next = self._next, asyncio.Event()
            told.set()
            await self._clock.pause(LOOK_S)
