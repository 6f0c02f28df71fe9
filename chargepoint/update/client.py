"""Asking the updater, over its socket."""

import asyncio
import os
import socket
from typing import TypeVar

import msgspec

from chargepoint.update.messages import LookForSticks, Offer, Question

T = TypeVar("T")

SOCKET = "/run/chargepoint/updater"
PATIENCE_S = 10.0
OFFER_S = 1800.0
"""A gigabyte is copied, hashed and looked at, from a slow card or stick, before there is an answer."""
SLOW = (Offer, LookForSticks)
MAX_ANSWER_BYTES = 1_048_576


class UpdaterError(Exception):
    """No updater answers, or not with what was expected. The message is for people."""


def ask(path: str, answer: type[T], question: Question, file: int | None = None, timeout_s: float | None = None) -> T:
    """``answer``: State for See, else Offered. ``file``: an open descriptor that goes along with an Offer. ``timeout_s``: if it is not as
    long as such a question may take. Blocks. Raises UpdaterError."""
    try:
        with socket.socket(socket.AF_UNIX) as line, line.makefile("rb") as said:
            line.settimeout(_patience_s(question) if timeout_s is None else timeout_s)
            line.connect(path)
            if left := _begun(line, question, file):
                line.sendall(left)
            return msgspec.json.decode(said.read(MAX_ANSWER_BYTES), type=answer)
    except (OSError, msgspec.MsgspecError) as error:
        raise _unanswered(path, error) from error


async def inquire(path: str, answer: type[T], question: Question, file: int | None = None) -> T:
    """The same without blocking."""
    loop = asyncio.get_running_loop()
    try:
        with socket.socket(socket.AF_UNIX) as line:
            line.setblocking(False)
            async with asyncio.timeout(_patience_s(question)):
                await loop.sock_connect(line, path)
                if left := _begun(line, question, file):
                    await loop.sock_sendall(line, left)
                return msgspec.json.decode(await _heard(loop, line), type=answer)
    except (OSError, msgspec.MsgspecError) as error:
        raise _unanswered(path, error) from error


def _patience_s(question: Question) -> float:
    return OFFER_S if isinstance(question, SLOW) else PATIENCE_S


def _begun(line: socket.socket, question: Question, file: int | None) -> bytes:
    """What of it is still to be sent: a descriptor goes with the first bytes, and a new connection takes so little at once. The end of the
    line is the end of the question: by then the answer may be here already, and nothing more can be sent."""
    said = msgspec.json.encode(question) + b"\n"
    return said if file is None else said[socket.send_fds(line, [said], [file]) :]


async def _heard(loop: asyncio.AbstractEventLoop, line: socket.socket) -> bytes:
    heard = b""
    while piece := await loop.sock_recv(line, 65_536):
        heard += piece
        if len(heard) > MAX_ANSWER_BYTES:
            raise OSError("its answer does not end")
    return heard


def _unanswered(path: str, error: Exception) -> UpdaterError:
    if isinstance(error, PermissionError):
        return UpdaterError(f"the updater at {path} may not be asked by this user: use sudo, or join the group chargepoint")
    if isinstance(error, FileNotFoundError | ConnectionRefusedError):
        return UpdaterError(f"no updater is at {path}; an installed station has one (systemctl status chargepoint-updater.socket)")
    cause = (os.strerror(error.errno) if isinstance(error, OSError) and error.errno else str(error)) or "it takes too long"
    return UpdaterError(f"the updater at {path} does not answer: {cause}; look at journalctl -u chargepoint-updater")
