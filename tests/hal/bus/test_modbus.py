"""Modbus to devices that speak it by another codec, over terminals and TCP, well and badly."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from hal.bus.line import Gone
from hal.bus.modbus import Garbled, Refused, Silent, connect
from hal.bus.owed import LATEST_S
from hal.bus.turns import Busy, Turns
from hal.errors import DeviceError, DriverError, HalError
from simulators.wires.face import Reply
from simulators.wires.modbus_slave import Framing, ModbusSlave, TableRegisters
from tests.hal.bus.rig import QUICK, Bus, on_pty, on_tcp

HOLDING = {address: 3000 + address for address in range(200)}
INPUT = {address: 4000 + address for address in range(200)}


def registers() -> TableRegisters:
    coils = {address: address % 3 == 0 for address in range(20)}
    return TableRegisters({1: coils, 2: coils, 3: HOLDING, 4: INPUT})


@contextmanager
def device(framing: Framing, folder: Path) -> Iterator[Bus]:
    slave = ModbusSlave(3, registers(), framing=framing)
    with on_pty(folder, slave) if framing == "rtu" else on_tcp(slave) as bus:
        yield bus


FRAMINGS: list[Framing] = ["rtu", "tcp"]
each_framing = pytest.mark.parametrize("framing", FRAMINGS)


@each_framing
def test_every_function_reads_and_writes_what_the_device_has(framing: Framing, tmp_path: Path) -> None:
    with device(framing, tmp_path) as at:
        bus = at.connect()
        assert bus.read(3, 3, 10, 4) == [3010, 3011, 3012, 3013]
        assert bus.read(3, 4, 0, 125) == [4000 + each for each in range(125)]
        assert bus.read_bits(3, 1, 0, 9) == bus.read_bits(3, 2, 0, 9) == [each % 3 == 0 for each in range(9)]
        bus.write(3, 20, [1, 2, 65535])
        bus.write_one(3, 24, 7)
        bus.write_coil(3, 1, True)
        bus.write_coil(3, 0, False)
        assert bus.read(3, 3, 20, 5) == [1, 2, 65535, 3023, 7]
        assert bus.read_bits(3, 1, 0, 3) == [False, True, False]


def test_what_no_device_could_be_asked_is_the_drivers_mistake(tmp_path: Path) -> None:
    with device("rtu", tmp_path) as at:
        bus = at.connect()
        for wrong in (lambda: bus.read(3, 3, 0, 126), lambda: bus.read(3, 9, 0, 1), lambda: bus.write_one(3, 0, 70_000)):
            with pytest.raises(DriverError, match=r"meter\.test: no device can be asked"):
                wrong()


@each_framing
def test_a_refusal_is_told_at_once_and_apart_from_silence(framing: Framing, tmp_path: Path) -> None:
    with device(framing, tmp_path) as at:
        slave = at.wire.line.devices[0].face
        assert isinstance(slave, ModbusSlave)
        assert isinstance(slave.registers, TableRegisters)
        with pytest.raises(
            Refused, match=r"unit 3: function 4 at 300 \(0x012c\), count 2, refused with exception 2 .*no such address"
        ) as caught:
            at.connect().read(3, 4, 300, 2)
        assert caught.value.code == 2
        assert slave.registers.reads == [(4, 300, 2)]


def once_owed(read: Callable[[], list[int]]) -> list[int]:
    """What is read as soon as nothing of before can be taken for it."""
    ends_s = time.monotonic() + LATEST_S + 5.0
    while True:
        try:
            return read()
        except Silent as error:
            if "one may still come" not in str(error) or time.monotonic() > ends_s:
                raise
            time.sleep(0.05)


FAULTS: dict[str, type[DeviceError]] = {
    "silent": Silent,
    "garbage": Garbled,
    "bad_checksum": Garbled,
    "exception": Refused,
    "slow": Silent,
    "half_frame": Garbled,
    "unplugged": Gone,
}


@each_framing
@pytest.mark.parametrize("fault", FAULTS)
def test_every_wire_fault_is_an_error_that_names_driver_and_line_and_ends_with_the_fault(
    framing: Framing, fault: str, tmp_path: Path
) -> None:
    with device(framing, tmp_path) as at:
        bus = at.connect()
        assert bus.read(3, 3, 1, 2) == [3001, 3002]
        at.fault(fault)
        with pytest.raises(FAULTS[fault]) as caught:
            bus.read(3, 3, 1, 2)
        assert bus.line.name in str(caught.value)
        at.mend()
        assert once_owed(lambda: bus.read(3, 3, 5, 2)) == [3005, 3006], "late answers are not taken for new ones"


def test_a_silent_unit_is_asked_three_times_and_the_error_says_what_to_check(tmp_path: Path) -> None:
    with device("rtu", tmp_path) as at:
        began_s = time.monotonic()
        with pytest.raises(
            Silent, match=r"meter\.test on .*/dev/ttyUSB0 unit 9: no answer for 0\.\d s \(3 tries\); check unit, power, A/B wires"
        ):
            at.connect().read(9, 3, 0, 1)
        assert 0.24 <= time.monotonic() - began_s < 1.0


def test_a_unit_that_stays_silent_takes_one_time_out_a_question_from_the_rest_of_the_line_until_it_answers(tmp_path: Path) -> None:
    with device("rtu", tmp_path) as at:
        bus = at.connect()
        at.fault("silent")
        for tries in ("3 tries", "1 try", "1 try"):
            with pytest.raises(Silent, match=tries):
                bus.read(3, 3, 0, 1)
        at.mend()
        assert bus.read(3, 3, 0, 1) == [3000]
        at.fault("silent")
        with pytest.raises(Silent, match="3 tries"):
            bus.read(3, 3, 0, 1)


def test_an_answer_that_comes_after_its_time_is_not_taken_for_the_answer_to_the_next_question(tmp_path: Path) -> None:
    slave = ModbusSlave(3, registers(), answers_s=0.4)
    with on_pty(tmp_path, slave) as at:
        bus = at.connect(timeout_s=0.3, tries=1)
        with pytest.raises(Silent):
            bus.read(3, 3, 0, 1)
        at.loop.set(slave, "answers_s", 0.001)
        assert once_owed(lambda: bus.read(3, 3, 7, 1)) == [3007]


def test_an_adapter_that_hears_itself_is_found_out(tmp_path: Path) -> None:
    with on_pty(tmp_path, ModbusSlave(3, registers()), echo=True) as at:
        bus = at.connect()
        assert bus.read(3, 3, 1, 1) == [3001]
        bus.write_one(3, 1, 5)
        assert bus.read(3, 3, 1, 1) == [5]
        at.fault("silent")
        with pytest.raises(Silent):
            bus.write_one(3, 1, 6)


def test_an_adapter_that_hears_itself_may_be_changed_for_one_that_does_not(tmp_path: Path) -> None:
    with on_pty(tmp_path, ModbusSlave(3, registers()), echo=True) as at:
        bus = at.connect()
        assert bus.read(3, 3, 1, 1) == [3001]
        at.loop.set(at.wire.line, "_echo", False)
        assert bus.read(3, 3, 1, 1) == [3001]
        bus.write_one(3, 1, 5)
        assert bus.read(3, 3, 1, 1) == [5]


class Babbling(ModbusSlave):
    """Never stops talking, and says nothing that makes sense."""

    at_s = 0.0

    def heard(self, data: bytes, now: float) -> list[Reply]:
        return []

    def due_s(self) -> float:
        return self.at_s

    def tick(self, now: float) -> list[Reply]:
        self.at_s = now + 0.01
        return [Reply(b"\x55")]


def test_a_device_that_never_stops_talking_keeps_the_line_no_longer_than_an_answer_may_last(tmp_path: Path) -> None:
    with on_pty(tmp_path, Babbling(3, registers())) as at:
        began_s = time.monotonic()
        with pytest.raises(Garbled, match="without sense"):
            at.connect(timeout_s=0.2).read(3, 3, 0, 1)
        assert time.monotonic() - began_s < 4.0


def test_noise_before_an_answer_does_no_harm(tmp_path: Path) -> None:
    class Noisy(ModbusSlave):
        def _answer(self, request: bytes) -> bytes | None:
            answer = super()._answer(request)
            return answer and b"\x00\x03" + answer

    with on_pty(tmp_path, Noisy(3, registers())) as at:
        assert at.connect(tries=1, timeout_s=2.0).read(3, 3, 1, 2) == [3001, 3002]


def test_a_gateway_that_passes_serial_frames_on_is_spoken_to_in_them() -> None:
    with on_tcp(ModbusSlave(3, registers())) as at:
        assert at.connect(rtu_over_tcp=True).read(3, 3, 1, 2) == [3001, 3002]


def test_devices_on_one_line_take_turns_and_a_silent_one_keeps_the_others_no_longer_than_one_time_out(tmp_path: Path) -> None:
    slaves = ModbusSlave(3, registers()), ModbusSlave(4, registers())
    with on_pty(tmp_path, *slaves) as at:
        meter, board = at.connect(timeout_s=0.5), at.connect()
        assert meter.line is board.line
        at.fault("silent", 0)
        leave, waited_s = threading.Event(), []
        thread = threading.Thread(target=_again_and_again, args=(lambda: meter.read(3, 3, 0, 1), leave))
        thread.start()
        for _ in range(6):
            began_s = time.monotonic()
            assert board.read(4, 3, 1, 1) == [3001]
            waited_s.append(time.monotonic() - began_s)
        leave.set()
        thread.join()
        assert max(waited_s) < 0.95


def _again_and_again(ask: Callable[[], object], leave: threading.Event) -> None:
    while not leave.is_set():
        with pytest.raises(Silent):
            ask()


@each_framing
def test_an_adapter_that_comes_back_is_used_again_and_nobody_waits_for_it_meanwhile(framing: Framing, tmp_path: Path) -> None:
    with device(framing, tmp_path) as at:
        bus = at.connect()
        for _ in range(3):
            assert bus.read(3, 3, 0, 1) == [3000]
            at.fault("unplugged")
            began_s = time.monotonic()
            for _ in range(3):
                with pytest.raises(DeviceError, match=r"plug its adapter in|check its power"):
                    bus.read(3, 3, 0, 1)
            assert time.monotonic() - began_s < 3 * QUICK["timeout_s"]
            at.mend()


def test_an_adapter_that_was_plugged_in_again_between_two_questions_costs_no_answer(tmp_path: Path) -> None:
    with device("rtu", tmp_path) as at:
        bus = at.connect()
        assert bus.read(3, 3, 0, 1) == [3000]
        at.fault("unplugged")
        at.mend()
        assert bus.read(3, 3, 0, 1) == [3000]


def test_a_port_that_another_program_has_is_named(tmp_path: Path) -> None:
    import serial

    with device("rtu", tmp_path) as at:
        bus = at.connect()
        with serial.Serial(at.entries["port"], 9600, exclusive=True), pytest.raises(Gone, match="taken; end what else uses it"):
            bus.read(3, 3, 0, 1)
        assert bus.read(3, 3, 0, 1) == [3000]


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        ({}, "port '' and host '': expected one of them"),
        ({"port": "/dev/x", "host": "y"}, "expected one of them"),
        ({"port": "/dev/x", "speed": 1}, "speed"),
        ({"port": "/dev/x", "parity": "X"}, "parity"),
        ({"port": "/dev/x", "tries": 0}, r">= 1 - at `\$.tries`, told port = '/dev/x', tries = 0"),
        ({"port": "/dev/x", "timeout_s": float("nan")}, "timeout_s"),
    ],
)
def test_entries_that_do_not_fit_are_refused_with_the_drivers_name(entries: dict[str, object], words: str) -> None:
    with pytest.raises(DriverError, match=words) as caught:
        connect("meter.test", entries)
    assert "meter.test" in str(caught.value)


def test_devices_that_want_different_settings_of_one_port_are_refused() -> None:
    kept = connect("meter.one", {"port": "/dev/ttyX"})
    with pytest.raises(DriverError, match="/dev/ttyX: one device wants 19200 8N1, another on the same port 9600 8N1"):
        connect("meter.two", {"port": "/dev/ttyX", "baud": 19200})
    assert kept.line.name == "/dev/ttyX"


@pytest.mark.parametrize(
    ("entries", "words"),
    [({}, "not there; plug its adapter in, or correct port"), ({"rs485": True}, "leave rs485 out for an adapter that does it itself")],
)
def test_a_port_that_cannot_be_opened_says_why(entries: dict[str, Any], words: str, tmp_path: Path) -> None:
    with device("rtu", tmp_path) as at:
        if not entries:
            at.fault("unplugged")
        with pytest.raises(HalError, match=words):
            at.connect(**entries).read(3, 3, 0, 1)
        if not entries:
            at.mend()


def test_a_file_that_is_no_serial_port_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Gone, match="file: "):
        connect("meter.test", {"port": str(tmp_path / "file")}).read(3, 3, 0, 1)


def test_turns_are_taken_in_the_order_in_which_they_were_asked_for() -> None:
    turns, order = Turns("line"), []
    waiting = [threading.Event() for _ in range(5)]

    def take(number: int) -> None:
        waiting[number].set()
        with turns.take(5.0):
            order.append(number)

    threads = [threading.Thread(target=take, args=(number,)) for number in range(5)]
    with turns.take(0.0):
        for number, thread in enumerate(threads):
            thread.start()
            assert waiting[number].wait(5.0)
            while len(turns._waiting) < number + 2:
                pass
        with pytest.raises(Busy, match="line: taken by other devices for 0 s"), turns.take(0.0):
            pass
    for thread in threads:
        thread.join()
    assert order == list(range(5))
