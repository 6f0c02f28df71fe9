"""Modbus devices on a terminal or a TCP port, for tests of what talks with them."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hal.bus.modbus import ModbusLine, connect
from simulators.wires.line import Line
from simulators.wires.modbus_slave import ModbusSlave
from simulators.wires.pty import PtyWire
from simulators.wires.tcp import TcpWire
from simulators.wires.thread import Beside, beside

QUICK: dict[str, Any] = {"timeout_s": 0.15, "inter_byte_s": 0.05, "gap_s": 0.0, "tries": 3}
"""Entries for devices that answer within a few milliseconds."""


class Bus:
    """Devices on one wire. ``entries``: those of a driver that is to find them."""

    def __init__(self, loop: Beside, wire: PtyWire | TcpWire, entries: dict[str, Any]) -> None:
        self.loop = loop
        self.wire = wire
        self.entries = {**QUICK, **entries}

    def connect(self, **entries: Any) -> ModbusLine:
        """A way to it."""
        return connect("meter.test", {**self.entries, **entries})

    def fault(self, fault: str | None, number: int = 0) -> None:
        """Something is wrong with one of its devices, or nothing any more."""
        if fault == "unplugged":
            self.loop.call(self.wire.unplug)
        else:
            self.loop.set(self.wire.line.devices[number], "fault", fault)

    def mend(self, number: int = 0) -> None:
        """All is well again."""
        self.loop.call(self.wire.plug)
        self.fault(None, number)


@contextmanager
def on_pty(folder: Path, *slaves: ModbusSlave, **line: Any) -> Iterator[Bus]:
    """Slaves on a serial port beneath that folder. ``line``: see ``simulators.wires.line.Line``."""
    with beside() as loop:
        wire = PtyWire(Line(**line), folder / "dev/ttyUSB0")
        for slave in slaves:
            wire.line.add(slave)
        loop.call(wire.open)
        try:
            yield Bus(loop, wire, {"port": str(folder / "dev/ttyUSB0")})
        finally:
            loop.call(wire.close)


@contextmanager
def on_tcp(*slaves: ModbusSlave, **line: Any) -> Iterator[Bus]:
    """Slaves behind a TCP port."""
    with beside() as loop:
        wire = TcpWire(Line(**line))
        for slave in slaves:
            wire.line.add(slave)
        loop.call(wire.open)
        try:
            yield Bus(loop, wire, {"host": wire.host, "tcp_port": wire.port})
        finally:
            loop.call(wire.close)
