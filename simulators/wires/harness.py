"""Puts up the devices that a configuration names, on their lines, and breaks what somebody wants broken.

``root`` stands for ``/``: a driver's ``/dev/ttyUSB0`` is ``root/dev/ttyUSB0``. A TCP port is where the entries say, on loopback.
"""

import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

from hal.entries import entries as entries_of
from simulators.electrics import Electrics
from simulators.wires.face import OF_STATION, Face, Fixture, WireFault
from simulators.wires.line import Device, Line
from simulators.wires.pty import PtyWire
from simulators.wires.table import TABLE, Place, Row, made
from simulators.wires.tcp import TcpWire
from simulators.world import World

log = logging.getLogger(__name__)

MODBUS_TCP = 502
USUAL_BAUD = 9600


class Wanted(Struct, frozen=True):
    """A device as the configuration names it."""

    part: str
    """What the bench calls it: ``board``, ``meter``, ``lock`` ...; ``reader``, ``display``."""
    number: int
    """Of the EVSE; of the reader or display, from 1."""
    kind: str
    driver: str
    entries: Mapping[str, Any]
    evses: tuple[int, ...] | None = None


class Fitted(Struct):
    """A device that was put up."""

    wanted: Wanted
    device: Device | Fixture | None
    wire: PtyWire | TcpWire | None
    fault: WireFault | None = None


class Harness:
    """``paced``: lines take the time that their ``baud`` says. ``moved`` is called after everything that may have moved the world."""

    def __init__(self, world: World, root: Path, *, paced: bool = False, moved: Callable[[], None] = lambda: None) -> None:
        self.fitted: dict[tuple[str, int], Fitted] = {}
        """(part, number) -> the device."""
        self._world = world
        self._root = root
        self._paced = paced
        self._moved = moved
        self._wires: dict[str, PtyWire | TcpWire] = {}

    def fit(self, wanted: Wanted, row: Row | None = None) -> None:
        """Make the device and lay its line; nothing is open yet. Raises DriverError, and KeyError where the table has no row for it."""
        entries = {**entries_of(wanted.kind, wanted.driver).defaults, **wanted.entries}
        evse = self._evse(wanted)
        thing = made(row or TABLE[wanted.kind][wanted.driver], Place(self._world, entries, evse, wanted.evses))
        place = self.fitted[wanted.part, wanted.number] = Fitted(wanted, None, None)
        if isinstance(thing, Face):
            place.wire = self._wire(entries)
            place.device = place.wire.line.add(thing)
        elif thing is not None:
            place.device = thing
        else:  # part of another device, on that one's line
            place.wire = self._wire(entries)

    def open(self) -> None:
        """Put everything up, in the event loop that runs. Raises OSError."""
        self._root.mkdir(parents=True, exist_ok=True)
        for fixture in self._fixtures:
            fixture.open(self._root)
        for wire in self._wires.values():
            wire.open()
        self._world.observers.append(self._stir)

    def close(self) -> None:
        """Take everything away."""
        if self._stir in self._world.observers:
            self._world.observers.remove(self._stir)
        for wire in self._wires.values():
            wire.close()
        for fixture in self._fixtures:
            fixture.close()

    def spoil(self, part: str, number: int, fault: WireFault | None) -> None:
        """Break this device's wire, or mend it. Raises KeyError where there is no such device."""
        place = self.fitted[part, number]
        place.fault = fault
        log.info("event=wire_fault part=%s number=%d fault=%s", part, number, fault)
        devices = [place.device] if place.device is not None else place.wire.line.devices if place.wire is not None else []
        for device in devices:
            device.fault = fault
        if place.wire is not None:
            self._plug(place.wire)

    def _plug(self, wire: PtyWire | TcpWire) -> None:
        if any(place.fault == "unplugged" for place in self.fitted.values() if place.wire is wire):
            wire.unplug()
        else:
            wire.plug()

    @property
    def _fixtures(self) -> list[Fixture]:
        things = [place.device for place in self.fitted.values()]
        return [thing for thing in things if thing is not None and not isinstance(thing, Device)]

    def _stir(self) -> None:
        for wire in self._wires.values():
            wire.stir()

    def _evse(self, wanted: Wanted) -> Electrics | None:
        return None if wanted.part in OF_STATION else self._world.evses[wanted.number]

    def _wire(self, entries: Mapping[str, Any]) -> PtyWire | TcpWire:
        """The line that the entries name; the same for everybody who names it."""
        host, tcp_port, port = str(entries.get("host") or ""), int(entries.get("tcp_port", MODBUS_TCP)), str(entries.get("port"))
        name = f"{host}:{tcp_port}" if host else port
        if name not in self._wires:
            line = Line(baud=entries.get("baud", USUAL_BAUD) if self._paced and not host else None)
            self._wires[name] = (
                TcpWire(line, tcp_port, host, self._moved) if host else PtyWire(line, beneath(self._root, port), self._moved)
            )
        return self._wires[name]


def beneath(root: Path | str, path: str) -> Path:
    """Where an absolute path lies beneath a directory that stands for ``/``."""
    return Path(root, path.lstrip("/"))
