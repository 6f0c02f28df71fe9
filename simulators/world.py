"""The whole site: its EVSEs, the cards, the uplink, the clock and the supply of the controller.

Verbs change it (``simulators.verbs``), drivers and people read it. It runs on whatever ``now`` it is given: the bench gives it the
monotonic clock, a test any clock it likes. Observers are called after every change that did not come from a driver.
"""

import logging
from collections.abc import Callable, Iterable
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING

from hal.measured import MeterReading, TokenSeen
from simulators import keeping
from simulators.electrics import Electrics
from simulators.hardware import EvsePlan
from simulators.registers import Registers

if TYPE_CHECKING:
    from simulators.wires.harness import Harness

log = logging.getLogger(__name__)

CardReader = Callable[[TokenSeen], None]


class World:
    """``directory`` ``None``: nothing survives. ``speed`` scales the car's reactions and its energy, nothing else."""

    def __init__(self, plans: Iterable[EvsePlan], directory: Path | None = None, *, keep: bool = False, speed: float = 1.0) -> None:
        self.speed = speed
        self.plans = tuple(plans)
        self.evses = {plan.id: Electrics(plan, plan.start_wh, speed) for plan in self.plans}
        self.network_up = True
        self.clock_offset_s = 0.0
        self.powered = True
        self.observers: list[Callable[[], None]] = []
        self.inlet: Callable[[], None] | None = None
        """Takes in what drivers have already sent, before time passes over it."""
        self.wires: Harness | None = None
        """Devices on real wires between the world and the drivers, where there are any."""
        self._readers: list[tuple[tuple[int, ...] | None, CardReader]] = []
        self._directory = directory
        self._keep = keep
        self._kept = b""
        self._registers = Registers(directory)

    def open(self, now: float) -> None:
        """Take up what survived. Raises RegisterError."""
        self._registers.load()
        for number, evse in self.evses.items():
            register_wh = self._registers.of(number)
            phase_wh = self._registers.of_phases(number)
            evse.meter.set_registers(float(evse.plan.start_wh) if register_wh is None else register_wh, phase_wh)
        if self._keep and self._directory is not None:
            self._revive(keeping.load(self._directory), now)
        for evse in self.evses.values():
            evse.settle(now)

    def close(self, now: float) -> None:
        """Have everything on disk."""
        self.advance(now)
        self._registers.save({number: (evse.meter.kept_wh, evse.meter.phase_wh) for number, evse in self.evses.items()})
        self.keep()

    @property
    def next_event_s(self) -> float:
        """When something happens by itself; infinite when nothing will."""
        return min((evse.next_event_s for evse in self.evses.values()), default=inf)

    @property
    def next_change_s(self) -> float:
        """The same as long as all drivers go on as they do."""
        return min((evse.next_change_s for evse in self.evses.values()), default=inf)

    def advance(self, now: float) -> None:
        """Let time pass everywhere."""
        if self.inlet is not None:
            self.inlet()
        for evse in self.evses.values():
            evse.advance(now)

    def changed(self, now: float) -> None:
        """Somebody changed something: let everything follow from it, keep it where that is wanted, and tell the observers."""
        for evse in self.evses.values():
            evse.settle(now)
        self.keep()
        for observer in tuple(self.observers):
            observer()

    def show(self, evse: Electrics, now: float) -> MeterReading:
        """What a meter's display shows; on disk before anybody sees it."""
        evse.advance(now)
        reading = evse.meter.show(now)
        self._registers.keep(evse.plan.id, evse.meter.kept_wh, evse.meter.phase_wh)
        return reading

    def switch_power(self, on: bool) -> None:
        """The supply of the controller and its boards."""
        self.powered = on
        for evse in self.evses.values():
            evse.powered = on

    def add_reader(self, evses: tuple[int, ...] | None, reader: CardReader) -> Callable[[], None]:
        """A card reader for these EVSEs, ``None``: all. Returns what takes it away again."""
        entry = (evses, reader)
        self._readers.append(entry)
        return lambda: self._readers.remove(entry)

    def present(self, token: TokenSeen) -> None:
        """A card is held to the first reader that serves one of the card's EVSEs; without any reader nothing happens."""
        for evses, reader in self._readers:
            if token.evses is None or evses is None or set(token.evses) & set(evses):
                reader(TokenSeen(token.value, token.kind, token.evses or evses))
                return
        log.warning("card not_read reason=no_reader_attached")

    def _revive(self, kept: dict[int, keeping.KeptEvse], now: float) -> None:
        for number, one in kept.items():
            evse = self.evses.get(number)
            if evse is None:
                continue
            evse.outlet.ev = None if one.ev is None else keeping.revive(one.ev, self.speed)
            evse.outlet.cable, evse.outlet.cable_ohm = one.cable, one.cable_ohm
            evse.found_locked(one.locked)
            evse.faults = {fault.name: fault for fault in one.faults}
            evse.meter.override = one.override
            evse.recorder.session = one.session
            evse.recorder.lose_power()
            evse.fit(one.hardware, now)

    def keep(self) -> None:
        """Have on disk what has changed, where ``keep_world`` is set."""
        if self._keep and self._directory is not None:
            self._kept = keeping.save(self._directory, self.evses, self._kept)
