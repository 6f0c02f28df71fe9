"""A place that stands for ``/`` of a machine, with simulated chips in it, in a thread of their own."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from simulators.wires.thread import Beside, beside


class Opened(Protocol):
    """A chip, a file."""

    def open(self) -> None:
        """Put it up."""

    def close(self) -> None:
        """Take it away."""


@contextmanager
def shown(*things: Opened) -> Iterator[Beside]:
    """Put them up until the block ends."""
    with beside() as loop:
        for thing in things:
            loop.call(thing.open)
        yield loop
        for thing in things:
            loop.call(thing.close)


def beneath(root: Path, path: str) -> Path:
    """Where an absolute path is."""
    return Path(root, path.lstrip("/"))
