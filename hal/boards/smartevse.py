"""SmartEVSE v3 (dingo35) as a node of load balancing: this host is the master on its line.

    node                     this host                               node then
    4 COMM_B, an EV came     writes state 5, if something is offered  1 B, PWM
    6 COMM_C, the EV asks    writes state 7                           2 C, contactor closed
    every 2 s, and at once   broadcasts the currents of all nodes     PWM as told; its watchdog (11 s) is fed
                             writes state 9 (from B), 10 (from C)     no PWM; opens within 6 s

A current of 0 alone would not stop the PWM of a node in state B: its state is written too. A broadcast is for all nodes on the line, so
those that this process serves share one (``hal.boards.smartevse_balance``). Not the "Smart EVSE" of Edgetech, whose map is another.
"""

import contextlib
import logging
import time
from collections.abc import Mapping

from hal.api import Abilities
from hal.boards.lag import Course
from hal.boards.registers import LEAST_MA, Register, Unit, Values, contacts, doubts, offered_ma, shown, wait_until
from hal.boards.smartevse_balance import NODES, Balance, balance_on
from hal.boards.talking import Letter, TalkingBoard, plateaus_mv
from hal.bus.modbus import ENTRIES, UnitNumber, connect
from hal.errors import DeviceError, DriverError
from hal.facts import DriverFacts
from hal.measured import BoardFault, BoardInputs, BoardOutputs

log = logging.getLogger(__name__)

REGISTERS = (
    Register("state", "holding", 0, "see BY_LETTER", written=16),
    Register("errors", "holding", 1, "bits: 1 less than 6 A, 2 no master, 4 hot, 16 residual current, 32 no sun", written=16),
    Register("current", "holding", 2, "mA", scale=100, doubt="whether it is what is offered, or a limit of its own; it is not used"),
    Register("mode", "holding", 3, "0 normal, 1 smart, 2 solar", written=16),
    Register("solar_timer", "holding", 4, "s"),
    Register("access", "holding", 5, "0 off, 1 on, 2 pause", written=16),
    Register("config_changed", "holding", 6, "by its menu"),
    Register("most_ma", "holding", 7, "by its menu, mA", scale=1000),
    Register("phases", "holding", 8, "in use", doubt="from which version on it is there; it is only told to people"),
    Register("real_current", "holding", 9, "mA", scale=100),
    Register("temperature", "holding", 10, "K, or C", signed=True, doubt="whether in K or C: above 200 is taken for K"),
    Register("serial", "holding", 11, "number"),
    Register("load_balancing", "holding", 0x0104, "0 off, 1 master, 2 to 8 node", written=16, kept=True),
    Register("switch", "holding", 0x0105, "what its switch does; 0 nothing", written=16, kept=True),
    Register("rc_monitor", "holding", 0x0106, "0 none, 1 fitted", written=16, kept=True),
    Register("rfid", "holding", 0x0107, "its own card reader; 0 none", written=16, kept=True),
)
COMM_B, COMM_B_OK, COMM_C, COMM_C_OK, B, C, D, B1, C1 = 4, 5, 6, 7, 1, 2, 3, 9, 10
BY_LETTER: Mapping[Letter, tuple[int, ...]] = {
    "A": (0,),
    "B": (B, COMM_B, COMM_B_OK, 8, B1, 11, 12, 13, 14),
    "C": (C, COMM_C, COMM_C_OK, C1),
    "D": (D,),
}
LETTERS: Mapping[int, Letter] = {state: letter for letter, states in BY_LETTER.items() for state in states}
WITH_PWM = (B, C, D, COMM_C, COMM_C_OK)
CLOSED = (C, D, C1)
STARTS: Mapping[int, int] = {COMM_B: COMM_B_OK, COMM_C: COMM_C_OK}
"""What a node asks for -> what it is granted."""
STOPS: Mapping[int, int] = {B: B1, COMM_B_OK: B1, COMM_C: B1, COMM_C_OK: B1, C: C1, D: C1}
LESS_6A, NO_COMM, HOT, RESIDUAL, NO_SUN = 1, 2, 4, 16, 32
ON = 1
KELVIN, ICE_K = 200, 273
REST_S, HANDSHAKE_S = 1.0, 0.2
WHAT = "SmartEVSE 3 with register layout of 3.0 or newer"

