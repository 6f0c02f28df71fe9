"""Reset (OCPP 2.0.1 B11, B12; 1.6 §5.14): the station process starts anew, control goes on scanning; or one EVSE does.

    Immediate ──▶ transactions end ──▶ their ends are told ──▶ start anew            of an EVSE: Unavailable meanwhile, then as before
    OnIdle    ──▶ nothing goes on: the same; else Scheduled: nothing begins, until nothing goes on

Idle is whoever has no transaction, waits for no car, is not reserved, sends no log and fetches no firmware (errata 2025-06 to B11). While a
file is on its way, which may take hours, drivers may begin all the same. A wish that waits is not kept over a restart, which grants it.

A hard reset does not wait for the contactor: the cause is written down, and the transaction ends after the restart, with a reading that
contains everything (1.6 §5.14 lets the StopTransaction follow the new boot).

A reset fails, for this station, when its transactions do not end: control is gone, say. It is tried again ResetRetries times; then the
station starts anew all the same, and they end after that, as at a hard reset. What else goes wrong, a full disk say, ends the process
(``work``), which is started anew from outside: what is to end is written down first, and ends then (``resume``).

The EVSE of a reset forgets who was authorised there and had not begun; a car that stays needs somebody who pays once more. Its
availability and its reservation stay (B11.FR.05, B12.FR.06), and so do latched faults, which are for a technician to clear.
"""

import logging
from collections.abc import Callable, Collection, Coroutine
from typing import Any

from chargepoint.domain.authorization import Origin
from chargepoint.domain.commands import Outcome, Reset, ResetKind, Verdict
from chargepoint.domain.device_model import DeviceModel
from chargepoint.domain.notifications import BootReason
from chargepoint.domain.reservation import Reservation
from chargepoint.domain.session import Session
from chargepoint.domain.transaction import Stop, StopReason, TriggerReason
from chargepoint.domain.variables.communication import RESET_RETRIES
from chargepoint.domain.variables.parts import EVSE_ALLOW_RESET
from chargepoint.station.clock import pause
from chargepoint.station.errands import Errands
from chargepoint.station.transacting import Transacting
from chargepoint.store.database import StoreError
from chargepoint.store.store import Store

log = logging.getLogger(__name__)

STEP_S = 0.2
ENDING_S = 15.0
"""How long transactions may take to end: contactor 6 s, last reading 3 s."""
TELLING_S = 5.0
"""How long their ends may take to reach the CSMS. What has not left by then is sent after the restart (B12.FR.05)."""
EVSE_S = 1.0
"""How long an EVSE is out of operation at least, so that everybody sees it."""


