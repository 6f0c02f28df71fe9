"""One EVSE of a world with a board driver at work, under a virtual clock."""

from pathlib import Path
from typing import Any

from hal.measured import BoardOutputs, Phases
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

    def run(self, lasts_s: float, scan_s: float = SCAN_S) -> None:
        """Let time pass, scan by scan."""
        for _ in range(round(lasts_s / scan_s)):
            self.now += scan_s
            if self.alive:
                self.evse.kick(self.outputs, self.now, self.now)
            self.world.advance(self.now)

    def jump(self, lasts_s: float) -> None:
        """Let time pass in one step, without the driver."""
        self.now += lasts_s
        self.world.advance(self.now)

    def drive(self, duty_ppm: int, *, contactor: bool = True, lock: bool = True, **more: Any) -> None:
        """The driver wants this from the next scan on."""
        self.outputs = BoardOutputs(duty_ppm, contactor, lock, **more)

    def seen(self, lasts_s: float, step_s: float = SCAN_S) -> str:
        """Let time pass; the letters that were on the wire, each change once."""
        letters = self.evse.letter
        for _ in range(round(lasts_s / step_s)):
            self.run(step_s, step_s)
            letters += "" if letters.endswith(self.evse.letter) else self.evse.letter
        return letters

    def until(self, letter: str, within_s: float = 30.0) -> float:
        """Let time pass until this letter is on the wire; how long that took."""
        began_s = self.now
        while self.evse.letter != letter:
            self.run(SCAN_S)
            assert self.now - began_s <= within_s, f"{self.evse.letter}, not {letter}, within {within_s} s"
        return self.now - began_s

    def do(self, verb: Any, **entries: Any) -> None:
        """A verb of the bench."""
        self.world.advance(self.now)
        verb(self.world, self.evse, entries, self.now)
        self.world.changed(self.now)

    def patch(self, **entries: Any) -> None:
        """Parts break, or are mended."""
        self.do(verbs.patch_hardware, **entries)

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
    def current_ma(self) -> Phases:
        """What the meter shows."""
        return self.evse.meter.show(self.now).current_ma

    @property
    def power_w(self) -> int:
        """What the meter shows."""
        return self.evse.meter.show(self.now).power_w or 0
