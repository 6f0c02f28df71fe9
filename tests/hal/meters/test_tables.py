"""Every register of every model, encoded by the tests from the manuals' facts, served on real wires, and read back through the driver."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

import hal
from hal.meters.blocks import blocks
from hal.meters.modbus import ModbusMeter
from hal.meters.readings import needed
from simulators.wires.meters import table_of
from simulators.wires.modbus_slave import ModbusSlave, TableRegisters
from tests.hal.bus.rig import Bus, on_pty, on_tcp
from tests.hal.meters.manuals import MANUALS, Manual

TABLES = {name: table_of(name) for name, place in hal.DRIVERS["meters"].items() if name in MANUALS}


def slave(unit: int, name: str, framing: Any) -> ModbusSlave:
    manual = Manual(name)
    return ModbusSlave(unit, TableRegisters(manual.table, manual.most), framing=framing, answers_s=0.0)


def pty(folder: Path) -> AbstractContextManager[Bus]:
    return on_pty(folder, *(slave(unit, name, "rtu") for unit, name in enumerate(MANUALS, start=1)))


def tcp(folder: Path) -> AbstractContextManager[Bus]:
    return on_tcp(*(slave(unit, name, "tcp") for unit, name in enumerate(MANUALS, start=1)))


@pytest.fixture(scope="module", params=[pty, tcp])
def bus(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bus]:
    """Twenty models on one line, each with a unit of its own."""
    lay: Callable[[Path], AbstractContextManager[Bus]] = request.param
    with lay(tmp_path_factory.mktemp("bus")) as laid:
        yield laid


def meter(bus: Bus, name: str) -> ModbusMeter:
    serial = {"baud": 9600, "parity": "N"}
    made: ModbusMeter = hal.load("meters", name)(unit=list(MANUALS).index(name) + 1, **serial, **bus.entries)
    return made


def test_there_is_a_driver_for_every_model() -> None:
    assert list(TABLES) == sorted(MANUALS)
    assert len(MANUALS) == 20


@pytest.mark.parametrize("name", MANUALS)
def test_every_register_is_read_back(bus: Bus, name: str) -> None:
    manual = Manual(name)
    table = TABLES[name]
    exponents = {each.quantity for each in table.registers if each.quantity.endswith("_exponent")}
    found = meter(bus, name).values(table.registers)
    assert set(found) - exponents == set(manual.expected)
    for quantity, expected in manual.expected.items():
        value = found[quantity]
        assert value == (expected if isinstance(expected, str) else pytest.approx(expected, rel=1e-6)), quantity


@pytest.mark.parametrize("name", MANUALS)
def test_no_question_touches_what_the_manual_does_not_name_or_is_longer_than_the_meter_takes(name: str) -> None:
    manual, table = Manual(name), TABLES[name]
    for wanted in (table.registers, tuple(needed(table, "123"[: table.phases]))):
        asked = blocks(table, wanted)
        assert sorted(register.address for block in asked for register in block.wanted) == sorted(each.address for each in wanted)
        for block in asked:
            assert block.count <= manual.most
            assert all(at in manual.table[block.fc] for at in range(block.address, block.address + block.count)), block


@pytest.mark.parametrize("name", MANUALS)
def test_what_is_billed_is_a_register_that_never_runs_backwards(name: str) -> None:
    table = TABLES[name]
    expected = "energy_total" if name in ("orno-we504", "orno-we514") else "energy_import"
    assert table.energy == expected, "totals only where there is no register of import"
    assert table.has(table.energy)
    assert MANUALS[name]["unit"] == table.unit
    assert MANUALS[name]["phases"] == table.phases
