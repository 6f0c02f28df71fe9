"""Asks the station process how it is: one connection to its Unix stream socket, no question, one JSON line back."""

import asyncio
import logging
from typing import Any

import msgspec

log = logging.getLogger(__name__)

TIMEOUT_S = 1.0
"""A station that takes longer counts as not answering."""
MAX_DOCUMENT_BYTES = 1_048_576


async def ask(path: str, timeout_s: float = TIMEOUT_S) -> dict[str, Any] | None:
    """The station's document; ``None`` when it is not running, silent, or answers nonsense."""
    try:
        async with asyncio.timeout(timeout_s):
            line = await _read_line(path)
    except (OSError, TimeoutError, ValueError) as error:
        log.debug("inquiry no_answer socket=%s error=%r", path, error)
        return None
    try:
        return msgspec.json.decode(line, type=dict[str, Any])
    except msgspec.DecodeError as error:
        log.warning("inquiry unreadable socket=%s error=%s", path, error)
        return None


async def _read_line(path: str) -> bytes:
    reader, writer = await asyncio.open_unix_connection(path, limit=MAX_DOCUMENT_BYTES)
    try:
        writer.write_eof()
        return await reader.readline()
    finally:
        writer.close()
