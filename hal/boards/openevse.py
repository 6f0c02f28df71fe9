"""OpenEVSE and its relatives over RAPI (firmware 8, RAPI 5), one on each serial port.

    wanted of control      told to the board          the board then
    X1                     $FS                        sleeps: +12 V, relay open as soon as the EV lets go, after 3 s at the latest
    X2, 6 A and more       $SC n V, $FE               makes the pilot, tests itself, closes for an EV that asks, opens when it stops
    F                      $FD                        -12 V, relay open at once

It sleeps unless something is offered, for a board that is awake charges whoever asks. One that has booted is awake, at the current that is
saved on it: it is put right as soon as it is heard to have booted. ``$SC`` is never sent without V, which would wear its memory out.

A pulse every 2 s keeps the board's own supervision of this host quiet (``$SY``). When it stops, the board lowers the pilot to the fallback
current and goes on charging; it never stops by itself for that.
"""

import contextlib
import logging
import time
from collections.abc import Collection

from msgspec import structs

from hal.api import Abilities
from hal.boards import openevse_status as rows
from hal.boards.openevse_heard import Heard
from hal.boards.openevse_orders import Orders
from hal.boards.openevse_status import Mode
from hal.boards.talking import TalkingBoard, plateaus_mv
from hal.bus import rapi
from hal.bus.rapi import NoAnswer, Rapi
from hal.errors import DeviceError, DriverError
from hal.facts import DriverFacts
from hal.measured import PILOT_FAULT_PPM, PILOT_STEADY_PPM, BoardFault, BoardInputs, BoardOutputs

log = logging.getLogger(__name__)

PATIENCE_S = 6.0
"""It says nothing for so long while it tests itself before its relay closes, and after waking."""
LEAST_MA = 6_000
OPENS_S = 4.0
"""Asleep, its relay is open within 3 s."""
LISTEN_S = 0.1
"""What it says by itself is heard within this."""
FALLBACK_A = (6, 80)
LEAST_PPM = 100_000
"""Stands for the pilot of a board that is awake without being wanted to."""
HEARTBEAT = "heartbeat"
NO_HEARTBEAT = BoardFault("no_heartbeat", "internal_error", info="its firmware does not supervise this host ($SY); update it")

ABILITIES = Abilities(
    safety="own",
    rcm=True,
    coil_watchdog=False,
    proximity=False,
    contactor="own",
    silent_s=8.0,
    settle_s=7.0,
    start_s=15.0,
    when_lost="lowers",
)

DRIVER = DriverFacts(
    name="openevse",
    kind="boards",
    title="OpenEVSE controller (also EmonEVSE, and others with its firmware 8)",
    link="serial 115200 8N1, RAPI",
    extra="serial",
    safety=(
        "The board's own controller makes the pilot, tests its residual current monitor before every closing, and opens its relay on every"
        " fault. It is not served while one of its safety checks is switched off."
    ),
    watchdog=(
        "A pulse every 2 s ($SY). Without it for 10 s the board lowers the pilot to the fallback current (6 A) and goes on charging; it"
        " does not stop."
    ),
    proven=(
        "tests/hal/boards/test_openevse.py",
        "tests/hal/boards/test_openevse_orders.py",
        "tests/hal/boards/test_openevse_session.py",
        "tests/hal/bus/test_rapi.py",
        "tests/hal/conformance/test_drivers.py",
    ),
    doubts=(
        "Never tried on a board: everything is from the firmware's text (8.2.3, RAPI 5.2.1).",
        "The usual builds charge whoever asks from power-up until this host is there, at the current saved on them: where charging is paid"
        " for use a build with a boot lock, or keep a delay timer armed on the board, so that it boots asleep.",
        "Its residual current monitor sees alternating current (20 mA). Where 6 mA DC must be seen (IEC 61851-1 8.5) that has to be done"
        " upstream.",
        "While it sleeps it does not tell whether the EV asks.",
        "Whether a cable's coding is heeded depends on its build; then the board lowers its maximum ($GC), by which it is known here.",
        "Whether $FS is obeyed out of the disabled state; where not, it is enabled and put asleep.",
    ),
    sources=("OpenEVSE/open_evse firmware 8.2.3 (facts)", "OpenEVSE/openevse_esp32_firmware (habits of its gateway)"),
    entries={
        "port": "path of the serial port",
        "fallback_a": "current of the board when this host is gone, in A, 6 to 80; 6 where nothing is said",
        "without": 'safety checks that may be off, of "diode", "ground", "relay", "gfci_selftest", "temperature", "heartbeat"; else none',
        "service_level": "1 or 2: is saved on the board if it differs (120 V or 240 V supply); left as it is where nothing is said",
    },
)


class OpenEvseBoard(TalkingBoard):
    """``hal.api.Board``. Entries as in ``DRIVER``."""

    abilities = ABILITIES

    def __init__(self, *, port: str, fallback_a: int = 6, without: tuple[str, ...] = (), service_level: int | None = None) -> None:
        super().__init__(OpenEvseTalk(rapi.on(port), fallback_a, without, service_level), ABILITIES)


