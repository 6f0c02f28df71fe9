"""Iskra WM3M4 and WM3M4C, which sign what they measured (user manual 1.14, as read by EVerest's RsIskraMeter).

A signed record is one session. The station writes what the record shall say about it, and 'B' for the beginning; at the end 'r' makes the
meter sign, and the record is there to be read, byte for byte, with its signature.

    7000  state: 0 idle, 1 active, 2 active after a power failure, 3 active after a reset
    7051  command: 'B' begins, 'r' ends      7052  how it went: 15 signed, 128 and above failed
    7053  minutes from UTC    7054, 7055  Unix time    7071  2: the time is that of a clock that is right
    7056  bytes of 7100...    7057, 7058  bytes of 7612... and of 8188...    7059  0: the usual algorithm
    7100  what the record is to say (JSON)   7612  the record   8124  public key   8188  signature
"""

import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from msgspec import structs

from hal.bus.modbus import Garbled, ModbusLine, Silent, UnitNumber, connect
from hal.errors import DeviceError
from hal.measured import SignedRecord
from hal.meters.facts import PROVEN, described
from hal.meters.modbus import ModbusMeter, Wiring
from hal.meters.plausible import RATED_A, RatedAmperes
from hal.meters.table import MeterTable, rows

PART = 45
"""Registers that one question may ask for or bring: EVerest talks with this meter in messages of 100 bytes at most."""

WM3M4 = MeterTable(
    name="iskra-wm3m4",
    title="Iskra WM3M4, WM3M4C",
    usual={"baud": 115200},
    most=PART,
    unit=33,
    doubts=(
        "Currents: unsigned by one listing, signed by EVerest; read as signed.",
        "EVerest takes leading zeros, a fault of its firmware, out of the two numbers in a signature; so does this, when it passes one on.",
        "What a record is to say of a session: the fields that EVerest writes; which words the meter takes in them is not known.",
        "EVerest waits ten seconds for the first answer after power-up.",
    ),
    sources=("EVerest/everest-core modules/HardwareDrivers/PowerMeters/RsIskraMeter",),
    registers=rows(
        4,
        """
    0x0001  ascii8   model
    0x0009  ascii4   serial_number
    0x0069  t5       frequency                Hz
    0x006B  t5       voltage_l1-3             V
    0x007E  t6       current_l1-3             A
    0x008C  t6       power                    W
    0x008E  t6       power_l1-3               W
    0x0094  t6       reactive_power           var
    0x019E  int16    energy_import_exponent
    0x019F  int16    energy_export_exponent
    0x01A2  int32    energy_import            Wh  exponent=0x019E
    0x01A4  int32    energy_export            Wh  exponent=0x019F
    """,
    ),
)

STATE, COMMAND, STATUS, TIME, SAYS_BYTES, RECORD_BYTES, ALGORITHM, CLOCK = 7000, 7051, 7052, 7053, 7056, 7057, 7059, 7071
SAYS, RECORD, PUBLIC_KEY, SIGNATURE = 7100, 7612, 8124, 8188
MOST_SAYS_BYTES = 2 * (RECORD - SAYS)
PUBLIC_KEY_WORDS = 32
BEGIN, END = 0x4200, 0x7200
IDLE, ACTIVE, AFTER_POWER_FAILURE = 0, 1, 2
SIGNING, SIGNED, FAILED = 2, 15, range(128, 256)
NOT_NOW = (130, 131)
"""It did not obey a command, for it knows it not, or not in its state: what it signed before that is as good as ever."""
TAKES_S, SIGNING_S, AGAIN_S = 2.0, 15.0, 0.1
HOLDING = 3
METHOD = "ECDSA-secp256r1-SHA256"
MOST_RECORD_BYTES, MOST_SIGNATURE_BYTES = 2 * (PUBLIC_KEY - RECORD), 128


