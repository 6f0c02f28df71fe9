"""The reader of all meters on Modbus, over terminals and TCP, with meters that have less than their manual, lie, or go away."""

import math
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

import hal
from hal.conformance import check_meter
from hal.errors import DeviceError, DriverError, ImplausibleError
from hal.measured import MeterReading
from hal.meters.modbus import ModbusMeter
from simulators.wires.meters import MeterRegisters, table_of
from simulators.wires.modbus_slave import Framing, ModbusException, ModbusSlave, TableRegisters
from tests.hal.bus.rig import Bus, on_pty, on_tcp
from tests.hal.meters.manuals import Manual, encoded, enumerate_from

SHOWN = MeterReading(
    at_s=0.0,
    energy_wh=12_345_600,
    power_w=11_040,
    current_ma=(16_000, 16_000, 16_000),
    voltage_mv=(230_000, 230_000, 230_000),
    frequency_hz=50.0,
    exported_wh=100,
)


class Display:
    """A meter with something to show, and the other side of it for the conformance kit."""

    faults: Sequence[str] = ("silent", "garbage", "bad_checksum", "exception", "slow", "half_frame", "unplugged")

    def __init__(self, name: str, framing: Framing = "rtu", unit: int = 7) -> None:
        self.shown = SHOWN
        self.registers = MeterRegisters(table_of(name), lambda _: self.shown)
        self.slave = ModbusSlave(unit, self.registers, framing=framing)
        self.bus: Bus | None = None

    def show(self, energy_wh: int, current_ma: int) -> None:
        power_w = round(3 * 230 * current_ma / 1000)
        self.shown = structs.replace(SHOWN, energy_wh=energy_wh, current_ma=(current_ma,) * 3, power_w=power_w)

    def truth(self) -> MeterReading:
        return self.shown

    def spoil(self, fault: str | None) -> None:
        assert self.bus is not None
        if fault is None:
            self.bus.mend()
        else:
            self.bus.fault(fault)


class Spoilt:
    """Registers with other words at some addresses, or none (``None``) there."""

    def __init__(self, registers: MeterRegisters, fc: int, words: Mapping[int, int | None]) -> None:
        self.reads: list[range] = []
        self._registers = registers
        self._fc = fc
        self._words = words

    def read(self, fc: int, address: int, count: int) -> list[int]:
        self.reads.append(range(address, address + count))
        found = dict(enumerate(self._registers.read(fc, address, count), start=address))
        there = [self._words.get(at, word) if fc == self._fc else word for at, word in found.items()]
        if None in there:
            raise ModbusException(2)
        return [word for word in there if word is not None]

    def write(self, address: int, values: list[int]) -> None:
        self._registers.write(address, values)


def made(bus: Bus, name: str, unit: int = 7, **entries: Any) -> ModbusMeter:
    meter: ModbusMeter = hal.load("meters", name)(unit=unit, **{**bus.entries, "baud": 9600, "parity": "N", **entries})
    return meter


@contextmanager
def showing(name: str, folder: Path, framing: Framing = "rtu") -> Iterator[tuple[Bus, Display]]:
    display = Display(name, framing)
    lay: AbstractContextManager[Bus] = on_pty(folder, display.slave) if framing == "rtu" else on_tcp(display.slave)
    with lay as bus:
        display.bus = bus
        yield bus, display


@pytest.mark.parametrize(("name", "framing"), [("sdm630", "rtu"), ("cg-em3xx", "tcp")])
def test_it_passes_the_conformance_kit(name: str, framing: Framing, tmp_path: Path) -> None:
    with showing(name, tmp_path, framing) as (bus, display):
        assert len(check_meter(lambda: made(bus, name), display)) >= 7


