"""Answers whoever asks at a Unix socket, which belongs to the station's user alone: one JSON line for each connection, then it hangs up."""

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec

from chargepoint.station.questions import Answer, ClearFault

log = logging.getLogger(__name__)

PATIENCE_S = 1.0
"""Who neither asks nor closes his writing side within this wants the document."""
MAX_QUESTION_BYTES = 4_096


class Inquiry:
    """A door for ``chargepoint status``, ``chargepoint clear-fault``, the bench and the web page."""

    def __init__(self, path: Path, document: Callable[[], dict[str, Any]], clear_fault: Callable[[ClearFault], Awaitable[Answer]]) -> None:
        self._path = path
        self._document = document
        self._clear_fault = clear_fault

    async def run(self) -> None:
        """For ever."""
        self._path.unlink(missing_ok=True)
        server = await asyncio.start_unix_server(self._serve, self._path, limit=MAX_QUESTION_BYTES)
        os.chmod(self._path, 0o600)
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

    async def _answer(self, reader: asyncio.StreamReader) -> dict[str, Any] | Answer:
        """Raises ConnectionError for who has hung up, ValueError or MsgspecError for a question that cannot be read."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                question = (await reader.readline()).strip()
        except TimeoutError:
            question = b""
        if not question:
            return self._document()
        return await self._clear_fault(msgspec.json.decode(question, type=ClearFault))
