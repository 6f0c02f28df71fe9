"""Where a room does one piece of work after the other, of which a newer request may stop the one at hand."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any


class Workshop:
    """``run`` asks ``next_piece`` what there is to do until somebody asked for something else, and again when that is done."""

    def __init__(self, next_piece: Callable[[], Coroutine[Any, Any, None] | None]) -> None:
        self._next_piece = next_piece
        self._work: asyncio.Task[None] | None = None
        self._wake = asyncio.Event()

    def change(self) -> None:
        """There is something else to do than before: what is at hand is cancelled."""
        if self._work is not None:
            self._work.cancel()
        self._wake.set()

    async def run(self) -> None:
        """For ever. Who cancels it has waited for the work to let go, too: processes are gone, files are closed."""
        while True:
            self._wake.clear()
            piece = self._next_piece()
            if piece is None:
                await self._wake.wait()
                continue
            self._work = asyncio.ensure_future(piece)
            try:
                await asyncio.wait((self._work,))
            finally:
                self._work.cancel()
                await asyncio.wait((self._work,))
            if not self._work.cancelled():
                self._work.result()
