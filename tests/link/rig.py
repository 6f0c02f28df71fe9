"""A control and its stations over a real socket, within a time limit."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from chargepoint.link.messages import EvseState, Hello, Telemetry
from chargepoint.link.seqpacket import SeqpacketControl, SeqpacketStation, connect, listen

TELEMETRY = Telemetry("boot", 1.0, EvseState(evse=1))


@asynccontextmanager
async def listening(path: str) -> AsyncIterator[SeqpacketControl]:
    """Control's end, closed afterwards."""
    end = listen(path)
    try:
        yield end
    finally:
        end.close()


async def until(look: Callable[[], Any]) -> Any:
    """Poll as a scan does, until there is something. Two seconds are a failure."""
    async with asyncio.timeout(2):
        while not (seen := look()):  # noqa: ASYNC110  control's end is polled: nothing there could set an event
            await asyncio.sleep(0.001)
    return seen


async def greeted(end: SeqpacketControl, path: str) -> SeqpacketStation:
    """A station that control has heard."""
    station = await connect(path)
    await station.send(Hello())
    assert await until(end.receive) == [Hello()]
    return station


def run(test: Callable[[str], Awaitable[None]], path: str) -> None:
    """Within ten seconds, whatever goes wrong."""

    async def bounded() -> None:
        async with asyncio.timeout(10):
            await test(path)

    asyncio.run(bounded())
