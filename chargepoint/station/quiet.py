"""Quiet before the software is replaced: no new session begins, as while an installation is due (L01.FR.06, 07).

    updater ── KeepQuiet, again and again ──▶ lease ──▶ Availability.held: nothing starts, free connectors are Unavailable
                                               └── it ran out, or was given back ──▶ whoever waits is served

A start of the station meanwhile is one for new firmware, and is told so to the CSMS.

It is a lease, so an updater that dies keeps nobody from charging for longer than two minutes.
"""

import logging
import math
from collections.abc import Callable

from chargepoint.domain.notifications import BootReason
from chargepoint.inquiry.restarting import KeepQuiet, Quiet
from chargepoint.link.messages import EvseState
from chargepoint.station.clock import StationClock
from chargepoint.station.inquiry import Takers
from chargepoint.station.transacting import Transacting
from chargepoint.store.store import Store

log = logging.getLogger(__name__)

LONGEST_S = 120.0


class QuietTime:
    """``tick`` once a second. ``leaving``: is the station about to start anew by itself?"""

    def __init__(self, store: Store, clock: StationClock, transacting: Transacting, leaving: Callable[[], bool]) -> None:
        self._store = store
        self._clock = clock
        self._transacting = transacting
        self._leaving = leaving
        self._until_s: float | None = None
        self.next_reason: Callable[[], BootReason | None] = lambda: None
        """Why the next start will be, for another cause than this one."""
        self.told: Callable[[bool], None] = lambda quiet: None
        """Somebody keeps it quiet, or does so no more."""

    def takers(self) -> Takers:
        """What it answers."""
        return {KeepQuiet: self.keep}

    def held(self) -> bool:
        """May nothing begin?"""
        return self._until_s is not None and self._clock.monotonic() < self._until_s

    async def keep(self, question: KeepQuiet) -> Quiet:
        """For so long from now on."""
        now_s = self._clock.monotonic()
        self.tick(now_s)
        for_s = min(question.for_s, LONGEST_S) if math.isfinite(question.for_s) else 0.0
        before, self._until_s = self._until_s, now_s + for_s if for_s > 0 else None
        if (before is None) != (self._until_s is None):
            self._changed("kept" if before is None else "given_back")
        busy = self._busy()
        return Quiet(idle=self.held() and not busy and not self._leaving(), busy=busy)

    def _busy(self) -> tuple[int, ...]:
        """Where a transaction runs, or a technician has a car charge by hand."""
        sessions, sheets = self._transacting.sessions, self._transacting.sheets
        return tuple(evse for evse in sheets if sessions[evse].transaction is not None or _permitted(sheets[evse].state))

    def tick(self, now_s: float) -> None:
        """Has it run out?"""
        if self._until_s is not None and now_s >= self._until_s:
            self._until_s = None
            self._changed("over")

    def _changed(self, state: str) -> None:
        log.info("event=quiet state=%s", state)
        if not self._leaving():  # that has a reason of its own
            with self._store.commit():
                self._store.facts.next_boot_reason(BootReason.FIRMWARE_UPDATE if self.held() else self.next_reason())
        self._transacting.changed()
        self.told(self.held())


def _permitted(state: EvseState | None) -> bool:
    return state is not None and state.permit != "none"
