"""Phoenix Contact EV-CC-AC1-M3-..., EV Charge Control Basic, over Modbus RTU.

    wanted of control      22000, coil 20000    the board then
    nothing, F, < 6 A      off                  A1, B1, C1: no PWM; opens when the EV lets go
    6 A and more           A, on                A2, B2, C2: PWM; closes for an EV that asks
    lock                   coil 20002           moves the plug lock (socket, with S1/DIP 3 ON)

What is obeyed is kept on the board (4000 ...) and depends on its switches: what a switch forbids it does not take, which is told here. It
does not watch over this host: told once, it goes on at the last current for ever. State F by command needs S1/DIP 2 ON, with which there is
no residual current monitor: it is not used.
"""

import contextlib
import logging
import time
from collections.abc import Mapping

from msgspec.structs import replace

from hal.api import Abilities
from hal.boards.lag import Course
from hal.boards.registers import CODES_OHM, Register, Unit, Values, contacts, doubts, offered_ma, shown, wait_until
from hal.boards.talking import Letter, TalkingBoard, plateaus_mv
from hal.bus.modbus import ENTRIES, Refused, UnitNumber, connect
from hal.errors import DeviceError
from hal.facts import DriverFacts
from hal.measured import BoardFault, BoardInputs, BoardOutputs

log = logging.getLogger(__name__)

REGISTERS = (
    Register("order_name", "input", 1000, "what is ordered, text", words=16),
    Register("state", "input", 24000, "two characters: A1, A2, B1, ... D2, E0, F0"),
    Register("cable_a", "input", 24001, "what the cable is coded for, A; 0 none, 65535 shorted"),
    Register("duty", "input", 24002, "%", doubt="what it says without PWM; it is not used"),
    Register(
        "errors",
        "input",
        24025,
        "bits, the first is number 1",
        source="manual 106377",
        doubt="that its bits are counted from 1, and which boards have it; one without is believed by its state alone",
    ),
    Register("enable", "coil", 20000, "1: PWM for an EV", written=5),
    Register("available", "coil", 20001, "0: state F, with S1/DIP 2 ON and 4001 = 2", written=5),
    Register("lock", "coil", 20002, "1: plug locked", written=5),
    Register("current", "holding", 22000, "mA, 6 A to 63 A", scale=1000, written=6),
    Register("enable_mode", "holding", 4000, "3: coil 20000", written=6, kept=True),
    Register("available_mode", "holding", 4001, "0 always, 1 input XR, 2 coil 20001", written=6, kept=True),
    Register("lock_mode", "holding", 4002, "0 by itself, 1 and 2 input ML, 3 coil 20002 (with S1/DIP 3 ON)", written=6, kept=True),
    Register("rcm_mode", "holding", 4011, "0 no EV-RCM, 1 reset and test by itself (with S1/DIP 2 OFF), 2 to 4", written=6, kept=True),
)
BY_COIL = 3
RCM_ALONE = 1
SHORTED = 65_535
MOST_MA = 63_000
NO_ADDRESS = 2
REST_S = 0.5
WHAT = "Phoenix Contact EV-CC"

ERRORS: Mapping[int, BoardFault] = {
    2: BoardFault("cable_rejected", "other", info="a cable of 13 A, which its switch S1/DIP 4 rejects: use a better one"),
    3: BoardFault("proximity_failed", "ev_communication_error", info="its proximity contact shows nonsense: look at plug and cable"),
    4: BoardFault("pilot_failed", "ev_communication_error", info="its control pilot shows nonsense: look at cable and EV"),
    5: BoardFault("unavailable", "other", info="it holds state F because its input XR is off: look at what is wired there"),
    6: BoardFault("lock_failed", "connector_lock_failure", info="its lock did not lock"),
    7: BoardFault("unlock_failed", "connector_lock_failure", info="its lock did not unlock"),
    8: BoardFault("lock_unsensed", "connector_lock_failure", info="the feedback of its lock was not there when it locked"),
    12: BoardFault("contactor_failed", "power_switch_failure", info="its contactor is not where it should be"),
    13: BoardFault("diode_check_failed", "ev_communication_error", info="the EV's diode is not seen"),
    15: BoardFault("rcm_tripped", "ground_failure", info="residual current, seen by its EV-RCM"),
    16: BoardFault("rcm_selftest_failed", "ground_failure", info="its EV-RCM did not pass its test"),
}
"""By number of the bit. Bit 11, state D, is told by its letter, for control to judge."""
SHORT = BoardFault("proximity_shorted", "ev_communication_error", info="no resistance between PP and PE: look at plug and cable")

