"""Firmware updates (1.6 §5.19; 1.6-SEC L01; OCPP 2.0.1 L01, L02), from the request to the start that runs the new one.

The way of an update is the table in ``firmware_table``. Each line of it is one commit, so after a power cut a job goes on at the step where
it was: a download where it broke, an installation from its beginning, once. While an installation is due and until it has ended nothing
starts to charge, and connectors that nobody uses are unavailable (1.6-SEC L01.FR.06, 07, 18, 19). A newer request replaces the job up to
the installation (1.6-SEC L01.FR.26).
"""

import asyncio
import logging
import uuid
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from chargepoint.domain.commands import Outcome, UpdateFirmware, Verdict
from chargepoint.domain.jobs import FirmwareJob, FirmwareStep
from chargepoint.domain.notifications import BootReason, FirmwareStatusNotification, Notification
from chargepoint.station.clock import StationClock, pause
from chargepoint.station.firmware_admission import Admission, is_signed, unreadable
from chargepoint.station.firmware_table import COMMITTED, EVENTS, INSTALLATIONS, TABLE, F, H, Happening, S, unsigned
from chargepoint.station.installers import BY_UPDATER, Installed, Installer, Updater
from chargepoint.station.orders import Answered, Orders
from chargepoint.station.progress import Progress
from chargepoint.station.settings import StationSettings
from chargepoint.station.transfers import Files, persist
from chargepoint.station.workshop import Workshop
from chargepoint.store.database import StoreError
from chargepoint.store.store import Store
from chargepoint.transfer import urls

log = logging.getLogger(__name__)

NAME = "firmware"
INSTALLS = 2
"""So often the installer is started: once more after a power cut, not for ever."""
LOOK_S = 1.0
"""How often it is looked whether the last transaction has ended."""
LONGEST_WAIT_S = 30.0
"""How often the time of day is looked at: it may be set."""
TELLING_S = 5.0
"""How long the restart waits for the CSMS to hear of it."""


