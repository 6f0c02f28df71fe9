"""esp32-evse (github.com/dzurikmiroslav/esp32-evse): open firmware for boards with an ESP32, over Modbus.

    wanted of control      told to the board            the board then
    nothing, < 6 A         enabled 0                    +12 V; opens when the EV lets go, after 6 s at the latest
    6 A and more           current in 0.1 A, enabled 1  PWM; closes for an EV that asks
    F                      available 0                  -12 V as soon as the relay is open

It does not watch over this host, and it boots enabled, at the current saved on it. What it was told is compared in every poll, which finds
a board that has booted in between. Where its own setting *require authorization* is on it waits for a word, which it gets with an offer.
"""

import contextlib
import logging
import time

from hal.api import Abilities
from hal.boards.registers import Register, Unit, Values, contacts, doubts, offered_ma, shown
from hal.boards.talking import Letter, TalkingBoard, plateaus_mv
from hal.bus.modbus import ENTRIES, UnitNumber, connect
from hal.errors import DeviceError
from hal.facts import DriverFacts
from hal.measured import PILOT_FAULT_PPM, BoardFault, BoardInputs, BoardOutputs

log = logging.getLogger(__name__)

REGISTERS = (
    Register("state", "holding", 100, "two characters: A, B1, B2, C1, C2, D1, D2, E, F"),
    Register("errors", "holding", 101, "bits, see below", words=2),
    Register("enabled", "holding", 103, "0 or 1", written=6),
    Register("available", "holding", 104, "0 or 1", written=6),
    Register("pending", "holding", 105, "1 while it waits to be authorised"),
    Register("current", "holding", 106, "offered per phase, 6 A to its maximum; mA", scale=100, written=6),
    Register("authorise", "holding", 112, "1 authorises the car that is there, or comes within 60 s; cannot be read", written=6),
    Register(
        "socket", "holding", 300, "1: socket outlet with proximity contact", doubt="it cannot be set over Modbus, nor can 301 and 303"
    ),
    Register("rcm", "holding", 301, "1: it has a residual current monitor"),
    Register("hot_c", "holding", 302, "it stops above, in degrees"),
    Register("auth", "holding", 303, "1: charges nobody without authorisation"),
    Register("most", "holding", 304, "maximum current; mA", scale=1000),
    Register("uptime", "holding", 400, "s since it booted", words=2),
    Register("low_c", "holding", 402, "coldest thermometer, degrees", scale=0.01, signed=True),
    Register("high_c", "holding", 403, "hottest thermometer, degrees", scale=0.01, signed=True),
    Register("thermometers", "holding", 404, "how many there are"),
    Register("version", "holding", 405, "firmware", words=16),
)
STATES = ("A", "B1", "B2", "C1", "C2", "D1", "D2", "E", "F")
LETTERS: dict[str, Letter] = {"A": "A", "B": "B", "C": "C", "D": "D", "F": "F"}
OFFERING = frozenset({"B2", "C2", "D2"})
CLOSED = frozenset({"C2", "D2"})
STOPPING = frozenset({"C1", "D1"})
STOPS_S = 6.5
"""Without an offer its relay is open after this."""
FAULTS = (
    BoardFault("pilot_fault", "ev_communication_error", info="the pilot has a voltage that no state has"),
    BoardFault("diode_short", "ev_communication_error", info="the EV's diode is not seen"),
    BoardFault("lock_fault", "connector_lock_failure", info="the plug cannot be locked; restart the board after mending"),
    BoardFault("unlock_fault", "connector_lock_failure", info="the plug cannot be unlocked; restart the board after mending"),
    BoardFault("rcm_tripped", "ground_failure", info="residual current; the board tries again after a minute"),
    BoardFault("rcm_selftest_failed", "ground_failure", info="the residual current monitor does not trip by its test"),
    BoardFault("over_temperature", "high_temperature", info="the board has stopped until it has cooled down"),
    BoardFault("thermometer_failed", "internal_error", info="a thermometer does not answer"),
)
"""By the bits of ``errors``, from the lowest."""
NO_RCM = "event=board_without_rcm board=%r; an RCD that also sees 6 mA DC has to be upstream"
UNASKED = "event=board_charges_unasked board=%r; once booted it charges anybody until it is told otherwise; set it to require authorization"
REST_S = 0.5
TEMPERATURE_S = 10.0
WHAT = "esp32-evse"

ABILITIES = Abilities(
    safety="own",
    rcm=False,
    coil_watchdog=False,
    proximity=False,
    contactor="own",
    silent_s=5.0,
    settle_s=8.0,
    start_s=20.0,
    when_lost="goes_on",
)

DRIVER = DriverFacts(
    name="esp32-evse",
    kind="boards",
    title="esp32-evse (open firmware for ESP32 boards)",
    link="Modbus RTU (speed as set on the board), unit 1; Modbus TCP, port 502",
    extra="modbus",
    safety=(
        "The board's own firmware makes the pilot, checks the diode and opens its relay when the EV lets go. A residual current monitor is"
        " an option of it; without one an RCD that also sees 6 mA DC has to be there."
    ),
    watchdog=(
        "None. When this host dies in mid-session the board goes on at the last current; one that has booted charges at its default"
        " current, unless its setting to require authorization is on, which it should be."
    ),
    proven=("tests/hal/boards/test_esp32_evse.py", "tests/hal/conformance/test_drivers.py"),
    doubts=(
        "Never tried on a board: everything is from the firmware's text.",
        "It charges an EV in state D whatever is behind; an EVSE without ventilation is stopped by this host alone.",
        "While it shows an error it holds -12 V and does not see the EV: the last letter before it is kept.",
        "There is no feedback of the relay's contacts: welded ones are found by the meter alone.",
        "It refuses with exception 1 whatever is wrong.",
        *doubts(REGISTERS),
    ),
    sources=("dzurikmiroslav/esp32-evse components/modbus, components/evse (facts)",),
    entries={**ENTRIES, "unit": "address of the board; 1 if not set"},
)