class OpenEvseTalk:
    """``hal.boards.talking.Talk``."""

    def __init__(self, board: Rapi, fallback_a: int = 6, without: Collection[str] = (), service_level: int | None = None) -> None:
        self.name = f"board.openevse on {board.port}"
        _check(self.name, fallback_a, without, service_level)
        self._rapi = board
        self._heard = Heard(board, self.name)
        self._orders = Orders(board, self._heard, fallback_a)
        self._without = frozenset(without)
        self._level = service_level
        self._inputs: BoardInputs | None = None

    def open(self) -> None:
        """Find it, put it asleep, look at its settings. Raises DeviceError."""
        version = self._rapi.ask("GV")
        if not version.good:
            raise DeviceError(f"{self.name}: refuses $GV; correct port, or update its firmware: RAPI 5 is expected")
        self._rapi.notices()
        self._forget()
        self._put_asleep()
        self._heard.poll("GE")
        told = " ".join((*version.data, *self._rapi.ask("GI").data))
        log.info("event=board_found board=%r version=%r settings=%04X", self.name, told, self._heard.settings)
        self._set_up()

    def exchange(self, wanted: BoardOutputs) -> BoardInputs:
        """Hear what it said, tell it what has changed, ask what is due. While it tests itself: the last measurement. Raises DeviceError."""
        try:
            if self._heard.listen():
                self._forget()
            self._orders.obey(wanted, _mode(wanted))
            if self._orders.watch_over():
                self._orders.obey(wanted, _mode(wanted))
            if self._heard.ask_due():
                self._orders.obey(wanted, _mode(wanted))
        except NoAnswer as error:
            if self._inputs is not None and time.monotonic() - self._rapi.answered_s <= PATIENCE_S:
                return self._inputs
            self._forget()
            raise DeviceError(f"{self.name}: {error}") from error
        except DeviceError as error:
            self._forget()
            raise DeviceError(f"{self.name}: {error}") from error
        self._inputs = self._measured(wanted)
        return self._inputs

    def rest_s(self, wanted: BoardOutputs) -> float:
        """It speaks by itself when its state changes; that is listened for."""
        return LISTEN_S

    def close(self) -> None:
        """Asleep."""
        self._orders.leaving = True
        with contextlib.suppress(DeviceError):
            self._rapi.ask("FS")

    def _put_asleep(self) -> None:
        """A board that is awake may be charging; the EV is given its time to let go. One with a fault holds its relay open by itself."""
        self._heard.poll("GS")
        found = self._heard.status
        if found is None or found.faulted or found.mode == "asleep":
            return
        log.warning("event=board_awake board=%r state=%02X; it is put asleep", self.name, found.state)
        self._rapi.ask("FS")
        ends_s = time.monotonic() + OPENS_S
        self._heard.poll("GS")
        while time.monotonic() < ends_s and self._heard.status is not None and self._heard.status.relay_closed:
            self._heard.poll("GS")

    def _set_up(self) -> None:
        """What is kept on the board for good; told only where it differs."""
        if self._level is not None and bool(self._heard.settings & rows.LEVEL_2) != (self._level == 2):
            self._rapi.ask(f"SL {self._level}")
        if not self._heard.settings & rows.BUTTON_OFF:
            self._rapi.ask("FF B 0")  # its button would start charging without anybody's permit

    def _forget(self) -> None:
        """It may have booted: everything has to be told and asked anew."""
        self._heard.forget()
        self._orders.forget()

    def _measured(self, wanted: BoardOutputs) -> BoardInputs:
        heard, found = self._heard, self._heard.status
        if found is None:
            raise DeviceError(f"{self.name}: has not told its state yet")
        letter = found.letter
        if letter is None and self._inputs is not None:
            return self._inputs
        if letter is None:
            raise DeviceError(f"{self.name}: does not know yet whether a car is there (state 00)")
        shown = {"asleep": PILOT_STEADY_PPM, "disabled": PILOT_FAULT_PPM, "awake": wanted.duty_ppm}[found.mode]
        if found.mode == "awake" and _mode(wanted) != "awake":
            shown = LEAST_PPM
        high_mv, low_mv = plateaus_mv(letter, structs.replace(wanted, duty_ppm=shown))
        return BoardInputs(
            at_s=found.at_s,
            cp_high_mv=high_mv,
            cp_low_mv=low_mv,
            contactor_closed=found.relay_closed,
            plug_locked=heard.locked,
            pp_ohm=heard.cable_ohm,
            temperature_c=heard.temperature_c,
            faults=self._faults(),
        )

    def _faults(self) -> tuple[BoardFault, ...]:
        heard, missing = self._heard, rows.missing_checks(self._heard.settings, self._without)
        alone = self._orders.supervised is False and HEARTBEAT not in self._without
        faults = (
            None if heard.status is None else rows.state_fault(heard.status, heard.trips),
            rows.checks_fault(heard.settings, missing) if missing else None,
            NO_HEARTBEAT if alone else None,
            self._orders.refused,
        )
        return tuple(fault for fault in faults if fault is not None)


def _mode(wanted: BoardOutputs) -> Mode:
    """What control's outputs want of it."""
    if wanted.duty_ppm == PILOT_FAULT_PPM:
        return "disabled"
    return "awake" if PILOT_FAULT_PPM < wanted.duty_ppm < PILOT_STEADY_PPM and wanted.offer_ma >= LEAST_MA else "asleep"


def _check(name: str, fallback_a: int, without: Collection[str], level: int | None) -> None:
    known = {*(check.name for check in rows.CHECKS), HEARTBEAT}
    if not FALLBACK_A[0] <= fallback_a <= FALLBACK_A[1]:
        raise DriverError(f"{name}: fallback_a {fallback_a}, expected {FALLBACK_A[0]} to {FALLBACK_A[1]} A; correct it")
    if unknown := set(without) - known:
        raise DriverError(f"{name}: without {sorted(unknown)}, expected some of {sorted(known)}; correct it")
    if level not in (None, 1, 2):
        raise DriverError(f"{name}: service_level {level}, expected 1 or 2; correct it, or leave it out")
