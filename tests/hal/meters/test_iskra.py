"""Signed records of a WM3M4, byte for byte, over its wire."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import hal
from hal.errors import DeviceError
from hal.meters.iskra import SigningMeter
from simulators.wires.modbus_slave import ModbusException, ModbusSlave
from tests.hal.bus.rig import on_pty

RECORD = '{"FV":"1.0","RD":[{"RV":12.345,"RU":"kWh"}],"ID":"ÄÖ \\u0000"}'.encode() + b"\x00\x7f "
SIGNATURE = bytes(range(255, 184, -1))
PUBLIC_KEY = bytes(range(64))
SAYS = json.dumps({"FV": "1.0", "IS": True, "IF": ["RFID_PLAIN"], "IT": "NONE", "ID": "x" * 301, "CT": "EVSEID", "CI": "DE*ABC*E1"})
UNIX_S = 1_795_301_400
STATE, COMMAND, STATUS = 7000, 7051, 7052


class Signing:
    """The registers for signing, as its manual tells of them: signs in two steps, and forgets time and text in a power cut."""

    def __init__(self) -> None:
        self.holding = dict.fromkeys((*range(7000, 7073), *range(7100, 8300)), 0)
        self.longest = 0
        self.refuses = 0
        self.lag = 0
        """Times that it is asked before it takes a command."""
        self._command = 0
        self._until_taken = self._until_signed = 0

    def read(self, fc: int, address: int, count: int) -> list[int]:
        if fc != 3:
            raise ModbusException(1)
        self.longest = max(self.longest, count)
        if address in (STATE, STATUS) and self._until_taken:
            self._until_taken -= 1
            if not self._until_taken:
                self._take()
        if address == STATUS and self._until_signed:
            self._until_signed -= 1
            if not self._until_signed:
                self.holding[STATUS] = self.refuses or 15
        return [self.holding[at] for at in range(address, address + count)]

    def write(self, address: int, values: list[int]) -> None:
        self.longest = max(self.longest, len(values))
        self.holding |= {address + at: value for at, value in enumerate(values)}
        if address == COMMAND:
            self._command, self._until_taken = values[0], self.lag
            if not self.lag:
                self._take()

    def _take(self) -> None:
        begins = self._command == 0x4200
        self.holding |= {STATUS: 2, STATE: int(begins)}
        self._until_signed = 3
        record = RECORD[:30] if begins else RECORD
        self._put(7612, record)
        self._put(8188, SIGNATURE)
        self._put(8124, PUBLIC_KEY)
        self.holding |= {7057: len(record), 7058: len(SIGNATURE)}

    @property
    def says(self) -> str:
        size = self.holding[7056]
        return b"".join(self.holding[7100 + at].to_bytes(2) for at in range(-(-size // 2)))[:size].decode()

    def _put(self, address: int, data: bytes) -> None:
        padded = data + bytes(len(data) % 2)
        self.holding |= {address + at // 2: int.from_bytes(padded[at : at + 2]) for at in range(0, len(padded), 2)}


@contextmanager
def meter(folder: Path) -> Iterator[tuple[SigningMeter, Signing]]:
    registers = Signing()
    with on_pty(folder, ModbusSlave(33, registers, answers_s=0.0)) as bus:
        made: SigningMeter = hal.load("meters", "iskra-wm3m4")(**bus.entries)
        yield made, registers


def test_a_record_begins_with_what_it_is_to_say_and_ends_byte_for_byte_as_it_was_signed(tmp_path: Path) -> None:
    with meter(tmp_path) as (made, registers):
        made.begin_record(SAYS, UNIX_S, -60)
        assert registers.says == SAYS
        assert [registers.holding[at] for at in (7053, 7054, 7055, 7059, 7071)] == [0xFFC4, UNIX_S >> 16, UNIX_S & 0xFFFF, 0, 2]
        record = made.end_record("", 0)
    assert (record.data, record.signature, record.public_key, record.format) == (RECORD, SIGNATURE, PUBLIC_KEY, "OCMF")
    assert registers.longest <= 45
    assert registers.says == SAYS


@pytest.mark.parametrize("lag", [1, 4])
def test_the_signature_of_the_beginning_is_not_taken_for_that_of_the_end(lag: int, tmp_path: Path) -> None:
    with meter(tmp_path) as (made, registers):
        registers.lag = lag
        made.begin_record(SAYS, UNIX_S)
        assert made.end_record("", 0).data == RECORD


def test_a_record_takes_its_time_whatever_the_thread_that_reads_the_meter_has_left(tmp_path: Path) -> None:
    with meter(tmp_path) as (made, _), made._bus.within(0.0):
        made.begin_record(SAYS, UNIX_S)
        assert made.end_record("", 0).data == RECORD


def test_after_a_power_failure_the_meter_is_told_again(tmp_path: Path) -> None:
    with meter(tmp_path) as (made, registers):
        registers.holding[STATE] = 2
        assert made.end_record("{}", UNIX_S).data == RECORD
        assert registers.says == "{}"


def test_what_does_not_fit_its_state_is_refused_in_words(tmp_path: Path) -> None:
    with meter(tmp_path) as (made, registers):
        with pytest.raises(DeviceError, match=r"meter\.iskra-wm3m4 on .* unit 33: no record is open; begin one first"):
            made.end_record(SAYS, UNIX_S)
        with pytest.raises(DeviceError, match="2000 bytes about a record; at most 1024 fit"):
            made.begin_record("x" * 2000, UNIX_S)
        made.begin_record(SAYS, UNIX_S)
        with pytest.raises(DeviceError, match=r"a record is open already \(state 1\)"):
            made.begin_record(SAYS, UNIX_S)
        registers.refuses = 128
        with pytest.raises(DeviceError, match="cannot sign a record: status 128"):
            made.end_record(SAYS, UNIX_S)
