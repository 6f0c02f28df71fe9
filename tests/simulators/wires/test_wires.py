"""Lines on terminals and TCP ports, as a driver meets them."""

import errno
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
import serial

from simulators.wires.line import Line
from simulators.wires.pty import PtyWire
from simulators.wires.tcp import TcpWire
from simulators.wires.thread import Beside, beside
from tests.simulators.wires.parrot import Parrot


@pytest.fixture
def loop() -> Iterator[Beside]:
    with beside() as made:
        yield made


@pytest.fixture
def wire(loop: Beside, tmp_path: Path) -> Iterator[PtyWire]:
    line = Line()
    line.add(Parrot())
    made = PtyWire(line, tmp_path / "dev/ttyUSB0")
    loop.call(made.open)
    yield made
    loop.call(made.close)


def port(folder: Path) -> serial.Serial:
    return serial.Serial(str(folder / "dev/ttyUSB0"), 9600, timeout=5)


def asked(at: serial.Serial, what: bytes) -> bytes:
    at.write(what + b"\n")
    answer: bytes = at.readline()
    return answer


def test_a_driver_opens_it_by_its_name_and_has_an_answer(wire: PtyWire, tmp_path: Path) -> None:
    for _ in range(2):
        with port(tmp_path) as opened:
            assert asked(opened, b"polly") == b"POLLY\n"


def test_an_unplugged_adapter_is_an_error_to_whoever_has_it_open_and_its_name_is_gone(wire: PtyWire, loop: Beside, tmp_path: Path) -> None:
    with port(tmp_path) as opened:
        loop.call(wire.unplug)
        with pytest.raises(serial.SerialException):
            opened.read(1)
        with pytest.raises(serial.SerialException) as caught:
            opened.write(b"x")
        assert f"[Errno {errno.EIO}]" in str(caught.value)
        with pytest.raises(serial.SerialException):
            port(tmp_path)
        loop.call(wire.plug)
        with port(tmp_path) as again:
            assert asked(again, b"back") == b"BACK\n"


def test_a_device_that_says_something_by_itself_is_heard(wire: PtyWire, loop: Beside, tmp_path: Path) -> None:
    def ring() -> None:
        parrot = wire.line.devices[0].face
        assert isinstance(parrot, Parrot)
        parrot.alarm_s = 0.0
        wire.stir()

    with port(tmp_path) as opened:
        loop.call(ring)
        assert opened.readline() == b"ALARM\n"


def test_a_tcp_port_answers_refuses_while_it_is_unplugged_and_comes_back_as_the_same(loop: Beside) -> None:
    line = Line()
    line.add(Parrot())
    wire = TcpWire(line)
    loop.call(wire.open)
    try:
        for _ in range(2):
            with socket.create_connection(("127.0.0.1", wire.port), 5) as opened:
                opened.sendall(b"polly\n")
                assert opened.recv(99) == b"POLLY\n"
                loop.call(wire.unplug)
                with pytest.raises(ConnectionResetError):
                    opened.recv(99)
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection(("127.0.0.1", wire.port), 5)
            loop.call(wire.plug)
    finally:
        loop.call(wire.close)
