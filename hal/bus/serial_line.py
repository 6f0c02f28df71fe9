"""Serial ports: one owner for each in a process, whatever number of devices is on it.

``line(port, settings)`` gives the same ``SerialLine`` to everybody who names that port. It is opened by the first turn, exclusively, and
again after its adapter was unplugged. How a turn goes, see ``hal.bus.line``.

pyserial only opens and sets the port up: setting its time-outs would set the port up anew each time, which some drivers refuse.
"""

import contextlib
import errno
import os
import termios
import threading
from typing import Any, Literal
from weakref import WeakValueDictionary

from msgspec import Struct

from hal.bus.line import Gone, Line
from hal.errors import DriverError, missing

Parity = Literal["N", "E", "O"]


class Taken(Gone):
    """Another process has it."""


class SerialSettings(Struct, frozen=True, kw_only=True):
    """How the characters look. All devices on one port must agree."""

    baud: int = 9600
    parity: Parity = "N"
    stopbits: Literal[1, 2] = 1
    rtscts: bool = False
    rs485: bool = False
    """The kernel switches the direction of an RS-485 transceiver by RTS."""

    def __str__(self) -> str:
        extras = "".join(f" {name}" for name, on in (("rtscts", self.rtscts), ("rs485", self.rs485)) if on)
        return f"{self.baud} 8{self.parity}{self.stopbits}{extras}"

    @property
    def character_s(self) -> float:
        """Start bit, eight of data, parity, stop bits."""
        return (9 + (self.parity != "N") + self.stopbits) / self.baud


class SerialLine(Line):
    """One port. Between two turns it rests for three and a half characters (Modbus over serial line 2.5.1.1), 2 ms at the least."""

    def __init__(self, port: str, settings: SerialSettings) -> None:
        super().__init__(port, max(0.002, 3.5 * settings.character_s))
        self.settings = settings

    def sending_s(self, size: int) -> float:
        """How long so many characters are on the wire."""
        return size * self.settings.character_s

    def _open(self) -> int:
        return opened(self.name, self.settings)

    def _close(self, descriptor: int) -> None:
        released(descriptor)


def opened(name: str, told: SerialSettings) -> int:
    """The descriptor of a port, to be had alone and not blocking. Raises Gone or DriverError."""
    try:
        import serial
    except ImportError as error:
        raise missing(f"of {name}", "pyserial", "serial") from error
    try:
        with contextlib.closing(
            serial.Serial(
                name,
                told.baud,
                parity=told.parity,
                stopbits=told.stopbits,
                rtscts=told.rtscts,
                exclusive=True,
            )
        ) as port:
            if told.rs485:
                _switch_direction(port)
            return os.dup(port.fileno())
    except serial.SerialException as error:
        kind = Taken if error.errno in (errno.EAGAIN, errno.EBUSY) else Gone
        raise kind(f"{name}: {_reason(error.errno, str(error))}") from error
    except (OSError, termios.error, ValueError) as error:
        raise Gone(f"{name}: cannot be set to {told} ({error}); correct port or its settings") from error


def released(descriptor: int) -> None:
    """Let go of it, without what it has not sent yet: waiting for that may take for ever."""
    with contextlib.suppress(OSError, termios.error):
        termios.tcflush(descriptor, termios.TCIOFLUSH)
    os.close(descriptor)


def _switch_direction(port: Any) -> None:
    from serial.rs485 import RS485Settings

    try:
        port.rs485_mode = RS485Settings()
    except ValueError as error:
        raise DriverError(
            f"{port.name}: its driver does not switch an RS-485 transceiver ({error}); leave rs485 out for an adapter that does it itself"
        ) from error


REMEDIES = {
    errno.ENOENT: "not there; plug its adapter in, or correct port",
    errno.EACCES: "not permitted; let the station's user use it (group dialout)",
    errno.EAGAIN: "taken; end what else uses it",
    errno.EBUSY: "taken; end what else uses it",
}


def _reason(number: int | None, text: str) -> str:
    if number in REMEDIES:
        return REMEDIES[number]
    return f"{os.strerror(number) if number else text}; plug its adapter in again, or correct port"


_lines: WeakValueDictionary[str, SerialLine] = WeakValueDictionary()
_lines_lock = threading.Lock()


def line(port: str, settings: SerialSettings) -> SerialLine:
    """The line on a port, shared by everybody who asks for it while anybody holds it. Opens nothing. Raises DriverError when another device
    on it wants other settings. All must use the same name for it: where a name leads changes when an adapter is plugged in again."""
    with _lines_lock:
        there = _lines.get(port)
        if there is None:
            there = SerialLine(port, settings)
            _lines[port] = there
    if there.settings != settings:
        raise DriverError(
            f"{port}: one device wants {settings}, another on the same port {there.settings}; set both devices and entries alike"
        )
    return there
