"""Answers whoever asks at a Unix socket, by default of the station's user alone: one JSON line for each connection, then it hangs up."""

import asyncio
import logging
import os
import socket
import struct
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from chargepoint.inquiry.questions import Question

log = logging.getLogger(__name__)

PATIENCE_S = 1.0
"""Who neither asks nor closes his writing side within this wants the document."""
MAX_QUESTION_BYTES = 8_388_608
"""A backup that is restored is the longest by far."""

Refuse = Callable[[Any, int], msgspec.Struct | None]
"""(question, number of the user who asks): what he is told instead; ``None``: he may."""
CREDENTIALS = struct.Struct("3i")
"""Process, user, group: unix(7), SO_PEERCRED."""

Takers = Mapping[type, Callable[[Any], Awaitable[msgspec.Struct]]]


class Inquiry:
    """A door for ``chargepoint status``, ``clear-fault`` and ``messages``, the bench and the web page. ``takers``: who answers what.
    ``refuse``: who may not ask it."""

    def __init__(
        self, path: Path, document: Callable[[], dict[str, Any]], takers: Takers, mode: int = 0o600, refuse: Refuse = lambda *_: None
    ) -> None:
        self._path = path
        self._mode = mode
        self._document = document
        self._takers = takers
        self._refuse = refuse

    async def run(self) -> None:
        """For ever."""
        self._path.unlink(missing_ok=True)
        server = await asyncio.start_unix_server(self._serve, self._path, limit=MAX_QUESTION_BYTES)
        os.chmod(self._path, self._mode)
        async with server:
            await server.serve_forever()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            writer.write(msgspec.json.encode(await self._answer(reader, _caller(writer))) + b"\n")
            await writer.drain()
        except ConnectionError:
            return
        except (ValueError, msgspec.MsgspecError) as error:
            log.warning("event=question_unreadable error=%r", str(error))
        finally:
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, caller: int) -> dict[str, Any] | msgspec.Struct:
        """Raises ConnectionError for who has hung up, ValueError or MsgspecError for a question that cannot be read."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                question = (await reader.readline()).strip()
        except TimeoutError:
            reader.feed_eof()
            question = b""
            if await reader.read():
                raise ValueError("it does not end") from None
        if not question:
            return self._document()
        asked = msgspec.json.decode(question, type=Question)
        if (refused := self._refuse(asked, caller)) is not None:
            log.warning("event=question_refused question=%s user=%d", type(asked).__name__, caller)
            return refused
        return await self._takers[type(asked)](asked)


def _caller(writer: asyncio.StreamWriter) -> int:
    """The number of the user who has connected, as the kernel knows it."""
    line: socket.socket = writer.get_extra_info("socket")
    user: int = CREDENTIALS.unpack(line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, CREDENTIALS.size))[1]
    return user
