"""Devices at the ends of real terminals are found, each by its own answer, and hear nothing but questions."""

import os
import re
import threading
import time
import tty
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

import hal
from hal.detect import modbus, serial, table
from hal.detect.found import Found
from hal.detect.modbus import Look
from hal.detect.ports import Port, ports
from hal.detect.rtu import question
from hal.entries import entries
from hal.errors import DeviceError
from simulators.wires.table import TABLE
from simulators.wires.trial import Bench, trial

AS_ANOTHER = {
    "ev-charge-control-basic": "phoenix-ev-cc",
    "evse-din": "simpleevse",
    "walther-basicevo-pro": "heidelberg",
    "abb-ev3": "abb-b2x",
    "auto": "sdm630",
}
"""Drivers whose devices cannot be told from another's."""
USUAL = {"finder-7m": (33,), "iskra-wm3m4": (33,), "mpm3pm": (5,)}
"""Units of makers who do not begin with 1."""
PATIENCE_S = 20.0
"""For a card; listening ends as soon as every reader has spoken."""
ON_SERIAL = [
    (kind, name)
    for kind in ("boards", "meters", "readers")
    for name, row in TABLE[kind].items()
    if str(row.entries.get("port", "")).startswith("/dev/tty") and not row.inside and name not in ("rdm6300", "serial-ascii")
]


@contextmanager
def device(kind: str, name: str, folder: Path) -> Iterator[tuple[Port, Bench]]:
    """It, behind its port, with current flowing where it is a meter."""
    with trial(kind, name, folder) as (_, bench):
        if kind == "meters":
            bench.show(1_234_567, 1_000)
        (port,) = ports(folder)
        yield port, bench


