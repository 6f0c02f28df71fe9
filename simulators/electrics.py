"""One EVSE: board electrics, cable and car together, under ``now``.

Nothing here has a pace of its own. ``advance`` lets time pass and stops at every event on the way: the dead-man runs out, contacts
arrive, the car reacts; between two events all currents are constant, so the meter's integral is exact however far a clock jumps.

    wire ── pilot ──▶ outlet, with a car ── S2, current ──▶ feed: mains, meter, contacts, residual current monitor
      │                                                       ▲
      └─▶ sense: what the board measures                      └── dead-man, monitor and emergency stop cut the coils
"""

from math import inf

from msgspec.structs import replace

from hal.measured import PILOT_STEADY_PPM, BoardFault, BoardInputs, BoardOutputs
from simulators import pilot, sense, wire
from simulators.actuator import Actuator
from simulators.ev import Ev
from simulators.feed import Feed
from simulators.hardware import EvsePlan, Hardware, Rule, Violation
from simulators.lamp import Lamp
from simulators.outlet import Outlet
from simulators.recorder import Recorder
from simulators.timing import Timing

DEAD_MAN_S = 0.170
"""Without a kick for this long the coil drops: later than control takes a board for silent, and with the travel of the contacts before the
200 ms that are promised."""
SAFE = BoardOutputs(duty_ppm=PILOT_STEADY_PPM, contactor=False, lock=False)
"""Where a board starts: no offer, contactor open."""
MAX_VIOLATIONS = 100
"""More are not kept: one is too many."""


