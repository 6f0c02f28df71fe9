"""Reset (OCPP 2.0.1 B11, B12; 1.6 §5.14): the station process starts anew, control goes on scanning.

A hard reset does not wait for the contactor: the cause is written down, and the transaction ends after the restart, with a reading that
contains everything (1.6 §5.14 lets the StopTransaction follow the new boot).

A reset fails, for this station, when its transactions do not end: control is gone, say. It is tried again ResetRetries times; then the
station starts anew all the same, and they end after that, as at a hard reset."""

import asyncio
import logging
from collections.abc import Callable

from chargepoint.domain.commands import Outcome, Reset, ResetKind, Verdict
from chargepoint.domain.device_model import DeviceModel
from chargepoint.domain.notifications import BootReason
from chargepoint.domain.transaction import Stop, StopReason, TriggerReason
from chargepoint.domain.variables import RESET_RETRIES
from chargepoint.station.clock import pause
from chargepoint.station.transacting import Transacting
from chargepoint.store.store import Store

log = logging.getLogger(__name__)

STEP_S = 0.2
ENDING_S = 15.0
"""How long transactions may take to end: contactor 6 s, last reading 3 s."""
TELLING_S = 5.0
"""How long their ends may take to reach the CSMS. What has not left by then is sent after the restart."""


class Resetting:
    """Ends what runs, says so, and asks for the restart."""

    def __init__(self, store: Store, model: DeviceModel, transacting: Transacting, restart: Callable[[], None]) -> None:
        self._store = store
        self._model = model
        self._transacting = transacting
        self._restart = restart
        self._task: asyncio.Task[None] | None = None
        self.scheduled = False
        self.forbidden: Callable[[], bool] = lambda: False
        """Is something under way that must not be cut off?"""

    def reset(self, command: Reset) -> tuple[Outcome, Callable[[], None] | None]:
        """What to answer, and what to do after that."""
        if command.evse is not None:
            return Outcome(Verdict.REJECTED, "UnsupportedRequest", "an EVSE cannot be reset alone"), None
        if self.forbidden():
            return Outcome(Verdict.REJECTED, "FwUpdateInProgress", "an installation is under way, and restarts the station itself"), None
        if command.kind is ResetKind.ON_IDLE and self._running():
            self.scheduled = True
            return Outcome(Verdict.SCHEDULED), None
        return Outcome(Verdict.ACCEPTED), lambda: self.begin(BootReason.REMOTE_RESET, command.graceful)

    def transaction_ended(self) -> None:
        """The last one of a scheduled reset?"""
        if self.scheduled and not self._running():
            self.begin(BootReason.SCHEDULED_RESET, graceful=True)

    def start_anew(self) -> None:
        """The process alone, at once: nothing is ended, what runs goes on afterwards."""
        self._restart()

    def _running(self) -> list[int]:
        return [evse for evse, session in self._transacting.sessions.items() if session.transaction is not None]

    def begin(self, reason: BootReason, graceful: bool) -> None:
        """End what runs, tell it, start anew; ``reason`` is told at the next boot."""
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._wind_down(reason, graceful))

    async def _wind_down(self, reason: BootReason, graceful: bool) -> None:
        log.info("event=reset reason=%s graceful=%s", reason, graceful)
        self.scheduled = True
        with self._store.commit():
            self._store.facts.next_boot_reason(reason)
        stop = StopReason.IMMEDIATE_RESET if not graceful else StopReason.SOFT_RESET
        for evse in self._running():
            self._transacting.stop(evse, Stop(stop, TriggerReason.RESET_COMMAND))
        if graceful:
            await self._end_all()
        await self._until(lambda: self._store.outbox.waiting() == 0, TELLING_S)
        self._restart()

    async def _end_all(self) -> None:
        for retry in range(1 + self._model.read(RESET_RETRIES)):
            if retry:
                log.warning("event=reset_retry retry=%d running=%s", retry, self._running())
                self._transacting.restate()
            await self._until(lambda: not self._running(), ENDING_S)
            if not self._running():
                return
        log.error("event=reset_without_end running=%s action=restart", self._running())

    async def _until(self, condition: Callable[[], bool], seconds: float) -> None:
        for _ in range(round(seconds / STEP_S)):
            if condition():
                return
            await pause(STEP_S)
