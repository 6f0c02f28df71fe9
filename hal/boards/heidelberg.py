"""Heidelberg Energy Control, and what is built alike (Walther basicEVO PRO, SENEC Wallbox pro s), as a follower on Modbus.

    wanted of control      register 261         the wallbox then
    nothing, F, < 6 A      0                    states A1, B1, C1: no PWM
    6 A to 16 A            0.1 A                A2, B2, C2: PWM; closes for an EV that asks

Its watchdog (257) waits 15 s for a question; then 262 holds, which is 0 here: a session ends when this host dies. Nothing of this is kept
over a power cut, so it is looked at again and again, and at once when the wallbox was silent.
"""

import contextlib
import logging
import time
from collections.abc import Mapping

from msgspec.structs import replace

from hal.api import Abilities
from hal.boards.lag import Course
from hal.boards.registers import Register, Unit, Values, contacts, doubts, offered_ma, shown, wait_until
from hal.boards.talking import Letter, TalkingBoard, plateaus_mv
from hal.bus.modbus import ENTRIES, Refused, UnitNumber, connect
from hal.errors import DeviceError
from hal.facts import DriverFacts
from hal.measured import BoardFault, BoardInputs, BoardOutputs

log = logging.getLogger(__name__)

REGISTERS = (
    Register("layout", "input", 4, "version of the table; 0x0100 is V1.0.0"),
    Register("state", "input", 5, "2 A1, 3 A2, 4 B1, 5 B2, 6 C1, 7 C2, 8 derating, 9 E, 10 F, 11 error"),
    Register("current_l1", "input", 6, "mA", scale=100),
    Register("current_l2", "input", 7, "mA", scale=100),
    Register("current_l3", "input", 8, "mA", scale=100),
    Register(
        "temperature_c", "input", 9, "of its board, C", scale=0.1, signed=True, doubt="what is usual for it; above 65 C control lowers"
    ),
    Register("voltage_l1", "input", 10, "V"),
    Register("voltage_l2", "input", 11, "V"),
    Register("voltage_l3", "input", 12, "V"),
    Register("external_lock", "input", 13, "its input: 0 locked, 1 unlocked"),
    Register("most_ma", "input", 100, "by its switches, mA", scale=1000),
    Register("least_ma", "input", 101, "by its switches, mA", scale=1000, doubt="what it does below that; it is told no less than 6 A"),
    Register("software", "input", 203, "revision", doubt="from which layout on it is there; it is not used"),
    Register("watchdog_ms", "holding", 257, "ms; 0: off", written=6, doubt="whether questions to other units feed it too"),
    Register("standby", "holding", 258, "0 it falls asleep, 4 it does not", written=6),
    Register("remote_lock", "holding", 259, "0 locked, 1 unlocked", written=6),
    Register("current", "holding", 261, "mA; 0, or 6 A to 16 A", scale=100, written=6, doubt="what it is after a power cut"),
    Register("failsafe", "holding", 262, "mA when its watchdog has run out", scale=100, written=6),
)
LETTERS: Mapping[int, Letter] = {2: "A", 3: "A", 4: "B", 5: "B", 6: "C", 7: "C", 8: "C"}
WITH_PWM = (3, 5, 7, 8)
CLOSED = (7, 8)
ASKING = (6, 7, 8)
STATES = range(2, 12)
SETTINGS: Mapping[str, int] = {"watchdog_ms": 15_000, "standby": 4, "remote_lock": 1}
"""As they have to be. Awake: asleep it answers nobody."""
LOOKS_S = 10.0
"""So often they are looked at."""
REST_S = 1.0
MOST_MA = 16_000
LIVE_V = 100
WHAT = "Heidelberg Energy Control"

FAULTS: Mapping[int, BoardFault] = {
    9: BoardFault("state_e", "ev_communication_error", "E", "it shows state E: the pilot is shorted, or it has no supply of its own"),
    10: BoardFault("state_f", "internal_error", "F", "it shows state F: it holds itself unavailable"),
    11: BoardFault(
        "error", "internal_error", "ERR", "it tells an error, and not which: count the blinks of its LED and look into its manual"
    ),
}
LOCKED = BoardFault("locked_outside", "other", info="its lock input is open: close it, or bridge it")

ABILITIES = Abilities(
    safety="own",
    rcm=True,
    coil_watchdog=False,
    proximity=False,
    contactor="own",
    fault_state=False,
    silent_s=5.0,
    settle_s=3.0,
    start_s=15.0,
    when_lost="opens",
)

