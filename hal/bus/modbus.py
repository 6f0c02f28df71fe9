"""Modbus: questions to devices on a serial line (RTU) or at the far end of a TCP connection.

    bus = connect("meter.sdm630", {"port": "/dev/ttyUSB0", "baud": 9600})     opens nothing
    bus.read(unit, 4, 0, 6)        the registers, or a DeviceError that names driver, line and unit

Errors: ``hal.bus.modbus_errors``. Each try is a turn of its own on the line, so a silent device keeps the others waiting for no longer than
one time-out. Frames and messages are pymodbus's; its clients are not used, as they own their port and know one time-out only.
"""

import itertools
import math
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from hal.bus import serial_line, tcp_line
from hal.bus.line import Line, Lost, Wire
from hal.bus.modbus_errors import LATER, Garbled, Late, Refused, Silent, reason
from hal.bus.modbus_frames import Frames, Question
from hal.bus.owed import Owed
from hal.bus.serial_line import Parity, SerialSettings
from hal.bus.turns import rest_until
from hal.errors import DeviceError, DriverError

__all__ = ["ENTRIES", "Garbled", "Late", "ModbusLine", "Refused", "Silent", "UnitNumber", "WireEntries", "connect"]

MODBUS_TCP = 502
BROADCAST = 0
TURN_S = 2.0
"""Others may keep the line for so long."""
LONGEST = 256
"""Bytes of a message (Modbus over serial line 2.5.1)."""

UnitNumber = Annotated[int, Meta(ge=1, le=255)]
"""Address of a device. On a serial line 247 is the last; at the far end of TCP many have 255."""


