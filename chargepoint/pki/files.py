"""Files that are replaced whole: after a power cut there is the old one or the new one, never half of either."""

import os
from contextlib import suppress
from pathlib import Path

PRIVATE = 0o600
PUBLIC = 0o644


def replace(path: Path, content: bytes, mode: int = PUBLIC) -> None:
    """Write it beside the old one, then put it in its place. Its folder is made if need be. Raises OSError."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.new")
    with suppress(FileNotFoundError):
        beside.unlink()
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with open(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(beside, path)
    settle(path.parent)


def remove(path: Path) -> None:
    """It is gone afterwards, whether or not it was there. Raises OSError."""
    with suppress(FileNotFoundError):
        path.unlink()
        settle(path.parent)


def settle(folder: Path) -> None:
    """What its names stand for is on disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
