"""Reports that the CSMS has asked for, on their way part by part: the next one is made when the one before has been answered.

They leave as soon as the boot is accepted; those of the device model while it is pending as well, and no others: to those the CSMS would
have to answer SecurityError (OCPP 2.0.1 B02.FR.02). A connection that breaks ends them: whoever asked for a report and did not get all of
it asks again. So it is where the CSMS answers a part with an error, or not at all.
"""

import asyncio
import logging
from collections.abc import Callable, Iterator

from msgspec import Struct

from chargepoint.domain.commands import Outcome, Verdict
from chargepoint.domain.notifications import Notification, Registration
from chargepoint.station.clock import pause
from chargepoint.station.csms import Csms, CsmsError

log = logging.getLogger(__name__)

DEVICE_MODEL = "device model"
"""The kind that GetBaseReport and GetReport ask for."""
MOST = 10
"""So many of a kind wait at once."""
LOOK_S, IDLE_S = 1.0, 60.0
"""How often it is looked whether one that waits may leave, and how long to sleep when none waits."""


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
        return self.crowd(kind)

    def crowd(self, kind: str) -> Outcome | None:
        """Why no more of this kind can begin now. What waits of another kind, for the boot perhaps, stands in nobody's way."""
        if sum(each.kind == kind for each in self._waiting) >= MOST:
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
            report = next(filter(self._may_leave, self._waiting), None)
            if report is None:
                await pause(LOOK_S if self._waiting else IDLE_S, self._wake)
                continue
            await self._send(report)
            if report in self._waiting:
                self._waiting.remove(report)

    def _may_leave(self, report: Report) -> bool:
        """B01.FR.08, B02.FR.02"""
        registration = self._registration()
        return registration is Registration.ACCEPTED or (registration is Registration.PENDING and report.kind == DEVICE_MODEL)

    async def _send(self, report: Report) -> None:
        for part in report.parts:
            if report not in self._waiting or not self._may_leave(report):
                return
            try:
                await self._csms.ask(part)
            except CsmsError as error:
                cause = error or type(error).__name__
                log.warning("event=report_broken_off kind=%s request=%d cause=%s", report.kind, report.request_id, cause)
                return
