"""Looks at one serial port by every row of the table, for as long as is said beforehand.

A line is listened to before anybody on it is asked: where there is a talk already, another question would be in the middle of it.
"""

import time
from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct

from hal.bus.line import Line, Wire
from hal.bus.serial_line import SerialLine, SerialSettings
from hal.detect import table
from hal.detect.found import Found
from hal.detect.modbus import MOST_BYTES, Asker, Look, Tell, identified, units
from hal.detect.ports import Port
from hal.detect.table import SerialProbe
from hal.errors import DeviceError

QUICK = Look(table.QUICK_UNITS, twice=True)
THOROUGH = Look(table.ALL_UNITS)
LISTEN_S = 0.1
OVERHEAR_S = 1.0
OVERHEARD = (table.N9600, table.N115200)
"""At the first readers are understood; at the second every slower talk is heard, though not understood."""
SETTLES_S = 0.5
"""What is heard of a reader first may be the end of a frame; the next are whole by then."""
STRAY_BYTES = 3
"""A line without termination may make so many out of nothing."""


class Talks(DeviceError):
    """Somebody talks on the line unasked."""


class Plan(Struct, frozen=True):
    """What a port is asked."""

    rows: tuple[SerialProbe, ...]
    settings: tuple[SerialSettings, ...]
    thorough: bool

    @property
    def takes_s(self) -> float:
        """At the most, while nobody answers."""
        looks = (QUICK, THOROUGH) if self.thorough else (QUICK,)
        asking_s = sum(row.tries * row.waits_s for row in self.rows)
        return asking_s + len(OVERHEARD) * OVERHEAR_S + sum(look.takes_s(each) for each in self.settings for look in looks)


def plan(port: Port, *, quick: bool) -> Plan:
    """For this port. A pseudo terminal has no parity."""
    settings = tuple(each for each in table.line_settings() if each.parity == "N" or not port.pseudo)
    return Plan(tuple(table.serial_rows()), settings, not quick)


def look(port: Port, path: str, what: Plan, tell: Tell) -> Iterator[Found]:
    """Everybody on this port. ``path``: where it is opened. Raises DeviceError and DriverError."""
    for row in what.rows:
        tell(f"asking for {row.driver} at {row.settings}")
        heard = _asked(path, row)
        said = row.says(heard)
        if said is not None:
            yield Found(kind=row.kind, where=port.name, says=said, driver=row.driver, entries={"port": port.name, **row.entries(heard)})
            return
    tell("listening whether somebody talks")
    talk = [_overheard(path, each) for each in OVERHEARD]
    if readers := list(_reader(port, talk[0])):
        yield from readers
        return
    if (most := max(map(len, talk))) > STRAY_BYTES:
        why = f"{most} bytes in {OVERHEAR_S:g} s, though nobody was asked"
        raise Talks(f"somebody talks on it ({why}): another master on RS-485, or a modem; take it off the line, then look again")
    for thoroughness in (QUICK, THOROUGH) if what.thorough else (QUICK,):
        for settings in what.settings:
            tell(f"Modbus at {settings}: {len(thoroughness.units)} addresses, {thoroughness.takes_s(settings):.0f} s")
            found = list(_on_line(port, path, settings, thoroughness, what.thorough, tell))
            if found:
                yield from found
                return


def _asked(path: str, row: SerialProbe) -> bytes:
    line = SerialLine(path, row.settings)
    try:
        for _ in range(row.tries):
            with line.turn() as wire:
                wire.discard()
                wire.send(row.asks)
                heard = _heard(wire, row.waits_s, lambda heard: row.says(heard) is not None)
            if row.says(heard) is not None:
                return heard
        return b""
    finally:
        line.close()


def _heard(wire: Wire, seconds: float, enough: Callable[[bytes], bool]) -> bytes:
    """What comes in that time, however much that is, or until it is enough."""
    heard, ends_s = b"", time.monotonic() + seconds
    while len(heard) < MOST_BYTES and not enough(heard) and (left_s := ends_s - time.monotonic()) > 0:
        heard += wire.receive(left_s)
    return heard


def _overheard(path: str, settings: SerialSettings) -> bytes:
    line = SerialLine(path, settings)
    try:
        with line.turn() as wire:
            wire.discard()
            return _heard(wire, OVERHEAR_S, lambda heard: False)
    finally:
        line.close()


def _on_line(port: Port, path: str, settings: SerialSettings, how: Look, thorough: bool, tell: Tell) -> Iterator[Found]:
    """All units at these settings. Once somebody is found there, everybody is looked for there: a line has one setting."""
    line = SerialLine(path, settings)
    try:
        asker = Asker(line)
        there = units(asker, how)
        if there and thorough and how is not THOROUGH:
            tell(f"units {', '.join(map(str, there))} answer; looking for more: {THOROUGH.takes_s(settings):.0f} s")
            there = units(asker, THOROUGH)
        for unit in there:
            tell(f"unit {unit}: what is it?")
            yield identified(asker, port.name, settings, unit)
    finally:
        line.close()


def cards(ports: Sequence[tuple[Port, str]], seconds: float) -> list[Found]:
    """Readers that speak when a card is held to them: all ports are listened to at once, for so long, or until a reader has spoken on each.
    Ports that fail are left out."""
    lines: dict[str, Line] = {path: SerialLine(path, table.N9600) for _, path in ports}
    heard = dict.fromkeys(lines, b"")
    ends_s = time.monotonic() + seconds
    while lines and (left_s := ends_s - time.monotonic()) > 0:
        share_s = min(LISTEN_S, left_s) / len(lines)
        for path in tuple(lines):
            _listen(lines, heard, path, share_s)
        if all(_row(heard[path]) for path in lines):
            ends_s = min(ends_s, time.monotonic() + SETTLES_S)
    for line in lines.values():
        line.close()
    return [found for port, path in ports for found in _reader(port, heard[path])]


def _listen(lines: dict[str, Line], heard: dict[str, bytes], path: str, seconds: float) -> None:
    try:
        with lines[path].turn() as wire:
            heard[path] = (heard[path] + wire.receive(seconds))[-MOST_BYTES:]
    except DeviceError:
        lines.pop(path).close()


def _row(heard: bytes) -> SerialProbe | None:
    return next((row for row in table.LISTEN if row.says(heard) is not None), None)


def _reader(port: Port, heard: bytes) -> Iterator[Found]:
    if (row := _row(heard)) is not None:
        says = row.says(heard) or ""
        yield Found(kind=row.kind, where=port.name, says=says, driver=row.driver, entries={"port": port.name, **row.entries(heard)})
