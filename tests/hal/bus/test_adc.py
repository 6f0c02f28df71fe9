"""Converters: bits as the data sheets have them, bursts over a pilot that oscillates, peaks that hardware holds, thermometers."""

import ctypes
import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hal.bus import adc
from hal.bus.adc import CHIPS, Sampler, extremes, frame, samples
from hal.bus.iio import RESET_S, VALID_S, PeakHold
from hal.bus.iio import Converter as IioConverter
from hal.bus.one_wire import Thermometer
from hal.bus.spi import Message, Transfer, opened
from hal.errors import DeviceError, DriverError
from simulators.wires.adc import Converter

HIGH_MV, LOW_MV = 2_300.0, 400.0


class Bus:
    """A converter on a bus whose time is the test's."""

    def __init__(self, converter: Converter) -> None:
        self.converter = converter
        self.now = 100.0
        self.error: OSError | None = None
        self.spoilt: Callable[[bytes], bytes] = bytes

    def burst(self, frame: bytes, count: int) -> bytes:
        if self.error is not None:
            raise self.error
        received = self.converter.burst(frame, count, self.now)
        self.now += self.converter.takes_s(count)
        return bytes(self.spoilt(received))

    def close(self) -> None:
        """Nothing is held."""

    def clock(self) -> float:
        return self.now


def bus(name: adc.ChipName = "mcp3008", duty: float = 0.5, hz: int = 1_000_000, offset_s: float = 0.0) -> tuple[Bus, Sampler]:
    """A converter whose channel 0 has a square of 1 kHz on it."""

    def mv(channel: int, at_s: float) -> float:
        return (HIGH_MV if (at_s + offset_s) % 0.001 < duty * 0.001 else LOW_MV) if channel == 0 else 100.0 * channel

    made = Bus(Converter(name, 3300, hz, mv))
    return made, Sampler(made, name, "board.test", made.clock)


@pytest.mark.parametrize(
    ("name", "channel", "sent"),
    [
        ("mcp3004", 0, "01 80 00"),
        ("mcp3008", 7, "01 f0 00"),
        ("mcp3204", 0, "06 00 00"),
        ("mcp3204", 3, "06 c0 00"),
        ("mcp3208", 5, "07 40 00"),
    ],
)
def test_a_sample_is_asked_for_as_the_data_sheet_has_it(name: adc.ChipName, channel: int, sent: str) -> None:
    assert frame(CHIPS[name], channel).hex(" ") == sent


def test_values_are_what_comes_behind_the_bit_that_is_always_0() -> None:
    assert samples(CHIPS["mcp3008"], bytes.fromhex("ff fa 34  00 01 00"), "x") == [0x234, 0x100]
    assert samples(CHIPS["mcp3208"], bytes.fromhex("00 ea bc  ff 01 23"), "x") == [0xABC, 0x123]


@pytest.mark.parametrize(
    ("received", "says"),
    [
        ("ff ff ff", "bits that are always 0 are not"),
        ("00 00 00", "all samples are 0, at the end of its range"),
        ("00 03 ff", "all samples are 1023, at the end of its range"),
        ("00 01 00  00 00 00", "samples from 0 to 256, at the end of its range"),
    ],
)
def test_a_line_that_nobody_drives_is_no_pilot(received: str, says: str) -> None:
    with pytest.raises(DeviceError, match=f"board.test: {says}"):
        samples(CHIPS["mcp3008"], bytes.fromhex(received), "board.test")


@given(
    duty_and_hz=st.tuples(st.floats(0.1, 0.96), st.sampled_from((1_000_000, 2_000_000))) | st.tuples(st.floats(0.1, 0.9), st.just(500_000)),
    offset_s=st.floats(0, 0.001),
    name=st.sampled_from(tuple(CHIPS)),
)
def test_both_plateaus_are_found_at_every_duty_that_is_offered(duty_and_hz: tuple[float, int], offset_s: float, name: adc.ChipName) -> None:
    _, sampler = bus(name, *duty_and_hz, offset_s)
    for _ in range(3):
        burst = sampler.burst(0)
        low, high = (value * 3300 / sampler.chip.full for value in extremes(burst.values))
        assert (low, high) == pytest.approx((LOW_MV, HIGH_MV), abs=4)
        assert burst.took_s >= 0.002, "two periods of the pilot"


def test_one_sample_beside_the_row_does_not_move_a_plateau_by_a_volt() -> None:
    values = [700] * 50 + [100] * 50 + [760]
    low, high = extremes(values)
    assert (low, high) == (100, 720)