@pytest.fixture(autouse=True)
def _no_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Devices of the bench answer within a tenth of a second."""
    monkeypatch.setattr(modbus, "SURE_S", 0.25)
    monkeypatch.setattr(serial, "OVERHEAR_S", 0.1)


def look(port: Port, folder: Path, units: tuple[int, ...] = (1, 2), driver: str = "") -> list[Found]:
    """At a few addresses and one speed, which a terminal has none of; and by the row of this driver, if it has one."""
    what = serial.plan(port, quick=True)
    rows = tuple(row for row in what.rows if row.driver == driver)
    whole, serial.QUICK = serial.QUICK, Look(units, twice=True)
    try:
        told: list[str] = []
        return list(serial.look(port, str(folder) + port.path, serial.Plan(rows, what.settings[:1], False), told.append))
    finally:
        serial.QUICK = whole


def awake(port: Port, folder: Path, name: str) -> Found:
    """The device: boards need a second until they answer."""
    units = USUAL.get(name, (1, 2))
    return next(found for _ in range(10) for found in look(port, folder, units, name))


@pytest.mark.parametrize(("kind", "name"), ON_SERIAL)
def test_every_device_of_the_bench_is_found(kind: str, name: str, tmp_path: Path) -> None:
    with device(kind, name, tmp_path) as (port, _):
        found = awake(port, tmp_path, name)
    assert (found.kind, found.driver) == (kind, AS_ANOTHER.get(name, name))
    assert found.entries["port"] == port.name == port.path
    takes = entries(kind, found.driver)
    assert takes.any_name or set(found.entries) <= set(takes.hints), "its driver does not take these entries"


@pytest.mark.parametrize("fault", ["silent", "garbage"])
def test_a_device_that_says_nothing_sensible_is_nobody(fault: str, tmp_path: Path) -> None:
    with device("meters", "sdm630", tmp_path) as (port, bench):
        bench.spoil(fault)
        assert look(port, tmp_path, (1,)) == []


@contextmanager
def talk(port: Path) -> Iterator[int]:
    """Another master asks on that port all the time; the descriptor of its end."""
    ours, theirs = os.openpty()
    tty.setraw(theirs)
    port.parent.mkdir(exist_ok=True)
    port.symlink_to(os.ttyname(theirs))
    os.set_blocking(ours, False)
    done = threading.Event()

    def another_master() -> None:
        while not done.wait(0.02):
            with suppress(BlockingIOError):  # nobody reads
                os.write(ours, question(1, 3, 0, 2))

    talking = threading.Thread(target=another_master)
    talking.start()
    try:
        yield ours
    finally:
        done.set()
        talking.join()
        os.close(ours)
        os.close(theirs)


def test_a_line_on_which_somebody_talks_is_not_asked(tmp_path: Path) -> None:
    with talk(tmp_path / "dev/ttyUSB0") as ours:
        (port,) = ports(tmp_path)
        with pytest.raises(DeviceError, match=r"somebody talks on it \(\d+ bytes in 0.1 s, though nobody was asked\): another master"):
            look(port, tmp_path)
        with pytest.raises(BlockingIOError):  # not one byte was sent
            os.read(ours, 100)


def test_a_reader_on_which_a_card_lies_is_found_without_asking_for_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serial, "OVERHEAR_S", 1.5)
    with device("readers", "rdm6300", tmp_path) as (port, bench):
        for card in bench.cards:
            bench.present(card)
        (found,) = look(port, tmp_path)
    assert (found.kind, found.driver) == ("readers", "rdm6300")


def test_a_device_that_answers_something_else_is_told_as_unknown(tmp_path: Path) -> None:
    with device("meters", "sdm72dm", tmp_path) as (port, bench):
        bench.spoil("exception")
        (found,) = look(port, tmp_path, (1,))
    assert (found.driver, found.entries, found.sure) == ("", {}, False)


def test_a_thorough_look_finds_every_unit_of_the_line(tmp_path: Path) -> None:
    with device("boards", "smartevse", tmp_path) as (port, _):
        awake(port, tmp_path, "smartevse")
        what = serial.plan(port, quick=False)
        whole, serial.THOROUGH = serial.THOROUGH, Look(range(1, 6))
        try:
            told: list[str] = []
            (found,) = serial.look(port, str(tmp_path) + port.path, serial.Plan((), what.settings[:1], True), told.append)
        finally:
            serial.THOROUGH = whole
    assert found.entries["unit"] == 2
    assert any("units 2 answer; looking for more" in line for line in told)


def test_a_port_that_is_not_there_is_an_error_of_the_device(tmp_path: Path) -> None:
    gone = Port("/dev/ttyUSB0", "/dev/ttyUSB0", str(tmp_path / "dev/ttyUSB0"))
    with pytest.raises(DeviceError, match="ttyUSB0"):
        look(gone, tmp_path)


def test_a_pseudo_terminal_is_asked_without_parity(tmp_path: Path) -> None:
    with device("meters", "sdm630", tmp_path) as (port, _):
        assert {settings.parity for settings in serial.plan(port, quick=True).settings} == {"N"}
    real = Port("/dev/ttyUSB0", "/dev/ttyUSB0", "/dev/ttyUSB0")
    assert {settings.parity for settings in serial.plan(real, quick=True).settings} == {"N", "E"}


def test_the_time_it_takes_is_said_beforehand_and_bounded() -> None:
    port = Port("/dev/ttyUSB0", "/dev/ttyUSB0", "/dev/ttyUSB0")
    assert serial.plan(port, quick=True).takes_s < 90
    assert serial.plan(port, quick=False).takes_s < 10 * 60


@pytest.mark.parametrize("name", ["rdm6300", "serial-ascii"])
def test_a_reader_speaks_when_a_card_is_held_to_it(name: str, tmp_path: Path) -> None:
    with device("readers", name, tmp_path) as (port, bench):
        nobody = serial.cards([(port, str(tmp_path) + port.path)], 0.2)
        hand = threading.Timer(0.3, bench.present, bench.cards[:1])
        hand.start()
        found = serial.cards([(port, str(tmp_path) + port.path)], PATIENCE_S)
        hand.join()
    assert [(each.kind, each.driver) for each in found] == [("readers", name)]
    assert not any(re.search(r"04A1B2C3", each.says) for each in found), "whose card it is is nobody's business"
    assert nobody == []


def test_a_talk_on_the_line_does_not_shorten_the_time_for_a_card(tmp_path: Path) -> None:
    with talk(tmp_path / "dev/ttyUSB0"):
        (port,) = ports(tmp_path)
        began_s = time.monotonic()
        assert serial.cards([(port, port.device)], 0.5) == []
    assert time.monotonic() - began_s >= 0.5


@pytest.mark.parametrize("before", [b"1B2C3D4\x03", b"A1B2C3D400\x03", b"\x0204A1B2C3D4B0\x03"])
def test_a_frame_that_is_cut_or_damaged_does_not_hide_what_the_reader_is(before: bytes, tmp_path: Path) -> None:
    ours, theirs = os.openpty()
    tty.setraw(theirs)
    port = Port("/dev/ttyUSB0", "/dev/ttyUSB0", os.ttyname(theirs))
    writing = threading.Timer(0.1, lambda: [os.write(ours, each) for each in (before, b"\x0204A1B2C3D400\x03")])
    writing.start()
    try:
        (found,) = serial.cards([(port, port.device)], PATIENCE_S)
    finally:
        writing.join()
        os.close(ours)
        os.close(theirs)
    assert found.driver == "rdm6300"


def test_a_port_that_goes_while_cards_are_waited_for_is_left_out(tmp_path: Path) -> None:
    gone = Port("/dev/ttyUSB9", "/dev/ttyUSB9", "/dev/ttyUSB9")
    assert serial.cards([(gone, str(tmp_path / "dev/ttyUSB9"))], 0.2) == []


def test_every_row_names_a_driver_that_there_is() -> None:
    assert {row.driver for row in (*table.SERIAL, *table.LISTEN)} <= {*hal.DRIVERS["boards"], *hal.DRIVERS["readers"]}
    assert {row.driver for row in table.BOARDS} <= set(hal.DRIVERS["boards"])


@pytest.mark.parametrize(
    ("heard", "format"),
    [(b"0012345678\r\n", "dec"), (b"\x0204A1B2C3\x03", "hex"), (b"\n1234567890\r", "dec"), (b"DEADBEEF\n", "hex"), (b"123456789\r", "dec")],
)
def test_ten_decimal_digits_or_an_odd_number_of_them_are_a_number(heard: bytes, format: str) -> None:
    row = next(row for row in table.LISTEN if row.driver == "serial-ascii")
    assert row.says(heard)
    assert row.entries(heard) == {"format": format}
