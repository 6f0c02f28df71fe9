"""The newest lines of every process's log, as they are told here (``chargepoint.cli.telling``), of this process among them. In memory: what
is older, or was said while there were no pages, is in the journal of the machine.
"""

import asyncio
import logging
import os
import socket
from collections import deque
from contextlib import suppress
from itertools import dropwhile, islice
from threading import Lock

from msgspec import Struct

from chargepoint.domain.log_lines import LogLine, Wanted, read

log = logging.getLogger(__name__)

KEPT, CHARACTERS = 4_000, 2_000_000
"""Lines, and how long they may be all together."""
LONGEST = 65_536
"""Bytes of a datagram."""
AT_ONCE = 100
"""Lines between which everybody else has his turn."""
LATE_S = 600.0
"""So long a process may have waited for the pages."""
MODE = 0o660


class Numbered(Struct, frozen=True):
    """A line as it came."""

    number: int
    line: LogLine


class Log:
    """Numbers count what has come since the pages began."""

    def __init__(self, kept: int = KEPT) -> None:
        self._lines: deque[Numbered] = deque()
        self._kept = kept
        self._characters = 0
        self._adding = Lock()
        self.count = 0

    def add(self, line: LogLine) -> None:
        """One more; the oldest goes. Also from other threads. What comes late stands where it belongs."""
        with self._adding:
            self.count += 1
            place = len(self._lines)
            while place and _late(line, self._lines[place - 1].line):
                place -= 1
            self._lines.insert(place, Numbered(self.count, line))
            self._characters += len(line.text)
            while len(self._lines) > self._kept or self._characters > CHARACTERS:
                self._characters -= len(self._lines.popleft().line.text)

    def newest(self, wanted: Wanted, most: int, before: int | None = None) -> tuple[Numbered, ...]:
        """Of those that fit, the newest first. ``before``: a number; if that line is not kept any more, nor is any before it."""
        lines = reversed(tuple(self._lines))
        if before is not None:
            lines = dropwhile(lambda each: each.number != before, lines)
            next(lines, None)
        return tuple(islice((each for each in lines if wanted.fits(each.line)), most))

    def processes(self) -> tuple[str, ...]:
        """Who has said something."""
        return tuple(sorted({each.line.process for each in tuple(self._lines)}))

    async def listen(self, path: str) -> None:
        """To whoever tells his lines there, for as long as this is awaited. Without such a place the log has this process alone."""
        try:
            heard = _opened(path)
        except OSError as error:
            log.warning("event=log_not_heard path=%s cause=%s only=these pages' own lines are shown", path, error.strerror)
            return
        loop = asyncio.get_running_loop()
        loop.add_reader(heard, self._hear, heard)
        try:
            await loop.create_future()
        finally:
            loop.remove_reader(heard)
            heard.close()

    def _hear(self, heard: socket.socket) -> None:
        with suppress(OSError):  # that was all
            for _ in range(AT_ONCE):
                line = read(heard.recv(LONGEST))
                if line is not None:
                    self.add(line)


def _late(line: LogLine, other: LogLine) -> bool:
    """Does a line that comes after another belong before it? Within a process their order counts, and no clock that is set hides a line."""
    return line.process != other.process and 0 < other.at_s - line.at_s < LATE_S


def _opened(path: str) -> socket.socket:
    """Raises OSError."""
    with suppress(FileNotFoundError):
        os.unlink(path)
    heard = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    try:
        heard.bind(path)
        os.chmod(path, MODE)
        heard.setblocking(False)
    except OSError:
        heard.close()
        raise
    return heard
