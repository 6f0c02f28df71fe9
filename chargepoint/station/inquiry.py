"""Answers whoever asks how the station is: one JSON line for each connection to a Unix socket, then it hangs up."""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec


class Inquiry:
    """A door for ``chargepoint status``, the bench and the web page. It tells; it takes no wishes."""

    def __init__(self, path: Path, document: Callable[[], dict[str, Any]]) -> None:
        self._path = path
        self._document = document

    async def run(self) -> None:
        """For ever."""
        self._path.unlink(missing_ok=True)
        server = await asyncio.start_unix_server(self._answer, self._path)
        os.chmod(self._path, 0o600)
        async with server:
            await server.serve_forever()

    async def _answer(self, _: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            writer.write(msgspec.json.encode(self._document()) + b"\n")
            await writer.drain()
        except ConnectionError:
            return
        finally:
            writer.close()
