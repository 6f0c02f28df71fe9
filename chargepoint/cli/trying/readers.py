"""A card reader: hold a card to it, and its number appears, masked."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress

from chargepoint.cli import devices, fitting
from chargepoint.cli.paths import Sockets
from chargepoint.cli.trying.boards import AGAIN_S, SIMULATED
from chargepoint.domain.configuration import Configuration
from chargepoint.domain.ids import IdToken
from chargepoint.domain.redaction import masked
from chargepoint.inquiry.trial import Row, Sight
from hal.api import TokenReader
from hal.errors import HalError
from hal.measured import TokenSeen

OPENS_S = 3.0
"""A reader that lasts longer than this is taken to work."""
ASK = "hold a card to the reader"


def reader(configuration: Configuration, number: int, places: Sockets, seconds: float) -> Iterator[Sight]:
    """Every card. Raises ConfigurationError, DriverError."""
    there = list(devices.readers(configuration))
    if not there:
        yield Sight(state="failed", text="there is no reader; choose one, or let everybody charge")
        return
    named = there[number - 1]
    simulated = devices.driver(configuration, named.table) == devices.SIMULATED
    ends_s = time.monotonic() + seconds
    while time.monotonic() < ends_s:
        made: TokenReader = fitting.made(configuration, named, places)
        try:
            yield from _cards(made, ends_s)
        except HalError as error:
            yield Sight(state="failed", text=f"{error}{SIMULATED if simulated else ''}")
            time.sleep(AGAIN_S)


def _cards(made: TokenReader, ends_s: float) -> Iterator[Sight]:
    """Until it is over. Raises DeviceError."""
    with asyncio.Runner() as runner:
        seen = made.tokens()
        coming: asyncio.Future[TokenSeen] | None = None
        last = Sight(state="waiting", text=ASK)
        told_s = time.monotonic()
        yield last
        try:
            while (now := time.monotonic()) < ends_s:
                coming = coming or runner.run(_begun(seen))
                card = runner.run(_waited(coming))
                if card is not None:
                    coming, last, told_s = None, told(card), now
                    yield last
                elif now - told_s > OPENS_S:
                    last = Sight(state="waiting", text=f"the reader is there; {ASK}") if last.state == "waiting" else last
                    told_s = now
                    yield last  # also to notice when nobody listens any more
        finally:
            if coming is not None:
                runner.run(_ended(coming))


async def _begun(seen: AsyncIterator[TokenSeen]) -> "asyncio.Future[TokenSeen]":
    return asyncio.ensure_future(anext(seen))


async def _waited(coming: "asyncio.Future[TokenSeen]") -> TokenSeen | None:
    """The card, if it came within half a second."""
    done, _ = await asyncio.wait({coming}, timeout=0.5)
    return coming.result() if done else None


async def _ended(coming: "asyncio.Future[TokenSeen]") -> None:
    coming.cancel()
    with suppress(asyncio.CancelledError, StopAsyncIteration, HalError):
        await coming


def told(card: TokenSeen) -> Sight:
    """A card, without what makes it worth stealing."""
    number = masked(IdToken(card.value, card.kind))
    rows = (Row(title="card", value=number, good=True), Row(title="kind", value=card.kind))
    return Sight(state="good", text=f"the reader has read card {number}", rows=rows)
