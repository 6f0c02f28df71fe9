"""One EVSE: board electrics, cable and car together, under ``now``.

Nothing here has a pace of its own. ``advance`` lets time pass and stops at every event on the way: the dead-man runs out, contacts
arrive, the car reacts; between two events all currents are constant, so the meter's integral is exact however far a clock jumps.
"""

from math import inf

from msgspec.structs import replace

from hal.measured import PILOT_FAULT_PPM, PILOT_STEADY_PPM, BoardFault, BoardInputs, BoardOutputs
from simulators import pilot
from simulators.actuator import Actuator
from simulators.ev import Ev
from simulators.hardware import EvsePlan, Hardware, Timing
from simulators.meter import NOTHING, Meter, Triple

DEAD_MAN_S = 0.150
"""Without a kick for this long the coil drops; with the travel of the contacts less than the 200 ms that are promised."""
CONTACTOR_TRAVEL_S = 0.015
LOCK_TRAVEL_S = 0.300
CABLE_OHM = 220
"""A 32 A cable (IEC 61851-1 Annex B)."""
ROOM_C = 25.0
SELFTEST_FAULT = BoardFault("rcd_selftest", "ground_failure", info="RCD self-test fails")
JAMMED: dict[str | None, bool] = {"welded": True, "stuck_closed": True, "stuck_open": False}
"""Position in which a broken contactor or lock stays."""
SAFE = BoardOutputs(duty_ppm=PILOT_STEADY_PPM, contactor=False, lock=False)
"""Where the dead-man leaves a board: no offer, contactor open. The lock stays as it is."""