DRIVER = DriverFacts(
    name="heidelberg",
    kind="boards",
    title="Heidelberg Energy Control (also SENEC Wallbox pro s)",
    link="Modbus RTU 19200 8E1, unit by its switch S4; it has to be a follower (S5/4 off)",
    extra="modbus",
    safety="A complete wallbox: it makes the pilot, has its own monitor of 6 mA DC, and opens its contactor on every fault.",
    watchdog=(
        "Every question feeds it. After 15 s without one the wallbox falls back to its failsafe current, which is set to 0: it ends the"
        " session."
    ),
    proven=("tests/hal/boards/test_modbus_boards.py", "tests/hal/boards/test_heidelberg.py"),
    doubts=(
        "Never tried on a wallbox: everything is from the maker's table and public drivers.",
        "Its contactor has no feedback on Modbus: closed is what its state says.",
        "What its states E, F and error are about is not told on Modbus.",
        "Which settings survive a power cut; all are looked at every 10 s, and at once when it was silent.",
        *doubts(REGISTERS),
    ),
    sources=("Heidelberg ModBus-Register-Tabelle", "evcc charger/heidelberg-ec.go"),
    entries={**ENTRIES, "unit": "address by its switch S4, 1 to 15; 1 if not set"},
)
DRIVERS = (DRIVER, replace(DRIVER, name="walther-basicevo-pro", title="Walther basicEVO PRO (as Heidelberg Energy Control)"))
USUAL = {"baud": 19200, "parity": "E"}


class HeidelbergBoard(TalkingBoard):
    """``hal.api.Board``. Entries as in ``DRIVER``."""

    abilities = ABILITIES

    def __init__(self, *, unit: UnitNumber = 1, **wire: object) -> None:
        bus = connect("board.heidelberg", wire, **USUAL, tries=2)
        super().__init__(HeidelbergTalk(Unit(bus, unit, REGISTERS)), ABILITIES)


class HeidelbergTalk:
    """``hal.boards.talking.Talk``."""

    def __init__(self, unit: Unit) -> None:
        self.name = unit.where
        self._unit = unit
        self._most_ma = MOST_MA
        self._told_ma: int | None = None
        self._course = Course(unit.where)
        self._looked_s = float("-inf")

    def open(self) -> None:
        """Find it, withdraw its offer, look at its settings. Raises DeviceError."""
        found = self._unit.probe(WHAT, lambda: self._unit.read("layout", "external_lock"))
        layout, state = int(found["layout"]), int(found["state"])
        if layout >> 8 not in (1, 2) or state not in STATES:
            raise self._unit.another(WHAT, f"it says layout {layout:#06x}, state {state}")
        self._unit.write("current", 0)
        self._most_ma = min(MOST_MA, int(self._unit.read("most_ma")["most_ma"])) or MOST_MA
        phases = sum(found[f"voltage_l{phase}"] >= LIVE_V for phase in (1, 2, 3))
        log.info("event=board_found board=%r layout=%#06x phases=%d most_ma=%d", self.name, layout, phases, self._most_ma)
        self._look()
        wait_until(lambda: int(self._unit.read("state")["state"]) not in ASKING)

    def exchange(self, wanted: BoardOutputs) -> BoardInputs:
        """Tell it what is new, ask for all, tell it again what it has forgotten. Raises DeviceError."""
        try:
            return self._exchange(wanted)
        except DeviceError:
            self._looked_s = float("-inf")
            raise

    def rest_s(self, wanted: BoardOutputs) -> float:
        """It says nothing by itself; and its watchdog waits."""
        return self._course.rest_s(REST_S)

    def close(self) -> None:
        """Without an offer."""
        with contextlib.suppress(DeviceError):
            self._unit.write("current", 0)

    def _exchange(self, wanted: BoardOutputs) -> BoardInputs:
        wanted_ma = offered_ma(wanted, self._most_ma, 100)
        if wanted_ma != self._told_ma:
            self._tell(wanted_ma)
        if time.monotonic() - self._looked_s >= LOOKS_S:
            self._look()
        set_to = self._unit.read("current", "failsafe")
        if set_to["current"] != wanted_ma:
            self._course.forgot("current", set_to["current"], wanted_ma)
            self._tell(wanted_ma)
        if set_to["failsafe"]:
            self._unit.write("failsafe", 0)
        at_s = time.monotonic()
        return self._measured(self._unit.read("state", "external_lock"), wanted, at_s)

    def _tell(self, wanted_ma: int) -> None:
        self._told_ma = None
        self._unit.write("current", wanted_ma)
        self._told_ma = wanted_ma

    def _look(self) -> None:
        """Its settings. Old layouts have less of them."""
        for name, value in SETTINGS.items():
            try:
                self._unit.settle(name, value)
            except Refused as error:
                log.warning("event=board_setting_refused board=%r error=%r", self.name, str(error))
        self._looked_s = time.monotonic()

    def _measured(self, found: Values, wanted: BoardOutputs, at_s: float) -> BoardInputs:
        state = int(found["state"])
        pwm = state in WITH_PWM
        high_mv, low_mv = plateaus_mv(self._course.take(LETTERS.get(state, self._course.letter)), shown(wanted, pwm=pwm))
        told = (FAULTS.get(state), None if found["external_lock"] else LOCKED)
        faults = tuple(fault for fault in told if fault is not None)
        return BoardInputs(
            at_s=at_s,
            cp_high_mv=high_mv,
            cp_low_mv=low_mv,
            contactor_closed=contacts(state in CLOSED, wanted),
            plug_locked=None,
            pp_ohm=None,
            temperature_c=round(found["temperature_c"], 1),
            faults=faults or self._course.offers(wanted.offer_ma, at_s, pwm=pwm),
        )
