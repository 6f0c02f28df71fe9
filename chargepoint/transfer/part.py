"""A file that is not complete yet: ``path.part``, with a note of what it is part of in ``path.meta``.

It is taken up again only if the server says that it is still the same file: by the same entity tag, date or size and date. Without such a
mark that holds only within one run of this process. Where the disk takes no more, what has come gives its room back.
"""

import errno
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from chargepoint.transfer.job import Job, Reason, TransferError

BLOCK = 64 * 1024
CHECK_BYTES = 1024 * 1024
"""How often the free space is looked at."""
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class Part:
    """Bytes in the order in which they come. ``done`` puts them in their place."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._part, self._meta = f"{job.path}.part", f"{job.path}.meta"
        self._hash = hashlib.sha256()
        self._checked = 0
        self.mark = ""
        """What the server says the file is; empty: it says nothing."""
        self.total: int | None = None
        self._file = open(self._part, "a+b")  # noqa: SIM115  (closed by done, or with the process)
        self.size = 0
        self._take_up()

    def _take_up(self) -> None:
        """What an earlier process has left, if it can be told what it is."""
        try:
            with open(self._meta, encoding="utf-8") as file:
                noted: dict[str, Any] = json.load(file)
            self.mark, self.total = str(noted["mark"]), noted["total"]
        except (OSError, ValueError, KeyError, TypeError):
            self.mark, self.total = "", None
        if not self.mark:
            self.restart()
            return
        self._file.seek(0)
        while block := self._file.read(BLOCK):
            self._hash.update(block)
            self.size += len(block)

    def restart(self) -> None:
        """From the beginning."""
        self._file.truncate(0)
        self._hash = hashlib.sha256()
        self.size = 0
        self.mark, self.total = "", None

    def expect(self, mark: str, total: int | None) -> None:
        """The server says what it is going to send. Raises TransferError where it cannot be had."""
        if (mark, total) != (self.mark, self.total):
            self.mark, self.total = mark, total
            with self._writing(), open(self._meta, "w", encoding="utf-8") as file:
                json.dump({"mark": mark, "total": total}, file)
        self._bounds(0 if total is None else total - self.size, total or 0)

    def add(self, block: bytes) -> None:
        """The next bytes."""
        if self.size + len(block) - self._checked >= CHECK_BYTES:
            self._bounds(len(block), self.size + len(block))
            self._checked = self.size
        if self.size + len(block) > self._job.limit_bytes:
            self._bounds(len(block), self.size + len(block))
        with self._writing():
            self._file.write(block)
        self._hash.update(block)
        self.size += len(block)

    def _bounds(self, to_come: int, whole: int) -> None:
        if whole > self._job.limit_bytes:
            self.discard()
            raise TransferError(Reason.TOO_LARGE, f"{whole} bytes; at most {self._job.limit_bytes} are taken")
        disk = os.statvfs(os.path.dirname(self._job.path) or ".")
        free = disk.f_bavail * disk.f_frsize - self._job.spare_bytes
        if to_come > free:
            self.discard()
            raise TransferError(Reason.NO_SPACE, f"{to_come} bytes to come; the disk has room for {max(free, 0)}")

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Whoever waits for bytes would take an OSError for one of the connection, and try again."""
        try:
            yield
        except OSError as error:
            self.discard()
            reason = Reason.NO_SPACE if error.errno in FULL else Reason.DISK
            raise TransferError(reason, f"{self._part}: {error.strerror} after {self.size} bytes") from None

    def discard(self) -> None:
        """It cannot be had: nothing of it stays."""
        with suppress(OSError):  # what is still to be written is not wanted
            self._file.close()
        for path in (self._part, self._meta):
            if os.path.exists(path):
                os.unlink(path)

    def done(self) -> str:
        """It is complete: on disk, and under its name. Its SHA-256 in hex."""
        self.close()
        os.replace(self._part, self._job.path)
        if os.path.exists(self._meta):
            os.unlink(self._meta)
        folder = os.open(os.path.dirname(self._job.path) or ".", os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return self._hash.hexdigest()

    def close(self) -> None:
        """What has come is on disk, and stays to be taken up again."""
        if not self._file.closed:
            with self._writing():
                self._file.flush()
                os.fsync(self._file.fileno())
                self._file.close()


def digest(path: str, algorithm: str = "sha256") -> tuple[int, str]:
    """Size and hash of a whole file. MD5 is what OCPP 2.0.1 L03 names a file by, and protects it from accidents alone."""
    hashed, size = hashlib.new(algorithm, usedforsecurity=algorithm != "md5"), 0
    with open(path, "rb") as file:
        while block := file.read(BLOCK):
            hashed.update(block)
            size += len(block)
    return size, hashed.hexdigest()
