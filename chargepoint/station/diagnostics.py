"""Diagnostics and logs for the CSMS (1.6 §5.9; 1.6-SEC N01; OCPP 2.0.1 N01): collected, packed, uploaded, and told of.

One upload at a time: a newer request replaces the running one (N01.FR.12). After a power cut it goes on, with the archive that was made
if there is one. What is in it is in ``collecting``.
"""

import logging
import re
import uuid
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from chargepoint.domain.commands import GetLog, Outcome, Verdict
from chargepoint.domain.jobs import LogJob
from chargepoint.domain.logs import LogKind, LogStatus
from chargepoint.domain.notifications import LogStatusNotification, Notification
from chargepoint.station.archive import Contents
from chargepoint.station.clock import StationClock
from chargepoint.station.firmware_admission import unreadable
from chargepoint.station.orders import Answered, Orders
from chargepoint.station.progress import Progress
from chargepoint.station.settings import StationSettings
from chargepoint.station.transfers import Carried, Files, persist
from chargepoint.station.workshop import Workshop
from chargepoint.store.database import StoreError
from chargepoint.store.store import Store
from chargepoint.transfer import urls
from chargepoint.transfer.job import Reason

log = logging.getLogger(__name__)

NAME = "log"
ENDINGS = {LogKind.DIAGNOSTICS: "tar.gz", LogKind.SECURITY: "jsonl"}
STATUSES: Mapping[str | None, LogStatus] = {
    None: LogStatus.UPLOADED,
    Reason.UNSUPPORTED: LogStatus.NOT_SUPPORTED_OPERATION,
    Reason.DENIED: LogStatus.PERMISSION_DENIED,
    Reason.BAD_REQUEST: LogStatus.BAD_MESSAGE,
}
"""How an upload ended (N01.FR.09, N01.FR.10); whatever is not here is UploadFailure."""