class SigningMeter(ModbusMeter):
    """``hal.api.SignedMeter`` too. ``records``: a way of its own to the meter, as one thread reads it and another has it sign."""

    def __init__(self, bus: ModbusLine, records: ModbusLine, unit: int, wiring: Wiring, rated_a: int) -> None:
        super().__init__(WM3M4, bus, unit, wiring, rated_a)
        self._records = records

    def public_key(self) -> bytes:
        """The point of its curve, 64 bytes. Raises DeviceError."""
        return self._bytes(PUBLIC_KEY, 2 * PUBLIC_KEY_WORDS)

    def open_record(self) -> str | None:
        """What the record that is open is to say; after a power failure it has forgotten. Raises DeviceError."""
        state = self._one(STATE)
        if state == IDLE:
            return None
        size = 0 if state == AFTER_POWER_FAILURE else min(self._one(SAYS_BYTES), MOST_SAYS_BYTES)
        return self._bytes(SAYS, size).decode(errors="replace")

    def last_record(self) -> SignedRecord | None:
        """What it signed last, also if it is still at it. Raises DeviceError."""
        if self._one(STATE) != IDLE or not self._comes(SIGNING_S, lambda: self._one(STATUS) != SIGNING):
            return None
        return self._record() if self._one(STATUS) in (SIGNED, *NOT_NOW) and self._one(RECORD_BYTES) else None

    def begin_record(self, says: str, unix_s: int, from_utc_min: int = 0) -> None:
        """Begin a session. ``says``: the JSON object of OCMF's fields that the record is to have. Raises DeviceError: a session is open
        already, or the meter refuses."""
        state = self._one(STATE)
        if state != IDLE:
            raise DeviceError(f"{self._where}: a record is open already (state {state}); end it first")
        self._set_up(says, unix_s, from_utc_min)
        self._write(ALGORITHM, [0])
        self._command(BEGIN)
        self._signed("begin a record", ACTIVE)

    def end_record(self, says: str, unix_s: int, from_utc_min: int = 0) -> SignedRecord:
        """End the session and have it signed. The arguments are used after a power failure only, which makes the meter forget them. Raises
        DeviceError: no session, or the meter refuses."""
        state = self._one(STATE)
        if state == IDLE:
            raise DeviceError(f"{self._where}: no record is open; begin one first")
        if state == AFTER_POWER_FAILURE:
            self._set_up(says, unix_s, from_utc_min)
        self._command(END)
        self._signed("sign a record", IDLE)
        return self._record()

    def _record(self) -> SignedRecord:
        """As it lies in the registers. Raises DeviceError."""
        record_bytes, signature_bytes = self._holding(RECORD_BYTES, 2)
        if record_bytes > MOST_RECORD_BYTES or signature_bytes > MOST_SIGNATURE_BYTES:
            sizes = f"a record of {record_bytes} bytes and a signature of {signature_bytes}"
            raise DeviceError(f"{self._where}: {sizes}; at most {MOST_RECORD_BYTES} and {MOST_SIGNATURE_BYTES}; compare driver and model")
        return SignedRecord(
            data=self._bytes(RECORD, record_bytes),
            signature=self._bytes(SIGNATURE, signature_bytes),
            public_key=self.public_key(),
            method=METHOD,
            quirk="der_zeros",
        )

    def _set_up(self, says: str, unix_s: int, from_utc_min: int) -> None:
        data = says.encode()
        if len(data) > MOST_SAYS_BYTES:
            raise DeviceError(f"{self._where}: {len(data)} bytes about a record; at most {MOST_SAYS_BYTES} fit, so say less")
        self._write(TIME, [from_utc_min & 0xFFFF])
        self._write(TIME + 1, [unix_s >> 16 & 0xFFFF])
        self._write(TIME + 2, [unix_s & 0xFFFF])
        self._write(CLOCK, [2])
        padded = data + b"\0" * (len(data) % 2)
        words = [int.from_bytes(padded[at : at + 2]) for at in range(0, len(padded), 2)]
        for at in range(0, len(words), PART):
            self._records.write(self._unit, SAYS + at, words[at : at + PART])
        self._write(SAYS_BYTES, [len(data)])

    def _command(self, command: int) -> None:
        """Said once only. Whether it was taken is told by its state: an answer that is lost is no reason to say it again."""
        with suppress(Silent, Garbled):
            self._records.write_one(self._unit, COMMAND, command, once=True)

    def _signed(self, what: str, then: int) -> None:
        """Wait for the signature. Before the meter is in the state that comes ``then`` its status is that of the time before."""
        taken = self._comes(TAKES_S, lambda: self._one(STATE) == then)
        if not taken or not self._comes(SIGNING_S, lambda: self._one(STATUS) in (SIGNED, *FAILED)) or self._one(STATUS) != SIGNED:
            status, state = self._one(STATUS), self._one(STATE)
            raise DeviceError(f"{self._where}: cannot {what}: status {status}, state {state}; see tables 6 and 11 of its manual")

    def _comes(self, within_s: float, holds: Callable[[], bool]) -> bool:
        ends_s = time.monotonic() + within_s
        while not (there := holds()) and time.monotonic() <= ends_s:
            time.sleep(AGAIN_S)
        return there

    def _one(self, address: int) -> int:
        return self._holding(address, 1)[0]

    def _holding(self, address: int, count: int) -> list[int]:
        words: list[int] = []
        for at in range(0, count, PART):
            words += self._records.read(self._unit, HOLDING, address + at, min(PART, count - at))
        return words

    def _bytes(self, address: int, size: int) -> bytes:
        return b"".join(word.to_bytes(2) for word in self._holding(address, -(-size // 2)))[:size]

    def _write(self, address: int, values: list[int]) -> None:
        self._records.write_one(self._unit, address, values[0])


def wm3m4(*, unit: UnitNumber = WM3M4.unit, wiring: Wiring = "", rated_a: RatedAmperes = RATED_A, **wire: Any) -> SigningMeter:
    """From its entries. Raises DriverError."""
    bus = connect(f"meter.{WM3M4.name}", wire, **WM3M4.usual)
    return SigningMeter(bus, bus.beside(), unit, wiring, rated_a)


TABLES = (WM3M4,)
SEEN = ("tests/hal/meters/test_iskra.py", "tests/hal/meters/test_iskra_world.py", "tests/campaigns/test_signed_records.py")
DRIVER = structs.replace(described(WM3M4), proven=(*PROVEN, *SEEN))
