"""What is under way with the configuration: on the disk before it begins, gone when its end is known.

One at a time, in whichever process: who works at it holds a lock on the folder, which the kernel lets go of with him. A journal without
anybody who holds it is one that a power cut has left.
"""

import fcntl
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from chargepoint.inquiry.keeping import Parts, Secrets
from chargepoint.pki import files
from chargepoint.web.accounts import give_to_owner_of_folder

log = logging.getLogger(__name__)

FILE = "change.json"
OTHER = "another configuration, or a backup, is on its way, by the pages or at a terminal; wait for its end, or call it off there"
"""For who comes second."""


class Journal(Struct, frozen=True, kw_only=True):
    """``before``: the file that was there; ``None``: there was none."""

    text: str
    before: bytes | None = None
    by: str = ""
    parts: Parts | None = None
    """Of a backup: what the station gets once it runs with the file."""
    secrets: Secrets | None = None
    left_out: tuple[tuple[str, str], ...] = ()
    """(section, what) of a backup that does not fit here."""
    seen: bool = False
    """It was begun on a page: where it moves the pages, somebody has to come to the new place (``chargepoint.web.moving``)."""
    tries: int = 0
    """So many times the processes were started with it."""
    phase: Literal["proving", "taking back"] = "proving"

    def __repr__(self) -> str:
        return f"Journal(by={self.by!r}, phase={self.phase!r})"

    @property
    def title(self) -> str:
        """For people."""
        return "A new configuration" if self.parts is None else "A backup is restored"


def keep(folder: Path, journal: Journal) -> None:
    """On the disk when it returns. Raises OSError."""
    files.replace(folder / FILE, msgspec.json.encode(journal), files.PRIVATE)
    give_to_owner_of_folder(folder / FILE)


def kept(folder: Path) -> Journal | None:
    """The one that is there; one that is none, it is written whole, is taken away. Raises OSError."""
    try:
        return msgspec.json.decode((folder / FILE).read_bytes(), type=Journal)
    except FileNotFoundError:
        return None
    except msgspec.MsgspecError as error:
        log.error("event=change_unreadable file=%s cause=%s", folder / FILE, error)
        forget(folder)
        return None


def there(folder: Path) -> bool:
    """Is something under way, whoever works at it?"""
    return (folder / FILE).exists()


def forget(folder: Path) -> None:
    """It has come to its end. Raises OSError."""
    files.remove(folder / FILE)


@contextmanager
def held(folder: Path) -> Iterator[bool]:
    """False: somebody else works at it. Raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield _locked(descriptor)
    finally:
        os.close(descriptor)


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def left(folder: Path) -> Journal | None:
    """One that nobody works at. What was cut off before it was one goes: passwords are in it. Raises OSError."""
    beside = folder / f".{FILE}.new"
    if not (folder / FILE).exists() and not beside.exists():
        return None
    with held(folder) as mine:
        if not mine:
            return None
        files.remove(beside)
        return kept(folder)