FAULTS: Mapping[int, BoardFault] = {
    HOT: BoardFault("too_hot", "high_temperature", info="it has stopped until it has cooled down"),
    RESIDUAL: BoardFault("rcm_tripped", "ground_failure", info="residual current; reset it at its button"),
}
UNMONITORED = BoardFault(
    "no_rcm",
    "internal_error",
    info="its residual current monitor is off (menu RCMON); fit and switch it on, or say rcm = false if another one is there",
)

ABILITIES = Abilities(
    safety="own",
    rcm=True,
    coil_watchdog=False,
    proximity=False,
    contactor="own",
    fault_state=False,
    silent_s=5.0,
    settle_s=4.0,
    start_s=15.0,
    when_lost="opens",
)

DRIVER = DriverFacts(
    name="smartevse",
    kind="boards",
    title="SmartEVSE v3, v3.5 (dingo35) as a node of load balancing",
    link="Modbus RTU 9600 8N1, unit 2 to 8 (LOAD BALANCE in its menu: node 1 to 7)",
    extra="modbus",
    safety=(
        "The board's own controller makes the pilot, checks the diode and opens its contactor on every fault. Its residual current monitor"
        " (RCM14-03) is an option: it has to be on in its menu, unless rcm = false says that another one cuts the coil."
    ),
    watchdog=("A broadcast every 2 s. After 11 s without one the node takes its offer back and opens; it goes on when it is heard again."),
    proven=("tests/hal/boards/test_modbus_boards.py", "tests/hal/boards/test_smartevse.py"),
    doubts=(
        "Never tried on a board: everything is from its firmware's text.",
        "Version 2.20 and older have another layout; they are refused.",
        "It has no registers of a meter. The meter it reads as a node is on the same line with a unit of its own: name that one's driver.",
        "A plug lock is moved by itself (menu LOCK), and a cable's coding heeded by itself; neither is told.",
        "Its contactor has no feedback: closed is what its state says.",
        "Whether a gateway on TCP passes on what nobody answers (the broadcasts to unit 9).",
        "Other masters, and meters that it polls by itself, must not be on the line.",
        *doubts(REGISTERS),
    ),
    sources=("dingo35/SmartEVSE-3.5 SmartEVSE-3/src/modbus.cpp, main.h",),
    entries={
        **ENTRIES,
        "unit": "address as a node, 2 to 8; 2 if not set",
        "rcm": "false where its own residual current monitor is not fitted, but another one cuts the contactor's coil; true if not set",
    },
)


class SmartEvseBoard(TalkingBoard):
    """``hal.api.Board``. Entries as in ``DRIVER``."""

    abilities = ABILITIES

    def __init__(self, *, unit: UnitNumber = 2, rcm: bool = True, **wire: object) -> None:
        bus = connect("board.smartevse", wire, tries=2)
        if unit not in NODES:
            raise DriverError(f"{bus.where(unit)}: expected a node, unit 2 to 8; correct unit, and LOAD BALANCE in its menu")
        super().__init__(SmartEvseTalk(Unit(bus, unit, REGISTERS), balance_on(bus), rcm=rcm), ABILITIES)


