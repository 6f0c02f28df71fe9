"""A backup that was looked at takes the place of what is here.

    restore.json ──▶ configuration (``applying``) ──up──▶ station keeps the parts ──▶ it starts anew and puts them in place ──▶ done
                          └── refused, put back: nothing else is changed

The file comes first and goes last: whoever starts after a power cut goes on (``resume``). Doing it again comes to the same.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator
from pathlib import Path

import msgspec
from msgspec import Struct

from chargepoint.cli import applying
from chargepoint.cli.applying import Place
from chargepoint.inquiry.client import InquiryError, inquire
from chargepoint.inquiry.keeping import Parts, Restore, Restored, Secrets
from chargepoint.inquiry.restarting import Processes, Restart
from chargepoint.pki import files
from chargepoint.web.accounts import give_to_owner_of_folder
from chargepoint.web.keeping import Looked
from chargepoint.web.wizard.ports import Progress

log = logging.getLogger(__name__)

JOURNAL = "restore.json"
PATIENCE_S = 20.0
UP_S = 60.0
LOOK_S = 0.5
AGAIN = "restore the backup once more"


class Journal(Struct, frozen=True, kw_only=True):
    """What is under way."""

    text: str
    parts: Parts
    secrets: Secrets | None = None
    by: str = ""


async def restore(place: Place, journal: Path, looked: Looked, by: str) -> AsyncGenerator[Progress, None]:
    """Until it is known what has become of it; it goes on also where nobody listens any more."""
    if looked.refused or not looked.text:
        yield Progress("refused", "Nothing was changed: the configuration of this backup does not fit here.")
        return
    wanted = Journal(text=looked.text, parts=looked.parts, secrets=looked.secrets, by=by)
    try:
        files.replace(journal, msgspec.json.encode(wanted), files.PRIVATE)
        give_to_owner_of_folder(journal)
    except OSError as error:
        yield Progress("refused", f"Nothing was changed: {journal} cannot be written ({error.strerror}).")
        return
    async for progress in _carry_out(place, wanted, again=False):
        yield progress
    files.remove(journal)


def resume(place: Place, journal: Path) -> AsyncGenerator[Progress, None] | None:
    """What a power cut has left half done; ``None``: nothing."""
    try:
        wanted = msgspec.json.decode(journal.read_bytes(), type=Journal)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.MsgspecError) as error:
        log.error("event=restore_unreadable file=%s cause=%s", journal, error)
        files.remove(journal)
        return None
    log.warning("event=restore_goes_on by=%r", wanted.by)
    return _again(place, journal, wanted)


async def _again(place: Place, journal: Path, wanted: Journal) -> AsyncGenerator[Progress, None]:
    async for progress in _carry_out(place, wanted, again=True):
        yield progress
    files.remove(journal)


async def _carry_out(place: Place, wanted: Journal, *, again: bool) -> AsyncGenerator[Progress, None]:
    last = None
    async for last in applying.apply(place, wanted.text, again=again):
        yield Progress("restarting", last.text) if last.state == "up" else last
    if last is None or last.state != "up":
        return
    try:
        kept = await inquire(place.inquiry, Restored, Restore(parts=wanted.parts, secrets=wanted.secrets, by=wanted.by), PATIENCE_S)
        if kept.outcome == "refused":
            yield Progress("failed", f"The configuration is restored, and nothing else: {kept.message}; then {AGAIN}.")
            return
        before = await inquire(place.inquiry, Processes, Restart(what="station", by="a backup that is restored"))
    except InquiryError as error:
        yield Progress("failed", f"The configuration is restored, and nothing else: {error}; {AGAIN}.")
        return
    yield Progress("restarting", "Cards, lists, variables and certificates are put in place as the station starts.")
    yield await _risen(place, before)


async def _risen(place: Place, before: Processes) -> Progress:
    """The station is another one."""
    clock = asyncio.get_running_loop().time
    ends_s = clock() + UP_S
    while clock() < ends_s:
        now = await applying.processes(place)
        if now is not None and now.station != before.station:
            return Progress("up", "Everything is restored, and the station runs with it.")
        if now is not None and before.outcome == "waiting":
            ends_s = clock() + UP_S
        await asyncio.sleep(LOOK_S)
    return Progress("failed", f"The station does not come up within {UP_S:.0f} s; {applying.NOT_UP}.")
