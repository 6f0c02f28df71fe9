"""Answers that come later than they are waited for, on a line with a clock of its own: whatever is read is what was asked for."""

import contextlib
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from hal.bus import modbus
from hal.bus.modbus import ModbusLine, WireEntries
from hal.bus.owed import LATEST_S
from hal.errors import DeviceError
from simulators.wires.modbus_slave import ModbusSlave, TableRegisters

TIMES = {"timeout_s": 0.5, "gap_s": 0.1}


class LateLine:
    """``hal.bus.line.Line`` and its wire at once. Answers are ``late_s`` behind; time passes where it is waited for."""

    name = "/dev/ttyUSB0"

    def __init__(self, late_s: float) -> None:
        self.now = 0.0
        self._late_s = late_s
        self._slave = ModbusSlave(3, TableRegisters({3: {address: 3000 + address for address in range(20)}}))
        self._coming: list[tuple[float, bytes]] = []

    @contextlib.contextmanager
    def turn(self, at_most_s: float) -> Iterator["LateLine"]:
        yield self

    def discard(self) -> bytes:
        self._coming = [each for each in self._coming if each[0] > self.now]
        return b""

    def send(self, data: bytes) -> None:
        self._coming += [(self.now + self._late_s, reply.data) for reply in self._slave.heard(data, self.now)]

    def receive(self, timeout_s: float) -> bytes:
        if not self._coming or self._coming[0][0] > self.now + timeout_s:
            self.now += timeout_s
            return b""
        at_s, data = self._coming.pop(0)
        self.now = max(self.now, at_s)
        return data

    def sending_s(self, size: int) -> float:
        return 0.0

    def close(self) -> None:
        """It stays as it is."""

    def rest_until(self, time_s: float) -> None:
        self.now = max(self.now, time_s)


@pytest.fixture
def late(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> LateLine:
    line = LateLine(request.param)
    monkeypatch.setattr(modbus, "time", SimpleNamespace(monotonic=lambda: line.now))
    monkeypatch.setattr(modbus, "rest_until", line.rest_until)
    return line


@pytest.mark.parametrize("tries", [1, 2, 3])
@pytest.mark.parametrize("late", [hundredths / 100 for hundredths in range(0, 175, 5)], indirect=True)
def test_a_late_answer_is_never_taken_for_the_answer_to_another_question(late: LateLine, tries: int) -> None:
    bus = ModbusLine("meter.test", WireEntries(port=late.name, tries=tries, **TIMES), late)  # type: ignore[arg-type]
    for address in (0, 7, 12):
        try:
            assert bus.read(3, 3, address, 1) == [3000 + address]
        except DeviceError:
            return  # it says that it knows nothing: the next reading begins anew


@pytest.mark.parametrize("tries", [1, 2, 3])
@pytest.mark.parametrize("late", [hundredths / 100 for hundredths in range(0, 255, 5)], indirect=True)
def test_nor_is_one_of_the_reading_before(late: LateLine, tries: int) -> None:
    bus = ModbusLine("meter.test", WireEntries(port=late.name, tries=tries, **TIMES), late)  # type: ignore[arg-type]
    for _ in range(8):
        with contextlib.suppress(DeviceError), bus.within(1.9):
            for address in (0, 7, 12):
                assert bus.read(3, 3, address, 1) == [3000 + address]
        late.now = max(late.now, round(late.now) + 1.0)


@pytest.mark.parametrize("late", [0.0], indirect=True)
def test_a_unit_that_was_gone_is_read_again_soon_after_it_is_back(late: LateLine, monkeypatch: pytest.MonkeyPatch) -> None:
    bus = ModbusLine("meter.test", WireEntries(port=late.name, **TIMES), late)  # type: ignore[arg-type]
    assert [bus.read(3, 3, address, 1) for address in (0, 7)] == [[3000], [3007]]
    monkeypatch.setattr(late, "_late_s", 3600.0)
    with pytest.raises(DeviceError, match="no answer for"):
        bus.read(3, 3, 0, 1)
    gone_s = late.now
    late._coming.clear()
    monkeypatch.setattr(late, "_late_s", 0.0)
    with pytest.raises(DeviceError, match="one may still come; asked again in"):
        bus.read(3, 3, 0, 1)
    late.now = gone_s + LATEST_S
    assert [bus.read(3, 3, address, 1) for address in (0, 7)] == [[3000], [3007]]


@pytest.mark.parametrize("late", [0.0], indirect=True)
def test_what_can_be_told_apart_is_asked_meanwhile_and_keeps_nothing_else_waiting(late: LateLine, monkeypatch: pytest.MonkeyPatch) -> None:
    bus = ModbusLine("meter.test", WireEntries(port=late.name, **TIMES), late)  # type: ignore[arg-type]

    def read() -> list[list[int]]:
        return [bus.read(3, 3, 0, 4), bus.read(3, 3, 7, 1), bus.read(3, 3, 12, 1)]

    whole = read()
    monkeypatch.setattr(late, "_late_s", 3600.0)
    for _ in range(3):
        with pytest.raises(DeviceError):
            read()
    late._coming.clear()
    monkeypatch.setattr(late, "_late_s", 0.0)
    back_s = late.now
    found: list[list[int]] = []
    while not found and late.now - back_s <= LATEST_S:
        late.now += 1.0
        with contextlib.suppress(DeviceError):
            found = read()
    assert found == whole