def test_the_registers_of_phases_follow_the_wiring_and_are_left_out_where_they_cannot_be(tmp_path: Path) -> None:
    with showing("sdm630", tmp_path) as (bus, display):
        display.shown = structs.replace(SHOWN, energy_by_phase_wh=(4_000_000, 8_000_000, -1))
        assert made(bus, "sdm630").read().energy_by_phase_wh == (4_000_000, 8_000_000, None)
        assert made(bus, "sdm630", wiring="231").read().energy_by_phase_wh == (8_000_000, None, 4_000_000)
        assert made(bus, "sdm630", wiring="2").read().energy_by_phase_wh == (12_345_600, None, None), "there is no other phase"


ON_MODBUS = [name for name, place in hal.DRIVERS["meters"].items() if hasattr(import_module(place.partition(":")[0]), "TABLES")]


@pytest.mark.parametrize("name", [*ON_MODBUS, "auto"])
def test_every_model_reads_what_its_display_shows(name: str, tmp_path: Path) -> None:
    with showing("sdm630" if name == "auto" else name, tmp_path) as (bus, _):
        meter = made(bus, name)
        meter.open()
        reading = meter.read()
        meter.close()
    assert reading.energy_wh == pytest.approx(SHOWN.energy_wh, abs=100)
    assert reading.power_w == SHOWN.power_w
    measured = [(name, getattr(reading, name), getattr(SHOWN, name)) for name in ("current_ma", "voltage_mv")]
    for quantity, values, shown in measured:
        assert all(value is None or value == one for value, one in zip(values, shown, strict=True)), quantity
        assert (values[0] is None) is (name == "sdm72dm"), "absent is not zero"
        assert (values[1] is None) is (table_of("sdm630" if name == "auto" else name).phases == 1 or name == "sdm72dm")
    assert reading.frequency_hz in (50.0, None)


@pytest.mark.parametrize("wiring", ["1", "2", "231"])
def test_phases_are_told_as_the_evse_has_them(wiring: str, tmp_path: Path) -> None:
    with showing("sdm630", tmp_path) as (bus, display):
        display.shown = structs.replace(SHOWN, current_ma=(1_000, 2_000, 3_000), voltage_mv=(231_000, 232_000, 233_000))
        meter = made(bus, "sdm630", wiring=wiring)
        meter.open()
        reading = meter.read()
    expected = [int(phase) * 1_000 for phase in wiring] + [None, None]
    assert reading.current_ma == tuple(expected[:3])
    assert reading.voltage_mv == tuple(value and 230_000 + value for value in expected[:3])


@pytest.mark.parametrize(("name", "wiring"), [("sdm120", "123"), ("sdm630", "11"), ("sdm630", "x")])
def test_a_wiring_that_cannot_be_is_refused(name: str, wiring: str) -> None:
    with pytest.raises(DriverError, match="wiring"):
        hal.load("meters", name)(port="/dev/null", wiring=wiring)


def test_what_a_unit_refuses_is_absent_and_not_asked_again(tmp_path: Path) -> None:
    with showing("cg-em24", tmp_path) as (bus, display):
        lacking = display.slave.registers = Spoilt(display.registers, 4, dict.fromkeys((0x5C, 0x5D, 0x37)))
        meter = made(bus, "cg-em24")
        meter.open()
        lacking.reads.clear()
        reading = meter.read()
        assert (reading.exported_wh, reading.frequency_hz, reading.power_factor) == (None, None, 1.0)
        assert all(0x5C not in asked and 0x37 not in asked for asked in lacking.reads)


def test_what_a_booting_unit_refused_is_there_again_once_it_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with showing("cg-em24", tmp_path) as (bus, display):
        display.slave.registers = Spoilt(display.registers, 4, dict.fromkeys((0x5C, 0x5D, 0x37)))
        meter = made(bus, "cg-em24")
        meter.open()
        assert meter.read().frequency_hz is None
        display.slave.registers = display.registers
        assert meter.read().frequency_hz is None, "not with every reading"
        monkeypatch.setattr("hal.meters.modbus.AGAIN_S", 0.0)
        last = [meter.read() for _ in range(4)][-1]
        assert (last.frequency_hz, last.exported_wh) == (50.0, SHOWN.exported_wh)