class Firmware:
    """The running update, or the last one."""

    def __init__(
        self,
        settings: StationSettings,
        store: Store,
        clock: StationClock,
        files: Files,
        installer: Installer | None,
        progress: Progress[FirmwareStatusNotification],
    ) -> None:
        self._store = store
        self._clock = clock
        self._files = files
        self._installer = installer
        self._updater = settings.firmware.updater if settings.firmware.installer in BY_UPDATER else None
        self._admission = Admission(settings, clock, installer is not None or self._updater is not None)
        self.progress = progress
        self._folder = Path(settings.firmware.folder) / NAME
        self._job = store.jobs.load(
            NAME, FirmwareJob, lambda number: progress.add(FirmwareStatusNotification(F.INSTALLATION_FAILED, number))
        )
        self._started = self._job is not None and self._job.step is S.RESTARTING
        """This very start is the one that the installation wanted."""
        self._workshop = Workshop(self._next_step)
        self.busy: Callable[[], bool] = lambda: False
        """Is any transaction running, or the station about to restart?"""
        self.changed: Callable[[], None] = lambda: None
        """``held`` may have changed."""
        self.admits: Callable[[], bool] = lambda: False
        """May sessions begin while an installation waits for others to end?"""
        self.note: Callable[[str, str], None] = lambda kind, info: None
        """Security events."""
        self.restart: Callable[[], None] = lambda: None
        self.tell: Callable[[Notification], None] = lambda news: None
        """Say something once."""
        self._steps: Mapping[FirmwareStep, Callable[[FirmwareJob], Awaitable[Happening]]] = {
            S.SCHEDULED: self._schedule,
            S.FETCHING: self._fetch,
            S.CHECKING: self._check,
            S.PENDING: self._pend,
            S.INSTALLING: self._install,
            S.RESTARTING: self._restart,
        }

    def orders(self) -> Orders:
        """For the station."""
        return {UpdateFirmware: self.update}

    def held(self) -> bool:
        """Is an installation due or under way? Nothing may start to charge until it has ended, and who is not in use is unavailable
        (L01.FR.07, L02.FR.04), or not before it begins (AllowNewSessionsPendingFirmwareUpdate)."""
        job = self._job
        if job is None or self._started:
            return False
        waits = job.step is S.PENDING and self._left_s(job.request.install_at) <= 0
        return job.step in COMMITTED or (waits and not self.admits())

    def installing(self) -> bool:
        """Is the installer at work? To cut it off may leave half a firmware."""
        return self._job is not None and self._job.step is S.INSTALLING

    @property
    def fetching(self) -> bool:
        """Is a file on its way, or looked at? An installation that is due is not meant: it waits for a reset, not the other way round."""
        return self._job is not None and self._job.step in (S.FETCHING, S.CHECKING)

    # What the CSMS wants

    def update(self, command: UpdateFirmware) -> Answered:
        """L01, L02. Nothing begins before the answer has left. What runs gives way to it (L01.FR.24, L02.FR.15)."""
        refusal = self._admission.refusal(command, self._job)
        if refusal is not None:
            location = urls.redacted(command.location)
            log.warning("event=firmware_refused location=%s verdict=%s cause=%r", location, refusal.verdict, refusal.info)
            if refusal.verdict is Verdict.INVALID_CERTIFICATE:
                self.note("InvalidFirmwareSigningCertificate", refusal.info)  # 1.6-SEC L01.FR.02; OCPP 2.0.1 L01.FR.02
            return refusal, None
        if unreadable(command.location) is not None:
            return Outcome(Verdict.ACCEPTED), lambda: self._never(command)
        return Outcome(Verdict.ACCEPTED_CANCELED if self._busy else Verdict.ACCEPTED), lambda: self._begin(command)

    @property
    def _busy(self) -> bool:
        return self._job is not None and self._job.step is not S.OVER

    def _never(self, command: UpdateFirmware) -> None:
        """It cannot be had, and does not replace what can."""
        with self._store.commit():
            self.progress.add(FirmwareStatusNotification(F.DOWNLOAD_FAILED, command.request_id))

    def _begin(self, command: UpdateFirmware) -> None:
        """Instead of whatever runs. The old job ends without a word: the answer has said it. While that left, it may have got too far."""
        if self._job is not None and self._job.step in COMMITTED:
            log.warning("event=firmware_too_late request=%s cause='an installation has begun'", command.request_id)
            self._never(command)
            return
        self._job = FirmwareJob(request=command, file=uuid.uuid4().hex)
        with self._store.commit():
            self._store.jobs.save(NAME, self._job)
        log.info("event=firmware_update location=%s request=%s", urls.redacted(command.location), command.request_id)
        self._workshop.change()
        self.changed()

    def triggered(self, signed: bool) -> None:
        """Asked by TriggerMessage (§4.5: Idle unless busy), or by ExtendedTriggerMessage (1.6-SEC L01.FR.28, 29: Idle unless the last
        was not a success; F06.FR.16, L01.FR.25, L01.FR.26, L02.FR.16, L02.FR.17). Each asks for one kind of update only."""
        job = self._job
        mine = job is not None and (job.request.request_id is not None) is signed
        said = job.status if job is not None and mine and (signed or self._busy) else None
        if job is None or said in (None, F.INSTALLED):
            self.tell(FirmwareStatusNotification(F.IDLE, signed=signed))
        else:
            assert said is not None
            self.tell(FirmwareStatusNotification(said, job.request.request_id, signed))

    # Working

    async def run(self) -> None:
        """For ever: one step after the other."""
        await self._workshop.run()

    def _next_step(self) -> Coroutine[Any, Any, None] | None:
        return self._take(self._job) if self._job is not None and self._busy else None

    async def _take(self, job: FirmwareJob) -> None:
        """One line of the table. Whatever is wrong with us ends the update, and is not tried again at the next start and the next."""
        try:
            self._happened(job, await self._steps[job.step](job))
        except StoreError:
            raise
        except Exception:
            log.exception("event=firmware_step_broken step=%s request=%s", job.step, job.request.request_id)
            self._happened(job, H.FAILED)

    def _happened(self, job: FirmwareJob, happening: Happening) -> None:
        """What follows, unless another request has come."""
        now = self._job
        if now is None or now.file != job.file:
            return
        status, step = TABLE[job.step, happening]
        if job.request.request_id is None:
            status = unsigned(status)
        with self._store.commit():
            if status is not None:
                self.progress.add(FirmwareStatusNotification(status, job.request.request_id))
            if status in EVENTS:
                self.note(EVENTS[status], "" if job.request.request_id is None else f"request {job.request.request_id}")
            if step is S.RESTARTING:
                self._store.facts.next_boot_reason(BootReason.FIRMWARE_UPDATE)
            elif job.step is S.INSTALLING and self._updater is not None:
                self._store.facts.next_boot_reason(None)
            self._keep(replace(now, step=step, status=status or now.status, announced=happening is H.AHEAD))
            if step is S.OVER:
                self._end()
        self.changed()

    def _keep(self, job: FirmwareJob) -> None:
        self._job = job
        self._store.jobs.save(NAME, job)

    def _end(self) -> None:
        """Nothing of it stays but what became of it."""
        assert self._job is not None
        request = self._job.request
        self._keep(replace(self._job, request=replace(request, location=urls.redacted(request.location))))
        self._started = False
        self._clear("")

    def _clear(self, keep: str) -> None:
        try:
            self._files.clear(self._folder, keep)
        except OSError as error:
            log.warning("event=firmware_folder_unusable folder=%s cause=%s", self._folder, error)

    async def _schedule(self, job: FirmwareJob) -> Happening:
        """Until retrieveDateTime (L01.FR.13, L02.FR.07)."""
        self._clear(job.file)  # what an older job has fetched takes no room until then
        if not job.announced and self._left_s(job.request.retrieve_at) > 0:
            return H.AHEAD
        await self._until(job.request.retrieve_at)
        return H.DUE

    async def _fetch(self, job: FirmwareJob) -> Happening:
        self._clear(job.file)
        request, path = job.request, self._folder / job.file
        carried = await persist(
            lambda: self._files.fetch(request.location, path), request.retries, request.retry_interval_s, job.failures, self._failed
        )
        if carried.failed is not None:
            log.warning("event=firmware_download_failed reason=%s cause=%r", carried.failed, carried.text)
            return H.FAILED
        assert self._job is not None
        self._job = replace(self._job, sha256=carried.sha256)  # kept with the step
        return H.DONE

    def _failed(self) -> None:
        assert self._job is not None
        with self._store.commit():
            self._keep(replace(self._job, failures=self._job.failures + 1))

    async def _check(self, job: FirmwareJob) -> Happening:
        """Over the whole file, by the certificate that came with the request (L01.FR.04, L01.FR.12)."""
        request = job.request
        if not is_signed(request):
            return H.UNSIGNED
        from chargepoint.pki import firmware as pki

        complaint = pki.signature_complaint(request.signing_certificate or "", request.signature or "", job.sha256)
        if complaint is not None:
            log.warning("event=firmware_signature_invalid cause=%r", complaint)
            return H.SPOILT
        return H.DONE

    async def _pend(self, job: FirmwareJob) -> Happening:
        """Until installDateTime (L01.FR.16, L02.FR.10), and until the last transaction has ended (L01.FR.06, L01.FR.33, L01.FR.34,
        L02.FR.03, L02.FR.22, L02.FR.23); then at once (L01.FR.05, L02.FR.02)."""
        if not job.announced and (self._left_s(job.request.install_at) > 0 or self.busy()):
            return H.AHEAD
        await self._until(job.request.install_at)
        self.changed()
        found = None
        while found is None or self.busy():  # a reset may come while the file is looked at
            while self.busy():
                await pause(LOOK_S)
            found = await persist(lambda: self._files.digest(self._folder / job.file))
        if found.failed is not None:
            log.error("event=firmware_unreadable reason=%s cause=%r", found.failed, found.text)
            return H.FAILED
        return H.DUE if found.sha256 == job.sha256 else H.SPOILT

    async def _install(self, job: FirmwareJob) -> Happening:
        if self._updater is not None:
            return await self._hand_over(job, self._updater)
        if job.installs >= INSTALLS or self._installer is None:
            log.error("event=firmware_installation_given_up starts=%d", job.installs)
            return H.FAILED
        with self._store.commit():
            self._keep(replace(job, installs=job.installs + 1))
        return INSTALLATIONS[await self._installer.install(self._folder / job.file)]

    async def _hand_over(self, job: FirmwareJob, updater: Updater) -> Happening:
        """The updater does not lose count of power cuts and starts, so it is asked by each of them, until it tells the end."""
        with self._store.commit():
            self._store.facts.next_boot_reason(self.next_reason())
            self._keep(replace(job, installs=job.installs + 1))
        return INSTALLATIONS[await updater.install(self._folder / job.file, job.sha256, job.installs > 0)]

    def next_reason(self) -> BootReason | None:
        """Why the next start will be, as far as it is known here: the updater starts the station anew without a word."""
        return BootReason.FIRMWARE_UPDATE if self._updater is not None and self.installing() else None

    async def _restart(self, _: FirmwareJob) -> Happening:
        """Told before it happens, and by the new firmware what came of it (L01.FR.32, L02.FR.21)."""
        if self._started:
            return H.DONE if self._installer is None or await self._installer.started() is Installed.OK else H.FAILED
        end_s = self._clock.monotonic() + TELLING_S
        while not self.progress.told and self._clock.monotonic() < end_s:
            await pause(LOOK_S / 5)
        self.restart()
        never: asyncio.Future[Happening] = asyncio.get_running_loop().create_future()
        return await never  # the process is replaced

    def _left_s(self, at: datetime | None) -> float:
        return 0.0 if at is None else (at - self._clock.now()).total_seconds()

    async def _until(self, at: datetime | None) -> None:
        while (left_s := self._left_s(at)) > 0:
            await pause(min(left_s, LONGEST_WAIT_S))
