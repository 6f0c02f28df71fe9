"""The updater as the station's installer, for ``[firmware] installer = "deb"`` or ``"rauc"``.

    install ──Offer with the file──▶ checked, waits, installs ──▶ restarts the station ──▶ proves ──▶ done, or taken back
    again   ──See──▶ the same file? what has become of it, or becomes of it ──▶ the end

A start of the station that finds the installation under way asks again. It offers the file anew only if the updater has never got it: an
update that failed or was taken back would be begun once more, at each start.
"""

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from chargepoint.inquiry.updates import LONGEST_TEXT, NoteUpdate, UpdateEnd
from chargepoint.station.installers import UNDER_WAY as GOES_ON
from chargepoint.station.installers import Installed, Last
from chargepoint.update.client import UpdaterError, inquire
from chargepoint.update.messages import UNDER_WAY, Cancel, Install, Offer, Offered, Phase, Question, See, State, Update

log = logging.getLogger(__name__)

T = TypeVar("T")

LOOK_S = 2.0
SILENT_S = 600.0
"""The updater is replaced by its own updates, and a busy board is slow; who is silent for longer is dead."""
ABSENT_S = 60.0
"""So long nobody has to be there at all when an update is offered."""
LONGEST_WAIT_S = 7200.0
"""Nothing charges when the station hands over. What keeps it waiting for longer will not pass."""

CSMS = "the CSMS"
UNVERIFIED = ("CP-821", "CP-823")
"""Not signed by anybody who is trusted, changed, or not for this device: the file is no firmware for us."""
ENDS: dict[Phase, UpdateEnd] = {
    Phase.DONE: "installed",
    Phase.FAILED: "failed",
    Phase.TAKEN_BACK: "taken-back",
    Phase.CANCELLED: "cancelled",
}
"""In the words of the history."""
FROM = {"csms": "for the CSMS", "page": "by page", "command": "by command", "usb": "from a USB stick"}


class ByUpdater:
    """``path``: its socket."""

    def __init__(self, path: str) -> None:
        self._path = path
        self.told: Callable[[NoteUpdate], None] = lambda end: None

    async def install(self, path: Path, sha256: str, again: bool) -> Installed:
        """See ``chargepoint.station.installers.Updater``."""
        try:
            update = await self._before(sha256) if again else None
            if update is None:
                offered = await self._offer(path)
                if not offered.accepted or offered.update is None:
                    log.warning("event=update_refused code=%s text=%r", offered.code, offered.text)
                    self.told(NoteUpdate(end="refused", code=offered.code, text=offered.text, by=CSMS, from_csms=True))
                    return _failed(offered.code)
                update = offered.update
            if update.phase is Phase.CHECKED:
                await self._patient(Offered, Install(id=update.id), ABSENT_S)
            return await self._end(update.id)
        except (UpdaterError, OSError) as error:
            log.error("event=update_without_updater cause=%r", str(error))
            return Installed.FAILED

    async def last(self) -> Last | None:
        """See ``chargepoint.station.installers.Updater``."""
        try:
            update = (await inquire(self._path, State, See())).update
        except UpdaterError as error:
            log.info("event=no_updater cause=%r", str(error))
            return None
        return GOES_ON if update is not None and update.phase in UNDER_WAY else noted(update)

    async def _before(self, sha256: str) -> Update | None:
        """What became of the same file, if it ever got there."""
        update = (await self._patient(State, See(), SILENT_S)).update
        return update if update is not None and update.id == sha256 else None

    async def _offer(self, path: Path) -> Offered:
        with path.open("rb") as file:
            return await self._patient(Offered, Offer(source="csms", by=CSMS), ABSENT_S, file.fileno())

    async def _end(self, identity: str) -> Installed:
        clock = asyncio.get_running_loop().time
        ends_s = clock() + LONGEST_WAIT_S
        while True:
            update = (await self._patient(State, See(), SILENT_S)).update
            if update is None or update.id != identity:
                log.error("event=update_replaced id=%s by=%s", identity, None if update is None else update.id)
                return Installed.FAILED
            if update.phase not in (*UNDER_WAY, Phase.CHECKED):
                log.info("event=update_ended phase=%s code=%s text=%r", update.phase, update.code, update.text)
                self._tell(update)
                return Installed.RUNS if update.phase is Phase.DONE else _failed(update.code)
            if clock() > ends_s and update.phase in (Phase.WAITING, Phase.CHECKED):
                log.error("event=update_waits_too_long text=%r action=cancel", update.text)
                await self._patient(Offered, Cancel(id=identity), ABSENT_S)
                ends_s = clock() + LONGEST_WAIT_S
            await asyncio.sleep(LOOK_S)

    def _tell(self, update: Update) -> None:
        end = noted(update)
        if end is not None:
            self.told(end)

    async def _patient(self, answer: type[T], question: Question, patience_s: float, file: int | None = None) -> T:
        """Asked again as long as nobody answers. Raises UpdaterError."""
        clock = asyncio.get_running_loop().time
        began_s = silent_s = clock()
        while True:
            try:
                return await inquire(self._path, answer, question, file)
            except UpdaterError as error:
                if clock() > began_s + patience_s:
                    raise
                if silent_s == began_s:
                    log.warning("event=updater_silent cause=%r", str(error))
                silent_s = clock()
                await asyncio.sleep(LOOK_S)


def _failed(code: str) -> Installed:
    return Installed.NOT_VERIFIED if code in UNVERIFIED else Installed.FAILED


def noted(update: Update | None) -> NoteUpdate | None:
    """An end, for the history; ``None``: there is none."""
    end = None if update is None else ENDS.get(update.phase)
    if update is None or end is None or not update.id:
        return None
    return NoteUpdate(
        end=end,
        version=update.manifest.version,
        before=update.before,
        code=update.code,
        text=update.text[:LONGEST_TEXT],
        by=update.by if update.source == "csms" else f"{update.by} ({FROM[update.source]})".strip(),
        from_csms=update.source == "csms",
        key=f"{update.id[:16]} {update.phase} {update.since_unix_s}",
    )
