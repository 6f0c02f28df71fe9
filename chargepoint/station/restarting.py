"""A technician wants the processes to start anew: with a new configuration, say.

    Restart ──▶ Renew ──link──▶ control leaves when every EVSE is idle ──▶ (its link breaks) ──▶ the station leaves as for a Reset

Nothing is lost by it: what runs is stored, and a transaction goes on after the restart.
"""

import logging
import uuid
from collections.abc import Callable
from typing import Literal

from chargepoint.domain.notifications import BootReason
from chargepoint.domain.plain import plain
from chargepoint.inquiry.restarting import Processes, Restart, SeeProcesses
from chargepoint.link.messages import Renew
from chargepoint.station.control_link import ControlLink
from chargepoint.station.inquiry import Takers
from chargepoint.station.resetting import Resetting
from chargepoint.station.transacting import Transacting
from chargepoint.store.store import Store

log = logging.getLogger(__name__)

LONGEST_NAME = 50


class Restarting:
    """``tick`` once a second: the answer has left by then."""

    def __init__(self, store: Store, transacting: Transacting, link: ControlLink, resetting: Resetting) -> None:
        self._store = store
        self._transacting = transacting
        self._link = link
        self._resetting = resetting
        self._own = uuid.uuid4().hex
        self._due: Callable[[], bool] | None = None
        """When does the station leave?"""

    def takers(self) -> Takers:
        """What it answers."""
        return {Restart: self.restart, SeeProcesses: self.see}

    async def see(self, _: SeeProcesses) -> Processes:
        """Which starts these are."""
        return Processes(station=self._own, control=self._control)

    @property
    def _control(self) -> str:
        return self._link.boot if self._link.connected else ""

    async def restart(self, question: Restart) -> Processes:
        """Begun, or what it waits for."""
        if self._resetting.forbidden():
            return self._answer("refused", "an installation is under way, and restarts the station itself; wait for its end")
        log.warning("event=restart what=%s when=%s by=%r", question.what, question.when, plain(question.by, LONGEST_NAME))
        if question.what != "station":
            self._link.tell(Renew())
        if question.what != "control":
            self._due = self._condition(question)
        running = self._transacting.running()
        if running and not (question.when == "now" and question.what == "station"):
            evses = ", ".join(map(str, running))
            return self._answer("waiting", f"it begins as soon as nobody charges any more; EVSE {evses} does")
        return self._answer("begun", "the processes start anew")

    def _answer(self, outcome: Literal["begun", "waiting", "refused"], message: str) -> Processes:
        return Processes(station=self._own, control=self._control, outcome=outcome, message=message)

    def _condition(self, question: Restart) -> Callable[[], bool]:
        before = self._control
        if question.when == "now":
            return lambda: True
        if question.what == "station":
            return lambda: not self._transacting.running()
        return lambda: not self._transacting.running() and (not before or self._control != before)

    def tick(self) -> None:
        """Is it time to leave?"""
        if self._due is not None and self._due():
            self._due = None
            with self._store.commit():
                self._store.facts.next_boot_reason(BootReason.LOCAL_RESET)
            self._resetting.start_anew()