ABILITIES = Abilities(
    safety="own",
    rcm=True,
    coil_watchdog=False,
    contactor="own",
    fault_state=False,
    silent_s=5.0,
    settle_s=3.0,
    start_s=15.0,
    when_lost="goes_on",
)

DRIVER = DriverFacts(
    name="phoenix-ev-cc",
    kind="boards",
    title="Phoenix Contact EV-CC-AC1-M3-... (RS-485)",
    link="Modbus RTU 9600 8N1 or 19200 (S2/DIP 1), unit by S2/DIP 2 to 6; Modbus TCP through a gateway",
    extra="modbus",
    safety=(
        "The board's own controller makes the pilot, checks the diode and opens its contactor on every fault. Its residual current monitor"
        " (EV-RCM at input XR, S1/DIP 2 OFF) tests itself at its start and after every session; it has to be on, unless rcm = false says"
        " that another one cuts the coil."
    ),
    watchdog="None. When this host dies in mid-session the board goes on at the last current; one that has booted offers nothing.",
    proven=("tests/hal/boards/test_modbus_boards.py", "tests/hal/boards/test_phoenix_ev_cc.py"),
    doubts=(
        "Never tried on a board: everything is from its manual and public drivers.",
        "Nothing about a watchdog was found in the register pages of its manual.",
        "Its contactor is told by its state (C2, D2), not by a feedback; its own monitoring (4006) is left as it was set up.",
        "Where the lock really is, is not told: only that it failed.",
        "The manual lists 24000 and the following among holding registers; public drivers read them as input registers, as is done here.",
        *doubts(REGISTERS),
    ),
    sources=("Phoenix Contact manual 106377_en_04", "evcc charger/phoenix-ev-ser.go"),
    entries={
        **ENTRIES,
        "unit": "address by its switches; 1 if not set",
        "lock": "true: this host moves the plug lock, with S1/DIP 3 ON; false: there is none, or the board does it; true if not set",
        "rcm": "false where no EV-RCM is at its input XR, but another monitor cuts the contactor's coil; true if not set",
    },
)
DRIVERS = (DRIVER, replace(DRIVER, name="ev-charge-control-basic", title="Phoenix Contact EV Charge Control Basic (RS-485)"))


class PhoenixBoard(TalkingBoard):
    """``hal.api.Board``. Entries as in ``DRIVER``."""

    abilities = ABILITIES

    def __init__(self, *, unit: UnitNumber = 1, lock: bool = True, rcm: bool = True, **wire: object) -> None:
        bus = connect("board.phoenix-ev-cc", wire, gap_s=0.05, tries=2)
        super().__init__(PhoenixTalk(Unit(bus, unit, REGISTERS), lock=lock, rcm=rcm), ABILITIES)