class WireEntries(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a device is reached: entries of its table in the configuration. ``port`` or ``host``."""

    port: str = ""
    host: str = ""
    tcp_port: Annotated[int, Meta(ge=1, le=65_535)] = MODBUS_TCP
    rtu_over_tcp: bool = False
    baud: Annotated[int, Meta(ge=300, le=4_000_000)] = 9600
    parity: Parity = "N"
    stopbits: Literal[1, 2] = 1
    rs485: bool = False
    echo: bool | None = None
    timeout_s: Annotated[float, Meta(ge=0.01, le=30)] = 0.5
    inter_byte_s: Annotated[float, Meta(ge=0.001, le=5)] = 0.1
    gap_s: Annotated[float, Meta(ge=0, le=5)] = 0.1
    tries: Annotated[int, Meta(ge=1, le=20)] = 3


ENTRIES: Mapping[str, str] = {
    "port": "serial port, such as /dev/ttyUSB0; /dev/serial/by-id/... stays the same when adapters are plugged in again",
    "host": "address of a device or gateway with Ethernet, instead of port",
    "tcp_port": "its TCP port; 502 if not set",
    "rtu_over_tcp": "true for a gateway that passes serial frames on as they are",
    "baud": "bits a second",
    "parity": '"N", "E" or "O"',
    "stopbits": "1 or 2",
    "rs485": "true where the kernel switches the transceiver's direction by RTS",
    "echo": "true or false: does the adapter hear what it sends? Found out by itself if not set",
    "timeout_s": "seconds until an answer has to begin; 0.5 if not set",
    "inter_byte_s": "seconds that an answer may pause; 0.1 if not set",
    "gap_s": "rest in seconds between an answer of this device and the next question to it",
    "tries": "how often a question is asked until the device counts as silent; 3 if not set",
}
"""For ``DriverFacts.entries`` of every driver on Modbus."""


def connect(driver: str, entries: Mapping[str, Any], **usual: Any) -> "ModbusLine":
    """The way to a device: ``driver`` is its name in messages (``meter.sdm630``), ``usual`` what the maker sets where ``entries`` say
    nothing. Opens nothing, but loads what is needed, which would hold up a scan later on. Raises DriverError."""
    try:
        wire = msgspec.convert({**usual, **entries}, WireEntries)
    except msgspec.ValidationError as error:
        told = ", ".join(f"{name} = {value!r}" for name, value in entries.items())
        raise DriverError(f"{driver}: {error}, told {told}; expected some of {', '.join(ENTRIES)}") from error
    if bool(wire.port) == bool(wire.host):
        raise DriverError(f"{driver}: port {wire.port!r} and host {wire.host!r}: expected one of them")
    return ModbusLine(driver, wire, _line(wire))


def _line(wire: WireEntries) -> Line:
    if wire.host:
        return tcp_line.line(wire.host, wire.tcp_port)
    return serial_line.line(wire.port, SerialSettings(baud=wire.baud, parity=wire.parity, stopbits=wire.stopbits, rs485=wire.rs485))


class ModbusLine:
    """Asks devices on one line, for one driver, in one thread at a time; the line itself is shared. Every question raises DeviceError."""

    def __init__(self, driver: str, wire: WireEntries, line: Line) -> None:
        self.driver = driver
        self.line = line
        self._wire = wire
        self._frames = Frames(driver, tcp=bool(wire.host) and not wire.rtu_over_tcp)
        self._echo = wire.echo
        self._rest_until_s: dict[int, float] = {}
        self._owed = Owed()
        self._sent_s = -math.inf
        self._silent: set[int] = set()
        """Units that did not answer of late. Each is asked once a question, so that the line is there for the others."""
        self._within_s = self._ends_s = math.inf

    def beside(self) -> "ModbusLine":
        """A way to the same devices for another thread. Both keep to the rests that a device needs."""
        other = ModbusLine(self.driver, self._wire, self.line)
        other._rest_until_s, other._owed = self._rest_until_s, self._owed
        return other

    def read(self, unit: int, fc: int, address: int, count: int) -> list[int]:
        """Registers: holding (``fc`` 3) or input (4). At most 125."""
        return list(self._ask(self._question(unit, fc, address, count)).registers)

    def read_bits(self, unit: int, fc: int, address: int, count: int) -> list[bool]:
        """Coils (``fc`` 1) or discrete inputs (2)."""
        return [bool(bit) for bit in self._ask(self._question(unit, fc, address, count)).bits[:count]]

    def write(self, unit: int, address: int, values: Sequence[int]) -> None:
        """Several holding registers in one message (function 16)."""
        self._ask(self._question(unit, 16, address, len(values), registers=list(values)))

    def write_one(self, unit: int, address: int, value: int, *, once: bool = False) -> None:
        """One holding register (function 6). ``once``: it is an order that must not be obeyed twice, so it is not said again when no answer
        comes: then nobody knows whether it was heard."""
        self._ask(self._question(unit, 6, address, 1, registers=[value]), once)

    def write_coil(self, unit: int, address: int, on: bool) -> None:
        """One coil (function 5)."""
        self._ask(self._question(unit, 5, address, 1, bits=[on]))

    def tell(self, unit: int, address: int, values: Sequence[int]) -> None:
        """The same to all devices that hear this unit, none of which answers: a broadcast address of a maker's own. The line rests for the
        gap afterwards, for they need it (Modbus over serial line 2.4.1, turnaround delay)."""
        question = self._question(unit, 16, address, len(values), registers=list(values))
        with self.line.turn(TURN_S) as wire:
            wire.discard()
            wire.send(question.frame)
            rest_until(time.monotonic() + self.line.sending_s(len(question.frame)) + self._wire.gap_s)

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """No try begins that could end later than so long after now: raises Late instead."""
        self._within_s, self._ends_s = seconds, time.monotonic() + seconds
        try:
            yield
        finally:
            self._within_s = self._ends_s = math.inf

    def close(self) -> None:
        """Let go of the line. Devices that share it open it again."""
        self.line.close()

    def where(self, unit: int) -> str:
        """Driver, line and unit, for messages."""
        return f"{self.driver} on {self.line.name} unit {unit}"

    def _question(self, unit: int, fc: int, address: int, count: int, **content: Any) -> Question:
        return self._frames.question(unit, fc, address, count, **content)

    def _ask(self, question: Question, once: bool = False) -> Any:
        """The answer, after as many tries as it takes. A late answer to one of them must not be taken for one to the next question."""
        began_s, unanswered_s = time.monotonic(), math.inf
        if (wait_s := self._owed.wait_s(question, began_s)) > 0:
            raise Silent(f"{self.where(question.unit)}: no answer, and one may still come; asked again in {wait_s:.1f} s")
        rest_s = self._wire.gap_s
        tries = 1 if once or question.unit in self._silent else self._wire.tries
        try:
            for left in itertools.count(tries - 1, -1):
                try:
                    answer = self._try(question)
                    # It may answer the first try: those to the others are then as far behind it as they were asked later.
                    rest_s += max(0.0, self._sent_s - unanswered_s)
                    unanswered_s = math.inf
                    return answer
                except Refused as error:
                    if left <= 0 or error.code not in LATER:
                        raise
                except (Silent, Garbled, Lost) as error:
                    if isinstance(error, Silent):
                        rest_s, unanswered_s = max(rest_s, self._wire.timeout_s), min(unanswered_s, self._sent_s)
                    if left <= 0:
                        raise self._given_up(error, question.unit, time.monotonic() - began_s, tries) from error
        finally:
            self._rest(question.unit, rest_s)
            if unanswered_s < math.inf:
                self._owed.left(question, self._sent_s)
        raise AssertionError("it ends within")

    def _given_up(self, error: DeviceError, unit: int, took_s: float, tries: int) -> DeviceError:
        tried = f"for {took_s:.1f} s ({tries} tr{'y' if tries == 1 else 'ies'})"
        if self._wire.host and not isinstance(error, Lost):
            self.line.close()  # the other side may be gone without a word, or the stream out of step
        if isinstance(error, Silent):
            self._silent.add(unit)
            return Silent(f"{self.where(unit)}: no answer {tried}; check unit, power, A/B wires, termination")
        if isinstance(error, Garbled):
            return Garbled(f"{self.where(unit)}: {error} {tried}; check baud, parity, termination, and that no two devices have one unit")
        return Lost(f"{self.where(unit)}: {error}")

    def _try(self, question: Question) -> Any:
        begins_s = max(time.monotonic(), self._rest_until_s.get(question.unit, 0.0))
        if begins_s + self._wire.timeout_s > self._ends_s:
            raise Late(
                f"{self.where(question.unit)}: too slow to say all in {self._within_s:g} s; raise baud, or take devices off its line"
            )
        rest_until(begins_s)
        try:
            with self.line.turn(min(TURN_S, max(0.0, self._ends_s - begins_s))) as wire:
                wire.discard()
                wire.send(question.frame)
                self._sent_s = time.monotonic()
                self._owed.sent(question, self._sent_s)
                answer = self._hear(wire, question)
        finally:
            self._rest(question.unit, self._wire.gap_s)
        self._silent.discard(question.unit)
        if answer is not None and answer.isError():
            raise Refused(f"{self.where(question.unit)}: {question} refused with {reason(answer.exception_code)}", answer.exception_code)
        return answer

    def _rest(self, unit: int, rest_s: float) -> None:
        """It needs so long from now, or what it needed already."""
        self._rest_until_s[unit] = max(self._rest_until_s.get(unit, 0.0), time.monotonic() + rest_s)

    def _hear(self, wire: Wire, question: Question) -> Any:
        """Collect bytes until they hold the answer, or it falls silent, or lasts for longer than any answer."""
        heard = b""
        if question.unit == BROADCAST:
            return None
        wait_s = self._wire.timeout_s + self.line.sending_s(len(question.frame))
        ends_s = time.monotonic() + wait_s + self._wire.timeout_s + self.line.sending_s(LONGEST)
        while (left_s := ends_s - time.monotonic()) > 0 and (chunk := wire.receive(min(wait_s, left_s))):
            heard += chunk
            wait_s = self._wire.inter_byte_s
            if (answer := question.answer(self._without_echo(question, heard))) is not None:
                self._judge_echo(question, heard)
                return answer
        if not self._without_echo(question, heard):
            raise Silent("no answer")
        raise Garbled(f"answer of {len(heard)} bytes without sense ({heard[:16].hex(' ')})")

    def _judge_echo(self, question: Question, heard: bytes) -> None:
        """After an answer: an adapter may have been changed for one that does not hear itself. Noise before an answer says nothing."""
        if self._wire.echo is None and not heard.startswith(question.frame) and heard[:2] == question.frame[:2]:
            self._echo = False

    def _without_echo(self, question: Question, heard: bytes) -> bytes:
        """What an adapter hears of itself comes first. The answer to a write may look the same, so it is found out by reads."""
        if self._wire.echo is None and not question.writes and heard.startswith(question.frame):
            self._echo = True
        return heard[len(question.frame) :] if self._echo and question.frame.startswith(heard[: len(question.frame)]) else heard
