"""What control keeps, on disk: one small file that a technician can read, always whole.

    scan ── keep(latest) ───────┐
    signer ── keep_record(...) ─┴▶ thread at normal priority ──▶ kept.json.new, fsync ──▶ kept.json ──▶ fsync of the directory

It is written at once whenever something changes, which is seldom: a fault that latches or is cleared, a contactor that moves. A cut at any
moment leaves the file as it was or as it shall be. A file that cannot be read says nothing about welded contactors, so it counts as the
worst: every EVSE is out of service until a technician has looked.
"""

import contextlib
import logging
import os
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec
from msgspec import Struct

from chargepoint.control import realtime
from chargepoint.control.bell import Bell
from chargepoint.control.kept import Kept, KeptEvse, KeptFault
from chargepoint.link.messages import RecordOutcome

log = logging.getLogger(__name__)

FILE = "kept.json"
VERSION = 1
"""Raised when an entry changes its meaning. Entries that are added do not raise it."""
LARGEST_BYTES = 1_000_000
"""More than is ever written."""
RETRY_S = 5.0
"""A disk that is full or read-only is tried again this often, and whenever something changes."""
LOST = "memory_lost"


class KeepingError(Exception):
    """The file is there but cannot be used. Message: which file, why, what to do."""


class _Heading(Struct, frozen=True):
    version: int


Records = Mapping[int, RecordOutcome]
"""How far the newest signed record of each EVSE is."""
NO_RECORDS: Records = {}


class _Document(_Heading, frozen=True):
    evses: dict[int, KeptEvse]
    records: dict[int, RecordOutcome] = {}


def load(path: Path) -> Kept:
    """What was kept; nothing without a file: factory new. Raises KeepingError."""
    return _load(path).evses


def _load(path: Path) -> _Document:
    """All of it. Raises KeepingError."""
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_BYTES + 1)
        if len(content) > LARGEST_BYTES:
            raise _unusable(path, f"more than {LARGEST_BYTES} bytes")
        version = msgspec.json.decode(content, type=_Heading).version
        if version != VERSION:
            raise _unusable(path, f"of another release: version {version}, expected {VERSION}")
        return msgspec.json.decode(content, type=_Document)
    except FileNotFoundError:
        return _Document(VERSION, {})
    except OSError as error:
        raise _unusable(path, error.strerror or str(error)) from error
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise _unusable(path, str(error)) from error


def _unusable(path: Path, reason: str) -> KeepingError:
    return KeepingError(f"{path}: unusable ({reason}); check every contactor for welding, then clear {LOST} at every EVSE")


def save(path: Path, kept: Kept, records: Records = NO_RECORDS) -> None:
    """Replace the file; when this returns it is on disk. Raises OSError: then it is as it was, or as it shall be."""
    content = msgspec.json.format(msgspec.json.encode(_Document(VERSION, dict(kept), dict(records))), indent=2)
    new = path.with_name(f"{path.name}.new")
    with new.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
    directory = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def _set_aside(path: Path) -> None:
    """A second name, and not another one: until the latch is written in its place, the broken file must be found again after a cut."""
    aside = path.with_name(f"{path.name}.broken")
    try:
        with contextlib.suppress(FileNotFoundError):
            aside.unlink()
        aside.hardlink_to(path)
    except OSError as error:
        log.warning("event=not_set_aside file=%s as=%s error=%r", path, aside, error.strerror)
    else:
        log.info("event=set_aside file=%s as=%s", path, aside)


class Keeper:
    """Writes what it is told, the latest only. What goes wrong is logged once per change and tried again; it never stalls a scan."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._written: Kept = {}
        self._wanted: Kept = {}
        self._records = NO_RECORDS
        """Those that shall be on disk."""
        self._on_disk = threading.Condition()
        self.records = NO_RECORDS
        """Those that are."""
        self._leaving = False
        self._failing: str | None = None
        self._bell = Bell()
        self._thread = threading.Thread(target=self._run, name="keeper", daemon=True)

    def recall(self, evses: Iterable[int]) -> Kept:
        """What was kept. Where that cannot be read: a latched ``memory_lost`` at each of these EVSEs, and the file is kept for support."""
        try:
            document = _load(self._path)
        except KeepingError as error:
            log.error("event=memory_lost error=%r", str(error))
            _set_aside(self._path)
            return {evse: KeptEvse(latched=(KeptFault(LOST, info=str(error)),)) for evse in evses}
        self._written, self._records, self.records = document.evses, document.records, document.records
        return self._written

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    def keep(self, kept: Kept) -> None:
        """Have this on disk, soon. Never blocks. An EVSE that is not named, for it is out of the configuration, keeps what it had."""
        self._wanted = kept
        self._bell.ring()

    def keep_record(self, evse: int, outcome: RecordOutcome, at_most_s: float) -> bool:
        """Have this on disk, and wait for that: is it? Not for the scan."""
        with self._on_disk:
            self._records = {**self._records, evse: outcome}
            self._bell.ring()
            return self._on_disk.wait_for(lambda: self.records.get(evse) is outcome, at_most_s)

    def leave(self) -> None:
        """Write what is left, once, and end."""
        self._leaving = True
        self._bell.ring()

    def join(self, at_most_s: float) -> None:
        """Wait until it has left. A disk that takes longer is left alone with it; the thread ends with the process."""
        self._thread.join(at_most_s)

    def _run(self) -> None:
        realtime.at_ease()
        leaving = False
        while not leaving:
            leaving = self._leaving
            wanted, records = {**self._written, **self._wanted}, self._records
            written = (wanted == self._written and records is self.records) or self._write(wanted, records)
            if not leaving:
                self._bell.wait(None if written else RETRY_S)

    def _write(self, wanted: Kept, records: Records) -> bool:
        """Is it on disk?"""
        try:
            save(self._path, wanted, records)
        except OSError as error:
            if self._news(error):
                log.error("event=not_kept file=%s error=%r again_s=%.0f", self._path, error.strerror or str(error), RETRY_S)
            return False
        except Exception as error:  # rim of the thread, which has to go on
            if self._news(error):
                log.exception("event=keeper_broken file=%s", self._path)
            return False
        if self._failing is not None:
            log.info("event=kept_again file=%s", self._path)
        self._failing = None
        self._written = wanted
        with self._on_disk:
            self.records = records
            self._on_disk.notify_all()
        return True

    def _news(self, error: Exception) -> bool:
        """Does it fail otherwise than before?"""
        before, self._failing = self._failing, repr(error)
        return before != self._failing
