"""Firmware for other stations of the site: this one fetches it once, and they fetch it here (OCPP 2.0.1 L03, L04).

status             what happens then                        is told              or else
─────────────────  ───────────────────────────────────────  ───────────────────  ────────────────
Downloading        the file is fetched                      Downloaded           DownloadFailed
Downloaded         its MD5 is compared                      ChecksumVerified     InvalidChecksum
ChecksumVerified   others can have it from now on           Published            PublishFailed

Each status is told, over power cuts and lost connections (L03.FR.01); each line is one commit, so a job goes on where it was. A published
file stays published over restarts, until the CSMS takes it back, or the entry ``[firmware] publish`` is gone. A newer request ends one that
is not published yet, as a download that failed.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from chargepoint.domain.commands import Outcome, PublishFirmware, UnpublishFirmware, Verdict
from chargepoint.domain.jobs import PublishJob
from chargepoint.domain.notifications import Notification, PublishFirmwareStatusNotification
from chargepoint.domain.publishing import PublishStatus, checksum
from chargepoint.station.firmware_admission import unreadable
from chargepoint.station.orders import Answered, Orders
from chargepoint.station.progress import Progress
from chargepoint.station.settings import StationSettings
from chargepoint.station.shelf import NoShelf, ShelfError
from chargepoint.station.transfers import Files, persist
from chargepoint.station.workshop import Workshop
from chargepoint.store.database import StoreError
from chargepoint.store.store import Store
from chargepoint.transfer import urls

log = logging.getLogger(__name__)

JOB, SHOWN = "publish", "published"
MOST = 4
"""So many files at once, each as large as a firmware may be."""
SPARE_BYTES = 256 * 1024**2
"""What stays free on the disk: these files stay for long, and a full queue of messages, and an update of this station, need room beside
them."""

P = PublishStatus
NEXT: Mapping[PublishStatus, tuple[PublishStatus, PublishStatus]] = {
    P.DOWNLOADING: (P.DOWNLOADED, P.DOWNLOAD_FAILED),
    P.DOWNLOADED: (P.CHECKSUM_VERIFIED, P.INVALID_CHECKSUM),
    P.CHECKSUM_VERIFIED: (P.PUBLISHED, P.PUBLISH_FAILED),
}
"""What follows where it goes well, and where it does not."""


class Publishing:
    """The running publication, or the last one, and what is published."""

    def __init__(
        self, settings: StationSettings, store: Store, files: Files, progress: Progress[PublishFirmwareStatusNotification]
    ) -> None:
        self._store = store
        self._files = files
        shelf = settings.firmware.shelf
        self._shelf = shelf or NoShelf()
        self.able = shelf is not None and bool(settings.firmware.folder)
        self._folder = Path(settings.firmware.folder) / SHOWN
        self.progress = progress
        self._job = store.jobs.load(
            JOB, PublishJob, lambda number: progress.add(PublishFirmwareStatusNotification(P.DOWNLOAD_FAILED, number))
        )
        self._shown: tuple[str, ...] = store.jobs.load(SHOWN, tuple[str, ...]) or ()
        self._locations: tuple[str, ...] = ()
        self._workshop = Workshop(self._next_step)
        self.tell: Callable[[Notification], None] = lambda news: None
        """Say something once."""
        self._steps: Mapping[PublishStatus, Callable[[PublishJob], Awaitable[bool]]] = {
            P.DOWNLOADING: self._fetch,
            P.DOWNLOADED: self._check,
            P.CHECKSUM_VERIFIED: self._show,
        }

    def orders(self) -> Orders:
        """For the station."""
        return {PublishFirmware: self.publish, UnpublishFirmware: self.unpublish}

    # What the CSMS wants

    def publish(self, command: PublishFirmware) -> Answered:
        """L03.FR.05. Nothing begins before the answer has left."""
        refusal = self._refusal(command)
        if refusal is not None:
            log.warning("event=publish_refused location=%s cause=%r", urls.redacted(command.location), refusal.info)
            return refusal, None
        return Outcome(Verdict.ACCEPTED), lambda: self._begin(replace(command, checksum=checksum(command.checksum)))

    def _refusal(self, command: PublishFirmware) -> Outcome | None:
        if not self.able:
            return Outcome(
                Verdict.REJECTED, "UnsupportedRequest", "this station gives nothing to others; [firmware] publish says where it would"
            )
        asked, wrong = checksum(command.checksum), unreadable(command.location)
        if asked is None:
            return Outcome(Verdict.REJECTED, "InvalidValue", "checksum: expected an MD5, 32 hex digits")
        if wrong is not None:
            return Outcome(Verdict.REJECTED, "InvalidURL", wrong)
        if asked not in self._shown and len(self._shown) >= MOST:
            return Outcome(Verdict.REJECTED, "OutOfStorage", f"{MOST} files are published already; take one of them back first")
        return None

    async def unpublish(self, command: UnpublishFirmware) -> Answered:
        """L04: not while it is being downloaded, by this station (L04.FR.01) or from it (L04.FR.04); what is not there is said not to be
        (L04.FR.03)."""
        name = checksum(command.checksum)
        if self._busy and self._job is not None and self._job.request.checksum == name:
            return Outcome(Verdict.DOWNLOAD_ONGOING), None
        if name is None or name not in self._shown:
            return Outcome(Verdict.NO_FIRMWARE), None
        if not await self._shelf.withdraw(name):
            return Outcome(Verdict.DOWNLOAD_ONGOING), None
        self._forget(name)
        return Outcome(Verdict.UNPUBLISHED), None  # L04.FR.02

    def _forget(self, name: str) -> None:
        self._keep_shown(tuple(each for each in self._shown if each != name))
        log.info("event=firmware_unpublished checksum=%s", name)
        self._clear()

    def _keep_shown(self, shown: tuple[str, ...]) -> None:
        with self._store.commit():
            self._store.jobs.save(SHOWN, shown)
        self._shown = shown

    @property
    def _busy(self) -> bool:
        return self._job is not None and not self._job.over

    def _begin(self, command: PublishFirmware) -> None:
        old = self._job
        with self._store.commit():
            if old is not None and not old.over:
                self.progress.add(PublishFirmwareStatusNotification(P.DOWNLOAD_FAILED, old.request.request_id))
            self._keep(PublishJob(request=command))
            self.progress.add(PublishFirmwareStatusNotification(P.DOWNLOADING, command.request_id))
        log.info("event=firmware_to_publish location=%s request=%s", urls.redacted(command.location), command.request_id)
        self._workshop.change()

    def _keep(self, job: PublishJob) -> None:
        self._job = job
        self._store.jobs.save(JOB, job)

    def triggered(self) -> None:
        """TriggerMessage: Idle after Published (L03.FR.10), or before anything; else the last status (L03.FR.11)."""
        job = self._job
        if job is None or job.status is P.PUBLISHED:
            self.tell(PublishFirmwareStatusNotification(P.IDLE))
        else:
            self.tell(PublishFirmwareStatusNotification(job.status, job.request.request_id))

    # Working

    async def run(self) -> None:
        """For ever: one step after the other, and what is published is given out."""
        self._take_up()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._workshop.run())
            group.create_task(self._shelf.run())

    def _take_up(self) -> None:
        """What was published before this start still is, if the file is there."""
        here = tuple(name for name in self._shown if self.able and (self._folder / name).is_file())
        if here != self._shown:
            log.warning("event=published_firmware_gone checksums=%s", ",".join(set(self._shown) - set(here)))
            self._keep_shown(here)
        for name in here:
            self._shelf.keep(name, self._folder / name)
        self._clear()

    def _next_step(self) -> Coroutine[Any, Any, None] | None:
        return self._take(self._job) if self._job is not None and self._busy else None

    async def _take(self, job: PublishJob) -> None:
        """One line of the table. Whatever is wrong with us ends the job, and is not tried again at the next start and the next."""
        try:
            well = self.able and await self._steps[job.status](job)
        except StoreError:
            raise
        except Exception:
            log.exception("event=publish_step_broken status=%s request=%s", job.status, job.request.request_id)
            well = False
        self._happened(job, well)

    def _happened(self, job: PublishJob, well: bool) -> None:
        now, request = self._job, job.request
        if now is None or now.request is not request:
            return  # a newer one has come in the same moment
        status = NEXT[job.status][0 if well else 1]
        with self._store.commit():
            locations = self._locations if status is P.PUBLISHED else ()
            self.progress.add(PublishFirmwareStatusNotification(status, request.request_id, locations))
            self._keep(replace(now, status=status))
            if status not in NEXT:
                self._keep(replace(now, status=status, over=True, request=replace(request, location=urls.redacted(request.location))))
            if status not in NEXT:
                self._store.jobs.save(SHOWN, shown := self._shown_after(status, request.checksum))
        if status not in NEXT:
            self._shown = shown
            self._clear()

    def _shown_after(self, status: PublishStatus, name: str) -> tuple[str, ...]:
        """A file that was published already, and is not what it was, is given to nobody any more."""
        if status is P.PUBLISHED:
            return tuple(dict.fromkeys((*self._shown, name)))
        if status is not P.INVALID_CHECKSUM:
            return self._shown
        self._shelf.drop(name)
        return tuple(each for each in self._shown if each != name)

    async def _fetch(self, job: PublishJob) -> bool:
        """With the retries of the request (L03.FR.06)."""
        self._clear()
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        request, path = job.request, self._folder / job.request.checksum
        carried = await persist(
            lambda: self._files.fetch(request.location, path, SPARE_BYTES),
            request.retries,
            request.retry_interval_s,
            job.failures,
            self._failed,
        )
        if carried.failed is not None:
            log.warning("event=publish_download_failed reason=%s cause=%r", carried.failed, carried.text)
        return carried.failed is None

    def _failed(self) -> None:
        assert self._job is not None
        with self._store.commit():
            self._keep(replace(self._job, failures=self._job.failures + 1))

    async def _check(self, job: PublishJob) -> bool:
        """Over the whole file (L03.FR.02). What cannot be read has no checksum either (L03.FR.07)."""
        found = await persist(lambda: self._files.md5(self._folder / job.request.checksum))
        if found.md5 != job.request.checksum:
            log.warning("event=publish_checksum expected=%s found=%s cause=%r", job.request.checksum, found.md5, found.text)
        return found.failed is None and found.md5 == job.request.checksum

    async def _show(self, job: PublishJob) -> bool:
        """L03.FR.08, L03.FR.09"""
        name = job.request.checksum
        try:
            self._locations = await self._shelf.offer(name, self._folder / name)
        except ShelfError as error:
            log.error("event=publish_failed checksum=%s cause=%s", name, error)
            return False
        return True

    def _clear(self) -> None:
        """Nothing stays but what is published, and what is on its way."""
        wanted = set(self._shown)
        if self._job is not None and self._busy:
            wanted.add(self._job.request.checksum)
        try:
            for path in self._folder.iterdir() if self._folder.is_dir() else ():
                if path.name.partition(".")[0] not in wanted:
                    path.unlink(missing_ok=True)
        except OSError as error:
            log.warning("event=published_folder_unusable folder=%s cause=%s", self._folder, error)