def test_a_bus_that_fails_and_one_that_is_cut_short_are_told_of() -> None:
    made, sampler = bus()
    made.error = OSError(errno.EIO, os.strerror(errno.EIO))
    with pytest.raises(DeviceError, match=r"board.test: mcp3008: Input/output error"):
        sampler.burst(0)
    made.error, made.spoilt = None, lambda data: data[:-1]
    with pytest.raises(DeviceError, match="bytes in place of"):
        sampler.level(0)


def test_a_steady_level_may_lie_at_the_end_of_the_range() -> None:
    made, sampler = bus()
    assert sampler.level(2) == round(200 * 1023 / 3300)
    made.converter = Converter("mcp3008", 3300, 1_000_000, lambda *_: 9999.0)
    assert sampler.level(1) == 1023


def test_a_message_to_the_kernel_is_laid_out_as_its_header_has_it() -> None:
    assert ctypes.sizeof(Transfer) == 32
    assert Message(b"\x01\x80\x00", 1, 1_000_000).request == 0x4020_6B00
    message = Message(b"\x01\x80\x00", 3, 1_000_000)
    first, second, last = message.transfers
    assert [each.cs_change for each in (first, second, last)] == [1, 1, 0], "the last one would keep the chip selected"
    assert (second.rx_buf - first.rx_buf, second.tx_buf, second.len, second.speed_hz) == (3, first.tx_buf, 3, 1_000_000)


def test_a_bus_that_is_not_there_says_how_to_switch_it_on(tmp_path: Path) -> None:
    with pytest.raises(DeviceError, match=r"spidev0.0: not there; switch SPI on \(dtparam=spi=on\)"):
        opened(str(tmp_path / "spidev0.0"), 1_000_000, 0, "board.test")
    (tmp_path / "spidev0.1").touch()
    with pytest.raises(DeviceError, match=r"spidev0.1: Inappropriate ioctl"):
        opened(str(tmp_path / "spidev0.1"), 1_000_000, 0, "board.test")


def device(root: Path, number: int, name: str, **channels: object) -> Path:
    folder = root / f"sys/bus/iio/devices/iio:device{number}"
    folder.mkdir(parents=True)
    (folder / "name").write_text(f"{name}\n")
    for channel, raw in channels.items():
        (folder / f"in_{channel}_raw").write_text(f"{raw}\n")
    return folder


def test_peaks_are_let_go_of_for_long_enough_and_read_once_they_hold(tmp_path: Path) -> None:
    device(tmp_path, 0, "humidity")
    device(tmp_path, 1, "2198000.adc", voltage2=3_000, voltage3=500)
    converter = IioConverter("2198000.adc", root=str(tmp_path))
    converter.open()
    played: list[object] = []
    peaks = PeakHold(converter, "voltage2", "voltage3", played.append).read(clock=lambda: 7.0, sleep=played.append)
    assert played == [True, RESET_S, False, VALID_S]
    assert RESET_S >= 0.0015
    assert (peaks.at_s, peaks.low, peaks.high) == (7.0, 500, 3_000)


def test_a_converter_of_the_kernel_that_is_not_there_or_not_alone_or_broken_is_named(tmp_path: Path) -> None:
    with pytest.raises(DeviceError, match=r"iio ads1015: no such device \(there is none at all\)"):
        IioConverter("ads1015", root=str(tmp_path)).open()
    device(tmp_path, 0, "ads1015", voltage0="?")
    device(tmp_path, 1, "ads1015")
    with pytest.raises(DriverError, match="fits iio:device0, iio:device1"):
        IioConverter("ads1015", root=str(tmp_path)).open()
    converter = IioConverter("iio:device0", root=str(tmp_path))
    converter.open()
    with pytest.raises(DeviceError, match="in_voltage0_raw: no number"):
        converter.raw("voltage0")
    with pytest.raises(DeviceError, match="in_voltage9_raw: No such file"):
        converter.raw("voltage9")


def test_a_thermometer_tells_degrees_and_its_value_after_power_on_is_none(tmp_path: Path) -> None:
    thermometer = Thermometer(root=str(tmp_path))
    with pytest.raises(DeviceError, match="found none, expected one; switch one-wire on"):
        thermometer.read_c()
    folder = tmp_path / "sys/bus/w1/devices/28-0316a2795aff"
    folder.mkdir(parents=True)
    for said, told in (("23125", 23.125), ("-7500", -7.5)):
        (folder / "temperature").write_text(f"{said}\n")
        assert thermometer.read_c() == told
    for said, what in (("85000", "85 °C is no temperature"), ("", "no number"), ("200000", "200 °C")):
        (folder / "temperature").write_text(f"{said}\n")
        with pytest.raises(DeviceError, match=what):
            thermometer.read_c()
