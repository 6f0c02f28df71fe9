"""The device's side of Modbus, with a codec of its own: what a driver says is judged by somebody else's reading of the standard.

    face = ModbusSlave(3, registers)                   on a serial line: unit, function, data, CRC
    face = ModbusSlave(3, registers, framing="tcp")    on TCP: header with number, length and unit

``registers`` says what is at which address, and raises ModbusException(code) where nothing is. Messages for other units are heard and left
alone, so several slaves share a line. Sources: Modbus application protocol V1.1b3, Modbus over serial line V1.02.
"""

import struct
from collections.abc import Mapping, Sequence
from math import inf
from typing import Literal, Protocol

from simulators.wires.face import Reply, WireFault

ANSWERS_S = 0.004
"""A quick device takes so long."""
FORGETS_S = 0.5
"""A request that pauses for so long is none. Far more than the standard's 1.5 characters: a pty hands over in pieces."""
ANY_UNIT = (0, 255)
"""On TCP the device at the far end itself."""
READ_BITS, READ_REGISTERS, WRITE_COIL, WRITE_REGISTER, WRITE_COILS, WRITE_REGISTERS = (1, 2), (3, 4), 5, 6, 15, 16
ON = 0xFF00
MOST_READ = 125

Framing = Literal["rtu", "tcp"]


class ModbusException(Exception):
    """What the device answers instead: 1 no such function, 2 no such address, 3 no such value or count, 4 it failed, 6 busy."""

    def __init__(self, code: int) -> None:
        super().__init__(f"exception {code}")
        self.code = code


class Registers(Protocol):
    """What is at the addresses of a device. Both raise ModbusException. A device with coils that can be written has ``write_coils``."""

    def read(self, fc: int, address: int, count: int) -> list[int]:
        """Coils (``fc`` 1) and discrete inputs (2) as 0 or 1, holding (3) and input registers (4) as 0 to 65535."""

    def write(self, address: int, values: list[int]) -> None:
        """Holding registers, by function 6 or 16."""


class TableRegisters:
    """Registers that stand in a table: fc -> address -> value. What is not in it is no address. ``most``: how many one read may ask for."""

    def __init__(self, table: Mapping[int, Mapping[int, int]], most: int = MOST_READ) -> None:
        self.table = {fc: dict(values) for fc, values in table.items()}
        self.reads: list[tuple[int, int, int]] = []
        """Every read, as (fc, address, count)."""
        self._most = most

    def read(self, fc: int, address: int, count: int) -> list[int]:
        """See ``Registers``."""
        self.reads.append((fc, address, count))
        if count > self._most:
            raise ModbusException(3)
        there = self.table.get(fc, {})
        if any(each not in there for each in range(address, address + count)):
            raise ModbusException(2)
        return [there[each] for each in range(address, address + count)]

    def write(self, address: int, values: list[int]) -> None:
        """See ``Registers``."""
        self._set(3, address, values)

    def write_coils(self, address: int, values: list[int]) -> None:
        """Coils, by function 5 or 15."""
        self._set(1, address, values)

    def _set(self, fc: int, address: int, values: list[int]) -> None:
        there = self.table.get(fc, {})
        if any(each not in there for each in range(address, address + len(values))):
            raise ModbusException(2)
        there.update(enumerate(values, start=address))


