"""A count that survives a power cut: a file of two slots, written in turn.

A cut can spoil the slot that is being written, never both; the greater one that is whole is right, as the count only grows. The file keeps
its size, so that a save is one block of data, and nothing of the file system's own.
"""

import contextlib
import os
import zlib
from pathlib import Path

from hal.errors import DeviceError

SLOT_BYTES = 4096
"""A block: two slots never share one."""
SLOTS = 2


class KeptCount:
    """``path``: the file. It is made, with the first count, where there is none."""

    def __init__(self, path: Path, first: int) -> None:
        self.number = first
        """What is on disk."""
        self._path = path
        self._slot = 0

    def open(self) -> None:
        """Read it. Raises DeviceError."""
        try:
            if not self._path.exists():
                self._make()
            kept = [_number(self._path.read_bytes()[slot * SLOT_BYTES :][:SLOT_BYTES]) for slot in range(SLOTS)]
        except OSError as error:
            raise DeviceError(f"{self._path}: {error.strerror}; let the station write to this file and its directory") from error
        whole = [number for number in kept if number is not None]
        if not whole:
            raise DeviceError(f"{self._path}: holds no count; remove it, and set start_wh to what the meter's display shows")
        self.number = max(whole)
        self._slot = (kept.index(self.number) + 1) % SLOTS

    def save(self, number: int) -> None:
        """Write it, and wait until it is on disk. Raises DeviceError."""
        try:
            descriptor = os.open(self._path, os.O_WRONLY | os.O_CLOEXEC)
            with contextlib.closing(os.fdopen(descriptor, "wb", buffering=0)) as file:
                os.pwrite(descriptor, _slot(number), self._slot * SLOT_BYTES)
                os.fdatasync(file)
        except OSError as error:
            raise DeviceError(f"{self._path}: {error.strerror}; let the station write to this file, and look after its disk") from error
        self.number = number
        self._slot = (self._slot + 1) % SLOTS

    def _make(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("xb") as file:
            file.write(_slot(self.number) * SLOTS)
            file.flush()
            os.fsync(file)
        directory = os.open(self._path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)


def _slot(number: int) -> bytes:
    text = f"{number:020d}"
    return f"{text} {zlib.crc32(text.encode()):08x}\n".encode().ljust(SLOT_BYTES, b" ")


def _number(slot: bytes) -> int | None:
    text, _, check = slot.strip().partition(b" ")
    whole = text.isdigit() and check == f"{zlib.crc32(text):08x}".encode()
    return int(text) if whole else None
