"""Steps of a new configuration in the place of the old one, and back again where the station does not come up with it.

    check ──▶ beside the file, fsync, rename; the one before is FILE.previous ──▶ Restart ──▶ control and station are new, within 30 s
                                                                                   └── not ──▶ the one before in its place, Restart

A first configuration has nobody to restart: the bench, or a path unit of systemd, starts the processes once the file is there.
``chargepoint.cli.keeping.changing`` takes them, so that a power cut ends none of it half.
"""

import asyncio
import logging
import os
from collections.abc import AsyncGenerator
from contextlib import suppress
from pathlib import Path

from msgspec import Struct

from chargepoint.cli import configuration as configurations
from chargepoint.inquiry.client import InquiryError, inquire
from chargepoint.inquiry.restarting import Processes, Restart, SeeProcesses
from chargepoint.pki import files
from chargepoint.web.wizard.ports import Progress

log = logging.getLogger(__name__)

UP_S = 30.0
FIRST_S = 90.0
"""The first time there is nothing to go back to, and a small board compiles and makes its stores."""
HOLD_S = 3600.0
"""So long an installation is waited for that restarts the station itself: by then it has gone on, or back."""
BACK_S = 120.0
"""A station that does not answer within this does not start at all; whoever starts it finds the file of before."""
HEARD_S = 10.0
"""Control that has just left with the other file is heard again within this, and can be told."""
LOOK_S = 0.5
AGAIN_S = 5.0
MODE = 0o640
"""Passwords are in it: for the owner, and the group that reads it."""
PREVIOUS = ".previous"
NOT_UP = "journalctl -u chargepoint-control -u chargepoint-station tells why, and so does the terminal of the bench"
CALLED_OFF = "It was called off. Control and station still start anew, with the one before, as soon as nobody charges."


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


def check(file: Path, text: str) -> None:
    """Raises ConfigurationError, HalError."""
    configurations.build(configurations.parsed(text, file), boards=True)


def there(place: Place) -> bytes | None:
    """What stands in the file; ``None``: there is none. Raises OSError."""
    try:
        return place.file.read_bytes()
    except FileNotFoundError:
        return None


def put(place: Place, content: bytes, before: bytes | None) -> None:
    """Whole and on the disk, or not at all; ``before`` is kept beside it. The same again after a power cut in between. Raises OSError."""
    if there(place) != content:
        if before is not None:
            files.replace(place.previous, before, MODE)
        files.replace(place.file, content, MODE)
        log.warning("event=configuration_put file=%s first=%s", place.file, before is None)


async def put_back(place: Place, before: bytes, why: str, hold_s: float = 0.0) -> Progress:
    """The end of a configuration with which something did not come up. ``hold_s``: as ``prove`` has it."""
    try:
        files.replace(place.file, before, MODE)
    except OSError as error:
        return Progress("failed", f"{why} The configuration before cannot be put back ({error.strerror}): see {place.previous}.")
    log.error("event=configuration_put_back file=%s cause=%r", place.file, why)
    await _told_back(place, hold_s)
    return Progress("put back", f"{why} The configuration before is in its place again.")


async def _told_back(place: Place, hold_s: float) -> None:
    """Who is only slow may have read the bad file just before: both are told as soon as they are there, the station also alone."""
    clock = asyncio.get_running_loop().time
    began_s = clock()
    wish = Restart(what="both", by="roll-back of the configuration")
    while clock() < began_s + BACK_S:
        now = await processes(place)
        if now is not None and (now.control or clock() >= began_s + HEARD_S):
            with suppress(InquiryError):
                told = await inquire(place.inquiry, Processes, wish)
                await admitted(place, wish, told, asyncio.Event(), hold_s)
                return
        await asyncio.sleep(LOOK_S)


async def prove(
    place: Place, before: Processes | None, patience_s: float, off: asyncio.Event, hold_s: float = 0.0
) -> AsyncGenerator[Progress, None]:
    """Both are new: ``up``; or one is not in time: ``failed``. ``before``: those that ran with the other one, if any did. ``off``: nobody
    wants it any more; it counts until they leave. ``hold_s``: so long an installation is waited for that forbids the restart."""
    if before is not None:
        wish = Restart(what="both", by="a new configuration")
        try:
            told = await inquire(place.inquiry, Processes, wish)
        except InquiryError as error:
            yield Progress("failed", f"The station could not be told: {error}.")
            return
        if told.outcome == "refused" and hold_s:
            yield _later(told)
            before = told = await admitted(place, wish, told, off, hold_s)
        if told.outcome == "waiting":
            yield _later(told)
        if told.outcome == "refused" and not off.is_set():
            yield Progress("failed", f"The station does not start anew: {told.message}.")
            return
        if told.outcome != "begun" and not await _leave(place, before, off):
            yield Progress("failed", CALLED_OFF)
            return
    yield Progress("restarting", "Control and station start.")
    yield await _rise(place, before, patience_s)


def _later(told: Processes) -> Progress:
    return Progress("waiting", f"The processes start anew later: {told.message}.")


async def admitted(place: Place, wish: Restart, told: Processes, off: asyncio.Event, hold_s: float) -> Processes:
    """The same wish again, as long as it is refused: the installation restarts the station meanwhile. Control has to hear it, too."""
    clock = asyncio.get_running_loop().time
    ends_s = clock() + hold_s
    while told.outcome == "refused" and clock() < ends_s and not off.is_set():
        await asyncio.sleep(AGAIN_S)
        now = await processes(place)
        if now is not None and now.control:
            with suppress(InquiryError):
                told = await inquire(place.inquiry, Processes, wish)
    return told


async def _leave(place: Place, before: Processes, off: asyncio.Event) -> bool:
    """Until something of it happens; that may take as long as a car charges. False: it was called off before."""
    while True:
        now = await processes(place)
        if now is None or (now.station, now.control) != (before.station, before.control):
            return True
        if off.is_set():
            return False
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