class Esp32EvseBoard(TalkingBoard):
    """``hal.api.Board``. Entries as in ``DRIVER``."""

    abilities = ABILITIES

    def __init__(self, *, unit: UnitNumber = 1, **wire: object) -> None:
        bus = connect("board.esp32-evse", wire, tries=2)
        super().__init__(Esp32EvseTalk(Unit(bus, unit, REGISTERS)), ABILITIES)


class Esp32EvseTalk:
    """``hal.boards.talking.Talk``."""

    def __init__(self, unit: Unit) -> None:
        self.name = unit.where
        self._unit = unit
        self._most_ma = 0
        self._letter: Letter = "A"
        self._state = ""
        self._entered_s = float("-inf")
        self._may_be_closed = True
        """The relay was closed before it began to stop, for all that is known."""
        self._temperature_c: float | None = None
        self._temperature_s = float("-inf")
        self._uptime_s = 0.0

    def open(self) -> None:
        """Find it, withdraw its offer, look at its settings. Raises DeviceError."""
        found = self._unit.probe(WHAT, lambda: self._unit.read("state", "current"))
        if _state(found) not in STATES:
            raise self._another(found)
        self._unit.write("enabled", 0)
        settings = self._unit.read("socket", "most")
        self._most_ma = int(settings["most"])
        self._state, self._may_be_closed, self._temperature_s = "", True, float("-inf")
        log.info("event=board_found board=%r version=%r most_ma=%d", self.name, self._unit.text("version"), self._most_ma)
        if not settings["rcm"]:
            log.warning(NO_RCM, self.name)
        if not settings["auth"]:
            log.warning(UNASKED, self.name)
        self._wait_open()

    def exchange(self, wanted: BoardOutputs) -> BoardInputs:
        """Ask for all; where it is not as wanted, tell it and ask again. Raises DeviceError."""
        at_s, found = time.monotonic(), self._unit.read("state", "current")
        if self._obey(found, wanted):
            at_s, found = time.monotonic(), self._unit.read("state", "current")
        if _state(found) not in STATES:
            raise self._another(found)
        self._look(at_s)
        return self._measured(found, wanted, at_s)

    def rest_s(self, wanted: BoardOutputs) -> float:
        """It says nothing by itself."""
        return REST_S

    def close(self) -> None:
        """Without an offer."""
        with contextlib.suppress(DeviceError):
            self._unit.write("enabled", 0)

    def _another(self, found: Values) -> DeviceError:
        return self._unit.another(WHAT, f"register 100 is {found['state']:g}, which is no state")

    def _obey(self, found: Values, wanted: BoardOutputs) -> bool:
        """Tell it what it has to change; was there anything?"""
        wanted_ma = offered_ma(wanted, self._most_ma, 100)
        told = [("current", wanted_ma)] if wanted_ma else []
        told += [("enabled", int(wanted_ma > 0)), ("available", int(wanted.duty_ppm != PILOT_FAULT_PPM))]
        changes = [(name, value) for name, value in told if round(found[name]) != value]
        if wanted_ma and found["pending"]:
            changes.append(("authorise", 1))
        for name, value in changes:
            self._unit.write(name, value)
        return bool(changes)

    def _look(self, now: float) -> None:
        """Temperature, its maximum, which somebody may set on it at any time, and whether it has booted."""
        if now - self._temperature_s < TEMPERATURE_S:
            return
        self._temperature_s = now
        found = self._unit.read("uptime", "thermometers")
        self._temperature_c = found["high_c"] if found["thermometers"] else None
        self._most_ma = int(self._unit.read("most")["most"])
        if found["uptime"] < self._uptime_s:
            log.warning("event=board_booted board=%r uptime_s=%d", self.name, found["uptime"])
        self._uptime_s = found["uptime"]

    def _wait_open(self) -> None:
        """It may have been charging before this host was there; the EV is given its time to let go."""
        ends_s = time.monotonic() + STOPS_S
        while time.monotonic() < ends_s and _state(self._unit.read("state")) in CLOSED | STOPPING:
            pass

    def _measured(self, found: Values, wanted: BoardOutputs, at_s: float) -> BoardInputs:
        state = _state(found)
        self._letter = LETTERS.get(state[:1], self._letter)
        high_mv, low_mv = plateaus_mv(self._letter, shown(wanted, pwm=state in OFFERING))
        errors = int(found["errors"])
        return BoardInputs(
            at_s=at_s,
            cp_high_mv=high_mv,
            cp_low_mv=low_mv,
            contactor_closed=contacts(self._closed(state, at_s), wanted),
            plug_locked=None,
            pp_ohm=None,
            temperature_c=self._temperature_c,
            faults=tuple(fault for bit, fault in enumerate(FAULTS) if errors >> bit & 1),
        )

    def _closed(self, state: str, now: float) -> bool:
        """Is its relay driven? When it stops it stays so until the EV lets go, for 6 s at the longest."""
        if state != self._state:
            self._may_be_closed = state in CLOSED or (state in STOPPING and (self._state in CLOSED or not self._state))
            self._state, self._entered_s = state, now
        return self._may_be_closed and (state in CLOSED or now - self._entered_s < STOPS_S)


def _state(found: Values) -> str:
    return int(found["state"]).to_bytes(2).decode("ascii", "replace").strip("\0 ")
