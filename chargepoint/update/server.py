"""The socket: one question for each connection, a line of JSON each way, an open file along with it (SCM_RIGHTS) where one is offered.

Whoever may open the socket is in the group of technicians; that does not make what he sends good. Sizes and waits are bounded, what cannot
be read is answered, and whoever says nothing is hung up.
"""

import logging
import os
import select
import socket
import struct
import threading
from collections.abc import Callable

import msgspec

from chargepoint.update.messages import Offered, Question, State

log = logging.getLogger(__name__)

MAX_QUESTION_BYTES = 4_096
PATIENCE_S = 2.0
"""For each piece of a question, and for whoever reads the answer."""
MOST_PIECES = 8
MOST_AT_ONCE = 8
MOST_FILES = 4
"""Descriptors that are looked at in one message; all but the first are closed."""

Answer = Callable[[Question, int | None], Offered | State]


class Unreadable(Exception):
    """It is no question. Message: for whoever has asked."""


class Server:
    """``answer``: may block, and is called by several threads."""

    def __init__(self, listening: socket.socket, answer: Answer) -> None:
        self._listening = listening
        self._answer = answer
        self._places = threading.BoundedSemaphore(MOST_AT_ONCE)
        self._talking: set[threading.Thread] = set()

    @property
    def busy(self) -> bool:
        """Does anybody talk?"""
        return any(thread.is_alive() for thread in self._talking)

    def serve(self, for_s: float) -> bool:
        """Wait so long for the next connection, and answer it elsewhere. Did somebody come?"""
        if not select.select([self._listening], [], [], for_s)[0]:
            return False
        try:
            line, _ = self._listening.accept()
        except OSError as error:
            log.warning("event=connection_lost cause=%s", error)
            return False
        self._talking = {thread for thread in self._talking if thread.is_alive()}
        if not self._places.acquire(blocking=False):
            log.warning("event=too_many_connections most=%d", MOST_AT_ONCE)
            line.close()
            return True
        thread = threading.Thread(target=self._talk, args=(line,), name="talk", daemon=True)
        self._talking.add(thread)
        thread.start()
        return True

    def _talk(self, line: socket.socket) -> None:
        given: list[int] = []
        try:
            with line:
                line.settimeout(PATIENCE_S)
                line.sendall(msgspec.json.encode(self._answered(line, given)) + b"\n")
        except OSError as error:
            log.info("event=hung_up cause=%s", error)
        finally:
            for file in given:
                os.close(file)
            self._places.release()

    def _answered(self, line: socket.socket, given: list[int]) -> Offered | State:
        try:
            question = msgspec.json.decode(_heard(line, given), type=Question)
        except (Unreadable, msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            log.warning("event=question_unreadable user=%d error=%r", _user(line), str(error))
            return Offered(accepted=False, text=f"the question cannot be read ({error}); expected one line of JSON")
        try:
            return self._answer(question, given[0] if given else None)
        except OSError as error:
            log.error("event=not_answered error=%r", str(error))
            return Offered(accepted=False, code="CP-826", text=f"the updater cannot do its work: {error.strerror or error}")


def _heard(line: socket.socket, given: list[int]) -> bytes:
    """The question. Raises Unreadable, TimeoutError."""
    said = b""
    for _ in range(MOST_PIECES):
        piece, files, flags, _ = socket.recv_fds(line, MAX_QUESTION_BYTES, MOST_FILES, socket.MSG_CMSG_CLOEXEC)
        given += files
        said += piece
        if flags & socket.MSG_CTRUNC or len(given) > MOST_FILES:
            raise Unreadable(f"more than {MOST_FILES} files came with it")
        if b"\n" in piece or not piece:
            break
    if len(said) > MAX_QUESTION_BYTES or not said.endswith(b"\n"):
        raise Unreadable(f"{len(said)} bytes without an end of line, or too many; at most {MAX_QUESTION_BYTES} are taken")
    return said


def _user(line: socket.socket) -> int:
    """Who it is."""
    _, user, _ = struct.unpack("3i", line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i")))
    return int(user)
