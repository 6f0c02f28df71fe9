"""Large files from browsers: one at a time, of a length that is told beforehand, and only where there is room for it.

They are streamed to a file without a name in the part of the state directory that belongs to the pages (``tempfile.tempdir``, set by the
composition), so nothing of one that breaks off stays.
"""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request

SPARE_BYTES = 64 * 1024**2
"""So much of the disk stays free for what must never fail."""


class Uploads:
    """``folder``: where they are kept."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._one = asyncio.Lock()

    @asynccontextmanager
    async def admitted(self, request: Request, large: bool) -> AsyncIterator[None]:
        """Read the body within this block. Raises HTTPException."""
        if not large:
            yield
            return
        if self._one.locked():
            raise HTTPException(503, "Another file is being uploaded just now. Wait for its end, then try again.", {"Retry-After": "60"})
        async with self._one:
            self._hold_room(request)
            yield

    def _hold_room(self, request: Request) -> None:
        length = request.headers.get("content-length", "")
        if not (length.isascii() and length.isdecimal() and len(length) <= 15):
            raise HTTPException(411, "The browser does not say how large the file is, so it is not taken. Try another browser.")
        disk = os.statvfs(self._folder)
        free = disk.f_bavail * disk.f_frsize - SPARE_BYTES
        if int(length) > free:
            said = f"The file has {megabytes(int(length))}, and there is room for {megabytes(max(0, free))}."
            raise HTTPException(507, f"{said} Nothing was kept. Use a USB stick, or make room first (CP-824).")


def megabytes(number: int) -> str:
    """For people."""
    return f"{number / 1_000_000:,.1f} MB"