class Electrics:
    """One EVSE of the world. Whoever changes it from outside advances it first and calls ``settle`` afterwards."""

    def __init__(self, plan: EvsePlan, register_wh: float = 0.0, speed: float = 1.0) -> None:
        self.plan = plan
        self.meter = Meter(plan.phases, round(plan.voltage_v * 1000), register_wh, speed)
        self.contactor = Actuator(CONTACTOR_TRAVEL_S)
        self.lock = Actuator(LOCK_TRAVEL_S)
        self.ev: Ev | None = None
        self.cable: int | None = None
        """The connector whose socket has a cable in it."""
        self.hardware = Hardware()
        self.faults: dict[str, BoardFault] = {}
        self.powered = True
        self.timing = Timing()
        self.outputs = SAFE
        self._speed = speed
        self._kicked_s = -inf
        self._alive = False
        self._now = -inf
        self._letter = "A"

    # What time does

    @property
    def next_event_s(self) -> float:
        """When something happens by itself; infinite when nothing will."""
        dead_man_s = self._kicked_s + DEAD_MAN_S if self._alive else inf
        car_s = min(self.ev.next_event_s, self._full_s) if self.ev else inf
        return min(dead_man_s, self.contactor.arrives_s, self.lock.arrives_s, car_s)

    def advance(self, now: float) -> None:
        """Let time pass up to ``now``. A time that has already passed changes nothing."""
        while self.next_event_s <= now:
            self.settle(max(self.next_event_s, self._now))
        self.settle(max(now, self._now))

    def settle(self, now: float) -> None:
        """Let everything follow from what is set at this moment."""
        self._integrate(now)
        self._guard(now)
        self.contactor.move(now)
        self.lock.move(now)
        if self.ev is not None:
            self.ev.see(self.advertised_ma, now)
        self.meter.carry(self._flow_ma, live=self.contactor.position)
        self._stamp(now)

    # What happens to it

    def fit(self, hardware: Hardware, now: float) -> None:
        """Parts break, or are mended."""
        self.hardware = hardware
        self.contactor.jam(JAMMED.get(hardware.contactor), now)
        self.lock.jam(JAMMED.get(hardware.lock), now)
        if hardware.meter != self.meter.condition:
            self.meter.set_condition(hardware.meter, now)

    def found_locked(self, locked: bool) -> None:
        """The lock has been there since before anybody looked."""
        self.lock.place(locked)
        self.outputs = replace(self.outputs, lock=locked)

    # What the board does

    def attach(self, now: float) -> None:
        """A driver takes the board: outputs go to their safe values until it writes."""
        self.advance(now)
        self.outputs = replace(SAFE, lock=self.outputs.lock)
        self.settle(now)

    def kick(self, duty_ppm: int, contactor: bool, lock: bool | None, sent_s: float, heard_s: float) -> None:
        """A driver's outputs, as of when it sent them. ``lock`` ``None``: leave it."""
        if not self.powered or self.hardware.board == "lost":
            return
        at_s = max(min(sent_s, heard_s), self._now)
        self.advance(at_s)
        self._kicked_s = self.timing.last_kick_s = at_s
        self._alive = True
        self.outputs = BoardOutputs(duty_ppm, contactor, self.outputs.lock if lock is None else lock)
        left_s = self.timing.pilot_left_c_s
        if not contactor and left_s is not None and self.timing.open_commanded_s is None and sent_s >= left_s:
            self.timing.open_commanded_s, self.timing.open_heard_s = sent_s, heard_s
        self.settle(at_s)

    def inputs(self, now: float) -> BoardInputs:
        """What the board measures."""
        plateaus = self.plateaus
        return BoardInputs(
            at_s=now,
            cp_high_mv=plateaus.high_mv,
            cp_low_mv=plateaus.low_mv,
            contactor_closed=self.contactor.position,
            plug_locked=self.locked,
            pp_ohm=self._pp_ohm,
            connector=self.connector,
            rcd_tripped=self.hardware.rcd == "tripped",
            emergency_stop=bool(self.hardware.emergency_stop),
            temperature_c=ROOM_C if self.hardware.temperature_c is None else self.hardware.temperature_c,
            faults=self._board_faults,
        )

    # What there is to see

    @property
    def plateaus(self) -> pilot.Plateaus:
        """Both levels of the pilot as they are on the wire."""
        if not self.powered:
            return pilot.UNPOWERED
        return pilot.plateaus(self.outputs.duty_ppm, self.ev.load if self.ev else pilot.NOTHING)

    @property
    def letter(self) -> str:
        """IEC 61851-1 state on the wire, A to F."""
        return pilot.letter(self.plateaus.high_mv)

    @property
    def duty_ppm(self) -> int:
        """What is on the wire; a board without power drives nothing."""
        return self.outputs.duty_ppm if self.powered else PILOT_FAULT_PPM

    @property
    def advertised_ma(self) -> int:
        """What a car reads from the duty."""
        return pilot.advertised_ma(self.duty_ppm)

    @property
    def connector(self) -> int:
        """The connector with the car, else with a cable in it, else the first."""
        if self.ev is not None:
            return self.ev.connector
        return self.plan.connectors[0].id if self.cable is None else self.cable

    @property
    def fixed_cable(self) -> bool:
        """Is that connector a cable fixed to the station? It has neither lock nor proximity resistor."""
        connector = self.plan.connector(self.connector)
        return connector is not None and connector.cable == "fixed"

    @property
    def locked(self) -> bool | None:
        """Position of the plug lock; ``None`` where there is none."""
        return None if self.fixed_cable else self.lock.position

    # What follows from what

    def _guard(self, now: float) -> None:
        self._alive = self._alive and self.powered and now < self._kicked_s + DEAD_MAN_S
        if not self._alive:
            self.outputs = replace(SAFE, lock=self.outputs.lock)
        tripped = self.hardware.rcd == "tripped" or bool(self.hardware.emergency_stop)
        self.contactor.drive(self.outputs.contactor and not tripped, now)
        self.lock.drive(self.outputs.lock and not self.fixed_cable, now)

    def _integrate(self, now: float) -> None:
        if now > self._now > -inf:
            energy_wh = self.meter.integrate(now - self._now)
            if self.ev is not None:
                self.ev.take(energy_wh)
        self._now = max(now, self._now)

    @property
    def _full_s(self) -> float:
        """When the car's battery will be full."""
        passing_w = self.meter.passing_w
        if self.ev is None or passing_w <= 0 or self.ev.current_ma == 0:
            return inf
        return self._now + self.ev.room_wh / passing_w * 3600

    @property
    def _flow_ma(self) -> Triple:
        if self.ev is None or not self.contactor.position:
            return NOTHING
        used = min(self.ev.demand.phases, self.plan.phases)
        one = self.ev.current_ma
        return (one, one if used > 1 else 0, one if used > 2 else 0)

    @property
    def _pp_ohm(self) -> int | None:
        if self.cable is None:
            return None
        return CABLE_OHM if self.hardware.pp_ohm is None else self.hardware.pp_ohm

    @property
    def _board_faults(self) -> tuple[BoardFault, ...]:
        selftest = (SELFTEST_FAULT,) if self.hardware.rcd == "selftest_fails" else ()
        return (*selftest, *self.faults.values())

    def _stamp(self, now: float) -> None:
        before, self._letter = self._letter, self.letter
        if before in "CD" and self._letter not in "CD":
            self.timing.pilot_left_c_s = now
            self.timing.open_commanded_s = self.timing.open_heard_s = self.timing.contacts_open_s = None
        left_s = self.timing.pilot_left_c_s
        if left_s is not None and self.timing.contacts_open_s is None and not self.contactor.position:
            self.timing.contacts_open_s = now