def test_a_unit_that_answers_for_fewer_registers_than_others_is_asked_for_fewer(tmp_path: Path) -> None:
    manual = Manual("sdm630")
    with on_pty(tmp_path, ModbusSlave(7, TableRegisters(manual.table, most=4))) as bus:
        values = made(bus, "sdm630").values(table_of("sdm630").registers)
    assert {name: pytest.approx(value, rel=1e-6) for name, value in manual.expected.items()} == values


def test_a_meter_that_refuses_its_energy_register_is_none(tmp_path: Path) -> None:
    with showing("cg-em3xx", tmp_path) as (bus, display):
        display.slave.registers = Spoilt(display.registers, 4, {0x34: None})
        with pytest.raises(DeviceError, match=r"meter\.cg-em3xx on .* unit 7: refuses its energy register; compare driver and model"):
            made(bus, "cg-em3xx").open()


@pytest.mark.parametrize(
    ("name", "fc", "address", "words"),
    [
        ("sdm630", 4, 0x34, encoded(math.nan, "float32", "msw_first")),
        ("sdm630", 4, 0x34, encoded(math.inf, "float32", "msw_first")),
        ("cg-em3xx", 4, 0x28, encoded(0x7FFFFFFF, "int32", "lsw_first")),
        ("abb-b2x", 3, 0x5B14, encoded(0x7FFFFFFF, "int32", "msw_first")),
    ],
)
def test_what_is_not_available_is_absent_and_not_zero(name: str, fc: int, address: int, words: list[int], tmp_path: Path) -> None:
    with showing(name, tmp_path) as (bus, display):
        display.slave.registers = Spoilt(display.registers, fc, enumerate_from(address, words))
        meter = made(bus, name)
        meter.open()
        reading = meter.read()
        assert reading.power_w is None
        assert reading.current_ma == SHOWN.current_ma


def test_energy_that_is_not_available_is_no_reading(tmp_path: Path) -> None:
    with showing("sdm630", tmp_path) as (bus, display):
        meter = made(bus, "sdm630")
        meter.open()
        display.slave.registers = Spoilt(display.registers, 4, enumerate_from(0x48, encoded(math.nan, "float32", "msw_first")))
        with pytest.raises(ImplausibleError, match="energy register says that it is not available"):
            meter.read()
        display.slave.registers = display.registers
        assert meter.read().energy_wh == SHOWN.energy_wh


@pytest.mark.parametrize("exponent", [0x7FFF, 308, 0x8000])
def test_energy_with_an_exponent_that_no_meter_has_is_no_reading(exponent: int, tmp_path: Path) -> None:
    with showing("iskra-wm3m4", tmp_path) as (bus, display):
        display.slave.registers = Spoilt(display.registers, 4, {0x019E: exponent})
        with pytest.raises(ImplausibleError, match="energy register says that it is not available"):
            made(bus, "iskra-wm3m4").open()


def test_a_register_that_runs_back_is_no_reading_until_it_is_right_again(tmp_path: Path) -> None:
    with showing("sdm630", tmp_path) as (bus, display):
        meter = made(bus, "sdm630")
        meter.open()
        assert meter.read().energy_wh == SHOWN.energy_wh
        display.shown = structs.replace(SHOWN, energy_wh=400)
        with pytest.raises(ImplausibleError, match=r"meter\.sdm630 on .* unit 7: its energy register ran back from 12345600 to 400 Wh"):
            meter.read()
        display.shown = SHOWN
        assert meter.read().energy_wh == SHOWN.energy_wh


def test_ten_times_the_frequency_is_the_frequency(tmp_path: Path) -> None:
    with showing("sdm630", tmp_path) as (bus, display):
        display.shown = structs.replace(SHOWN, frequency_hz=500.1)
        meter = made(bus, "sdm630")
        meter.open()
        assert meter.read().frequency_hz == pytest.approx(50.01)


