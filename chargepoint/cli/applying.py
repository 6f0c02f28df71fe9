"""A new configuration in the place of the old one, and back again where the station does not come up with it.

    check ──▶ beside the file, fsync, rename; the one before is FILE.previous ──▶ Restart ──▶ control and station are new, within 30 s
                                                                                   └── not ──▶ FILE.previous in its place, Restart

A first configuration has nobody to restart: the bench, or a path unit of systemd, starts the processes once the file is there.
"""

import asyncio
import logging
import os
from collections.abc import AsyncGenerator
from contextlib import suppress
from pathlib import Path

from msgspec import Struct

from chargepoint.cli import configuration as configurations
from chargepoint.cli.errors import CliError
from chargepoint.inquiry.client import InquiryError, inquire
from chargepoint.inquiry.restarting import Processes, Restart, SeeProcesses
from chargepoint.pki import files
from chargepoint.web.wizard.ports import Progress
from hal.errors import HalError

log = logging.getLogger(__name__)

UP_S = 30.0
FIRST_S = 90.0
"""The first time there is nothing to go back to, and a small board compiles and makes its stores."""
BACK_S = 120.0
"""A station that does not answer within this does not start at all; whoever starts it finds the file of before."""
LOOK_S = 0.5
MODE = 0o640
"""Passwords are in it: for the owner, and the group that reads it."""
PREVIOUS = ".previous"
NOT_UP = "journalctl -u chargepoint-control -u chargepoint-station tells why, and so does the terminal of the bench"


class Place(Struct, frozen=True):
    """The file, wherever a link leads, and where the station is asked."""

    config: Path
    inquiry: str

    @property
    def file(self) -> Path:
        """Itself."""
        return Path(os.path.realpath(self.config))

    @property
    def previous(self) -> Path:
        """The one before."""
        return self.file.with_name(self.file.name + PREVIOUS)


async def apply(place: Place, text: str, *, again: bool = False) -> AsyncGenerator[Progress, None]:
    """Until it is known what has become of it. It goes on to the end also where nobody listens any more. ``again``: a power cut has
    interrupted it, so the file may be in place, and the one before beside it."""
    try:
        check(place.file, text)
    except (CliError, HalError) as error:
        yield Progress("refused", f"Nothing was changed. {error}")
        return
    before = await processes(place)
    try:
        first = put(place, text, again=again)
    except OSError as error:
        yield Progress("refused", f"Nothing was changed: {place.file} cannot be written ({error.strerror}); mend its folder's permissions.")
        return
    log.warning("event=configuration_put file=%s first=%s", place.file, first)
    yield Progress("saved", f"{place.file} is written.")
    async for progress in _restarted(place, before, FIRST_S if first else UP_S):
        yield progress
        if progress.state == "failed" and not first:
            yield await _put_back(place, progress.text)


def check(file: Path, text: str) -> None:
    """Raises ConfigurationError, HalError."""
    configurations.build(configurations.parsed(text, file), boards=True)


def put(place: Place, text: str, *, again: bool = False) -> bool:
    """Whole and on the disk, or not at all; true: there was none before. Raises OSError."""
    if again and place.file.exists() and place.file.read_bytes() == text.encode():
        return not place.previous.exists()
    first = True
    with suppress(FileNotFoundError):
        files.replace(place.previous, place.file.read_bytes(), MODE)
        first = False
    files.replace(place.file, text.encode(), MODE)
    return first


async def _put_back(place: Place, why: str) -> Progress:
    try:
        files.replace(place.file, place.previous.read_bytes(), MODE)
    except OSError as error:
        return Progress("failed", f"{why} The configuration before cannot be put back ({error.strerror}): see {place.previous}.")
    log.error("event=configuration_put_back file=%s cause=%r", place.file, why)
    await _told_back(place)
    return Progress("put back", f"{why} The configuration before is in its place again.")


async def _told_back(place: Place) -> None:
    """A station that is only slow may have read the bad file just before: it is told as soon as it answers."""
    clock = asyncio.get_running_loop().time
    ends_s = clock() + BACK_S
    while clock() < ends_s:
        with suppress(InquiryError):
            await inquire(place.inquiry, Processes, Restart(what="both", by="roll-back of the configuration"))
            return
        await asyncio.sleep(LOOK_S)


async def _restarted(place: Place, before: Processes | None, patience_s: float) -> AsyncGenerator[Progress, None]:
    """Both are new; or one is not in time: ``failed``."""
    if before is not None:
        try:
            told = await inquire(place.inquiry, Processes, Restart(what="both", by="a new configuration"))
        except InquiryError as error:
            yield Progress("failed", f"The station could not be told: {error}.")
            return
        if told.outcome == "refused":
            yield Progress("failed", f"The station does not start anew: {told.message}.")
            return
        if told.outcome == "waiting":
            yield Progress("waiting", f"The processes start anew later: {told.message}.")
            await _leave(place, before)
    yield Progress("restarting", "Control and station start.")
    yield await _rise(place, before, patience_s)


async def _leave(place: Place, before: Processes) -> None:
    """Until something of it happens; that may take as long as a car charges."""
    while True:
        now = await processes(place)
        if now is None or (now.station, now.control) != (before.station, before.control):
            return
        await asyncio.sleep(LOOK_S)


async def _rise(place: Place, before: Processes | None, patience_s: float) -> Progress:
    """What stands after ``patience_s`` at most."""
    clock = asyncio.get_running_loop().time
    ends_s = clock() + patience_s
    now: Processes | None = None
    while clock() < ends_s:
        now = await processes(place)
        if now is not None and _is_new(now, before):
            return Progress("up", "Control and station are running with it.")
        await asyncio.sleep(LOOK_S)
    who = "The station does" if now is None or (before is not None and now.station == before.station) else "Control does"
    return Progress("failed", f"{who} not come up with it within {patience_s:.0f} s; {NOT_UP}.")


def _is_new(now: Processes, before: Processes | None) -> bool:
    if before is None:
        return bool(now.control)
    return now.station != before.station and bool(now.control) and now.control != before.control


async def processes(place: Place) -> Processes | None:
    """Which are there; ``None``: the station does not answer."""
    with suppress(InquiryError):
        return await inquire(place.inquiry, Processes, SeeProcesses())
    return None
