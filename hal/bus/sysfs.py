"""Attributes of sysfs: one value in each file, as text. All raise OSError, with the errno of the kernel's driver."""

import os
from pathlib import Path

from hal.bus import stand_in


def read(path: Path) -> str:
    """The value, without the line's end."""
    if stand_in.is_one(path):
        return stand_in.ask(path, b"r").decode("ascii").strip()
    return path.read_text(encoding="ascii", errors="replace").strip()


def write(path: Path, value: str | int) -> None:
    """Set it, in one write."""
    if stand_in.is_one(path):
        stand_in.ask(path, b"w" + str(value).encode("ascii"))
        return
    file = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
    try:
        os.write(file, str(value).encode("ascii"))
    finally:
        os.close(file)


def folders(place: Path) -> list[Path]:
    """What there is of a class of devices, in the order of their numbers; none where the kernel has no such class."""
    try:
        return sorted(place.iterdir(), key=lambda folder: (len(folder.name), folder.name))
    except FileNotFoundError:
        return []
