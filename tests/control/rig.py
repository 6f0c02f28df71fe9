"""A little world for control: cars, boards and meters as far as a scan sees them, under a virtual clock.

It checks nothing by itself. ``Rig.watchers`` are called after every scan with what went in and what came out.
"""

from collections.abc import Callable

from msgspec import structs

from chargepoint.control.kept import Kept
from chargepoint.control.loop import SCAN_PERIOD_S
from chargepoint.control.memory import Inputs, Outputs
from chargepoint.control.panel import Panel
from chargepoint.control.scan import NOTHING_KEPT, Wish, initial, kept, states, step
from chargepoint.control.settings import EvseSettings, SiteSettings
from chargepoint.domain.ids import PlugInId
from chargepoint.domain.limits import Limit
from chargepoint.link.messages import ClearFault, ClearOutcome, EvseState, Indicate, Permit, Revoke
from hal.api import Abilities, Geometry
from hal.measured import PILOT_STEADY_PPM, Beeps, Light, SwitchedPhases
from tests.control.plant import HIGH_MV as HIGH_MV
from tests.control.plant import Plant as Plant

FINE_S, COARSE_S = SCAN_PERIOD_S, 0.09
GRAIN_S = 0.001
LIVELY_S = 0.3
"""So long after anything changed, time passes in fine steps."""
ABLE = Abilities(safety="own", rcm=True, coil_watchdog=True, rcd_test=True, phase_switching=True, pilot_off=True, shunt_trip=True)
SOCKET = EvseSettings(evse=1, rating_ma=32_000, sockets=frozenset({1}))
FIXED = EvseSettings(evse=2, rating_ma=32_000, ventilation=True)


Pace = Callable[[float, bool, bool], bool]
"""Does a board measure now? Given the time, whether it has just heard its outputs, and whether what it senses has changed."""


def answering(now: float, heard: bool, changed: bool) -> bool:
    """One that answers to its outputs, and speaks up when something changes."""
    return heard or changed


def every(millis: int) -> Pace:
    """One with a period of its own."""
    return lambda now, heard, changed: round(now / GRAIN_S) % millis == 0


class NoLamp:
    """``hal.api.Indicator``: the panel knows what it is told."""

    geometry = Geometry()

    def open(self) -> None: ...

    def show(self, light: Light) -> None: ...

    def beep(self, beeps: Beeps) -> None: ...

    def close(self) -> None: ...


