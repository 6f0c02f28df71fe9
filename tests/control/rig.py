"""A little world for control: cars, boards and meters as far as a scan sees them, under a virtual clock.

It checks nothing by itself. ``Rig.watchers`` are called after every scan with what went in and what came out.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from msgspec import structs

from chargepoint.control.memory import EvseInputs, Inputs, Outputs
from chargepoint.control.scan import Wish, initial, step
from chargepoint.control.settings import EvseSettings, SiteSettings
from chargepoint.domain.ids import PlugInId
from chargepoint.link.messages import EvseState, Permit, Revoke
from hal.measured import PILOT_STEADY_PPM, BoardFault, BoardInputs, BoardOutputs, MeterReading

T = TypeVar("T")

FINE_S, COARSE_S = 0.01, 0.05
CONTACTOR_S, LOCK_S = 0.03, 0.2
HIGH_MV = {"A": 12_000, "B": 9_000, "C": 6_000, "D": 3_000, "E": 0, "F": -12_000, "?": -5_000}
SOCKET = EvseSettings(evse=1, rating_ma=32_000, sockets=frozenset({1}))
FIXED = EvseSettings(evse=2, rating_ma=32_000, ventilation=True)


@dataclass
class Plant:
    """One EVSE's hardware and the car at it; whatever is set holds from the next scan on."""

    letter: str = "A"
    """What the car does to the pilot."""
    forced: str | None = None
    """What a fault makes of it; ``?``: a voltage that no state has."""
    asks: str | None = "C"
    """What the car changes to when it is offered current; ``None``: it does not want any."""
    reaction_s: float = 0.5
    stubborn: bool = False
    """Asks whatever the pilot says (IEC 61851-1 A.2.3, simplified pilot)."""
    diode: bool = True
    board_lost: bool = False
    meter_lost: bool = False
    feedback: bool = True
    stuck: bool | None = None
    """The contactor: welded, or never closing."""
    jammed: bool | None = None
    """The lock."""
    rcd: bool = False
    emergency_stop: bool = False
    temperature_c: float | None = 25.0
    pp_ohm: int | None = None
    faults: tuple[BoardFault, ...] = ()
    car: int = 0
    """Which car it is."""
    closed: bool = False
    locked: bool = False
    inputs: BoardInputs | None = None
    reading: MeterReading | None = None
    _since_s: dict[str, float] = field(default_factory=dict)

    @property
    def measured(self) -> str:
        """The letter that is on the wire."""
        return self.forced or self.letter

    def plug(self) -> None:
        """A car comes."""
        self.letter, self.pp_ohm = "B", 220
        self.car += 1

    def unplug(self) -> None:
        """It goes."""
        self.letter, self.pp_ohm = "A", None

    def react(self, outputs: BoardOutputs, now: float) -> None:
        """Contacts, lock and car follow the outputs, each in its time."""
        self.closed = self._follow("contactor", outputs.contactor, self.closed, CONTACTOR_S, now)
        self.closed = self.closed if self.stuck is None else self.stuck
        self.locked = self._follow("lock", outputs.lock, self.locked, LOCK_S, now)
        self.locked = self.locked if self.jammed is None else self.jammed
        if self.letter != "A":
            offered = outputs.duty_ppm < PILOT_STEADY_PPM or self.stubborn
            self.letter = self._follow("car", self.asks if self.asks and offered else "B", self.letter, self.reaction_s, now)

    def _follow(self, what: str, wanted: T, present: T, after_s: float, now: float) -> T:
        if wanted == present:
            self._since_s.pop(what, None)
            return present
        return wanted if now - self._since_s.setdefault(what, now) >= after_s else present

    def measure(self, outputs: BoardOutputs, now: float) -> EvseInputs:
        """What control reads."""
        if not self.board_lost:
            high_mv = HIGH_MV[self.measured]
            low_mv = high_mv if outputs.duty_ppm == PILOT_STEADY_PPM else (-12_000 if self.diode else -high_mv)
            self.inputs = BoardInputs(
                at_s=now,
                cp_high_mv=high_mv,
                cp_low_mv=low_mv,
                contactor_closed=self.closed if self.feedback else None,
                plug_locked=self.locked if self.feedback else None,
                pp_ohm=self.pp_ohm,
                rcd_tripped=self.rcd,
                emergency_stop=self.emergency_stop,
                temperature_c=self.temperature_c,
                faults=self.faults,
            )
        if not self.meter_lost:
            self.reading = MeterReading(at_s=now, energy_wh=0)
        return EvseInputs(self.inputs, self.reading)


