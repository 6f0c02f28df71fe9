"""One EVSE of a world with a board driver at work, under a virtual clock."""

from pathlib import Path
from typing import Any

from hal.measured import BoardOutputs
from simulators import verbs
from simulators.ev import Ev
from simulators.hardware import ConnectorPlan, EvsePlan
from simulators.world import World

SOCKET = EvsePlan(id=1)
FIXED = EvsePlan(id=2, phases=1, connectors=(ConnectorPlan(1, "fixed"),))
SCAN_S = 0.01
OFFER_32_A = 533_334


class Rig:
    """``outputs`` are what the driver wants; ``alive`` False: it has been killed."""

    def __init__(self, directory: Path | None = None, *, plan: EvsePlan = SOCKET, keep: bool = False, speed: float = 1.0) -> None:
        self.now = 1_000.0
        self.world = World([SOCKET, FIXED], directory, keep=keep, speed=speed)
        self.world.open(self.now)
        self.evse = self.world.evses[plan.id]
        self.outputs = BoardOutputs(1_000_000, contactor=False, lock=False)
        self.alive = True

    def run(self, lasts_s: float) -> None:
        """Let time pass, scan by scan."""
        for _ in range(round(lasts_s / SCAN_S)):
            self.now += SCAN_S
            if self.alive:
                self.evse.kick(self.outputs.duty_ppm, self.outputs.contactor, self.outputs.lock, self.now, self.now)
            self.world.advance(self.now)

    def jump(self, lasts_s: float) -> None:
        """Let time pass in one step, without the driver."""
        self.now += lasts_s
        self.world.advance(self.now)

    def drive(self, duty_ppm: int, *, contactor: bool = True, lock: bool = True) -> None:
        """The driver wants this from the next scan on."""
        self.outputs = BoardOutputs(duty_ppm, contactor, lock)

    def do(self, verb: Any, **entries: Any) -> None:
        """A verb of the bench."""
        self.world.advance(self.now)
        verb(self.world, self.evse, entries, self.now)
        self.world.changed(self.now)

    def charge(self, **entries: Any) -> None:
        """A car is plugged in and charges."""
        self.do(verbs.plug, **{"reaction_s": 0.5, "phases": 3, **entries})
        self.drive(OFFER_32_A)
        self.run(1.0)
        assert self.evse.contactor.position

    @property
    def car(self) -> Ev:
        """The car, which has to be there."""
        assert self.evse.ev is not None
        return self.evse.ev

    @property
    def power_w(self) -> int:
        """What the meter shows."""
        return self.evse.meter.show(self.now).power_w or 0
