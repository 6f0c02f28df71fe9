"""Registers of a board on Modbus: a table of what its manual says, and one reader for all such tables.

    REGISTERS = (Register("current", "holding", 1000, "offered per phase, mA", scale=1000, written=16), ...)
    unit = Unit(connect("board.simpleevse", wire), 1, REGISTERS)
    unit.read("current", "status")      from the one to the other in one question, each by its name and in its unit

Addresses are those on the wire. A question runs over rows of the table only, in the order of the table, so that it never touches an address
of which the manual says nothing. What a board keeps for good (``kept``) is written only where it differs: its memory wears out.
"""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from hal.bus.modbus import ModbusLine, Refused
from hal.errors import DeviceError
from hal.measured import PILOT_FAULT_PPM, PILOT_STEADY_PPM, BoardOutputs

log = logging.getLogger(__name__)

Area = Literal["coil", "holding", "input"]
READS: Mapping[Area, int] = {"coil": 1, "holding": 3, "input": 4}
LEAST_MA = 6_000
"""Below it nothing can be offered (IEC 61851-1 Table A.7): 1 to 5 A mean a pause."""
LEAST_PPM = 100_000
"""Stands for the pilot of a board that offers without being wanted to."""
OPENS_S = 7.0
"""Without an offer such boards have opened within this, whatever the EV does."""
LOOK_S = 0.1
CODES_OHM: Mapping[int, int] = {13: 1_500, 20: 680, 32: 220, 63: 100}
"""What codes a cable of so many amperes (IEC 61851-1 Annex B)."""


class Register(Struct, frozen=True):
    """One row. ``scale``: of the raw number to the unit of ``meaning``. ``written``: with which function, 5, 6 or 16."""

    name: str
    area: Area
    address: int
    meaning: str
    scale: float = 1
    words: int = 1
    signed: bool = False
    written: int = 0
    kept: bool = False
    """Kept when the board loses its supply."""
    source: str = ""
    """Where that of the module is not meant."""
    doubt: str = ""

    @property
    def end(self) -> int:
        """The address after it."""
        return self.address + self.words


Values = Mapping[str, float]
"""By name, in the units of the table; whole where the scale is."""


class Unit:
    """One board on a line. Every method but ``where`` raises DeviceError."""

    def __init__(self, bus: ModbusLine, number: int, table: Sequence[Register]) -> None:
        self.number = number
        self.bus = bus
        self._table = table
        self._rows = {row.name: row for row in table}

    @property
    def where(self) -> str:
        """Driver, line and unit, for messages."""
        return self.bus.where(self.number)

    def read(self, first: str, last: str = "") -> Values:
        """Ask for the rows from the one to the other."""
        start, end = self._table.index(self._rows[first]), self._table.index(self._rows[last or first])
        rows = self._table[start : end + 1]
        words = self._words(rows[0].area, rows[0].address, rows[-1].end - rows[0].address)
        return {row.name: _value(row, words[row.address - rows[0].address :][: row.words]) for row in rows}

    def text(self, name: str) -> str:
        """Characters, two in a register."""
        row = self._rows[name]
        data = b"".join(word.to_bytes(2) for word in self._words(row.area, row.address, row.words))
        return data.decode("ascii", "replace").strip("\0 ")

    def write(self, name: str, value: float) -> None:
        """``value`` in the unit of the table; what is finer than a register can say is cut off."""
        row = self._rows[name]
        raw = int(value / row.scale + 1e-6)
        if row.written == 5:
            self.bus.write_coil(self.number, row.address, bool(raw))
        elif row.written == 6:
            self.bus.write_one(self.number, row.address, raw)
        else:
            self.bus.write(self.number, row.address, [raw])

    def settle(self, name: str, value: float) -> bool:
        """Write it if the board has another value. Did that have to be?"""
        found = self.read(name)[name]
        if found == value:
            return False
        log.info("event=board_set board=%r register=%s value=%g before=%g", self.where, name, value, found)
        self.write(name, value)
        return True

    def probe(self, what: str, ask: Callable[[], Values]) -> Values:
        """The answer of a device that has to be ``what``; one that refuses is another."""
        try:
            return ask()
        except Refused as error:
            raise self.another(what, str(error)) from error

    def another(self, what: str, because: str) -> DeviceError:
        """It answers, and is something else."""
        return DeviceError(f"{self.where}: is no {what}: {because}; compare driver, unit and device")

    def _words(self, area: Area, address: int, count: int) -> list[int]:
        if area == "coil":
            return [int(bit) for bit in self.bus.read_bits(self.number, READS[area], address, count)]
        return self.bus.read(self.number, READS[area], address, count)


def _value(row: Register, words: Sequence[int]) -> float:
    raw = int.from_bytes(b"".join(word.to_bytes(2) for word in words), signed=row.signed)
    return raw * row.scale


def offered_ma(wanted: BoardOutputs, most_ma: int, step_ma: int = 1) -> int:
    """What a board is told to offer per phase: nothing without PWM and below 6 A, at most what it takes, in whole steps rounded down."""
    if wanted.offer_ma < LEAST_MA or not _oscillates(wanted):
        return 0
    return min(wanted.offer_ma, most_ma) // step_ma * step_ma


def shown(wanted: BoardOutputs, *, pwm: bool) -> BoardOutputs:
    """For ``plateaus_mv``: what the board does. Where it is to offer and does not yet, the pilot counts as oscillating all the same: its
    lower plateau tells of the EV's diode, which such a board looks at by itself, and of nothing else."""
    if _oscillates(wanted):
        return wanted
    return replace(wanted, duty_ppm=LEAST_PPM if pwm else PILOT_STEADY_PPM)


def _oscillates(wanted: BoardOutputs) -> bool:
    return PILOT_FAULT_PPM < wanted.duty_ppm < PILOT_STEADY_PPM


def contacts(driven: bool, wanted: BoardOutputs) -> bool | None:
    """The contactor of a board that tells how its coil is driven and has no feedback of the contacts. Without the coil they are taken for
    open only where they should be closed: elsewhere nobody knows, so that current on the meter shows contacts that are welded."""
    return True if driven else False if wanted.contactor else None


def wait_until(opened: Callable[[], bool]) -> None:
    """A board may have been charging before this host was there: the EV is given its time to let go. Raises what is raised by asking."""
    ends_s = time.monotonic() + OPENS_S
    while not opened() and time.monotonic() < ends_s:
        time.sleep(LOOK_S)


def doubts(table: Sequence[Register]) -> tuple[str, ...]:
    """Of the rows, as sentences for ``DriverFacts``."""
    return tuple(f"Register {row.address} ({row.name}): {row.doubt}." for row in table if row.doubt)
