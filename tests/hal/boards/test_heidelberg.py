"""What a Heidelberg Energy Control has of its own: a watchdog, settings that a power cut forgets, a meter."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hal.boards import heidelberg
from hal.errors import DeviceError
from simulators import verbs
from simulators.hardware import ConnectorPlan, EvsePlan
from tests.hal.boards.modbus_rig import FIXED, IDLE, PORT, Site, charging, empty_site, host, offer, site, until

NAME = "heidelberg"
ONE_PHASE = EvsePlan(id=1, phases=1, connectors=(ConnectorPlan(1, "fixed"),))
AS_WANTED = {257: 15_000, 258: 4, 259: 1, 261: 0, 262: 0}


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Site]:
    with site(tmp_path, NAME) as made:
        yield made


def test_it_is_awake_unlocked_and_watched_with_a_failsafe_of_nothing_also_after_a_power_cut(
    at: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heidelberg, "LOOKS_S", 1.0)
    at.device().set.update({257: 0, 259: 0, 262: 60})
    with host(at, NAME) as made:
        made.until(lambda: at.device().set == AS_WANTED, 5)
        at.reset()
        made.until(lambda: at.device().set != AS_WANTED, 3)
        made.until(lambda: at.device().set == AS_WANTED, 8)


def test_its_watchdog_is_fed_as_long_as_its_host_lives(at: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heidelberg, "SETTINGS", {**heidelberg.SETTINGS, "watchdog_ms": 2_000})
    with host(at, NAME) as made:
        charging(at, made)
        ends_s = time.monotonic() + 5
        while time.monotonic() < ends_s:
            made.scan(0.2)
            assert at.offered_a == 16
        at.spoil("silent")
        made.until(lambda: at.offered_a == 0 and not at.closed, 9, "its failsafe")
        at.spoil(None)
        made.until(lambda: at.closed and made.read.contactor_closed is True, 12, "charging again")


BROKEN: list[tuple[dict[str, Any], str, str]] = [
    ({"rcd": "tripped"}, "error", "internal_error"),
    ({"temperature_c": 75.0}, "error", "internal_error"),
]


@pytest.mark.parametrize(("entries", "name", "kind"), BROKEN)
def test_a_fault_of_its_own_is_told_and_the_car_is_still_there(at: Site, entries: dict[str, Any], name: str, kind: str) -> None:
    with host(at, NAME) as made:
        charging(at, made)
        at.patch(**entries)
        made.until(lambda: made.faults == {name: kind} and not at.closed, 6)
        assert made.read.cp_high_mv == 6_000
        made.want(IDLE)
        at.patch(**dict.fromkeys(entries))
        at.do(verbs.unplug)
        made.until(lambda: made.faults == {} and made.read.cp_high_mv == 12_000, 8)


def test_a_missing_diode_is_state_e(at: Site) -> None:
    with host(at, NAME) as made:
        at.plug(car="shorted-diode")
        made.want(offer(16))
        made.until(lambda: made.faults == {"state_e": "ev_communication_error"}, 8)
        assert at.evse.timing.closings == 0


def test_heat_is_told_in_degrees_and_it_goes_on_with_less(at: Site) -> None:
    with host(at, NAME) as made:
        charging(at, made)
        at.patch(temperature_c=66.5)
        made.until(lambda: made.read.temperature_c == 66.5 and at.device().state == 8, 6)
        assert made.read.contactor_closed is True
        assert at.offered_a < 16


def test_it_gets_tenths_of_an_ampere_and_no_more_than_its_sixteen(at: Site) -> None:
    with host(at, NAME) as made:
        made.want(offer(9.87))
        made.until(lambda: at.device().set[261] == 98, 3)
        made.want(offer(32))
        made.until(lambda: at.device().set[261] == 160, 3)


@pytest.mark.parametrize("plan", [FIXED, ONE_PHASE])
def test_its_meter_is_on_the_line_and_the_unit_of_the_board_and_tells_what_it_measures(tmp_path: Path, plan: EvsePlan) -> None:
    line = {**PORT, "unit": 5}
    with empty_site(tmp_path, plan) as at:
        at.fit("boards", NAME, line)
        at.fit("meters", NAME, line)
        at.loop.call(at.harness.open)
        until(lambda: at.firmware.boots > 0 and not at.firmware.deaf(time.monotonic()), 5)
        meter = at.driver("meters", NAME, {**line, "wiring": "123"[: plan.phases]})
        with host(at, NAME, unit=5) as made:
            meter.open()
            charging(at, made, current_a=10.0, phases=plan.phases)
            made.scan(1.5)
            reading = meter.read()
            shown = at.world.show(at.evse, time.monotonic())
            assert (reading.energy_wh, reading.power_w) == (shown.energy_wh, shown.power_w)
            assert reading.current_ma == shown.current_ma
            assert reading.voltage_mv == shown.voltage_mv
            assert (reading.power_w or 0) == 2300 * plan.phases
        meter.close()


def test_a_layout_that_is_none_is_told_in_a_sentence(at: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simulators.wires.heidelberg.LAYOUT", 0x4711)
    with pytest.raises(DeviceError, match="is no Heidelberg Energy Control: it says layout 0x4711"):
        at.driver("boards", NAME, PORT)._talk.open()