class Diagnostics:
    """The running upload, or the last one."""

    def __init__(
        self,
        settings: StationSettings,
        store: Store,
        clock: StationClock,
        files: Files,
        collect: Callable[[GetLog], Awaitable[Contents]],
        progress: Progress[LogStatusNotification],
    ) -> None:
        self._id = settings.identity.id
        self._able = bool(settings.firmware.folder)
        self._folder = Path(settings.firmware.folder) / "logs"
        self._store = store
        self._clock = clock
        self._files = files
        self._collect = collect
        self.progress = progress
        self._job = store.jobs.load(NAME, LogJob, lambda number: self._say(number, LogStatus.UPLOAD_FAILURE))
        self._workshop = Workshop(self._next_upload)
        self.tell: Callable[[Notification], None] = lambda news: None
        """Say something once."""

    def orders(self) -> Orders:
        """For the station."""
        return {GetLog: self.get}

    def get(self, command: GetLog) -> Answered:
        """N01; 1.6 GetDiagnostics. Nothing begins before the answer, with the name of the file, has left (N01.FR.01, N01.FR.02). One that
        is collected or uploaded gives way (N01.FR.12)."""
        if not self._able:
            return Outcome(Verdict.REJECTED, "UnsupportedRequest", "this station has nowhere to keep a file"), None
        wrong = unreadable(command.location)
        if wrong is not None and command.request_id is not None:
            return Outcome(Verdict.REJECTED, "InvalidURL", wrong), None
        if command.request_id is not None and not self._available(command):
            return Outcome(Verdict.REJECTED, "NotFound", "there is nothing of that time"), None
        job = LogJob(request=command, file=self._name(command.kind))
        verdict = Verdict.ACCEPTED_CANCELED if self._busy else Verdict.ACCEPTED
        return Outcome(verdict, data=job.file), lambda: self._begin(job)

    def _available(self, command: GetLog) -> bool:
        """N01.FR.05."""
        if command.oldest is not None and command.newest is not None and command.newest < command.oldest:
            return False
        return command.kind is not LogKind.SECURITY or any(self._store.security_log.pages(command.oldest, command.newest))

    @property
    def _busy(self) -> bool:
        return self._job is not None and not self._job.over

    @property
    def sending(self) -> bool:
        """Is a file on its way, or about to be?"""
        return self._busy

    def _name(self, kind: LogKind) -> str:
        """Told to the CSMS; no two are the same."""
        station = re.sub(r"[^A-Za-z0-9._-]", "_", self._id)
        word = "diagnostics" if kind is LogKind.DIAGNOSTICS else "security"
        return f"{word}_{station}_{self._clock.now():%Y%m%dT%H%M%SZ}_{uuid.uuid4().hex[:4]}.{ENDINGS[kind]}"

    def _begin(self, job: LogJob) -> None:
        old = self._job
        log.info("event=log_upload location=%s file=%s", urls.redacted(job.request.location), job.file)
        with self._store.commit():
            if old is not None and not old.over:
                self._replaced(old.request, job.request)
            self._keep(job)
            self._say(job.request.request_id, LogStatus.UPLOADING)
        self._workshop.change()

    def _replaced(self, old: GetLog, new: GetLog) -> None:
        """The old one ends (N01.FR.20). Of two GetDiagnostics, which have no numbers, a failure would be taken for that of the new one."""
        if old.request_id is not None:
            self._say(old.request_id, LogStatus.ACCEPTED_CANCELED)
        elif new.request_id is not None:
            self._say(old.request_id, LogStatus.UPLOAD_FAILURE)

    def _say(self, number: int | None, status: LogStatus) -> None:
        """Of the request with this number, Uploading first (N01.FR.07, N01.FR.08); ``None``: of GetDiagnostics."""
        self.progress.add(LogStatusNotification(status, number, diagnostics=number is None))

    def _keep(self, job: LogJob) -> None:
        self._job = job
        self._store.jobs.save(NAME, job)

    def triggered(self, diagnostics: bool) -> None:
        """TriggerMessage for one of the two messages: Uploading if that is so, else Idle (§4.4; F06.FR.14, F06.FR.15; 1.6-SEC §6.19)."""
        job = self._job
        if job is not None and not job.over and (job.request.request_id is None) is diagnostics:
            self.tell(LogStatusNotification(LogStatus.UPLOADING, job.request.request_id, diagnostics))
        else:
            self.tell(LogStatusNotification(LogStatus.IDLE, diagnostics=diagnostics))

    # Working

    async def run(self) -> None:
        """For ever."""
        await self._workshop.run()

    def _next_upload(self) -> Coroutine[Any, Any, None] | None:
        return self._take(self._job) if self._job is not None and self._busy else None

    async def _take(self, job: LogJob) -> None:
        """Whatever is wrong with us ends the upload, and is not tried again at the next start and the next."""
        try:
            self._ended(job, await self._upload(job))
        except StoreError:
            raise
        except Exception as error:
            log.exception("event=log_upload_broken file=%s", job.file)
            self._ended(job, Carried(failed=Reason.OURS, text=type(error).__name__))

    async def _upload(self, job: LogJob) -> Carried:
        request, path = job.request, self._folder / job.file
        try:
            self._files.clear(self._folder, job.file)
            if not path.exists():
                await self._files.pack(path, await self._collect(request))
        except OSError as error:
            return Carried(failed=Reason.DISK, text=f"{path}: {error.strerror}")

        async def once() -> Carried:
            return await self._files.send(request.location, path, job.file)

        return await persist(once, request.retries, request.retry_interval_s, job.failures, self._failed)

    def _failed(self) -> None:
        assert self._job is not None
        with self._store.commit():
            self._keep(replace(self._job, failures=self._job.failures + 1))

    def _ended(self, job: LogJob, carried: Carried) -> None:
        if self._job is None or self._job.file != job.file:
            return  # replaced in the same moment
        if carried.failed is not None:
            log.warning("event=log_upload_failed file=%s reason=%s cause=%r", job.file, carried.failed, carried.text)
        request = replace(job.request, location=urls.redacted(job.request.location))
        with self._store.commit():
            self._say(job.request.request_id, STATUSES.get(carried.failed, LogStatus.UPLOAD_FAILURE))
            self._keep(replace(self._job, request=request, over=True))
        try:
            self._files.clear(self._folder, "")
        except OSError as error:
            log.warning("event=log_folder_unusable folder=%s cause=%s", self._folder, error)
