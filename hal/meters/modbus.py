"""Meters on Modbus: one reader for all tables.

    open     ask for everything once, leave out what this unit refuses, make sure it is the model that was configured, believe its register
    read     the blocks of registers, decoded and judged; DeviceError for whatever is wrong

What a meter does not measure is ``None``, never zero. A register that the model's table has and this unit refuses is left out, with a line
in the log, and asked for again now and then: a meter that boots may refuse what it has. Without its energy register a meter is none.
"""

import logging
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any, Literal, get_args

from hal.bus.modbus import ModbusLine, Refused, UnitNumber, connect
from hal.errors import DeviceError, DriverError, ImplausibleError
from hal.measured import MeterReading
from hal.meters.blocks import Block, blocks
from hal.meters.identity import mismatch
from hal.meters.plausible import RATED_A, Judge, RatedAmperes
from hal.meters.readings import needed, reading_of, with_exponents
from hal.meters.table import MeterTable, Register
from hal.meters.words import Value, Words, value_of

log = logging.getLogger(__name__)

READ_S = 1.9
AGAIN_S = 60.0
"""One question so often is for a register that was refused."""
NOT_THERE = (1, 2, 3)
"""Exceptions that a register answers with that this unit does not have."""
Wiring = Literal["", "1", "2", "3", "123", "132", "213", "231", "312", "321"]
WIRINGS = get_args(Wiring)


class ModbusMeter:
    """``hal.api.Meter``. ``wiring``: which of the meter's phases each phase of the EVSE is on."""

    def __init__(self, table: MeterTable, bus: ModbusLine, unit: int, wiring: Wiring = "", rated_a: int = RATED_A) -> None:
        self.table = table
        self._bus = bus
        self._unit = unit
        self._wiring: str = wiring or "123"[: table.phases]
        if self._wiring not in WIRINGS or int(max(self._wiring)) > table.phases:
            ways = ", ".join(WIRINGS[1:])
            raise DriverError(f"{bus.driver}: wiring {wiring!r}: expected one of {ways}, and this meter has {table.phases} phases at most")
        self._judge = Judge(rated_a * 1000)
        self._wanted = tuple(needed(table, self._wiring))
        self._blocks: tuple[Block, ...] | None = None
        self._refused: deque[Register] = deque()
        self._again_s = 0.0

    def open(self) -> None:
        """Find it. Raises DeviceError or DriverError."""
        self._blocks = None
        self._read()
        wrong = mismatch(self.table.name, self._bus, self._unit)
        if wrong is not None:
            raise DeviceError(f"{self._where}: {wrong}")
        log.info("event=meter_found meter=%r serial=%s", self._where, self._serial())

    def read(self) -> MeterReading:
        """Read it now. Raises DeviceError."""
        try:
            with self._bus.within(READ_S):
                reading = self._read()
                self._ask_again()
                return reading
        except Refused as error:
            if error.code in NOT_THERE:
                self._blocks = None  # another firmware, or another meter: look again
            raise

    def values(self, registers: Sequence[Register]) -> dict[str, Value]:
        """Anything that the table names, numbers in their SI units, for people; what this unit refuses is ``None``. Raises DeviceError."""
        words = self._words(self._settled(blocks(self.table, with_exponents(self.table, registers))))
        return {each.quantity: value_of(self.table, each, words) for each in registers}

    def close(self) -> None:
        """Let go of the line."""
        self._bus.close()

    @property
    def _where(self) -> str:
        return self._bus.where(self._unit)

    def _read(self) -> MeterReading:
        at_s = time.monotonic()
        if self._blocks is None:
            self._blocks = self._found()
        words = self._words(self._blocks)
        values = {each.quantity: value_of(self.table, each, words) for each in self._wanted}
        if values[self.table.energy] is None:
            raise ImplausibleError(f"{self._where}: its energy register says that it is not available; compare driver and model")
        return self._judge.believed(reading_of(self.table, values, self._wiring, at_s), self._where)

    def _ask_again(self) -> None:
        """For one register that was refused, if it is time. What goes wrong is of no consequence: it was left out anyway."""
        if not self._refused or time.monotonic() - self._again_s < AGAIN_S or self._blocks is None:
            return
        self._again_s = time.monotonic()
        asked = self._refused.popleft()
        with suppress(DeviceError):
            (block,) = blocks(self.table, [asked])
            self._bus.read(self._unit, block.fc, block.address, block.count)
            log.info("event=meter_has_after_all meter=%r quantity=%s", self._where, asked.quantity)
            self._blocks = (*self._blocks, block)
            return
        self._refused.append(asked)

    def _found(self) -> tuple[Block, ...]:
        """Blocks that this unit answers. Raises DeviceError when the energy register is not among them."""
        found = tuple(self._settled(blocks(self.table, self._wanted)))
        answered = {register for block in found for register in block.wanted}
        self._refused = deque(each for each in self._wanted if each not in answered)
        self._again_s = time.monotonic()
        refused = [each.quantity for each in self._refused]
        if self.table.energy in refused:
            raise DeviceError(f"{self._where}: refuses its energy register; compare driver and model")
        if refused:
            log.info("event=meter_lacks meter=%r quantities=%s", self._where, ",".join(refused))
        return found

    def _settled(self, asked: Iterable[Block]) -> Iterator[Block]:
        """Blocks that are answered: one that is refused is tried in halves, down to a single register."""
        for block in asked:
            try:
                self._bus.read(self._unit, block.fc, block.address, block.count)
            except Refused as error:
                if error.code not in NOT_THERE:
                    raise
                yield from self._settled(block.halves())
            else:
                yield block

    def _words(self, asked: Iterable[Block]) -> Words:
        words: dict[tuple[int, int], int] = {}
        for block in asked:
            answer = self._bus.read(self._unit, block.fc, block.address, block.count)
            words |= {(block.fc, address): word for address, word in enumerate(answer, start=block.address)}
        return words

    def _serial(self) -> str:
        if not self.table.has("serial_number"):
            return "-"
        try:
            return str(self.values([self.table["serial_number"]])["serial_number"])
        except DeviceError:
            return "-"


def driver(table: MeterTable) -> Callable[..., ModbusMeter]:
    """What the driver table names: makes the meter from its entries. Raises DriverError."""

    def make(*, unit: UnitNumber = table.unit, wiring: Wiring = "", rated_a: RatedAmperes = RATED_A, **wire: Any) -> ModbusMeter:
        return ModbusMeter(table, connect(f"meter.{table.name}", wire, **table.usual), unit, wiring, rated_a)

    return make
