"""Server-sent events: so many at once, and each ends with its session."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import aclosing, suppress
from html import escape

from msgspec import Struct
from starlette.exceptions import HTTPException
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

MOST, MOST_EACH = 16, 4
CHECK_S = 1.0
QUIET_CHECKS = 15
"""After so many checks without news a comment keeps the line open."""
ENDED = "ended"
"""The last event: the page is loaded anew."""
AGAIN_MS = 3000
"""How soon a browser calls again when the line breaks."""


class News(Struct, frozen=True):
    """One event: its name and a piece of HTML."""

    name: str
    html: str


class TooMany(Exception):
    """No more streams are served. The message is for people."""


class Streams:
    """All that are open."""

    def __init__(self) -> None:
        self._open: Counter[str] = Counter()
        self.leaving = False
        """The process ends: so do they."""

    def admit(self, who: str) -> None:
        """Before one is begun. Raises TooMany."""
        if self._open.total() >= MOST or self._open[who] >= MOST_EACH:
            raise TooMany(f"{self._open[who]} pages of this browser and {self._open.total()} in all are live already; close one of them")

    def count(self, who: str) -> int:
        """How many of his are open."""
        return self._open[who]

    async def serve(self, who: str, news: AsyncIterator[News], lives: Callable[[], bool]) -> AsyncGenerator[bytes, None]:
        """As it goes over the line. ``lives``: is the session there? Without it the last event is ``ended``."""
        self.admit(who)
        self._open[who] += 1
        coming: asyncio.Task[News] | None = None
        try:
            yield f"retry: {AGAIN_MS}\n\n".encode()
            quiet = 0
            while lives() and not self.leaving:
                coming = coming or asyncio.ensure_future(anext(news))
                done, _ = await asyncio.wait({coming}, timeout=CHECK_S)
                quiet = 0 if done else quiet + 1
                if done:
                    come, coming = coming, None
                    yield written(come.result())
                elif quiet % QUIET_CHECKS == 0:
                    yield b": still here\n\n"
            if not lives():
                yield written(News(ENDED, "The session has ended."))
        except HTTPException as error:  # what it is of is no more: the page, loaded anew, says so
            yield written(News(ENDED, escape(error.detail)))
        except StopAsyncIteration:
            return
        finally:
            self._open[who] -= 1
            if coming is not None:
                coming.cancel()
                with suppress(asyncio.CancelledError, StopAsyncIteration, HTTPException):
                    await coming
            if hasattr(news, "aclose"):
                await news.aclose()


class Line(StreamingResponse):
    """Its source is let go of as soon as nobody listens any more, also while something is on its way to him."""

    def __init__(self, told: AsyncGenerator[bytes, None], headers: Mapping[str, str]) -> None:
        super().__init__(told, media_type="text/event-stream", headers=headers)
        self._told = told

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with aclosing(self._told):
            await super().__call__(scope, receive, send)


async def anew(name: str, drawn: AsyncGenerator[str, None]) -> AsyncGenerator[News, None]:
    """What is drawn again and again, whenever it has become another."""
    said = ""
    async with aclosing(drawn):
        async for html in drawn:
            if html != said:
                said = html
                yield News(name, html)


def written(news: News) -> bytes:
    """``event`` and ``data`` lines (HTML standard, server-sent events)."""
    lines = [f"event: {news.name}", *(f"data: {line}" for line in news.html.splitlines() or [""])]
    return ("\n".join(lines) + "\n\n").encode()
