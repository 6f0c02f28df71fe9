"""Every interlock: its name, its kind, when it opens the contactor, when it is over."""

from collections.abc import Callable
from typing import get_args

import pytest

from chargepoint.control.safety import HOLD_S, INTERLOCKS, RETEST_S
from chargepoint.control.settings import EvseSettings
from chargepoint.control.watch import BOARD_FAULTS, TEXT
from chargepoint.domain.faults import WARNINGS
from hal.measured import BoardFault, FaultKind
from tests.control.rig import SOCKET, Plant, Rig


def hold(name: str, value: object) -> Callable[[Plant], None]:
    """Set one thing of the plant."""
    return lambda plant: setattr(plant, name, value)


PILOT: FaultKind = "ev_communication_error"

CASES: list[tuple[str, FaultKind, Callable[[Plant], None], Callable[[Plant], None], float]] = [
    ("pilot_short", PILOT, hold("forced", "E"), hold("forced", None), 0.01),
    ("pilot_implausible", PILOT, hold("forced", "?"), hold("forced", None), 0.01),
    ("pilot_implausible", PILOT, hold("forced", "F"), hold("forced", None), 0.01),
    ("diode_failed", PILOT, hold("diode", False), hold("diode", True), 0.12),
    ("ventilation_not_available", "other", hold("forced", "D"), hold("forced", None), 0.01),
    ("board_silent", "internal_error", hold("board_lost", True), hold("board_lost", False), 0.17),
    ("meter_silent", "power_meter_failure", hold("meter_lost", True), hold("meter_lost", False), 5.02),
    ("rcd_tripped", "ground_failure", hold("rcd", True), hold("rcd", False), 0.01),
    ("emergency_stop", "other", hold("emergency_stop", True), hold("emergency_stop", False), 0.01),
    ("over_temperature", "high_temperature", hold("temperature_c", 80.0), hold("temperature_c", 74.9), 0.01),
    ("contactor_failed_to_close", "power_switch_failure", hold("stuck", False), hold("stuck", None), 0.52),
    ("lock_failed", "connector_lock_failure", hold("jammed", False), hold("jammed", None), 3.02),
    ("proximity_out_of_range", "other", hold("pp_ohm", 59), hold("pp_ohm", 60), 0.01),
    ("proximity_out_of_range", "other", hold("pp_ohm", 4_501), hold("pp_ohm", 4_500), 0.01),
]


@pytest.mark.parametrize(("name", "kind", "begin", "end", "within_s"), CASES)
def test_an_abnormal_input_opens_the_contactor_and_is_named_until_it_is_over(
    name: str, kind: FaultKind, begin: Callable[[Plant], None], end: Callable[[Plant], None], within_s: float
) -> None:
    rig = Rig()
    rig.charge()
    rig.run(1)
    begin(rig.plants[1])
    assert rig.run_until(lambda: not rig.closed(), within_s) <= within_s
    assert rig.faults() == {name}
    (fault,) = rig.told().faults
    assert (fault.kind, fault.since_s, rig.told().state) == (kind, rig.now, "fault")
    assert len(fault.info) > 20
    end(rig.plants[1])
    hold_s = RETEST_S if name in {"diode_failed", "contactor_failed_to_close"} else HOLD_S
    assert rig.run_until(lambda: not rig.faults(), hold_s + 0.1) > hold_s - 0.6
    rig.run_until(rig.closed, 6)


def test_each_row_has_a_case() -> None:
    elsewhere = {"contactor_welded", "control_late"}
    assert {row.name for row in INTERLOCKS} == {name for name, *_ in CASES} | elsewhere


def test_a_scan_that_came_late_is_a_fault() -> None:
    rig = Rig()
    rig.charge()
    rig.late_s = 0.09
    rig.scan()
    assert rig.closed()
    rig.late_s = 0.11
    rig.scan()
    assert not rig.closed()
    assert rig.faults() == {"control_late"}


def test_a_welded_contactor_is_told_as_closed_and_nothing_is_offered() -> None:
    rig = Rig()
    rig.charge()
    rig.plants[1].stuck = True
    rig.revoke()
    rig.run(3)
    assert rig.faults() == {"contactor_welded"}
    assert rig.told().contactor_closed
    assert rig.told().locked, "the plug stays locked while the contactor is closed"
    rig.permit()
    rig.run(10)
    assert not rig.closed()
    assert rig.told().offered_ma == 0
    rig.plants[1].stuck = None
    rig.run_until(rig.closed, 10)


def test_a_short_mismatch_of_the_contactor_is_its_travel() -> None:
    rig = Rig()
    rig.charge()
    rig.plants[1].closed = False
    rig.plants[1].stuck = False
    rig.run(0.4)
    rig.plants[1].stuck = None
    rig.run(1)
    assert rig.closed()
    assert not rig.faults()