class Resetting:
    """Ends what runs, says so, and asks for the restart."""

    def __init__(self, store: Store, model: DeviceModel, transacting: Transacting, restart: Callable[[], None]) -> None:
        self._store = store
        self._model = model
        self._transacting = transacting
        self._restart = restart
        self._errands = Errands()
        self._begun = False
        self._evses: set[int] = set()
        """Being reset."""
        self._due: set[int] = set()
        """To be reset when they are idle."""
        self.scheduled = False
        """The station is about to start anew, or will when it is idle."""
        self._waits = False
        """It will when it is idle."""
        self.forbidden: Callable[[], bool] = lambda: False
        """Is something under way that must not be cut off?"""
        self.reservations: Callable[[], tuple[Reservation, ...]] = tuple
        self.transferring: Callable[[], bool] = lambda: False
        """Is a log or a firmware on its way?"""

    def work(self) -> list[Coroutine[Any, Any, None]]:
        """What goes on for as long as the station runs: a reset that fails is its failure."""
        return [self._errands.run()]

    def reset(self, command: Reset) -> tuple[Outcome, Callable[[], None] | None]:
        """What to answer, and what to do after that (B11.FR.01, B11.FR.07, B12.FR.01, B12.FR.02)."""
        refusal = self._refusal(command.evse)
        if refusal is not None:
            return refusal, None
        if command.kind is ResetKind.ON_IDLE and self._busy(command.evse):
            if command.evse is None:
                self.scheduled = self._waits = True
            else:
                self._due.add(command.evse)
            log.info("event=reset_scheduled evse=%s", command.evse)
            return Outcome(Verdict.SCHEDULED), None
        if command.evse is not None:
            evse = command.evse
            return Outcome(Verdict.ACCEPTED), lambda: self._begin_evse(evse)
        return Outcome(Verdict.ACCEPTED), lambda: self.begin(BootReason.REMOTE_RESET, command.graceful)

    def _refusal(self, evse: int | None) -> Outcome | None:
        """B11.FR.06, B11.FR.09, B12.FR.09, B12.FR.10."""
        if evse is not None and evse not in self._transacting.sessions:
            return Outcome(Verdict.REJECTED, "UnknownEvse", f"no EVSE {evse}")
        if evse is not None and not self._model.read(EVSE_ALLOW_RESET, evse):
            return Outcome(Verdict.REJECTED, "UnsupportedRequest", "an EVSE cannot be reset alone")
        if self.forbidden():
            return Outcome(Verdict.REJECTED, "FwUpdateInProgress", "an installation is under way, and restarts the station itself")
        return None

    def _busy(self, evse: int | None) -> bool:
        """Is the station, or this EVSE, not idle?"""
        sessions = self._transacting.sessions.values() if evse is None else (self._transacting.sessions[evse],)
        reserved = any(evse in (None, each.evse) for each in self.reservations())
        return reserved or any(map(_goes_on, sessions)) or (evse is None and self.transferring())

    def may_start(self, session: Session) -> bool:
        """May somebody begin there? While a reset waits for idleness, only whoever it waits for, but for a file: no driver holds it up."""
        if self._begun or session.evse in self._evses or (self.scheduled and not self._waits):
            return False
        return self.admits(session.evse) or any(each.evse == session.evse for each in self.reservations())

    def admits(self, evse: int) -> bool:
        """May a token be accepted there, as far as a reset that waits goes? Where something goes on already it waits for that anyway."""
        waits = (self._waits and not self.transferring()) or evse in self._due
        return not waits or _goes_on(self._transacting.sessions[evse])

    def resets(self, evse: int) -> bool:
        """Is this EVSE being reset, and out of operation for that time (B11.FR.08)?"""
        return evse in self._evses

    def transaction_ended(self) -> None:
        """Was it the last one that a scheduled reset waits for?"""
        if self.scheduled and not self._transacting.going_on() and not self._busy(None):
            self.begin(BootReason.SCHEDULED_RESET, graceful=True)
        for evse in [each for each in self._due if not self._busy(each)]:
            self._begin_evse(evse)

    def tick(self) -> None:
        """Once a second: a reservation may have expired, or a file may have arrived."""
        if self._due or (self._waits and not self._begun):
            self.transaction_ended()

    def start_anew(self) -> None:
        """The process alone, at once: nothing is ended, what runs goes on afterwards."""
        self._restart()

    # The station

    def begin(self, reason: BootReason, graceful: bool) -> None:
        """End what runs, tell it, start anew; ``reason`` is told at the next boot (B11.FR.03, B11.FR.04)."""
        if not self._begun:
            self._begun = True
            self._errands.begin(self._wind_down(reason, graceful))

    async def _wind_down(self, reason: BootReason, graceful: bool) -> None:
        """B12.FR.03, B12.FR.04."""
        log.info("event=reset reason=%s graceful=%s", reason, graceful)
        self.scheduled = True
        self._end(self._transacting.going_on(), StopReason.SOFT_RESET if graceful else StopReason.IMMEDIATE_RESET, reason)
        if graceful:
            await self._end_all(self._transacting.running)
        await self._until(lambda: self._store.outbox.waiting() == 0, TELLING_S)
        self._restart()

    def _end(self, evses: Collection[int], why: StopReason, boot: BootReason | None = None) -> None:
        """End what goes on there. That is on disk before anything else is: a failure leaves it to ``resume``."""
        try:
            self._keep(evses, why, boot)
        except StoreError:  # it was full, and has some room now (``store.reserve``)
            self._keep(evses, why, boot)
        self._stop(evses, why)

    def _keep(self, evses: Collection[int], why: StopReason, boot: BootReason | None) -> None:
        with self._store.commit():
            self._store.facts.end_later(evses, why.value)
            if boot is not None:
                self._store.facts.next_boot_reason(boot)

    def _stop(self, evses: Collection[int], why: StopReason) -> None:
        with self._store.commit():
            for evse in evses:
                self._transacting.stop(evse, Stop(why, TriggerReason.RESET_COMMAND))
            self._store.facts.end_later(())

    def resume(self) -> None:
        """A reset of the process before has failed at this."""
        evses, why = self._store.facts.to_be_ended()
        if evses:
            log.warning("event=reset_resumed evses=%s", sorted(evses))
            self._stop([evse for evse in self._transacting.going_on() if evse in evses], StopReason(why))

    # One EVSE

    def _begin_evse(self, evse: int) -> None:
        self._due.discard(evse)
        if evse not in self._evses:
            self._evses.add(evse)
            self._errands.begin(self._renew(evse))

    async def _renew(self, evse: int) -> None:
        """B12.FR.07, B12.FR.08. Whatever goes wrong, the EVSE is not kept out of operation by it."""
        log.info("event=evse_reset evse=%d", evse)
        try:
            self._transacting.changed()
            self._end([evse], StopReason.SOFT_RESET)
            await self._end_all(lambda: [each for each in self._transacting.going_on() if each == evse])
            if self._transacting.sessions[evse].authorization is not None:
                self._transacting.abandon(evse)
            await pause(EVSE_S)
        finally:
            self._evses.discard(evse)
            self._transacting.changed()

    async def _end_all(self, running: Callable[[], list[int]]) -> None:
        for retry in range(1 + self._model.read(RESET_RETRIES)):
            if retry:
                log.warning("event=reset_retry retry=%d running=%s", retry, running())
                self._transacting.restate()
            await self._until(lambda: not running(), ENDING_S)
            if not running():
                return
        log.error("event=reset_without_end running=%s action=restart", running())

    async def _until(self, condition: Callable[[], bool], seconds: float) -> None:
        for _ in range(round(seconds / STEP_S)):
            if condition():
                return
            await pause(STEP_S)


def _goes_on(session: Session) -> bool:
    """Is there a transaction, or somebody who waits for his car, or for his cable? Who charges for nothing waits for nobody."""
    authorized = session.authorization is not None and session.authorization.origin is not Origin.FREE
    return session.transaction_id is not None or authorized or session.plug_kept_for is not None
