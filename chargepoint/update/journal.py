"""What the updater knows, on disk: one small file that is replaced whole, and a mark beside it while something is under way.

The mark is what systemd looks for at boot (``chargepoint-updater.path``): it is there before an update is under way, and goes after it.
"""

import logging
import threading
from pathlib import Path

import msgspec
from msgspec import Struct

from chargepoint.pki import files
from chargepoint.update.messages import UNDER_WAY, Update

log = logging.getLogger(__name__)

NAME = "update.json"
MARK = "unfinished"


class Baseline(Struct, frozen=True, kw_only=True):
    """How the station was before: what worked has to work again."""

    station: bool = False
    """Did it answer?"""
    control: bool = False
    """Was control heard?"""
    connected: bool = False
    faults: tuple[str, ...] = ()


class Record(Struct, frozen=True, kw_only=True):
    """An update, and what has to be remembered for it. Releases before and after this one read it: fields are only ever added."""

    update: Update
    baseline: Baseline = Baseline()


class Journal:
    """``lock`` is held by whoever looks first and writes then."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.lock = threading.RLock()
        self._record: Record | None = None
        self._shown: Update | None = None

    @property
    def record(self) -> Record | None:
        """As it is on disk; ``None``: there never was one."""
        return self._record

    @property
    def shown(self) -> Update | None:
        """The same for people: with how far it is, and what it waits for."""
        return self._shown

    @property
    def under_way(self) -> bool:
        """Is there something to be done?"""
        return self._record is not None and self._record.update.phase in UNDER_WAY

    def open(self) -> None:
        """Read it. One that cannot be read is put aside. Raises OSError."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self.folder / NAME
        try:
            self._record = msgspec.json.decode(path.read_bytes(), type=Record)
        except FileNotFoundError:
            self._record = None
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            log.error("event=update_journal_unreadable path=%s cause=%s", path, error)
            path.replace(path.with_suffix(".unreadable"))
            self._record = None
        self._shown = None if self._record is None else self._record.update
        self._mark()

    def write(self, record: Record) -> None:
        """It is on disk when this returns. Raises OSError; then it is as it was before."""
        if record.update.phase in UNDER_WAY and not (self.folder / MARK).exists():
            files.replace(self.folder / MARK, b"", files.PRIVATE)
        files.replace(self.folder / NAME, msgspec.json.encode(record), files.PRIVATE)
        self._record, self._shown = record, record.update
        self._mark()

    def show(self, update: Update) -> None:
        """How far it is, or what it waits for: not worth the disk."""
        with self.lock:
            if self._shown is not None and (self._shown.id, self._shown.phase) == (update.id, update.phase):
                self._shown = update

    def _mark(self) -> None:
        if not self.under_way:
            files.remove(self.folder / MARK)