def test_heat_has_to_go_well_below_its_limit() -> None:
    rig = Rig()
    rig.plants[1].temperature_c = 80.0
    rig.run(1)
    rig.plants[1].temperature_c = 75.0
    rig.run(60)
    assert rig.faults() == {"over_temperature"}
    rig.plants[1].temperature_c = None
    rig.run(2)
    assert not rig.faults()


@pytest.mark.parametrize("name", ["diode_failed", "contactor_failed_to_close"])
def test_what_cannot_be_tested_is_forgotten_when_the_ev_leaves(name: str) -> None:
    rig = Rig()
    rig.charge()
    setattr(rig.plants[1], *{"diode_failed": ("diode", False), "contactor_failed_to_close": ("stuck", False)}[name])
    rig.run(2)
    assert rig.faults() == {name}
    rig.plants[1].unplug()
    rig.run(0.2)
    assert not rig.faults()


def test_a_start_without_board_shows_it() -> None:
    rig = Rig()
    rig.plants[1].board_lost = True
    rig.run(0.9)
    assert not rig.faults()
    rig.run(0.2)
    assert rig.faults() == {"board_silent"}
    rig.plants[1].board_lost = False
    rig.run(2)
    assert not rig.faults()
    assert rig.told().state == "A"


def test_charging_does_not_start_before_the_meter_has_spoken() -> None:
    rig = Rig()
    rig.plants[1].meter_lost = True
    rig.plants[1].plug()
    rig.run(1)
    rig.permit()
    rig.run(2)
    assert not rig.closed()
    assert rig.told().offered_ma == 0
    assert not rig.faults()
    rig.plants[1].meter_lost = False
    rig.run_until(rig.closed, 2)


def test_a_chattering_cause_is_one_fault_and_one_opening() -> None:
    rig = Rig()
    rig.charge()
    before = len(rig.events)
    for _ in range(100):
        rig.plants[1].rcd = not rig.plants[1].rcd
        rig.scan()
    assert [event.state for event in rig.events[before:]].count("fault") <= 4
    assert {event.faults[0].since_s for event in rig.events[before:] if event.faults} == {rig.told().faults[0].since_s}


def test_a_plug_lock_that_does_not_open_is_a_fault_too() -> None:
    rig = Rig()
    rig.charge()
    rig.plants[1].jammed = True
    rig.revoke()
    rig.run(5)
    assert rig.faults() == {"lock_failed"}


def test_a_fixed_cable_has_neither_lock_nor_proximity() -> None:
    rig = Rig(EvseSettings(evse=1, rating_ma=32_000))
    rig.charge()
    rig.plants[1].pp_ohm, rig.plants[1].jammed = 1, False
    rig.run(5)
    assert rig.closed()
    assert rig.told().locked is None


def test_what_the_board_says_is_kept_under_its_own_name_next_to_ours() -> None:
    rig = Rig()
    rig.charge()
    smoke = BoardFault("smoke", "over_voltage", "V1", "x")
    rig.plants[1].faults, rig.plants[1].rcd = (smoke, BoardFault("rcd_tripped", "other")), True
    rig.scan()
    told = {fault.name: fault for fault in rig.told().faults}
    assert set(told) == {"smoke", "rcd_tripped"}
    assert (told["smoke"].kind, told["smoke"].vendor_code, told["smoke"].info) == ("over_voltage", "V1", "x")
    assert told["rcd_tripped"].kind == "ground_failure"
    rig.plants[1].faults = (BoardFault("smoke", "under_voltage"),)
    rig.scan()
    assert [(fault.kind, fault.since_s) for fault in rig.told().faults if fault.name == "smoke"] == [
        ("under_voltage", told["smoke"].since_s)
    ]


@pytest.mark.parametrize("kind", get_args(FaultKind))
def test_only_warnings_let_the_car_charge_on(kind: FaultKind) -> None:
    rig = Rig()
    rig.charge()
    rig.plants[1].faults = (BoardFault("smoke", kind),)
    rig.scan()
    assert rig.closed() == (kind in WARNINGS)
    assert rig.faults() == {"smoke"}


def test_what_a_board_says_is_bounded() -> None:
    rig = Rig(SOCKET)
    rig.plants[1].faults = tuple(BoardFault(f"{number}" * 500, "other", "v" * 500, "i" * 500) for number in range(100, 200))
    rig.scan()
    assert len(rig.told().faults) == BOARD_FAULTS
    assert all(len(text) <= TEXT for fault in rig.told().faults for text in (fault.name, fault.info, fault.vendor_code))