class PhoenixTalk:
    """``hal.boards.talking.Talk``."""

    def __init__(self, unit: Unit, *, lock: bool = True, rcm: bool = True) -> None:
        self.name = unit.where
        self._unit = unit
        self._lock, self._rcm = lock, rcm
        self._told: dict[str, int] = {}
        self._course = Course(unit.where)
        self._tells_errors = True

    def open(self) -> None:
        """Find it, withdraw its offer, look at its settings. Raises DeviceError."""
        self._unit.probe(WHAT, lambda: self._unit.read("order_name"))
        ordered = self._unit.text("order_name")
        if not ordered.startswith("EV"):
            raise self._unit.another(WHAT, f"it says that it is {ordered!r}")
        log.info("event=board_found board=%r model=%r", self.name, ordered)
        self._unit.write("enable", 0)
        self._insist("enable_mode", BY_COIL, "look at its switches S1")
        if self._lock:
            self._insist("lock_mode", BY_COIL, "set S1/DIP 3 to ON, or say lock = false")
        if self._rcm and not self._unit.read("rcm_mode")["rcm_mode"]:
            self._insist("rcm_mode", RCM_ALONE, "set S1/DIP 2 to OFF, or say rcm = false if another monitor cuts the contactor's coil")
        wait_until(lambda: self._unit.text("state")[:1] not in ("C", "D"))

    def exchange(self, wanted: BoardOutputs) -> BoardInputs:
        """Tell it what is new, ask for all, tell it again what it has forgotten. Raises DeviceError."""
        orders = self._orders(wanted)
        for name, value in orders.items():
            if self._told.get(name) != value:
                self._tell(name, value)
        stands = {**self._unit.read("enable", "lock"), **self._unit.read("current")}
        for name, value in orders.items():
            if stands[name] != value:
                self._course.forgot(name, stands[name], value)
                self._tell(name, value)
        at_s = time.monotonic()
        found = {**self._unit.read("state", "duty"), "errors": self._errors()}
        return self._measured(found, wanted, at_s)

    def rest_s(self, wanted: BoardOutputs) -> float:
        """It says nothing by itself."""
        return self._course.rest_s(REST_S)

    def close(self) -> None:
        """Without an offer."""
        with contextlib.suppress(DeviceError):
            self._unit.write("enable", 0)

    def _insist(self, name: str, value: int, remedy: str) -> None:
        """A setting that is kept for good, and which its switches may forbid."""
        if self._unit.settle(name, value) and (found := self._unit.read(name)[name]) != value:
            raise DeviceError(f"{self.name}: keeps {name} at {found:g}, {value} is expected; {remedy}")

    def _errors(self) -> float:
        """None where a board has no such register: states E and F tell that something is wrong, though not what."""
        if not self._tells_errors:
            return 0
        try:
            return self._unit.read("errors")["errors"]
        except Refused as error:
            if error.code != NO_ADDRESS:
                raise
            log.warning("event=board_tells_no_errors board=%r error=%r", self.name, str(error))
            self._tells_errors = False
            return 0

    def _orders(self, wanted: BoardOutputs) -> dict[str, int]:
        """By register, in the order in which they are told: nothing is offered at another current, and nothing stands before an end."""
        wanted_ma = offered_ma(wanted, MOST_MA, 1000)
        lock = {"lock": int(wanted.lock)} if self._lock else {}
        return {"current": wanted_ma, **lock, "enable": 1} if wanted_ma else {"enable": 0, **lock}

    def _tell(self, name: str, value: int) -> None:
        self._told.pop(name, None)
        self._unit.write(name, value)
        self._told[name] = value

    def _measured(self, found: Values, wanted: BoardOutputs, at_s: float) -> BoardInputs:
        state = int(found["state"]).to_bytes(2).decode("ascii", "replace")
        faults = _faults(int(found["errors"]), int(found["cable_a"]))
        pwm = state[1] == "2"
        letter = self._read_letter(state, explained=bool(faults))
        high_mv, low_mv = plateaus_mv(self._course.take(letter, CODES_OHM.get(int(found["cable_a"]))), shown(wanted, pwm=pwm))
        return BoardInputs(
            at_s=at_s,
            cp_high_mv=high_mv,
            cp_low_mv=low_mv,
            contactor_closed=contacts(state in ("C2", "D2"), wanted),
            plug_locked=None,
            pp_ohm=self._course.ohm,
            faults=faults or self._course.offers(wanted.offer_ma, at_s, pwm=pwm),
        )

    def _read_letter(self, state: str, *, explained: bool) -> Letter:
        """It shows E or F while something is wrong: then the letter before that is kept, and its own fault tells the rest."""
        match state[0]:
            case "A" | "B" | "C" | "D" as letter:
                return letter
            case "E" | "F" as letter:
                return self._course.letter if explained else letter
        raise DeviceError(f"{self.name}: says state {state!r}, A1 to F0 is expected; compare driver and device")


def _faults(errors: int, cable_a: int) -> tuple[BoardFault, ...]:
    found = [replace(fault, vendor_code=f"{number}") for number, fault in ERRORS.items() if errors >> number - 1 & 1]
    return (*found, *((SHORT,) if cable_a == SHORTED and not errors & 0x0004 else ()))
