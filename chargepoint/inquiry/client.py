"""Asking the running station, over its inquiry socket."""

import socket
from collections.abc import Mapping
from typing import TypeVar

import msgspec

T = TypeVar("T")

PATIENCE_S = 3.0
MAX_ANSWER_BYTES = 16_777_216
RUNNING = "is the station process running, with the same --config and --state-dir?"
CAUSES: Mapping[type[Exception], str] = {
    FileNotFoundError: f"there is no such socket; {RUNNING}",
    ConnectionRefusedError: f"nobody listens there any more; {RUNNING}",
    PermissionError: "this user may not ask; run this as root, or as a member of the group chargepoint",
    TimeoutError: "it takes too long; the station process hangs or has too much to do: look into its log, then restart it",
    msgspec.MsgspecError: "what it says is not understood; it is of another release: restart it",
}
"""What an error means, and what to do."""


class InquiryError(Exception):
    """No station answers, or not with what was expected. The message is for people."""


def ask(path: str, answer: type[T], question: msgspec.Struct | None = None, timeout_s: float = PATIENCE_S) -> T:
    """The station's answer; without a question its document. Blocks. Raises InquiryError."""
    try:
        with socket.socket(socket.AF_UNIX) as line, line.makefile("rb") as said:
            line.settimeout(timeout_s)
            line.connect(path)
            line.sendall(_said(question))
            line.shutdown(socket.SHUT_WR)
            return msgspec.json.decode(said.read(), type=answer)
    except (OSError, msgspec.MsgspecError) as error:
        raise _unanswered(path, error) from error


async def inquire(path: str, answer: type[T], question: msgspec.Struct | None = None, timeout_s: float = PATIENCE_S) -> T:
    """The same without blocking."""
    import asyncio  # a third of the time that a command line takes to start, which blocks

    writer = None
    try:
        async with asyncio.timeout(timeout_s):
            reader, writer = await asyncio.open_unix_connection(path, limit=MAX_ANSWER_BYTES)
            writer.write(_said(question))
            writer.write_eof()
            return msgspec.json.decode(await reader.readline(), type=answer)
    except (OSError, ValueError, msgspec.MsgspecError) as error:
        raise _unanswered(path, error) from error
    finally:
        if writer is not None:
            writer.close()


def _said(question: msgspec.Struct | None) -> bytes:
    return b"" if question is None else msgspec.json.encode(question) + b"\n"


def _unanswered(path: str, error: Exception) -> InquiryError:
    cause = next((words for kind, words in CAUSES.items() if isinstance(error, kind)), f"{error}; {RUNNING}")
    return InquiryError(f"no station answers at {path}: {cause}")
