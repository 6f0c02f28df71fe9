"""Who puts new firmware in its place.

dry-run    nobody: says what ``dry_run_result`` says
command    a program: ``argv`` and the path of the file. Its exit status: 0 done, 2 the file is no firmware for this station
           (verification failed), anything else failed. It may be interrupted by a power cut and started again with the same file
deb, rauc  the updater, a process of its own: it goes on by itself, restarts the station on the way, proves the new release or takes it
           back, and knows afterwards how it ended
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Literal, Protocol

from chargepoint.inquiry.updates import NoteUpdate
from chargepoint.station.children import child
from chargepoint.station.settings import FirmwareSettings

log = logging.getLogger(__name__)

LONGEST_S = 1800.0
"""A program that takes longer is killed."""
NOT_VERIFIED = 2


class Installed(StrEnum):
    """How an installation went."""

    OK = "ok"
    NOT_VERIFIED = "verification-failed"
    FAILED = "installation-failed"
    RUNS = "runs"
    """Done, and it runs already: no start of the station is needed any more."""


class Installer(Protocol):
    """One way of installing."""

    async def install(self, path: Path) -> Installed:
        """Put it in place; the next start of the station runs it."""

    async def started(self) -> Installed:
        """After that start: is it the new one that runs?"""


BY_UPDATER = ("deb", "rauc")
UNDER_WAY: Literal["under-way"] = "under-way"
Last = NoteUpdate | Literal["under-way"]


class Updater(Protocol):
    """Goes on by itself whatever becomes of the station, and starts it anew on the way."""

    told: Callable[[NoteUpdate], None]
    """For the history: what was refused, and each end that is seen."""

    async def install(self, path: Path, sha256: str, again: bool) -> Installed:
        """Have this file installed, and wait for the end: minutes. ``again``: an earlier start of the station has asked already; what came
        of that is the answer, and nothing is begun that has ended."""

    async def last(self) -> Last | None:
        """What is under way, or how the last one ended; ``None``: there was none, or nobody tells."""


class DryRun:
    """Installs nothing."""

    def __init__(self, result: str) -> None:
        self._result = Installed(result)

    async def install(self, path: Path) -> Installed:
        """As configured."""
        return self._result

    async def started(self) -> Installed:
        """The start was real."""
        return Installed.OK


class Command:
    """A program does it."""

    def __init__(self, argv: tuple[str, ...]) -> None:
        self._argv = argv

    async def install(self, path: Path) -> Installed:
        """Run it."""
        try:
            async with child(*self._argv, str(path)) as process, asyncio.timeout(LONGEST_S):
                status = await process.wait()
        except TimeoutError:
            log.error("event=installer_too_slow program=%s after_s=%g", self._argv[0], LONGEST_S)
            return Installed.FAILED
        except OSError as error:
            log.error("event=installer_missing program=%s cause=%s", self._argv[0], error)
            return Installed.FAILED
        log.info("event=installer_ended program=%s status=%d", self._argv[0], status)
        return {0: Installed.OK, NOT_VERIFIED: Installed.NOT_VERIFIED}.get(status, Installed.FAILED)

    async def started(self) -> Installed:
        """It said that all was well, and the station runs."""
        return Installed.OK


MAKERS: Mapping[str, Callable[[FirmwareSettings], Installer]] = {
    "dry-run": lambda settings: DryRun(settings.dry_run_result),
    "command": lambda settings: Command(settings.argv),
}


def make(settings: FirmwareSettings) -> Installer | None:
    """``None``: this release has no installer of that name, or the command names no program."""
    if settings.installer == "command" and not settings.argv:
        return None
    maker = MAKERS.get(settings.installer)
    return None if maker is None else maker(settings)
