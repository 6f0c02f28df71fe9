"""A WebSocket in memory: the station's ``Wire`` at one end, at the other what the bench CSMS knows of ``websockets``."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable

from websockets.exceptions import ConnectionClosedError

from chargepoint.ocpp.wire import BytesLike, WireClosed

LATENCY_S = 0.005
"""Of every message, each way."""


class Line:
    """One connection. What is on its way when it is cut is lost."""

    def __init__(self) -> None:
        self.gone = asyncio.Event()
        self.station = StationEnd(self)
        self.csms = CsmsEnd(self)

    def carry(self, messages: deque[str], arrive: Callable[[str], None]) -> None:
        """Let the first of these messages arrive, unless the line is cut before."""

        def land() -> None:
            if not self.gone.is_set():
                arrive(messages.popleft())

        asyncio.get_running_loop().call_later(LATENCY_S, land)

    def cut(self) -> None:
        """Now."""
        self.gone.set()
        self.csms.hear(None)


class StationEnd:
    """A ``Wire``."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._under_way: deque[str] = deque()
        self._early: list[BytesLike] = []
        self._take: Callable[[BytesLike], None] = self._early.append

    def send(self, data: bytes) -> None:
        """On its way to the CSMS."""
        if self._line.gone.is_set():
            raise WireClosed("the line is cut")
        self._under_way.append(data.decode())
        self._line.carry(self._under_way, self._line.csms.hear)

    def listen(self, take: Callable[[BytesLike], None]) -> None:
        """The station's session is there."""
        self._take = take
        for data in self._early:
            take(data)

    async def closed(self) -> str:
        """Until it is cut."""
        await self._line.gone.wait()
        return "the line is cut"

    def hear(self, text: str) -> None:
        """From the CSMS."""
        self._take(text.encode())


class CsmsEnd:
    """As much of ``ServerConnection`` as the bench CSMS uses."""

    close_reason = ""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._under_way: deque[str] = deque()
        self._heard: asyncio.Queue[str | None] = asyncio.Queue()
        self.transport = self

    @property
    def close_code(self) -> int | None:
        """Like that of a connection without a close frame."""
        return 1006 if self._line.gone.is_set() else None

    def hear(self, text: str | None) -> None:
        """From the station; ``None``: there will be no more."""
        self._heard.put_nowait(text)

    async def __aiter__(self) -> AsyncIterator[str]:
        while (text := await self._heard.get()) is not None:
            yield text

    async def send(self, text: str) -> None:
        """On its way to the station."""
        if self._line.gone.is_set():
            raise ConnectionClosedError(None, None)
        self._under_way.append(text)
        self._line.carry(self._under_way, self._line.station.hear)

    async def close(self, code: int, reason: str) -> None:
        """In good order or not: it is gone."""
        self._line.cut()

    def abort(self) -> None:
        """Cut by the CSMS."""
        self._line.cut()