class Rig:
    """Control and its world. ``state`` is control's memory, ``outputs`` its last outputs, ``events`` everything it told."""

    def __init__(self, *settings: EvseSettings, fuse_ma: int = 40_000, kept: Kept = NOTHING_KEPT, start_s: float = 1_000.0) -> None:
        self.now = start_s
        self.late_s = 0.0
        self.halting = False
        self.overloaded = False
        self.pace: Pace | None = None
        """When the boards measure. If it is given, the world moves in steps of 1 ms between the scans; ``None``: both with the scans."""
        self.boots = 1
        self.killed_s = float("-inf")
        self.state = initial(settings or (SOCKET,), SiteSettings(fuse_ma=fuse_ma), "boot", self.now, kept)
        self.plants = {number: Plant() for number in self.state.evses}
        self.outputs: Outputs = {number: evse.outputs for number, evse in self.state.evses.items()}
        self.inputs = Inputs({})
        self.wishes: tuple[Wish, ...] = ()
        self.indications: tuple[Indicate, ...] = ()
        self.panel = self._dark()
        self.events: list[EvseState] = []
        self.watchers: list[Callable[[Rig], None]] = []
        self._due: list[tuple[float, Callable[[], None]]] = []
        self._lively_until_s = 0.0
        self._seen: object = None

    def _dark(self) -> Panel:
        """Indicators of a control that has just begun."""
        return Panel(dict.fromkeys(self.state.evses, NoLamp()))

    def shows(self, evse: int = 1) -> str:
        """What a driver sees."""
        return self.panel.shows(evse)

    def scan(self, *said: Wish | Indicate, after_s: float = FINE_S) -> None:
        """One scan, a little later than the last."""
        before_s, self.now = self.now, self.now + after_s
        self.indications = tuple(each for each in said if isinstance(each, Indicate))
        self.wishes = wishes = tuple(each for each in said if not isinstance(each, Indicate))
        for indication in self.indications:
            self.panel.heed(indication, self.now)
        self._live(before_s)
        if self.pace is None:
            read = {number: plant.measure(self.outputs[number], self.now) for number, plant in self.plants.items()}
        else:
            read = {number: plant.read(self.now) for number, plant in self.plants.items()}
        self.inputs = Inputs(read, self.late_s, self.halting, self.overloaded)
        self.state, outputs, changed = step(self.state, self.inputs, wishes, self.now)
        seen = [structs.replace(each.board, at_s=0.0) for each in read.values() if each.board is not None]
        if changed or wishes or outputs != self.outputs or seen != self._seen:
            self._lively_until_s = self.now + LIVELY_S
        self._seen, self.outputs = seen, outputs
        self.events += changed
        self.panel.show(self.state.evses, self.now)
        for watcher in self.watchers:
            watcher(self)

    def _live(self, since_s: float) -> None:
        """The world goes on from the last scan until now."""
        grains = round((self.now - since_s) / GRAIN_S) if self.pace is not None else 1
        for grain in range(1, grains + 1):
            at_s = since_s + grain * (self.now - since_s) / grains
            was = {} if self.pace is None else {number: plant.signature for number, plant in self.plants.items()}
            for due in [each for each in self._due if each[0] <= at_s + 1e-9]:
                self._due.remove(due)
                due[1]()
            for number, plant in self.plants.items():
                plant.react(self.outputs[number], at_s)
                if self.pace is not None and self.pace(at_s, grain == 1, plant.signature != was[number]):
                    plant.sample(self.outputs[number], at_s)

    def later(self, after_s: float, happen: Callable[[], None]) -> float:
        """Something happens, perhaps between two scans. Returns when."""
        self._due.append((self.now + after_s, happen))
        return self.now + after_s

    def run(self, lasts_s: float) -> None:
        """Let time pass: finely where things move, coarsely elsewhere."""
        end_s = self.now + lasts_s
        self._lively_until_s = max(self._lively_until_s, self.now + LIVELY_S)
        while self.now < end_s - 1e-9:
            self.scan(after_s=FINE_S if self.now < self._lively_until_s else COARSE_S)

    def run_until(self, condition: Callable[[], bool], within_s: float, coarsely: bool = False) -> float:
        """Scan until it holds; how long that took. Fails when it does not hold in time."""
        start_s = self.now
        while not condition():
            assert self.now - start_s <= within_s, f"not within {within_s} s: {self.told()}"
            self.scan(after_s=COARSE_S if coarsely and self.now >= self._lively_until_s else FINE_S)
        return self.now - start_s

    def restart(self, halted_s: float = 3.0) -> None:
        """Control is killed, and starts again with what it has kept; the boards have opened their contactors meanwhile."""
        self.boots += 1
        settings = [evse.settings for evse in self.state.evses.values()]
        self.killed_s = self.now
        self.outputs = {
            number: structs.replace(last, duty_ppm=PILOT_STEADY_PPM, contactor=False, rcd_test=False)
            for number, last in self.outputs.items()
        }
        self.now += halted_s
        self._live(self.now - halted_s)
        self.state = initial(settings, self.state.site, f"boot {self.boots}", self.now, kept(self.state))
        self.panel = self._dark()

    def told(self, evse: int = 1) -> EvseState:
        """What the station would know of an EVSE."""
        return structs.replace(self.state.evses[evse].shown, reading=self.state.evses[evse].reading)

    def sent(self, evse: int = 1) -> EvseState:
        """The same as telemetry says it."""
        return next(state for state in states(self.state) if state.evse == evse)

    def plug_in(self, evse: int = 1) -> PlugInId:
        """The present plug-in, of which there has to be one."""
        plug_in = self.told(evse).plug_in
        assert plug_in is not None
        return plug_in

    def faults(self, evse: int = 1) -> set[str]:
        """Names of the active faults."""
        return {fault.name for fault in self.told(evse).faults}

    def limits(self, evse: int = 1) -> dict[str, int]:
        """The list of limits: from source to current, the lowest first."""
        return {limit.source: limit.limit_ma for limit in self.told(evse).limits}

    def lowest(self, evse: int = 1) -> Limit:
        """The limit that counts."""
        return self.told(evse).limits[0]

    def closed(self, evse: int = 1) -> bool:
        """Is the contactor commanded closed?"""
        return self.outputs[evse].contactor

    def duty(self, evse: int = 1) -> int:
        """What the pilot is driven with."""
        return self.outputs[evse].duty_ppm

    def permit(
        self,
        evse: int = 1,
        limit_ma: int = 32_000,
        valid_for_s: float = 1e9,
        then_ma: int = 6_000,
        phases: SwitchedPhases | None = None,
    ) -> None:
        """The station lets the present car charge."""
        self.scan(Permit(evse, self.plug_in(evse), limit_ma, valid_for_s, then_ma, phases=phases))

    def revoke(self, evse: int = 1) -> None:
        """The station ends the present session."""
        self.scan(Revoke(evse, self.plug_in(evse)))

    def clear(self, name: str, evse: int = 1) -> ClearOutcome:
        """A technician says that a fault has been dealt with."""
        self.scan(ClearFault(evse, name, f"clear {self.now}"))
        outcome = self.told(evse).cleared
        assert outcome is not None
        assert outcome.wish == self.wishes[0].wish  # type: ignore[union-attr]
        return outcome

    def arrive(self, evse: int = 1) -> None:
        """A car comes, and is seen."""
        self.plants[evse].plug()
        self.run_until(lambda: self.told(evse).plug_in is not None, 1)

    def leave(self, evse: int = 1) -> None:
        """It goes, and that is seen."""
        self.plants[evse].unplug()
        self.run_until(lambda: self.told(evse).plug_in is None, 1)

    def charge(self, evse: int = 1, limit_ma: int = 32_000, phases: SwitchedPhases | None = None) -> None:
        """A car comes, is permitted, and charges."""
        self.arrive(evse)
        self.permit(evse, limit_ma, phases=phases)
        self.run_until(lambda: self.closed(evse) and self.plants[evse].closed, 10)
