"""Questions and answers of Modbus as bytes: pymodbus's framers and messages, which are imported here alone, with the first ``Frames``.

Cost in the control process: 40 ms on a PC and 6.6 MiB (asyncio, which every part of pymodbus imports); with its sync client 8.2 MiB.
"""

import itertools
import logging
import struct
from collections.abc import Iterator
from typing import Any

from hal.errors import DriverError, missing

WRITES = (5, 6, 16)
MBAP_BYTES = 6

_numbers = itertools.count(1)
"""Of all questions in this process: connections are shared."""


class Question:
    """A request as it goes out, and the judge of what comes back."""

    def __init__(self, frames: "Frames", message: Any) -> None:
        self.unit: int = message.dev_id
        self.address: int = message.address
        self.writes = message.function_code in WRITES
        self.looks: str | None = None if frames.tcp or self.writes else f"{message.function_code} x {message.count}"
        """What it shares with all questions that its answer would fit as well; ``None``: the answer says what it answers."""
        self.frame: bytes = frames.framer.buildFrame(message)
        self._frames = frames
        self._message = message

    def __str__(self) -> str:
        asked = self._message
        return f"function {asked.function_code} at {asked.address} ({asked.address:#06x}), count {asked.count or 1},"

    def answer(self, heard: bytes) -> Any | None:
        """The response in these bytes; ``None`` while there is none. Noise before it, and answers to others, are passed over."""
        for found in self._frames.messages(heard, self.unit, self._message.function_code):
            if self._fits(found):
                return found
        return None

    def _fits(self, found: Any) -> bool:
        asked = self._message
        if self._frames.tcp and found.transaction_id != asked.transaction_id:
            return False
        if found.isError():
            return bool(found.function_code == asked.function_code | 0x80)
        if found.function_code != asked.function_code:
            return False
        if self.writes:
            return bool(found.address == asked.address)
        return asked.count in (len(found.registers), len(found.bits)) or len(found.bits) == -(-asked.count // 8) * 8


class Frames:
    """One kind of framing: that of serial lines with its checksum, or that of TCP with its transaction numbers."""

    def __init__(self, driver: str, *, tcp: bool) -> None:
        try:
            from pymodbus.exceptions import ModbusException
            from pymodbus.framer import FramerRTU, FramerSocket
            from pymodbus.pdu import DecodePDU
        except ImportError as error:
            raise missing(driver, "pymodbus", "modbus") from error
        logging.getLogger("pymodbus").setLevel(logging.CRITICAL)  # what it finds wrong is told here, once, with names
        self.tcp = tcp
        self.framer: FramerRTU | FramerSocket = (FramerSocket if tcp else FramerRTU)(DecodePDU(False))
        self._driver = driver
        self._requests = _requests()
        self._nonsense = ModbusException

    def question(self, unit: int, fc: int, address: int, count: int, **content: Any) -> Question:
        """``content``: ``registers`` or ``bits`` to write. Raises DriverError for what no device could be asked."""
        number = next(_numbers) % 0xFFFF + 1
        try:
            message = self._requests[fc](dev_id=unit, transaction_id=number, address=address, **(content or {"count": count}))
            return Question(self, message)
        except (KeyError, ValueError, OverflowError, struct.error, self._nonsense) as error:
            raise DriverError(
                f"{self._driver}: no device can be asked with unit {unit}, function {fc}, address {address}, count {count} ({error}); "
                "correct unit, or the driver's table"
            ) from error

    def messages(self, heard: bytes, unit: int, fc: int) -> Iterator[Any]:
        """Every whole message in it."""
        for start in self._starts(heard, unit, fc):
            try:
                _, found = self.framer.handleFrame(heard[start:], 0, 0)
            except self._nonsense:
                continue
            if found is not None:
                yield found

    def _starts(self, heard: bytes, unit: int, fc: int) -> Iterator[int]:
        """Where an answer may begin. On TCP there is no noise, but there may be late answers; many gateways get the unit wrong."""
        if not self.tcp:
            yield from (at for at in range(len(heard) - 1) if heard[at] == unit and heard[at + 1] & 0x7F == fc)
            return
        at = 0
        while at + MBAP_BYTES < len(heard):
            yield at
            at += MBAP_BYTES + int.from_bytes(heard[at + 4 : at + MBAP_BYTES], "big")


def _requests() -> dict[int, Any]:
    """Function code -> message."""
    from pymodbus.pdu import bit_message, register_message

    return {
        1: bit_message.ReadCoilsRequest,
        2: bit_message.ReadDiscreteInputsRequest,
        3: register_message.ReadHoldingRegistersRequest,
        4: register_message.ReadInputRegistersRequest,
        5: bit_message.WriteSingleCoilRequest,
        6: register_message.WriteSingleRegisterRequest,
        16: register_message.WriteMultipleRegistersRequest,
    }
