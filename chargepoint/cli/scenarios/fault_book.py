"""The judge's book of the faults of one EVSE: when their causes were there, and when they were told."""

from collections import deque
from math import inf

from chargepoint.cli.scenarios.causes import CAUSES, FROZEN_WH, Circumstances
from chargepoint.domain.faults import Fault
from chargepoint.link.messages import EvseState

CHATTER = 23
"""So many times are remembered."""


class FaultBook:
    """``maybe_s``: when each cause was last there, at a pinch; ``sure_s``: since when it is, for sure; ``told_s``: when told last."""

    def __init__(self) -> None:
        self.maybe_s = dict.fromkeys(CAUSES, -inf)
        self.sure_s: dict[str, float] = {}
        self.told_s: dict[str, float] = {}
        self.raised_s: dict[str, deque[float]] = {name: deque(maxlen=CHATTER) for name in CAUSES}
        """When each was told for the first time, of late."""
        self.raised: tuple[str, ...] = ()
        """Told for the first time with the last scan."""
        self.vanished: tuple[Fault, ...] = ()
        """Told no longer with the last scan."""
        self._told: tuple[Fault, ...] = ()
        self._kept: frozenset[str] = frozenset()
        self._seen: object = None
        self._there: list[str] = []

    def look(self, there: Circumstances, now: float) -> None:
        """Which causes are there now?"""
        for name in self._there:
            self.maybe_s[name] = now
        seen = _fingerprint(there)
        if seen == self._seen:
            return
        self._seen = seen
        self._there = [name for name, cause in CAUSES.items() if cause.maybe(there)]
        for name in self._there:
            self.maybe_s[name] = now
        self.sure_s = {name: self.sure_s.get(name, now) for name, cause in CAUSES.items() if cause.sure(there)}

    def tell(self, state: EvseState, now: float) -> None:
        """What is told with this scan."""
        if state.faults is self._told:
            self.raised = self.vanished = ()
        else:
            had, has = ({fault.name: fault for fault in faults if not fault.by_board} for faults in (self._told, state.faults))
            self.raised = tuple(name for name in has if name not in had and name not in self._kept)
            self.vanished = tuple(fault for name, fault in had.items() if name not in has)
            self._told = state.faults
            for name in self.raised:
                self.raised_s[name].append(now)
        for fault in self._told:
            self.told_s[fault.name] = now

    def restart(self) -> None:
        """Control starts anew, with what it had latched."""
        self._kept = frozenset(fault.name for fault in self._told if fault.latched) | self._kept
        self._told, self.raised, self.vanished = (), (), ()
        self.told_s.clear()


def _fingerprint(there: Circumstances) -> object:
    """Everything that causes look at; while it is the same, they are."""
    w = there.witness
    electrics = w.electrics
    return (
        electrics.hardware,
        electrics.outputs,
        electrics.powered,
        electrics.plateaus,
        w.closed.value,
        w.locked.value,
        electrics.feed.rcm.tripped,
        w.pp_ohm,
        _shown(there),
        there.present,
        there.first_ampacity_ma,
        there.celsius,
        there.celsius_read,
        there.too_hot_told,
        there.test_failed,
        there.arming,
        there.closings_told >= there.settings.contactor_life,
        there.late,
        there.overloaded,
        there.memory_lost,
        there.offer_ma,
        there.unmetered_wh > FROZEN_WH,
    )


def _shown(there: Circumstances) -> object:
    reading = there.witness.reading
    return None if reading is None else (reading.current_ma, reading.voltage_mv)
