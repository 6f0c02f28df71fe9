"""A little room on the disk that is given up when nothing else is left: for the ends of what runs, and for taking out what was told."""

import logging
import os
from pathlib import Path

log = logging.getLogger(__name__)

BYTES = 4 << 20


class Reserve:
    """A file beside the store. It is taken when there is plenty, and given up when a commit finds the disk full."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def take(self) -> bool:
        """Is there a reserve now? Not where less than twice as much is free: then what is left is for what has to be written."""
        if self._path.exists():
            return True
        room = os.statvfs(self._path.parent)
        if room.f_bavail * room.f_frsize < 2 * BYTES:
            log.error("event=disk_nearly_full folder=%s effect=meter_values_thin_out do='make room on this disk'", self._path.parent)
            return False
        try:
            with self._path.open("wb") as file:
                os.posix_fallocate(file.fileno(), 0, BYTES)
        except OSError as error:
            self.give_up()
            log.error("event=no_reserve folder=%s cause=%s", self._path.parent, error)
            return False
        return True

    def give_up(self) -> None:
        """The disk is full."""
        if self._path.exists():
            log.error("event=disk_full folder=%s action=reserve_given_up bytes=%d do='make room on this disk'", self._path.parent, BYTES)
            self._path.unlink(missing_ok=True)
