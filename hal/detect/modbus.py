"""Looks for units on one RS-485 line, and finds out what each of them is."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from msgspec import Struct

import hal
from hal.bus.line import Wire
from hal.bus.serial_line import SerialLine, SerialSettings
from hal.detect import rtu
from hal.detect.found import Found
from hal.detect.rtu import Answer
from hal.detect.table import BOARDS, meter_tables
from hal.meters.identity import PROBES
from hal.meters.table import MeterTable, Register
from hal.meters.words import value_of

BEGINS_S = 0.16
"""A unit that is there begins to answer within this; most need a third of it. One that is slower is heard before the next question."""
SURE_S = 0.4
"""The same where one is known to be there."""
PAUSE_S = 0.03
"""Between two characters of an answer: USB adapters hand them over in heaps."""
MOST_BYTES = 512
QUESTION_BYTES = 8
ADDRESSED = (3, 0, 2)
"""Function, address, count of the question whether there is anybody: whoever has nothing there answers with an exception."""
OTHERWISE = (4, 0, 2)

VOLTS, HERTZ = (80.0, 300.0), (45.0, 65.0)

Tell = Callable[[str], None]


class Look(Struct, frozen=True):
    """How thoroughly: these units are asked, with one question or two."""

    units: Sequence[int]
    twice: bool = False

    def takes_s(self, settings: SerialSettings) -> float:
        """At the most, while nobody answers."""
        one_s = BEGINS_S + QUESTION_BYTES * settings.character_s + max(0.002, 3.5 * settings.character_s)
        return len(self.units) * one_s * (2 if self.twice else 1)


class Words(Protocol):
    """A way to units that are there."""

    def words(self, unit: int, fc: int, address: int, count: int) -> tuple[int, ...] | None:
        """Registers; ``None`` where it has none. Raises DeviceError."""


class Asker:
    """Questions on one line, one after the other."""

    def __init__(self, line: SerialLine) -> None:
        self._line = line

    def ask(self, unit: int, fc: int, address: int, count: int, begins_s: float = SURE_S) -> list[Answer]:
        """Whatever came back, of whomever. Raises DeviceError when the port fails."""
        asked = rtu.question(unit, fc, address, count)
        with self._line.turn() as wire:
            late = wire.discard()
            wire.send(asked)
            heard = self._heard(wire, asked, begins_s + self._line.sending_s(len(asked)))
        return [*rtu.answers(late, asked), *rtu.answers(heard, asked)]

    def _heard(self, wire: Wire, asked: bytes, begins_s: float) -> bytes:
        heard, wait_s = b"", begins_s
        while len(heard) < MOST_BYTES and (chunk := wire.receive(wait_s)):
            heard += chunk
            wait_s = begins_s if asked.startswith(heard) else PAUSE_S + self._line.sending_s(2)  # an echo is no answer yet
        return heard

    def words(self, unit: int, fc: int, address: int, count: int) -> tuple[int, ...] | None:
        """Registers of a unit that is there; ``None`` where it has none."""
        for answer in self.ask(unit, fc, address, count):
            if answer.unit == unit and answer.fc == fc and len(answer.words) == count:
                return answer.words
        return None


def units(asker: Asker, look: Look) -> list[int]:
    """Who is there. Raises DeviceError."""
    found: set[int] = set()
    for unit in look.units:
        for fc, address, count in (ADDRESSED, OTHERWISE) if look.twice else (ADDRESSED,):
            if unit not in found:
                found |= {answer.unit for answer in asker.ask(unit, fc, address, count, BEGINS_S)}
    return sorted(found)


def identified(asker: Asker, port: str, settings: SerialSettings, unit: int) -> Found:
    """What a unit is, as far as can be told. Raises DeviceError."""
    entries = {"port": port, "unit": unit, "baud": settings.baud, "parity": settings.parity, "stopbits": settings.stopbits}
    return known_by(asker, f"{port} unit {unit}, {settings}", unit, entries)


def known_by(asker: Words, where: str, unit: int, entries: Mapping[str, Any]) -> Found:
    """What a unit is, wherever it is. ``entries``: of its driver. Raises DeviceError."""
    for driver, says in _by_name(asker, unit):
        return Found(kind="meters", where=where, says=says, driver=driver, entries=entries)
    for row in BOARDS:
        words = asker.words(unit, row.fc, row.address, row.count)
        said = None if words is None else row.says(words)
        if said is not None and row.driver in hal.DRIVERS["boards"]:
            return Found(kind="boards", where=where, says=said, driver=row.driver, entries=entries, sure=False)
    likely = [(table, measured) for table in meter_tables() if (measured := _measured(asker, unit, table))]
    if not likely:
        return Found(kind="meters", where=where, says="answers, but is no device known here", sure=False)
    table, measured = max(likely, key=lambda each: len(each[1]))
    others = [other.name for other, found in likely if other is not table and len(found) == len(measured)]
    says = f"{table.title}, it seems: {', '.join(measured)}" + (f"; or {', '.join(others)}" if others else "")
    return Found(kind="meters", where=where, says=says, driver=table.name, entries=entries, sure=False)


def _by_name(asker: Words, unit: int) -> Iterator[tuple[str, str]]:
    """A meter that says what it is."""
    for probe in PROBES:
        words = asker.words(unit, probe.fc, probe.address, probe.count)
        code = None if words is None else probe.read(words)
        if code is not None and code in probe.models:
            yield probe.models[code], f"{probe.maker} {probe.models[code]}, by its code {code}"


def _measured(asker: Words, unit: int, table: MeterTable) -> tuple[str, ...]:
    """Mains voltage and frequency where this table has them; nothing where they are not."""
    told = []
    for name, (least, most), sign in (("voltage_l1", VOLTS, "V"), ("frequency", HERTZ, "Hz")):
        if not table.has(name):
            continue
        value = _value(asker, unit, table, table[name])
        if value is not None and name == "frequency" and table.hz_tenfold and value > 10 * least:
            value /= 10
        if value is None or not least <= value <= most:
            return ()
        told.append(f"{value:.1f} {sign}")
    return tuple(told)


def _value(asker: Words, unit: int, table: MeterTable, register: Register) -> float | None:
    words = asker.words(unit, register.fc, register.address, register.words)
    if words is None or register.exponent_at is not None:
        return None
    value = value_of(table, register, {(register.fc, register.address + place): word for place, word in enumerate(words)})
    return float(value) if isinstance(value, int | float) else None