def test_two_meters_on_one_line_are_told_apart_and_one_that_fails_leaves_the_other_alone(tmp_path: Path) -> None:
    one, two = Display("sdm630", unit=1), Display("cg-em3xx", unit=2)
    two.show(777_000, 6_000)
    with on_pty(tmp_path, one.slave, two.slave) as bus:
        meters = made(bus, "sdm630", 1), made(bus, "cg-em3xx", 2)
        for meter in meters:
            meter.open()
        assert [meter.read().energy_wh for meter in meters] == [SHOWN.energy_wh, 777_000]
        bus.fault("silent", 0)
        with pytest.raises(DeviceError, match="unit 1: no answer"):
            meters[0].read()
        assert meters[1].read().energy_wh == 777_000
        meters[1].close()
        bus.fault(None, 0)
        assert meters[0].read().energy_wh == SHOWN.energy_wh, "the other one closed the line that both are on"


def test_a_meter_whose_adapter_comes_back_goes_on(tmp_path: Path) -> None:
    with showing("sdm630", tmp_path) as (bus, _):
        meter = made(bus, "sdm630")
        meter.open()
        bus.fault("unplugged")
        for _ in range(2):
            with pytest.raises(DeviceError, match="plug its adapter in"):
                meter.read()
        bus.mend()
        assert meter.read().energy_wh == SHOWN.energy_wh


def test_a_meter_that_cannot_say_all_in_time_says_so(tmp_path: Path) -> None:
    with showing("sdm630", tmp_path) as (bus, display):
        meter = made(bus, "sdm630", timeout_s=0.6)
        meter.open()
        bus.loop.set(display.slave, "answers_s", 0.55)
        began_s = time.monotonic()
        with pytest.raises(DeviceError, match=r"too slow to say all in 1\.9 s"):
            meter.read()
        assert time.monotonic() - began_s < 2.0


@pytest.mark.parametrize(("there", "configured"), [("sdm120", "sdm230"), ("sdm72dm", "sdm72dm-v2")])
def test_a_meter_that_says_it_is_another_model_is_not_believed(there: str, configured: str, tmp_path: Path) -> None:
    says = rf"says that it is a {there} \(Eastron 0x00\d\d\); correct driver"
    with showing(there, tmp_path) as (bus, _), pytest.raises(DeviceError, match=says):
        made(bus, configured).open()


def test_a_meter_that_calls_itself_b23_is_no_ev3_for_its_energy_would_be_a_hundredth(tmp_path: Path) -> None:
    with (
        showing("abb-b2x", tmp_path) as (bus, _),
        pytest.raises(DeviceError, match=r"says that it is a abb-b2x \(ABB B23\); correct driver"),
    ):
        made(bus, "abb-ev3").open()


@pytest.mark.parametrize("name", ["sdm630", "sdm120", "cg-em3xx", "abb-b2x"])
def test_a_meter_that_says_what_it_is_needs_no_name(name: str, tmp_path: Path) -> None:
    with showing(name, tmp_path) as (bus, _):
        meter = made(bus, "auto")
        meter.open()
        assert meter.read().energy_wh == pytest.approx(SHOWN.energy_wh, abs=100)


def test_a_meter_that_does_not_say_what_it_is_has_to_be_named(tmp_path: Path) -> None:
    with showing("mpm3pm", tmp_path) as (bus, _):
        with pytest.raises(DeviceError, match=r"meter\.auto on .* unit 7: answers, but does not say which meter it is; name its driver"):
            made(bus, "auto").open()
        with pytest.raises(DeviceError, match="unit 8: no answer"):
            made(bus, "auto", 8).open()


def test_an_entry_that_no_meter_has_is_refused() -> None:
    for name in ("auto", "sdm630", "iskra-wm3m4"):
        with pytest.raises(DriverError, match="speed"):
            hal.load("meters", name)(port="/dev/null", speed=1)
