"""Every driver of the table, through the conformance kit, over its wire and with every fault of it."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct
from msgspec.structs import replace

import hal
from hal.conformance import boards, displays, indicators, meters, readers
from simulators.wires.face import SLOW_S
from simulators.wires.table import ON_MODBUS, TABLE, Row
from simulators.wires.trial import trial


class Kit(Struct, frozen=True):
    """``parts``: so many tests for each driver, with a part of the rules each, where rules have to wait for long."""

    check: Callable[[Any, Any, Sequence[Any]], list[str]]
    rules: Sequence[Any]
    parts: int = 1


KITS = {
    "boards": Kit(boards.check_board, boards.RULES, 4),
    "meters": Kit(meters.check_meter, meters.RULES),
    "readers": Kit(readers.check_reader, readers.RULES, 2),
    "displays": Kit(displays.check_display, displays.RULES),
    "indicators": Kit(indicators.check_indicator, indicators.RULES),
}
DRIVERS = [(kind, name) for kind in TABLE for name in hal.DRIVERS[kind]]
PLACES = {(kind, hal.DRIVERS[kind][name]): (kind, name) for kind, name in DRIVERS}
"""One name for each: what has several is played once."""
PARTS = [(kind, name, part) for kind, name in PLACES.values() for part in range(KITS[kind].parts)]

FASTER = 2.5
QUICK = {"timeout_s": 0.5 / FASTER, "inter_byte_s": 0.1 / FASTER, "gap_s": 0.1 / FASTER}
"""What a meter on Modbus is told if nothing else is said, to a smaller scale; how late a slow one answers is to the same scale."""
AS_IT_COMES = "finder-7m"
"""This meter is not told: it is asked more questions for a reading than any other, so that the kit's bounds are tightest for it."""


def row(kind: str, name: str, monkeypatch: pytest.MonkeyPatch) -> Row | None:
    """Of the table, in short times for what waits in the same way as others do."""
    if kind != "meters" or name not in (*ON_MODBUS, "heidelberg") or name == AS_IT_COMES:
        return None
    monkeypatch.setattr("simulators.wires.line.SLOW_S", SLOW_S / FASTER)
    there = TABLE[kind][name]
    return replace(there, entries={**there.entries, **QUICK})


@pytest.mark.parametrize(("kind", "name", "part"), PARTS)
def test_a_driver_keeps_every_rule(kind: str, name: str, part: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kit = KITS[kind]
    rules = kit.rules[part :: kit.parts]
    with trial(kind, name, tmp_path, row(kind, name, monkeypatch)) as (make, bench):
        held = kit.check(make, bench, rules)
    assert len(held) >= len(rules) - 1, f"hardly anything was played: {held}"


def test_every_driver_has_a_device_behind_its_wire_and_no_device_is_without_a_driver() -> None:
    assert {(kind, name) for kind, rows in TABLE.items() for name in rows} == {each for each in DRIVERS if each[1] != "simulated"}


def test_what_has_several_names_is_the_same_on_the_bench_by_each_of_them() -> None:
    for kind, name in DRIVERS:
        played = PLACES[kind, hal.DRIVERS[kind][name]][1]
        assert TABLE[kind].get(name) == TABLE[kind].get(played), f"{name} is not played as {played}"


def test_every_driver_says_what_is_to_be_known_of_it() -> None:
    silent = [(kind, name) for kind, name in DRIVERS if name != "simulated" and hal.about(kind, name) is None]
    assert silent == []
