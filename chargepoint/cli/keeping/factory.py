"""The factory reset, from the one that wants it to the last file.

    web/factory-reset.json: asked ──▶ the station: FactoryReset ── refused: the marker goes, nothing was changed
                                          │ begun, done
                            due  ◀────────┘
                             ├──▶ configuration, the one before: gone
                             ├──▶ Restart: control and station leave; the station empties its own part as it starts (``station.fresh``)
                             └──▶ the pages start anew, and empty theirs before anything opens it ──▶ the marker goes

Each process empties its own part: under systemd nobody may write another's. A power cut anywhere: the pages go on as they start, the token
says what the station has done already. Control's memory stays: latched faults, the weld lock-out, the contactors' counters. So does the
computer, with whatever its maker has put beside the state directory. Who has the rights of both parts (root) does it for processes that do
not run.
"""

import asyncio
import logging
import os
from collections.abc import AsyncGenerator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from secrets import token_hex
from typing import Literal

import msgspec
from msgspec import Struct

from chargepoint.cli.applying import PREVIOUS, Place
from chargepoint.cli.keeping import journal
from chargepoint.inquiry.client import InquiryError, inquire
from chargepoint.inquiry.keeping import FactoryReset, ResetSeen, SeeReset
from chargepoint.inquiry.restarting import Processes, Restart
from chargepoint.pki import files
from chargepoint.station.fresh import empty
from chargepoint.station.keeping import objection
from chargepoint.web import security_log
from chargepoint.web.accounts import give_to_owner_of_folder
from chargepoint.web.security_log import Line
from chargepoint.web.wizard import roots
from chargepoint.web.wizard.ports import Progress

log = logging.getLogger(__name__)

MARKER = "factory-reset.json"
PATIENCE_S, UP_S, AGAIN_S = 10.0, 60.0, 1.0
DONE = "Everything is gone but what control keeps of contactors and faults. Whoever has the set-up code makes the first account."


class Marker(Struct, frozen=True, kw_only=True):
    """How far it is."""

    token: str
    phase: Literal["asked", "due"] = "asked"
    by: str = ""
    lose_unsent: bool = False


def new(by: str, lose_unsent: bool) -> Marker:
    """One that nobody else has begun."""
    return Marker(token=token_hex(16), by=by, lose_unsent=lose_unsent)


def marked(folder: Path) -> Marker | None:
    """The one that is there; ``folder``: the part of the pages. One that cannot be read was never finished, so nothing was begun."""
    try:
        return msgspec.json.decode((folder / MARKER).read_bytes(), type=Marker)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.MsgspecError) as error:
        log.error("event=factory_reset_marker_unusable file=%s cause=%s", folder / MARKER, error)
        return None


def mark(folder: Path, marker: Marker) -> None:
    """On the disk when it returns. Raises OSError."""
    files.replace(folder / MARKER, msgspec.json.encode(marker), files.PRIVATE)
    give_to_owner_of_folder(folder / MARKER)


async def reset(place: Place, folder: Path, marker: Marker) -> AsyncGenerator[Progress, None]:
    """From the wish on. At the end the pages have to start anew; ``up``: that is all that is left to be done."""
    try:
        with journal.held(folder) as mine:
            refused = await _refusal(place, marker) if mine else journal.OTHER
            if not refused:
                mark(folder, marker)
                async for progress in go_on(place, folder, marker):
                    yield progress
    except OSError as error:
        refused = f"{folder} cannot be written ({error.strerror})"
    if refused:
        yield Progress("refused", f"Nothing was changed: {refused}.")


async def _refusal(place: Place, marker: Marker) -> str:
    try:
        return objection(await inquire(place.inquiry, ResetSeen, SeeReset(), PATIENCE_S), marker.lose_unsent)
    except InquiryError as error:
        return str(error)


async def go_on(place: Place, folder: Path, marker: Marker) -> AsyncGenerator[Progress, None]:
    """From the marker on: whether the station has heard of it is not known until it answers."""
    told = await _told(place, marker)
    if told is None:
        yield Progress("failed", "The station does not answer any more. The reset goes on as soon as the pages start next.")
        return
    if told.outcome not in ("begun", "done"):
        files.remove(folder / MARKER)
        yield Progress("refused", f"Nothing was changed: {told.message}.")
        return
    yield Progress("saved", "The station empties its part as it starts next.")
    try:
        await finish(place, folder, marker)
    except OSError as error:
        yield Progress("failed", f"{place.file} cannot be removed ({error.strerror}); mend its folder's permissions, and reset once more.")
        return
    yield Progress("up", DONE)


async def _told(place: Place, marker: Marker) -> ResetSeen | None:
    clock = asyncio.get_running_loop().time
    ends_s = clock() + UP_S
    while True:
        with suppress(InquiryError):
            wish = FactoryReset(token=marker.token, lose_unsent=marker.lose_unsent, by=marker.by)
            return await inquire(place.inquiry, ResetSeen, wish, PATIENCE_S)
        if clock() >= ends_s:
            return None
        await asyncio.sleep(AGAIN_S)


async def finish(place: Place, folder: Path, marker: Marker) -> None:
    """The station has been told: configuration and processes. Raises OSError."""
    mark(folder, msgspec.structs.replace(marker, phase="due"))
    forget_configuration(place)
    with suppress(InquiryError):
        await inquire(place.inquiry, Processes, Restart(what="both", when="now", by="a factory reset"))


def forget_configuration(place: Place) -> None:
    """It and the one before, passwords are in both; and roots that were given. A link that leads to it stays: it is the package's.
    Raises OSError."""
    for path in (place.file, place.previous, place.file.with_name(f".{place.file.name}.new")):
        files.remove(path)
    files.remove(place.file.with_name(f".{place.file.name}{PREVIOUS}.new"))
    roots.forget(place.file)


async def settle(place: Place, folder: Path, now: datetime) -> bool:
    """Before the pages open anything: go on with what was begun. True: it was done. Raises OSError."""
    marker = marked(folder)
    if marker is None:
        return False
    if marker.phase == "asked":
        async for progress in go_on(place, folder, marker):
            log.warning("event=factory_reset state=%s text=%r", progress.state, progress.text)
        marker = marked(folder)
        if marker is None or marker.phase == "asked":
            return False
    else:
        await finish(place, folder, marker)
    empty_pages(folder, marker, now)
    return True


def empty_pages(folder: Path, marker: Marker, now: datetime) -> None:
    """Accounts, sessions, drafts, logs, certificate. Raises OSError."""
    log.warning("event=factory_reset folder=%s by=%r", folder, marker.by)
    empty(folder, MARKER)
    info = f"factory reset by {marker.by or 'somebody on the spot'}"
    security_log.append(folder / security_log.FILE, Line(at=now, what="other", info=info))
    files.remove(folder / MARKER)


def removable(place: Place, folder: Path) -> str:
    """Why this user cannot do it; empty: he can."""
    for path in (place.file.parent, folder):
        if path.exists() and not os.access(path, os.W_OK | os.X_OK):
            return f"{path}: this user may not write there; run it as root (sudo chargepoint factory-reset)"
    return ""
