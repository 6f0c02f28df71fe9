"""What the station was about to do when the power went: one record per kind of job."""

import logging
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

from chargepoint.domain.jobs import FirmwareStep
from chargepoint.store.database import Database

log = logging.getLogger(__name__)

T = TypeVar("T")


class _Request(msgspec.Struct, frozen=True):
    request_id: int | None = None


class _Remains(msgspec.Struct, frozen=True):
    """What the records of all releases have in common."""

    request: _Request
    step: str = ""
    over: bool = False


class Jobs:
    """Records by name."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def load(self, name: str, kind: type[T], lost: Callable[[int | None], None] = lambda number: None) -> T | None:
        """The record; ``None`` where there is none.

        One that cannot be read, another release's say, is taken out: ``lost`` hears in the same commit of the request that will come to
        nothing, by its number.
        """
        row = self._database.row("SELECT CAST(body AS BLOB) FROM jobs WHERE name = ?", name)
        if row is None:
            return None
        try:
            return msgspec.json.decode(row[0], type=kind)
        except ValueError:  # of msgspec, or of what is no text at all
            log.exception("event=job_unreadable name=%s action=given_up", name)
        with self._database.commit():
            self._database.change("DELETE FROM jobs WHERE name = ?", name)
            remains = _remains(row[0])
            if not remains.over and remains.step != FirmwareStep.OVER:
                lost(remains.request.request_id)
        return None

    def save(self, name: str, body: Any) -> None:
        """Write it as it is now, as part of the commit that makes it true."""
        self._database.change("INSERT OR REPLACE INTO jobs (name, body) VALUES (?, ?)", name, msgspec.json.encode(body).decode())


def _remains(body: bytes) -> _Remains:
    try:
        return msgspec.json.decode(body, type=_Remains)
    except ValueError:
        return _Remains(_Request(), over=True)  # nobody knows whether there was anything to do
