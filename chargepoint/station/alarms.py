"""What happens in the station that the security log has to know: starts, clock jumps, somebody at the enclosure, memory that runs out."""

import logging
from collections.abc import Callable, Mapping

from chargepoint.domain.notifications import BootReason
from chargepoint.link.messages import EvseState
from chargepoint.station.security_log import Note

log = logging.getLogger(__name__)

TAMPERING = frozenset({"enclosure_open", "tilted"})
"""Faults that somebody causes on the spot."""
SCARCE = 0.05
"""So little of a memory free is told, once; again after there were twice as much."""
LOOK_EVERY_S = 600.0
POWER_UP = (BootReason.POWER_UP, BootReason.APPLICATION_RESET, BootReason.UNKNOWN)
"""Starts that nobody wanted, or knows of."""


class Alarms:
    """``free``: the fraction of each kind of memory that is free."""

    def __init__(self, note: Note, free: Callable[[], Mapping[str, float]]) -> None:
        self._note = note
        self._free = free
        self._next_look_s = 0.0
        self._scarce: set[str] = set()
        self._tampering: dict[int, frozenset[str]] = {}
        self.drift_s: Callable[[], float] = lambda: 10.0
        """A clock that is set by no more was only drifting."""

    def started(self, reason: BootReason, firmware: str) -> None:
        """The station process has started; why, as the one before has left word."""
        if reason not in POWER_UP:
            self._note("ResetOrReboot", reason.value)
        self._note("StartupOfTheDevice", f"firmware {firmware}" if firmware else "")

    def clock_set(self, jump_s: float, by: str) -> None:
        """The time of day was corrected."""
        if abs(jump_s) > self.drift_s():
            self._note("SettingSystemTime", f"by {jump_s:+.0f} s, by {by}")

    def control_says(self, state: EvseState) -> None:
        """The faults of one EVSE. One that several share, as they share the enclosure, is noted once."""
        known = frozenset().union(*self._tampering.values())
        self._tampering[state.evse] = frozenset(fault.name for fault in state.faults) & TAMPERING
        for name in sorted(self._tampering[state.evse] - known):
            self._note("TamperDetectionActivated", name)

    def tick(self, now_s: float) -> None:
        """Look at the memory now and then."""
        if now_s < self._next_look_s:
            return
        self._next_look_s = now_s + LOOK_EVERY_S
        try:
            found = self._free()
        except OSError as error:
            log.warning("event=free_memory_unknown cause=%s", error)
            return
        for name, free in found.items():
            if free < SCARCE and name not in self._scarce:
                self._scarce.add(name)
                self._note("MemoryExhaustion", f"{name}: {free:.1%} free")
            elif free > 2 * SCARCE:
                self._scarce.discard(name)