class SmartEvseTalk:
    """``hal.boards.talking.Talk``."""

    def __init__(self, unit: Unit, balance: Balance, *, rcm: bool = True) -> None:
        self.name = unit.where
        self._unit = unit
        self._balance = balance
        self._rcm = rcm
        self._standing: tuple[BoardFault, ...] = ()
        self._most_ma = LEAST_MA
        self._course = Course(unit.where)
        self._asked = False
        """It waits for an answer: the next look comes soon."""

    def open(self) -> None:
        """Find it, withdraw its offer, look at its settings. Raises DeviceError."""
        found = self._unit.probe(WHAT, lambda: self._unit.read("state", "serial"))
        node = self._unit.probe(WHAT, lambda: self._unit.read("load_balancing", "rfid"))
        if int(found["state"]) not in LETTERS or node["load_balancing"] != self._unit.number:
            said = f"state {found['state']:g}, load balancing {node['load_balancing']:g} where {self._unit.number} is expected"
            raise self._unit.another(WHAT, f"it says {said} (an Edgetech Smart EVSE is another device)")
        log.info("event=board_found board=%r serial=%g phases=%g", self.name, found["serial"], found["phases"])
        self._most_ma = int(found["most_ma"])
        self._withdraw(int(found["state"]))
        for name in ("switch", "rfid"):  # they would stop, and start, without anybody's permit
            self._unit.settle(name, 0)
        self._standing = (UNMONITORED,) if self._rcm and not node["rc_monitor"] else ()
        wait_until(self._open)

    def exchange(self, wanted: BoardOutputs) -> BoardInputs:
        """Broadcast the currents, ask for all, answer what it asks for. Raises DeviceError."""
        wanted_ma = offered_ma(wanted, self._most_ma, 100)
        self._balance.tell(self._unit.bus, self._unit.number, wanted_ma // 100)
        at_s = time.monotonic()
        found = self._unit.read("state", "serial")
        state = int(found["state"])
        if state not in LETTERS:
            raise DeviceError(f"{self.name}: says state {state}, 0 to 14 is expected; compare driver and device")
        if not wanted_ma:
            self._withdraw(state)
        self._admit(found)
        if wanted_ma:
            self._grant(found)
        self._asked = wanted_ma > 0 and state in (*STARTS, *STARTS.values())
        return self._measured(found, wanted, at_s)

    def rest_s(self, wanted: BoardOutputs) -> float:
        """It says nothing by itself; its watchdog waits, and sometimes its state."""
        return HANDSHAKE_S if self._asked else self._course.rest_s(REST_S)

    def close(self) -> None:
        """Without an offer."""
        with contextlib.suppress(DeviceError):
            self._withdraw(int(self._unit.read("state")["state"]))

    def _admit(self, found: Values) -> None:
        """Without access it does not even tell that a car is there; whether anything is offered is said in other ways."""
        for name, value in (("mode", 0), ("access", ON)):
            if found[name] != value:
                self._unit.write(name, value)

    def _grant(self, found: Values) -> None:
        """What it asks for."""
        errors = int(found["errors"])
        if errors & (LESS_6A | NO_SUN):
            self._unit.write("errors", errors & ~(LESS_6A | NO_SUN))
        if (granted := STARTS.get(int(found["state"]))) is not None:
            self._unit.write("state", granted)

    def _withdraw(self, state: int) -> None:
        self._balance.tell(self._unit.bus, self._unit.number, 0)
        if (stopped := STOPS.get(state)) is not None:
            self._unit.write("state", stopped)

    def _open(self) -> bool:
        self._balance.tell(self._unit.bus, self._unit.number, 0)
        return int(self._unit.read("state")["state"]) not in CLOSED

    def _measured(self, found: Values, wanted: BoardOutputs, at_s: float) -> BoardInputs:
        state, errors = int(found["state"]), int(found["errors"])
        pwm = state in WITH_PWM
        high_mv, low_mv = plateaus_mv(self._course.take(LETTERS[state]), shown(wanted, pwm=pwm))
        faults = (*self._standing, *_faults(errors))
        return BoardInputs(
            at_s=at_s,
            cp_high_mv=high_mv,
            cp_low_mv=low_mv,
            contactor_closed=contacts(state in CLOSED, wanted),
            plug_locked=None,
            pp_ohm=None,
            temperature_c=_celsius(found["temperature"]),
            faults=faults or self._course.offers(wanted.offer_ma, at_s, pwm=pwm),
        )


def _celsius(told: float) -> float:
    return told - ICE_K if told > KELVIN else told


def _faults(errors: int) -> tuple[BoardFault, ...]:
    """Too little current and no master are this host's own doing, and pass."""
    known = LESS_6A | NO_COMM | NO_SUN | sum(FAULTS)
    unknown = errors & ~known
    named = tuple(fault for bit, fault in FAULTS.items() if errors & bit)
    return (*named, BoardFault("error", "internal_error", f"{unknown:02X}", "look at its display")) if unknown else named
