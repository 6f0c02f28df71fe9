"""Answers whoever asks at a Unix socket, by default of the station's user alone: one JSON line for each connection, then it hangs up."""

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from chargepoint.inquiry.questions import Question

log = logging.getLogger(__name__)

PATIENCE_S = 1.0
"""Who neither asks nor closes his writing side within this wants the document."""
MAX_QUESTION_BYTES = 4_096

Takers = Mapping[type, Callable[[Any], Awaitable[msgspec.Struct]]]


class Inquiry:
    """A door for ``chargepoint status``, ``clear-fault`` and ``messages``, the bench and the web page. ``takers``: who answers what."""

    def __init__(self, path: Path, document: Callable[[], dict[str, Any]], takers: Takers, mode: int = 0o600) -> None:
        self._path = path
        self._mode = mode
        self._document = document
        self._takers = takers

    async def run(self) -> None:
        """For ever."""
        self._path.unlink(missing_ok=True)
        server = await asyncio.start_unix_server(self._serve, self._path, limit=MAX_QUESTION_BYTES)
        os.chmod(self._path, self._mode)
        async with server:
            await server.serve_forever()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            writer.write(msgspec.json.encode(await self._answer(reader)) + b"\n")
            await writer.drain()
        except ConnectionError:
            return
        except (ValueError, msgspec.MsgspecError) as error:
            log.warning("event=question_unreadable error=%r", str(error))
        finally:
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader) -> dict[str, Any] | msgspec.Struct:
        """Raises ConnectionError for who has hung up, ValueError or MsgspecError for a question that cannot be read."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                question = (await reader.readline()).strip()
        except TimeoutError:
            question = b""
        if not question:
            return self._document()
        asked = msgspec.json.decode(question, type=Question)
        return await self._takers[type(asked)](asked)
