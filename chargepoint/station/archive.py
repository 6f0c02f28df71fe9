"""Files for somebody else to read: a ``.tar.gz`` of several, or one as it is. Complete under its name, or not there."""

import io
import os
import tarfile
from collections.abc import Callable
from pathlib import Path

from msgspec import Struct


class Member(Struct, frozen=True):
    """One file of an archive."""

    name: str
    content: bytes
    at_s: int = 0
    """Seconds since 1970."""


Contents = Callable[[], tuple[Member, ...]]
"""Makes the files, which takes a while."""


def write(path: Path, contents: Contents) -> None:
    """A name ending in ``.tar.gz`` holds them all; any other is the only member. Raises OSError."""
    part, members = path.with_name(path.name + ".part"), contents()
    with part.open("wb") as file:
        if path.name.endswith(".tar.gz"):
            _pack(file, path.name.removesuffix(".tar.gz"), members)
        else:
            file.write(members[0].content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def _pack(file: io.BufferedWriter, folder: str, members: tuple[Member, ...]) -> None:
    with tarfile.open(fileobj=file, mode="w:gz", compresslevel=6) as archive:
        for member in members:
            entry = tarfile.TarInfo(f"{folder}/{member.name}")
            entry.size, entry.mtime = len(member.content), member.at_s
            archive.addfile(entry, io.BytesIO(member.content))


def clear(folder: Path, keep: str) -> None:
    """Make the folder if it is not there. What does not begin with ``keep`` goes; empty: everything. Raises OSError."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for path in folder.iterdir():
        if not (keep and path.name.startswith(keep)):
            path.unlink(missing_ok=True)
