"""Lines from a terminal that gives them one at a time (canonical mode, termios(3)), with or without echo."""

import os
import select
import sys
import termios
from collections.abc import Iterator
from contextlib import contextmanager

MOST_BYTES = 4_096
"""A terminal gives no longer line."""
LOOK_S = 0.25
"""Ctrl-C that comes just before a read is noticed within this; ``input`` would notice it after the next line."""


def line() -> str | None:
    """The next one, without its end; ``None``: nobody types any more. Raises KeyboardInterrupt."""
    descriptor = sys.stdin.fileno()
    while not select.select([descriptor], [], [], LOOK_S)[0]:
        pass
    typed = os.read(descriptor, MOST_BYTES)
    return typed.decode(sys.stdin.encoding or "utf-8", "replace") if typed else None


@contextmanager
def silent() -> Iterator[None]:
    """Nothing is echoed meanwhile. What was typed before is not lost."""
    descriptor = sys.stdin.fileno()
    before = termios.tcgetattr(descriptor)
    termios.tcsetattr(descriptor, termios.TCSADRAIN, [*before[:3], before[3] & ~termios.ECHO, *before[4:]])
    try:
        yield
    finally:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)
