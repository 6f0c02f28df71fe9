"""Somebody at a terminal: a program on a pseudo-terminal of 80 columns, read up to its prompts and answered."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

DEADLINE_S = 30.0
PROMPT = re.compile(r"(?:^|\n)  (?:\[[^\n]*\] )?> $")
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[78=>]")


class Typist:
    """``said``: everything so far, as it came; ``seen``: without escapes."""

    def __init__(self, process: int, terminal: int) -> None:
        self.process = process
        self._terminal = terminal
        self.said = ""
        self._at = 0
        self.status: int | None = None

    @property
    def seen(self) -> str:
        """What has been printed since somebody last typed."""
        return plain(self.said[self._at :])

    def until(self, what: str) -> str:
        """Wait for it; everything since somebody last typed."""
        ends_s = time.monotonic() + DEADLINE_S
        while re.search(what, self.seen) is None:
            assert self._read(ends_s), f"{what!r} was not said, but:\n{self.seen}"
        return self.seen

    def prompt(self, what: str = "") -> str:
        """Wait for a prompt, of a question that says ``what``."""
        ends_s = time.monotonic() + DEADLINE_S
        while PROMPT.search(self.seen) is None or re.search(what, self.seen) is None:
            assert self._read(ends_s), f"no prompt of {what!r}, but:\n{self.seen}"
        return self.seen

    def type(self, line: str) -> None:
        """One line."""
        self._at = len(self.said)
        os.write(self._terminal, f"{line}\n".encode())

    def answer(self, question: str, line: str = "") -> str:
        """Wait for its prompt, and type; what was printed before."""
        seen = self.prompt(question)
        self.type(line)
        return seen

    def press(self, key: str) -> None:
        """One key alone."""
        os.write(self._terminal, key.encode())

    def interrupt(self) -> None:
        """Ctrl-C."""
        self.press("\x03")

    def ended(self) -> int:
        """Its exit status, once it has ended."""
        ends_s = time.monotonic() + DEADLINE_S
        while self._read(ends_s):
            pass
        if self.status is None:
            _, status = os.waitpid(self.process, 0)
            self.status = os.waitstatus_to_exitcode(status)
        return self.status

    def kill(self) -> None:
        """Whatever it does."""
        if self.status is None:
            os.kill(self.process, signal.SIGKILL)
            os.waitpid(self.process, 0)
            self.status = -signal.SIGKILL

    def _read(self, ends_s: float) -> bool:
        """Was there more? Raises AssertionError: nothing came in time."""
        assert time.monotonic() < ends_s, f"not in time; lately:\n{self.seen}"
        ready, _, _ = select.select([self._terminal], [], [], max(0.0, ends_s - time.monotonic()))
        assert ready, f"not in time; lately:\n{self.seen}"
        try:
            told = os.read(self._terminal, 65_536)
        except OSError:  # EIO: the other side is closed
            return False
        self.said += told.decode(errors="replace").replace("\r\n", "\n")
        return bool(told)


def plain(text: str) -> str:
    """Without what colours and moves."""
    return ESCAPES.sub("", text).replace("\r", "")


@contextmanager
def typist(*argv: str | Path, environment: Mapping[str, str] | None = None, columns: int = 80) -> Iterator[Typist]:
    """``chargepoint`` with these arguments, on a terminal of its own."""
    process, terminal = pty.fork()
    if process == 0:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # who runs tests in the background may have it ignored; whoever logs in has not
        os.environ.update({"TERM": "xterm", **(environment or {})})
        os.environ.pop("COLUMNS", None)
        os.execv(sys.executable, (sys.executable, "-m", "chargepoint", *map(str, argv)))
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    found = Typist(process, terminal)
    try:
        yield found
    finally:
        found.kill()
        os.close(terminal)
