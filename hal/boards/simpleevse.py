"""simpleEVSE-WB and EVSE-DIN (evracing.cz), also inside openWB series chargers, over Modbus.

    wanted of control      register 1000        the board then
    nothing, F, < 6 A      0                    steady +12 V; opens when the EV lets go
    6 A and more           A, or 0.01 A         PWM; closes for an EV that asks

It does not watch over this host: told once, it goes on at the last current for ever. So it is made to boot without an offer (2000 = 0), is
told 0 when control hangs or leaves, and what it was told is compared in every poll, which finds a board that has booted in between.
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
    Register("current", "holding", 1000, "offered per phase, A or 0.01 A; 0: nothing, else 6 A to 80 A", written=16),
    Register("actual", "holding", 1001, "on the pilot, A", doubt="whether it is in 0.01 A where 1000 is; it is not used"),
    Register("vehicle", "holding", 1002, "1 no EV, 2 EV, 3 EV asks, 4 with ventilation, 5 failure"),
    Register("cable_a", "holding", 1003, "what the cable is coded for, A", doubt="what it says without a plug; 0 is taken for none"),
    Register("control", "holding", 1004, "bit 0 off now, 1 self-test, 2 clear the RCD error", written=16),
    Register("firmware", "holding", 1005, "revision"),
    Register("pilot", "holding", 1006, "1 steady +12 V, 2 PWM, 3 off"),
    Register("status", "holding", 1007, "bit 0 relay, 1 diode, 2 ventilation, 3 waits for release, 4 RCD"),
    Register("boot_a", "holding", 2000, "current after boot, A", written=16, kept=True, doubt="whether it takes 0; else it gets 6 A"),
    Register("settings", "holding", 2005, "bits, see below", written=16, kept=True),
)
NO_EV, FAILURE = 1, 5
LETTERS: Mapping[int, Letter] = {1: "A", 2: "B", 3: "C", 4: "D"}
STEADY, PWM, OFF = 1, 2, 3
RELAY, DIODE, VENTILATION, RCD = 0x01, 0x02, 0x04, 0x10
CLEAR_RCD = 0x04
BUTTON, IN_D, FINE, ONCE, DISABLED = 0x0001, 0x0008, 0x0080, 0x2000, 0x4000
"""Of ``settings``: its button starts and stops; it charges in state D; 1000 is in 0.01 A; it offers once for each plug; it is out of
service."""
UNWANTED = BUTTON | IN_D | ONCE | DISABLED
FIRMWARE, FINE_SINCE, BUGGY = 8, 17, 9
MOST_MA = 80_000
RCD_AGAIN_S = 60.0
"""A residual current that it tells is cleared so often while nothing is offered; it comes back if it is still there."""
REST_S = 1.0
WHAT = "simpleEVSE with firmware 8 or newer"

FAULTS: tuple[tuple[int, BoardFault], ...] = (
    (DIODE, BoardFault("diode_check_failed", "ev_communication_error", info="the EV's diode is not seen")),
    (RCD, BoardFault("rcd_tripped", "ground_failure", info="the RCD's feedback says that it has tripped; switch it on again")),
)
UNKNOWN = BoardFault("failure", "internal_error", info="it says that something failed, and not what")

ABILITIES = Abilities(
    safety="own",
    rcm=False,
    coil_watchdog=False,
    contactor="own",
    fault_state=False,
    silent_s=5.0,
    settle_s=3.0,
    start_s=15.0,
    when_lost="goes_on",
)

DRIVER = DriverFacts(
    name="simpleevse",
    kind="boards",
    title="simpleEVSE-WB (evracing.cz), also in openWB series chargers",
    link="Modbus RTU 9600 8N1, unit 1; Modbus TCP through a gateway",
    extra="modbus",
    safety=(
        "The board's own controller makes the pilot, checks the diode and opens its relay when the EV lets go. It has no residual current"
        " monitor: an RCD that also sees 6 mA DC has to be there, if possible with its feedback wired to the board."
    ),
    watchdog=(
        "None. When this host dies in mid-session the board goes on at the last current until the car ends it; one that has booted offers"
        " nothing (current after boot is set to 0)."
    ),
    proven=("tests/hal/boards/test_modbus_boards.py", "tests/hal/boards/test_simpleevse.py"),
    doubts=(
        "Never tried on a board: everything is from public drivers.",
        "Modbus is off as delivered: 2001 = 1, or its AN input pulled low five times within 3 s of its boot.",
        "What register 2004 (mode of the current at power-on) does; should it save 1000 at every change, memory wears out.",
        "There is no feedback of the relay's contacts: welded ones are found by the meter alone.",
        "In which state a failure leaves the pilot: the last letter before it is kept.",
        *doubts(REGISTERS),
    ),
    sources=("openWB packages/modules/common/evse.py", "evcc charger/evsedin.go", "CurtRod/SimpleEVSE-WiFi"),
    entries={
        **ENTRIES,
        "unit": "address of the board; 1 if not set, and 2 in the second socket of an openWB",
        "ventilation": "true where the place is ventilated, so that it may charge cars that ask for that (state D); false if not set",
    },
)
DRIVERS = (DRIVER, replace(DRIVER, name="evse-din", title="EVSE-DIN (evracing.cz)"))


class SimpleEvseBoard(TalkingBoard):
    """``hal.api.Board``. Entries as in ``DRIVER``."""

    abilities = ABILITIES

    def __init__(self, *, unit: UnitNumber = 1, ventilation: bool = False, **wire: object) -> None:
        bus = connect("board.simpleevse", wire, gap_s=0.2, tries=2)
        super().__init__(SimpleEvseTalk(Unit(bus, unit, REGISTERS), ventilation=ventilation), ABILITIES)


class SimpleEvseTalk:
    """``hal.boards.talking.Talk``."""

    def __init__(self, unit: Unit, *, ventilation: bool = False) -> None:
        self.name = unit.where
        self._unit = unit
        self._in_d = IN_D if ventilation else 0
        self._step_ma = 1000
        self._told_ma: int | None = None
        self._course = Course(unit.where)
        self._cleared_s = float("-inf")

    def open(self) -> None:
        """Find it, withdraw its offer, look at its settings. Raises DeviceError."""
        found = self._unit.probe(WHAT, lambda: self._unit.read("current", "status"))
        firmware = int(found["firmware"])
        if firmware < FIRMWARE or int(found["vehicle"]) not in (*LETTERS, FAILURE) or int(found["pilot"]) not in (STEADY, PWM, OFF):
            said = f"firmware {firmware}, vehicle {found['vehicle']:g}, pilot {found['pilot']:g}"
            raise self._unit.another(WHAT, f"it says {said}")
        log.info("event=board_found board=%r firmware=%d", self.name, firmware)
        if firmware == BUGGY:
            log.warning("event=board_firmware board=%r firmware=9, which is known for faults; update it", self.name)
        self._unit.write("current", 0)
        self._set_up(firmware)
        self._wait_open()

    def exchange(self, wanted: BoardOutputs) -> BoardInputs:
        """Tell it what is new, ask for all, tell it again what it has forgotten. Raises DeviceError."""
        wanted_ma = offered_ma(wanted, MOST_MA, self._step_ma)
        if wanted_ma != self._told_ma:
            self._tell(wanted_ma)
        at_s = time.monotonic()
        found = self._unit.read("current", "status")
        if found["current"] * self._step_ma != wanted_ma:
            self._course.forgot("current", found["current"], wanted_ma / self._step_ma)
            self._tell(wanted_ma)
        if int(found["status"]) & RCD and not wanted_ma and at_s - self._cleared_s >= RCD_AGAIN_S:
            self._cleared_s = at_s
            self._unit.write("control", CLEAR_RCD)
        return self._measured(found, wanted, at_s)

    def rest_s(self, wanted: BoardOutputs) -> float:
        """It says nothing by itself."""
        return self._course.rest_s(REST_S)

    def close(self) -> None:
        """Without an offer."""
        with contextlib.suppress(DeviceError):
            self._unit.write("current", 0)

    def _tell(self, wanted_ma: int) -> None:
        self._told_ma = None
        self._unit.write("current", wanted_ma // self._step_ma)
        self._told_ma = wanted_ma

    def _set_up(self, firmware: int) -> None:
        """What is kept for good. Old firmware has less of it."""
        try:
            found = int(self._unit.read("settings")["settings"])
            self._step_ma = 10 if found & FINE and firmware >= FINE_SINCE else 1000
            self._unit.settle("settings", found & ~UNWANTED | self._in_d)
        except Refused as error:
            log.warning("event=board_setting_refused board=%r error=%r", self.name, str(error))
        for least_a in (0, 6):
            try:
                self._unit.settle("boot_a", least_a)
                return
            except Refused as error:
                log.warning("event=board_setting_refused board=%r error=%r", self.name, str(error))

    def _wait_open(self) -> None:
        """It may have been charging before this host was there; the EV is given its time to let go."""
        wait_until(lambda: not int(self._unit.read("status")["status"]) & RELAY)

    def _measured(self, found: Values, wanted: BoardOutputs, at_s: float) -> BoardInputs:
        vehicle, status = int(found["vehicle"]), int(found["status"])
        pwm = int(found["pilot"]) == PWM
        letter: Letter = "D" if vehicle == FAILURE and status & VENTILATION else LETTERS.get(vehicle, self._course.letter)
        high_mv, low_mv = plateaus_mv(self._course.take(letter, CODES_OHM.get(int(found["cable_a"]))), shown(wanted, pwm=pwm))
        faults = _faults(vehicle, status)
        return BoardInputs(
            at_s=at_s,
            cp_high_mv=high_mv,
            cp_low_mv=low_mv,
            contactor_closed=contacts(bool(status & RELAY), wanted),
            plug_locked=None,
            pp_ohm=self._course.ohm,
            faults=faults or self._course.offers(wanted.offer_ma, at_s, pwm=pwm),
        )


def _faults(vehicle: int, status: int) -> tuple[BoardFault, ...]:
    """State D without ventilation is told by its letter, for control to judge."""
    found = tuple(fault for bit, fault in FAULTS if status & bit)
    return found or ((UNKNOWN,) if vehicle == FAILURE and not status & VENTILATION else ())
