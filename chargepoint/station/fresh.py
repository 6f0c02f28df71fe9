"""The station's part of a factory reset: a marker first, the rest at the next start, before anything opens the store.

    FactoryReset ──▶ factory-reset.json, fsync ──▶ (the process leaves) ──▶ everything but the marker goes
                                                        ▲                    ├── a new store; SecurityLogWasCleared is its first line
                                                        └── power cut ───────┴── the marker goes

A cut anywhere begins it again. What control keeps is not touched: a reset repairs no welded contactor.
"""

import logging
import shutil
from datetime import datetime
from pathlib import Path

import msgspec
from msgspec import Struct

from chargepoint.domain.plain import plain
from chargepoint.store.store import Store

log = logging.getLogger(__name__)

MARKER = "factory-reset.json"
STORE = "store.sqlite"
LONGEST_BY = 100


class Marker(Struct, frozen=True, kw_only=True):
    """What is to be done."""

    token: str
    by: str = ""


def mark(folder: Path, marker: Marker) -> None:
    """On the disk when it returns: from now on there is no way back. Raises OSError."""
    from chargepoint.pki import files

    files.replace(folder / MARKER, msgspec.json.encode(marker), files.PRIVATE)


def marked(folder: Path) -> Marker | None:
    """The one that is there. One that cannot be read is one all the same: it is written whole, so somebody wanted it."""
    try:
        return msgspec.json.decode((folder / MARKER).read_bytes(), type=Marker)
    except FileNotFoundError:
        return None
    except msgspec.MsgspecError:
        return Marker(token="", by="somebody; the marker cannot be read")


def settle(folder: Path, now: datetime) -> bool:
    """Before anything is opened: do it, if it is to be done. True: it was. Raises OSError, StoreError."""
    marker = marked(folder)
    if marker is None:
        return False
    from chargepoint.pki import files

    log.warning("event=factory_reset folder=%s by=%r", folder, marker.by)
    empty(folder, MARKER)
    store = Store(folder / STORE, alone=True)
    try:
        with store.commit():
            store.facts.reset_to_factory(marker.token)
            info = f"factory reset by {plain(marker.by, LONGEST_BY) or 'somebody on the spot'}"
            store.security_log.add(now, "SecurityLogWasCleared", info)
    finally:
        store.close()
    files.remove(folder / MARKER)
    return True


def empty(folder: Path, *but: str) -> None:
    """Everything in a folder goes but these, for good: links are removed, not followed. Raises OSError."""
    from chargepoint.pki import files

    for path in sorted(folder.iterdir()):
        if path.name in but:
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    files.settle(folder)