class Electrics:
    """One EVSE of the world. Whoever changes it from outside advances it first and calls ``settle`` afterwards."""

    def __init__(self, plan: EvsePlan, register_wh: float = 0.0, speed: float = 1.0) -> None:
        self.plan = plan
        self.outlet = Outlet(plan)
        self.feed = Feed(plan, register_wh, speed)
        self.contacts, self.meter = self.feed.contacts, self.feed.meter
        self.recorder = Recorder(plan.id)
        self.hardware = Hardware()
        self.glitch: wire.Glitch | None = None
        self.faults: dict[str, BoardFault] = {}
        """What the board diagnoses, as raised by verb."""
        self.powered = True
        self.lamp = Lamp()
        self.timing = Timing()
        self.violations: list[Violation] = []
        self.outputs = SAFE
        self.letter = "A"
        """IEC 61851-1 state on the wire, A to F."""
        self._kicked_s = -inf
        self._alive = False
        self._supplied = True
        self._now = -inf
        self._held = sense.Hold()

    # What time does

    @property
    def next_event_s(self) -> float:
        """When something happens by itself; infinite when nothing will."""
        return min(self.next_change_s, self._kicked_s + DEAD_MAN_S) if self._alive else self.next_change_s

    @property
    def next_change_s(self) -> float:
        """The same as long as the driver goes on as it does."""
        return min(
            self.feed.next_event_s,
            self.outlet.next_event_s,
            inf if self.ev is None else min(self.ev.next_event_s, self._full_s),
            inf if self.glitch is None else self.glitch.ends_s,
        )

    def advance(self, now: float) -> None:
        """Let time pass up to ``now``. A time that has already passed changes nothing."""
        while (due_s := self.next_event_s) <= now:
            self.settle(max(due_s, self._now))
        self._integrate(now)

    def settle(self, now: float) -> None:
        """Let everything follow from what is set at this moment."""
        closed, loaded = self.contacts.closed, any(self.feed.flow_ma)
        self._integrate(now)
        self._guard(now)
        self._move(now)
        if self.ev is not None:
            self.ev.see(wire.heard_ppm(self.wire_ppm, self.hardware), self.feed.live_phases, now)
        self.feed.watch(self.outlet.drawing, self.outputs.rcd_test, now)
        self.feed.carry(self.outlet.drawing)
        before, self.letter = self.letter, pilot.letter(self.plateaus.high_mv)
        self.timing.pilot(before, self.letter, now)
        self.timing.contacts(closed, self.contacts.closed, loaded, now)

    # What happens to it

    def fit(self, hardware: Hardware, now: float) -> None:
        """Parts break, or are mended."""
        if hardware.board != self.hardware.board:
            self._held = sense.Hold()
        self.hardware = hardware
        self.recorder.fault = hardware.signing
        self.outlet.fit(hardware, now)
        self.feed.fit(hardware, now)

    def disturb(self, high_mv: int, lasts_s: float, now: float) -> None:
        """Noise on what the board measures of the pilot."""
        self.glitch = wire.Glitch(high_mv, now + lasts_s)

    def found_locked(self, locked: bool) -> None:
        """The lock has been there since before anybody looked."""
        self.outlet.lock.place(locked)
        self.outputs = replace(self.outputs, lock=locked)

    # What the board does

    @property
    def safe(self) -> BoardOutputs:
        """Where the dead-man leaves a board: no offer, contactor open. Lock and number of phases stay as they are."""
        return replace(SAFE, lock=self.outputs.lock, phases=self.outputs.phases)

    def attach(self, now: float) -> None:
        """A driver takes the board: outputs go to their safe values until it writes."""
        self.advance(now)
        self.outputs = self.safe
        self.settle(now)

    def kick(self, outputs: BoardOutputs, sent_s: float, heard_s: float) -> None:
        """A driver's outputs, as of when it sent them."""
        if not self.powered or self.hardware.board == "lost":
            return
        at_s = max(min(sent_s, heard_s), self._now)
        self.advance(at_s)
        self._kicked_s = self.timing.last_kick_s = at_s
        self.timing.command(outputs.contactor, sent_s, heard_s)
        if self._alive and outputs == self.outputs:
            return
        if outputs.phases != self.outputs.phases and self.plan.phases == 3 and self._shown_closed:
            self._violate("phases_switched_closed", f"from {self.outputs.phases} to {outputs.phases} while contacts were closed")
        self._alive = True
        self.outputs = outputs
        self.settle(at_s)

    @property
    def _shown_closed(self) -> bool:
        """Contacts are closed, and whoever commands them can know: of one that is welded behind a feedback that says open nobody can."""
        denied = self.hardware.contactor_feedback == "reads_open" and not self.outputs.contactor
        return self.contacts.closed and not denied

    def keep_kicked(self, until_s: float) -> None:
        """The driver has gone on up to this time, with the same outputs; its kicks need not be played one by one."""
        if self._alive and self.powered and self.hardware.board != "lost":
            self._kicked_s = self.timing.last_kick_s = max(self._kicked_s, until_s)

    def measure(self, now: float) -> BoardInputs | None:
        """What the board hands over now; ``None``: nothing new, for it is lost, late or without supply."""
        if not self.powered or self.hardware.board == "lost":
            return None
        measured = sense.inputs(self, now)
        return self._held.pass_on(measured) if self.hardware.board == "late" else measured

    def inputs(self, now: float) -> BoardInputs:
        """What the board measures, whether it hands it over or not."""
        return sense.inputs(self, now)

    # What there is to see

    @property
    def ev(self) -> Ev | None:
        """The car, if there is one."""
        return self.outlet.ev

    @property
    def locked(self) -> bool | None:
        """Position of the plug lock; ``None`` where there is none."""
        return self.outlet.locked

    @property
    def contactor(self) -> Actuator:
        """The contactor of L1; ``contacts`` has them all."""
        return self.contacts.first

    @contactor.setter
    def contactor(self, contactor: Actuator) -> None:
        self.contacts.first = contactor

    @property
    def wire_ppm(self) -> int:
        """What is driven on the wire."""
        return wire.driven_ppm(self.outputs.duty_ppm, self.hardware, powered=self.powered)

    @property
    def duty_ppm(self) -> int:
        """High part of what is on the wire, 0 also where nothing is driven."""
        return max(0, self.wire_ppm)

    @property
    def plateaus(self) -> pilot.Plateaus:
        """Both levels of the pilot as the board measures them."""
        return wire.measured(self.wire_ppm, self.outlet.load, self.hardware, self.glitch)

    @property
    def advertised_ma(self) -> int:
        """What a car reads from the duty."""
        return pilot.advertised_ma(self.duty_ppm)

    # What follows from what

    def _guard(self, now: float) -> None:
        """Dead-man, supply, and whatever else cuts the coils in hardware."""
        if self.powered and not self._supplied:
            self.feed.rcm.start(now)
        self._supplied = self.powered
        self._alive = self._alive and self.powered and now < self._kicked_s + DEAD_MAN_S
        if not self._alive:
            self.outputs = self.safe
        if self.outputs.shunt_trip and self.hardware.breaker is None:
            self.fit(replace(self.hardware, breaker="tripped"), now)
        if self.glitch is not None and now >= self.glitch.ends_s:
            self.glitch = None

    def _move(self, now: float) -> None:
        """Contacts, plug and lock are where they are at this time. Without supply the board releases the plug as soon as that is dead."""
        locked = self.outlet.lock.position
        self.feed.watch(self.outlet.drawing, self.outputs.rcd_test, now)
        self.feed.move(self.outputs.contactor, self.outputs.phases, now)
        if not self.powered and not self.contacts.closed:
            self.outputs = replace(self.outputs, lock=False)
        self.outlet.move(self.outputs.lock, now)
        if locked and not self.outlet.lock.position and self.contacts.closed and self.hardware.contactor_feedback is None:
            self._violate("unlocked_closed", "the plug was unlocked while contacts were closed")

    def _integrate(self, now: float) -> None:
        if now <= self._now:
            return
        if self._now > -inf:
            energy_wh = self.meter.integrate(now - self._now)
            if energy_wh and self.ev is not None:
                self.ev.take(energy_wh)
        self._now = now

    @property
    def _full_s(self) -> float:
        """When the car's battery will be full."""
        passing_w = self.meter.passing_w
        if self.ev is None or passing_w <= 0 or not self.ev.filling:
            return inf
        return self._now + self.ev.room_wh / passing_w * 3600

    def _violate(self, rule: Rule, said: str) -> None:
        if len(self.violations) < MAX_VIOLATIONS:
            self.violations.append(Violation(self._now, rule, said))
