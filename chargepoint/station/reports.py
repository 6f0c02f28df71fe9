"""Reports that the CSMS has asked for, on their way part by part: the next one is made when the one before has been answered.

They leave as soon as the boot is accepted or pending (OCPP 2.0.1 B02.FR.02). A connection that breaks ends them: whoever asked for a report
and did not get all of it asks again. So it is where the CSMS answers a part with an error, or not at all.
"""

import asyncio
import logging
from collections.abc import Callable, Iterator

from msgspec import Struct

from chargepoint.domain.commands import Outcome, Verdict
from chargepoint.domain.notifications import Notification, Registration
from chargepoint.station.csms import Csms, CsmsError

log = logging.getLogger(__name__)

MOST = 10
"""So many wait at once."""


class Report(Struct, eq=False):
    """One that has been asked for. ``kind``: a number counts among those of its kind."""

    kind: str
    request_id: int
    parts: Iterator[Notification]


class Reports:
    """``registration``: where the boot stands."""

    def __init__(self, csms: Csms, registration: Callable[[], Registration]) -> None:
        self._csms = csms
        self._registration = registration
        self._waiting: list[Report] = []
        self._wake = asyncio.Event()

    def refusal(self, kind: str, request_id: int) -> Outcome | None:
        """Why none can begin now (B07.FR.13, B08.FR.16)."""
        if any((each.kind, each.request_id) == (kind, request_id) for each in self._waiting):
            return Outcome(Verdict.REJECTED, "DuplicateRequestId", f"the report {request_id} is on its way")
        if len(self._waiting) >= MOST:
            return Outcome(Verdict.REJECTED, "OutOfMemory", f"{MOST} reports are on their way; wait for their ends")
        return None

    def begin(self, kind: str, request_id: int, parts: Iterator[Notification]) -> None:
        """Send these, one after the other, once everything before them has been sent."""
        self._waiting.append(Report(kind, request_id, parts))
        self._wake.set()

    def shut(self) -> None:
        """The connection is gone."""
        if self._waiting:
            log.warning("event=reports_broken_off count=%d", len(self._waiting))
        self._waiting.clear()

    async def run(self) -> None:
        """For ever."""
        while True:
            self._wake.clear()
            if not self._waiting:
                await self._wake.wait()
                continue
            report = self._waiting[0]
            await self._send(report)
            if report in self._waiting:
                self._waiting.remove(report)

    async def _send(self, report: Report) -> None:
        for part in report.parts:
            if report not in self._waiting or self._registration() not in (Registration.ACCEPTED, Registration.PENDING):
                return
            try:
                await self._csms.ask(part)
            except CsmsError as error:
                cause = error or type(error).__name__
                log.warning("event=report_broken_off kind=%s request=%d cause=%s", report.kind, report.request_id, cause)
                return
