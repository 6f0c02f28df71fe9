"""One EVSE's hardware and the car at it, as far as a scan sees them. It checks nothing; what a test wants, it sets."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from chargepoint.control.memory import EvseInputs
from chargepoint.control.pilot import oscillates
from hal.measured import PILOT_FAULT_PPM, PILOT_OFF_PPM, PILOT_STEADY_PPM, BoardFault, BoardInputs, BoardOutputs, MeterReading, Phases

T = TypeVar("T")

CONTACTOR_S, LOCK_S, POLES_S = 0.03, 0.2, 0.1
AWAKE_S = 3.0
"""A sleeping car that has been shown F or E for so long wakes up."""
HIGH_MV = {"A": 12_000, "B": 9_000, "C": 6_000, "D": 3_000, "E": 0, "F": -12_000, "?": -5_000}


def read_ma(duty_ppm: int) -> int:
    """What the EV may draw (IEC 61851-1 Table A.8)."""
    percent = duty_ppm / 10_000
    if percent < 8 or percent > 97:
        return 0
    if percent < 10:
        return 6_000
    return int(percent * 600) if percent <= 85 else min(80_000, int((percent - 64) * 2_500))


@dataclass
class Plant:
    """Whatever is set holds from the next scan on."""

    letter: str = "A"
    """What the car does to the pilot."""
    forced: str | None = None
    """What a fault makes of it; ``?``: a voltage that no state has."""
    asks: str | None = "C"
    """What the car changes to when it is offered current; ``None``: it does not want any."""
    reaction_s: float = 0.5
    stubborn: bool = False
    """Asks whatever the pilot says, and goes on drawing (IEC 61851-1 A.2.3, simplified pilot)."""
    asleep: bool = False
    """Reacts to no offer before it has been woken."""
    draws_ma: int | None = None
    """``None``: what it is offered."""
    car_phases: int = 3
    diode: bool = True
    pp_ohm: int | None = None
    board_lost: bool = False
    feedback: bool = True
    """Of contactor and lock."""
    contactor_s: float = CONTACTOR_S
    stuck: bool | None = None
    """The contactor: welded, or never closing."""
    jammed: bool | None = None
    """The lock."""
    rcd: bool = False
    """A residual current flows."""
    deaf: bool = False
    """The monitor does not trip when it is tested."""
    emergency_stop: bool = False
    earth_good: bool | None = None
    enclosure_open: bool = False
    tilted: bool = False
    temperature_c: float | None = 25.0
    faults: tuple[BoardFault, ...] = ()
    meter_lost: bool = False
    meter_doubt: str = ""
    """It answers what cannot be true."""
    register_stands: bool = False
    voltage_mv: Phases = (230_000, 230_000, 230_000)
    current_ma: Phases | None = None
    """What the meter says instead of what flows."""
    car: int = 0
    """Which car it is."""
    closed: bool = False
    opened_s: float = float("-inf")
    locked: bool = False
    poles: int = 3
    tripped: bool = False
    """The monitor, by its own test."""
    trip_s: float = 0.1
    clear_s: float = 1.0
    """The monitor: from its test input to its trip, and from the end of that until it is armed again."""
    moved_closed: int = 0
    """So often the poles were moved while the contactor was closed."""
    inputs: BoardInputs | None = None
    reading: MeterReading | None = None
    _energy_wh: float = 0.0
    _offered_ma: int = 0
    _since_s: dict[str, float] = field(default_factory=dict)
    _at_s: float | None = None
    _before_s: float = 0.0
    """When it was looked at last: right after that, outputs may have changed."""

    @property
    def measured(self) -> str:
        """The letter that the car, or a fault, makes."""
        return self.forced or self.letter

    @property
    def signature(self) -> tuple[object, ...]:
        """What a board speaks up about when it changes."""
        return (
            *(self.measured, self.closed, self.locked, self.rcd, self.tripped, self.pp_ohm),
            *(self.emergency_stop, self.earth_good, self.enclosure_open, self.tilted),
        )

    def plug(self) -> None:
        """A car comes."""
        self.letter, self.pp_ohm = "B", 220
        self.car += 1

    def unplug(self) -> None:
        """It goes."""
        self.letter, self.pp_ohm = "A", None

    def react(self, outputs: BoardOutputs, now: float) -> None:
        """Contacts, lock, monitor and car follow the outputs, each in its time."""
        self._before_s = now if self._at_s is None else self._at_s
        self._count(now)
        was = self.closed
        self.closed = self._follow("contactor", outputs.contactor, self.closed, self.contactor_s, now)
        self.closed = self.closed if self.stuck is None else self.stuck
        if was and not self.closed:
            self.opened_s = now
        self.locked = self._follow("lock", outputs.lock, self.locked, LOCK_S, now)
        self.locked = self.locked if self.jammed is None else self.jammed
        poles = self._follow("poles", int(outputs.phases), self.poles, POLES_S, now)
        self.moved_closed += (poles != self.poles or outputs.phases != self.poles) and self.closed
        self.poles = poles
        self.tripped = self._follow(
            "monitor", outputs.rcd_test and not self.deaf, self.tripped, self.clear_s if self.tripped else self.trip_s, now
        )
        if self.letter != "A":
            self._drive(outputs.duty_ppm, now)

    def _drive(self, duty_ppm: int, now: float) -> None:
        """The car reads the pilot and asks, or lets go."""
        if self._follow("wake", duty_ppm <= PILOT_FAULT_PPM, False, AWAKE_S, now):
            self.asleep = False
        offered = oscillates(duty_ppm)
        self._offered_ma = read_ma(duty_ppm) if offered or not self.stubborn else self._offered_ma
        wants = self.asks is not None and not self.asleep and (offered or self.stubborn)
        self.letter = self._follow("car", self.asks or "B" if wants else "B", self.letter, self.reaction_s, now)

    def _follow(self, what: str, wanted: T, present: T, after_s: float, now: float) -> T:
        if wanted == present:
            self._since_s.pop(what, None)
            return present
        since_s = self._since_s.setdefault(what, self._before_s)
        return wanted if now - since_s >= after_s - 1e-9 else present

    def flow_ma(self) -> tuple[int, int, int]:
        """What flows on each phase."""
        drawn_ma = self._offered_ma if self.draws_ma is None else self.draws_ma
        flows = self.closed and self.letter in "CD"
        one, two, three = (drawn_ma if flows and phase <= min(self.car_phases, self.poles) else 0 for phase in (1, 2, 3))
        return one, two, three

    def power_w(self) -> int:
        """What flows, with the voltages there are."""
        flow_ma = self.flow_ma()
        return sum((mv or 0) * ma for mv, ma in zip(self.voltage_mv, flow_ma, strict=True)) // 1_000_000 if any(flow_ma) else 0

    def _count(self, now: float) -> None:
        if self._at_s is not None and not self.register_stands:
            self._energy_wh += self.power_w() * (now - self._at_s) / 3600
        self._at_s = now

    def measure(self, outputs: BoardOutputs, now: float) -> EvseInputs:
        """What control reads."""
        self.sample(outputs, now)
        return self.read(now)

    def sample(self, outputs: BoardOutputs, now: float) -> None:
        """The board measures."""
        if not self.board_lost:
            self.inputs = self._board(outputs, now)

    def read(self, now: float) -> EvseInputs:
        """What control reads from a board that measures at its own pace."""
        if not self.meter_lost and not self.meter_doubt:
            current_ma: Phases = self.flow_ma() if self.current_ma is None else self.current_ma
            self.reading = MeterReading(
                at_s=now,
                energy_wh=int(self._energy_wh),
                power_w=self.power_w(),
                current_ma=current_ma,
                voltage_mv=self.voltage_mv,
            )
        return EvseInputs(self.inputs, self.reading, self.meter_doubt)

    def _board(self, outputs: BoardOutputs, now: float) -> BoardInputs:
        high_mv, low_mv = self._plateaus(outputs.duty_ppm)
        return BoardInputs(
            at_s=now,
            cp_high_mv=high_mv,
            cp_low_mv=low_mv,
            contactor_closed=self.closed if self.feedback else None,
            plug_locked=self.locked if self.feedback else None,
            pp_ohm=self.pp_ohm,
            rcd_tripped=self.rcd or self.tripped,
            emergency_stop=self.emergency_stop,
            earth_good=self.earth_good,
            enclosure_open=self.enclosure_open,
            tilted=self.tilted,
            temperature_c=self.temperature_c,
            faults=self.faults,
        )

    def _plateaus(self, duty_ppm: int) -> tuple[int, int]:
        """Upper and lower."""
        if self.forced is None and duty_ppm in (PILOT_FAULT_PPM, PILOT_OFF_PPM):
            driven_mv = HIGH_MV["F"] if duty_ppm == PILOT_FAULT_PPM else HIGH_MV["E"]
            return driven_mv, driven_mv
        high_mv = HIGH_MV[self.measured]
        if duty_ppm == PILOT_STEADY_PPM or not oscillates(duty_ppm):
            return high_mv, high_mv
        return high_mv, -12_000 if self.diode else -high_mv


Happening = Callable[[Plant], None]


def turn(**values: object) -> Happening:
    """Something about car or hardware changes."""

    def happen(plant: Plant) -> None:
        for name, value in values.items():
            assert hasattr(plant, name)
            setattr(plant, name, value)

    return happen