class ModbusSlave:
    """``simulators.wires.face.Face`` for one unit. ``answers_s``: how long it thinks before it answers."""

    fault: WireFault | None

    def __init__(self, unit: int, registers: Registers, *, framing: Framing = "rtu", answers_s: float = ANSWERS_S) -> None:
        self.fault = None
        self.unit = unit
        self.registers = registers
        self.answers_s = answers_s
        self._tcp = framing == "tcp"
        self._heard = bytearray()
        self._heard_s = -inf

    def heard(self, data: bytes, now: float) -> list[Reply]:
        """Answer every whole request to this unit."""
        if not data or now - self._heard_s > FORGETS_S:
            self._heard.clear()
        self._heard_s = now
        self._heard += data
        replies: list[Reply] = []
        while (size := self._request_size()) and len(self._heard) >= size:
            request = bytes(self._heard[:size])
            if not self._tcp and crc(request[:-2]) != request[-2:]:
                del self._heard[0]  # out of step: look for a request one byte later
                continue
            del self._heard[:size]
            if (answer := self._answer(request)) is not None:
                replies.append(Reply(answer, self.answers_s))
        return replies

    def due_s(self) -> float:
        """It speaks only when it is asked."""
        return inf

    def tick(self, now: float) -> list[Reply]:
        """See ``due_s``."""
        return []

    def _request_size(self) -> int:
        """Of the request that begins what was heard; 0 while that cannot be told."""
        heard = self._heard
        if self._tcp:
            return 6 + int.from_bytes(heard[4:6], "big") if len(heard) >= 6 else 0
        if len(heard) < 7:
            return 0
        return 9 + heard[6] if heard[1] in (WRITE_COILS, WRITE_REGISTERS) else 8

    def _answer(self, request: bytes) -> bytes | None:
        head, unit, body = (request[:4], request[6], request[7:]) if self._tcp else (b"", request[0], request[1:-2])
        if unit != self.unit and not (self._tcp and unit in ANY_UNIT):
            return None
        function = body[0]
        try:
            if self.fault == "exception":
                raise ModbusException(4)
            answer = bytes([function]) + self._obey(function, body[1:])
        except ModbusException as refused:
            answer = bytes([function | 0x80, refused.code])
        if self._tcp:
            number = head[:2] + (b"\x00\x01" if self.fault == "bad_checksum" else b"\x00\x00")  # there is no checksum to spoil
            return number + struct.pack(">HB", len(answer) + 1, unit) + answer
        frame = bytes([unit]) + answer
        check = crc(frame)
        return frame + (bytes(each ^ 0xFF for each in check) if self.fault == "bad_checksum" else check)

    def _obey(self, function: int, body: bytes) -> bytes:
        """The data of the answer. Raises ModbusException."""
        address, value = struct.unpack(">HH", body[:4])
        if function in READ_BITS:
            bits = self.registers.read(function, address, _counted(value, 2000))
            packed = sum(bool(bit) << place for place, bit in enumerate(bits)).to_bytes(-(-value // 8), "little")
            return bytes([len(packed)]) + packed
        if function in READ_REGISTERS:
            values = self.registers.read(function, address, _counted(value, MOST_READ))
            return struct.pack(f">B{value}H", 2 * value, *values)
        if function == WRITE_REGISTER:
            self.registers.write(address, [value])
        elif function == WRITE_REGISTERS:
            self.registers.write(address, list(struct.unpack(f">{_counted(value, 123)}H", body[5 : 5 + 2 * value])))
        elif function == WRITE_COIL and value in (0, ON):
            self._write_coils(address, [int(value == ON)])
        elif function == WRITE_COILS:
            packed_bits = int.from_bytes(body[5:], "little")
            self._write_coils(address, [packed_bits >> place & 1 for place in range(_counted(value, 1968))])
        else:
            raise ModbusException(3 if function == WRITE_COIL else 1)
        return body[:4]

    def _write_coils(self, address: int, values: Sequence[int]) -> None:
        write = getattr(self.registers, "write_coils", None)
        if write is None:
            raise ModbusException(1)
        write(address, list(values))


def _counted(count: int, most: int) -> int:
    if not 1 <= count <= most:
        raise ModbusException(3)
    return count


def crc(data: bytes) -> bytes:
    """CRC-16 of Modbus over serial line 6.2.2, low byte first: polynomial 0xA001 reflected, all ones at the beginning, bit by bit."""
    register = 0xFFFF
    for byte in data:
        register ^= byte
        for _ in range(8):
            register = register >> 1 ^ (0xA001 if register & 1 else 0)
    return register.to_bytes(2, "little")