class Rig:
    """Control and its world. ``state`` is control's memory, ``outputs`` its last outputs, ``events`` everything it told."""

    def __init__(self, *settings: EvseSettings, fuse_ma: int = 40_000) -> None:
        self.now = 1_000.0
        self.late_s = 0.0
        self.halting = False
        self.state = initial(settings or (SOCKET,), SiteSettings(fuse_ma=fuse_ma), "boot", self.now)
        self.plants = {number: Plant() for number in self.state.evses}
        self.outputs: Outputs = {number: evse.outputs for number, evse in self.state.evses.items()}
        self.inputs = Inputs({})
        self.wishes: tuple[Wish, ...] = ()
        self.events: list[EvseState] = []
        self.watchers: list[Callable[[Rig], None]] = []

    def scan(self, *wishes: Wish, after_s: float = FINE_S) -> None:
        """One scan, a little later than the last."""
        self.now += after_s
        self.wishes = wishes
        for number, plant in self.plants.items():
            plant.react(self.outputs[number], self.now)
        read = {number: plant.measure(self.outputs[number], self.now) for number, plant in self.plants.items()}
        self.inputs = Inputs(read, self.late_s, self.halting)
        self.state, self.outputs, changed = step(self.state, self.inputs, wishes, self.now)
        self.events += changed
        for watcher in self.watchers:
            watcher(self)

    def run(self, lasts_s: float) -> None:
        """Let time pass: finely where things move, coarsely later."""
        end_s = self.now + lasts_s
        fine_until_s = self.now + 0.3
        while self.now < end_s - 1e-9:
            self.scan(after_s=FINE_S if self.now < fine_until_s else COARSE_S)

    def run_until(self, condition: Callable[[], bool], within_s: float) -> float:
        """Scan finely until it holds; how long that took. Fails when it does not hold in time."""
        start_s = self.now
        while not condition():
            assert self.now - start_s <= within_s, f"not within {within_s} s: {self.told()}"
            self.scan()
        return self.now - start_s

    def told(self, evse: int = 1) -> EvseState:
        """What the station would know of an EVSE."""
        return structs.replace(self.state.evses[evse].shown, reading=self.state.evses[evse].reading)

    def plug_in(self, evse: int = 1) -> PlugInId:
        """The present plug-in, of which there has to be one."""
        plug_in = self.told(evse).plug_in
        assert plug_in is not None
        return plug_in

    def faults(self, evse: int = 1) -> set[str]:
        """Names of the active faults."""
        return {fault.name for fault in self.told(evse).faults}

    def closed(self, evse: int = 1) -> bool:
        """Is the contactor commanded closed?"""
        return self.outputs[evse].contactor

    def permit(self, evse: int = 1, limit_ma: int = 32_000, valid_for_s: float = 1e9, then_ma: int = 6_000) -> None:
        """The station lets the present car charge."""
        self.scan(Permit(evse, self.plug_in(evse), limit_ma, valid_for_s, then_ma))

    def revoke(self, evse: int = 1) -> None:
        """The station ends the present session."""
        self.scan(Revoke(evse, self.plug_in(evse)))

    def charge(self, evse: int = 1) -> None:
        """A car comes, is permitted, and charges."""
        self.plants[evse].plug()
        self.run_until(lambda: self.told(evse).plug_in is not None, 1)
        self.permit(evse)
        self.run_until(lambda: self.closed(evse) and self.plants[evse].closed, 10)
