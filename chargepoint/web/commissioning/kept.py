"""Self-test, electrician's sheet and report in the pages' part of the state directory, each in a file that is replaced whole."""

import logging
from pathlib import Path
from typing import Generic, TypeVar

import msgspec
from msgspec import Struct

from chargepoint.pki import files

log = logging.getLogger(__name__)

T = TypeVar("T", bound=Struct)


class Kept(Generic[T]):
    """One of them. ``empty``: where there is none, or none that can be read."""

    def __init__(self, path: Path, empty: T) -> None:
        self._path = path
        self._empty = empty
        self._now: T | None = None

    @property
    def now(self) -> T:
        """As it was kept last."""
        if self._now is None:
            self._now = self._load()
        return self._now

    def keep(self, value: T) -> None:
        """On the disk, before anybody is told that it is. Raises OSError."""
        files.replace(self._path, msgspec.json.format(msgspec.json.encode(value)), files.PRIVATE)
        self._now = value

    def _load(self) -> T:
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=type(self._empty))
        except FileNotFoundError:
            return self._empty
        except (OSError, msgspec.MsgspecError) as error:
            log.error("event=kept_unreadable path=%s cause=%s", self._path, error)
            return self._empty
