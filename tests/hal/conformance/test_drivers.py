"""Every driver of the table, through the conformance kit, over its wire and with every fault of it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import hal
from hal import conformance
from simulators.wires.table import TABLE
from simulators.wires.trial import trial

CHECKS: dict[str, Callable[[Any, Any], list[str]]] = {
    "boards": conformance.check_board,
    "meters": conformance.check_meter,
    "readers": conformance.check_reader,
    "displays": conformance.check_display,
    "indicators": conformance.check_indicator,
}
DRIVERS = [(kind, name) for kind in TABLE for name in hal.DRIVERS[kind]]
PLACES = {(kind, hal.DRIVERS[kind][name]): (kind, name) for kind, name in DRIVERS}
"""One name for each: what has several is played once."""


@pytest.mark.parametrize(("kind", "name"), PLACES.values())
def test_a_driver_keeps_every_rule(kind: str, name: str, tmp_path: Path) -> None:
    with trial(kind, name, tmp_path) as (make, bench):
        held = CHECKS[kind](make, bench)
    assert len(held) >= 4, f"hardly anything was played: {held}"


def test_every_driver_has_a_device_behind_its_wire_and_no_device_is_without_a_driver() -> None:
    assert {(kind, name) for kind, rows in TABLE.items() for name in rows} == {each for each in DRIVERS if each[1] != "simulated"}


def test_every_driver_says_what_is_to_be_known_of_it() -> None:
    silent = [(kind, name) for kind, name in DRIVERS if name != "simulated" and hal.about(kind, name) is None]
    assert silent == []
