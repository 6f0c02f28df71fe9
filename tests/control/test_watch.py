"""Faults as they come and go, where no row of the table says it alone: many at once, chattering, what boards say by themselves."""

from typing import get_args

import pytest

from chargepoint.control.kept import KeptEvse, KeptFault
from chargepoint.control.settings import EvseSettings
from chargepoint.control.watch import BOARD_FAULTS, TEXT
from chargepoint.domain.fault_table import KINDS
from chargepoint.link.codec import encode
from chargepoint.link.messages import MAX_MESSAGE_BYTES, ClearFault, Snapshot
from hal.measured import BoardFault, FaultKind
from tests.control.cases import CASES, raised
from tests.control.plant import turn
from tests.control.rig import COARSE_S, SOCKET, Rig

TOGETHER = (
    "rcd_tripped",
    "emergency_stop",
    "earth_lost",
    "enclosure_open",
    "tilted",
    "over_temperature",
    "over_voltage",
    "control_overloaded",
)


def test_all_causes_are_kept_and_shown_the_oldest_first_and_each_goes_by_its_own_row() -> None:
    rig = Rig()
    rig.charge()
    rig.run(1)
    for name in TOGETHER:
        CASES[name].begin(rig)
        rig.run_until(lambda name=name: name in rig.faults(), 2)  # type: ignore[misc]
    assert [fault.name for fault in rig.told().faults] == list(TOGETHER)
    for name in TOGETHER:
        CASES[name].end(rig)
    rig.run(40)
    assert rig.faults() == {"rcd_tripped", "emergency_stop", "enclosure_open", "tilted"}
    rig.leave()
    rig.run(2)
    assert rig.faults() == {"tilted"}
    assert rig.clear("tilted").cleared
    rig.run(1)
    rig.charge()


def test_a_cause_that_does_not_last_is_no_fault_however_often_it_comes() -> None:
    rig = Rig()
    rig.charge()
    rig.run(1)
    for _ in range(10):
        rig.plants[1].tilted = True
        rig.run(0.4)
        rig.plants[1].tilted = False
        rig.run(0.05)
    assert rig.closed()
    assert not any(event.faults for event in rig.events)


def test_a_chattering_cause_is_one_fault_and_one_opening() -> None:
    rig = Rig()
    rig.charge()
    before = len(rig.events)
    for _ in range(100):
        rig.plants[1].earth_good = False
        rig.run(0.06)
        rig.plants[1].earth_good = True
        rig.run(0.5)
    assert {event.faults[0].since_s for event in rig.events[before:] if event.faults} == {rig.told().faults[0].since_s}
    assert rig.told().contactor.closings == 1


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


def test_a_short_mismatch_of_the_contactor_is_its_travel() -> None:
    rig = Rig()
    rig.charge()
    rig.plants[1].stuck = False
    rig.run(0.25)
    rig.plants[1].stuck = None
    rig.run(1)
    assert (rig.closed(), rig.faults()) == (True, set())


def test_a_welded_contactor_is_told_as_closed_its_plug_stays_locked_and_the_breaker_upstream_is_tripped() -> None:
    rig = Rig(CASES["contactor_welded"].settings)
    rig.run(4)
    rig.charge()
    rig.plants[1].stuck = True
    rig.revoke()
    assert not rig.outputs[1].shunt_trip
    rig.run(3)
    assert (rig.faults(), rig.told().contactor_closed, rig.told().locked) == ({"contactor_welded"}, True, True)
    assert rig.outputs[1].shunt_trip
    rig.permit()
    rig.run(10)
    assert (rig.closed(), rig.told().offered_ma) == (False, 0)
    rig.plants[1].stuck = None
    rig.run(10)
    assert (rig.closed(), rig.told().locked) == (False, False), "free five seconds after it has opened"


def test_a_weld_without_feedback_is_seen_by_the_current() -> None:
    rig = Rig(SOCKET)
    rig.plants[1].feedback = False
    rig.charge()
    rig.plants[1].stuck = rig.plants[1].stubborn = True
    rig.revoke()
    rig.run_until(lambda: "contactor_welded" in rig.faults(), 10)
    assert rig.told().state == "fault"


@pytest.mark.parametrize("ohm", [None, 220])
def test_a_weld_at_boot_is_found_before_anything_is_offered(ohm: int | None) -> None:
    rig = Rig()
    rig.plants[1].stuck = True
    if ohm is not None:
        rig.plants[1].plug()
    rig.run(1.2)
    assert rig.faults() == {"contactor_welded"}
    assert not any(event.offered_ma for event in rig.events)


def test_a_contact_that_is_seen_closed_is_not_closed_upon_before_it_is_a_fault() -> None:
    rig = Rig()
    rig.plants[1].asks = None
    rig.arrive()
    rig.permit()
    rig.run(2)
    rig.plants[1].stuck = True
    rig.plants[1].letter = rig.plants[1].asks = "C"
    rig.run(0.8)
    assert (rig.told().state, rig.closed(), rig.faults()) == ("B2", False, set())
    rig.run(0.3)
    assert rig.faults() == {"contactor_welded"}


def test_charging_does_not_start_before_the_meter_has_spoken() -> None:
    rig = Rig()
    rig.plants[1].meter_lost = True
    rig.arrive()
    rig.permit()
    rig.run(2)
    assert (rig.closed(), rig.told().offered_ma, rig.faults(), rig.limits()["no meter reading"]) == (False, 0, set(), 0)
    rig.plants[1].meter_lost = False
    rig.run_until(rig.closed, 2)


def test_a_plug_lock_that_does_not_open_after_the_session_is_a_fault() -> None:
    rig = Rig()
    rig.charge()
    rig.plants[1].jammed = True
    rig.revoke()
    rig.run(5)
    assert rig.faults() == {"lock_stuck"}


def test_a_fixed_cable_has_neither_lock_nor_proximity() -> None:
    rig = Rig(EvseSettings(evse=1, rating_ma=32_000))
    rig.charge()
    rig.plants[1].pp_ohm, rig.plants[1].jammed = 1, False
    rig.run(5)
    assert rig.closed()
    assert rig.told().locked is None


def test_a_fixed_cable_that_carries_less_bounds_the_offer() -> None:
    rig = Rig(EvseSettings(evse=1, rating_ma=32_000, cable_ma=20_000))
    rig.charge()
    assert (rig.told().offered_ma, rig.lowest().source, rig.lowest().owner) == (20_000, "cable", "driver")


def test_a_fault_of_an_earlier_release_is_kept_as_one_that_somebody_should_look_at() -> None:
    rig = Rig(kept={1: KeptEvse((KeptFault("gone_from_the_table", "it was bad"), KeptFault("also_gone", "very")))})
    rig.run(5)
    assert [(fault.name, fault.latched) for fault in rig.told().faults] == [("memory_lost", True)]
    assert (rig.told().state, rig.closed()) == ("out", False)


def test_the_shunt_trip_is_only_for_boards_that_have_one() -> None:
    rig = Rig()
    rig.plants[1].stuck = True
    rig.run(2)
    assert rig.faults() == {"contactor_welded"}
    assert not rig.outputs[1].shunt_trip


def test_what_the_board_says_is_kept_under_its_own_name_next_to_ours() -> None:
    rig = Rig()
    rig.charge()
    turn(faults=(BoardFault("smoke", "over_voltage", "V1", "x"), BoardFault("rcd_tripped", "other")), rcd=True)(rig.plants[1])
    rig.scan()
    told = {(fault.name, fault.by_board): fault for fault in rig.told().faults}
    assert set(told) == {("smoke", True), ("rcd_tripped", True), ("rcd_tripped", False)}
    smoke = told["smoke", True]
    assert (smoke.kind, smoke.vendor_code, smoke.info, smoke.row) == ("over_voltage", "V1", "x", KINDS["over_voltage"])
    rig.plants[1].faults = (BoardFault("smoke", "under_voltage"),)
    rig.scan()
    assert [(fault.kind, fault.since_s) for fault in rig.told().faults if fault.name == "smoke"] == [("under_voltage", smoke.since_s)]
    assert not rig.clear("smoke").cleared, "what a board says, a board takes back"
    rig.plants[1].faults = ()
    rig.run(2)
    assert rig.faults() == {"rcd_tripped"}


@pytest.mark.parametrize("kind", get_args(FaultKind))
def test_only_warnings_of_a_board_let_the_car_charge_on(kind: FaultKind) -> None:
    rig = Rig()
    rig.charge()
    rig.plants[1].faults = (BoardFault("smoke", kind),)
    rig.scan()
    assert rig.closed() == (KINDS[kind].action == "warn")
    assert rig.faults() == {"smoke"}
    rig.plants[1].faults = ()
    rig.run(COARSE_S)
    assert rig.faults() == {"smoke"}
    rig.run(KINDS[kind].hold_s + 0.1)
    assert not rig.faults()


def test_what_a_board_or_a_technician_says_is_bounded() -> None:
    rig = Rig(SOCKET)
    rig.plants[1].faults = tuple(BoardFault(f"{number}" * 500, "other", "v" * 500, "i" * 500) for number in range(100, 200))
    rig.scan(ClearFault(1, "n" * 60_000, "w" * 60_000))
    assert len(rig.told().faults) == BOARD_FAULTS
    assert all(len(text) <= TEXT for fault in rig.told().faults for text in (fault.name, fault.info, fault.vendor_code))
    assert len(encode(Snapshot("boot", 0.0, (rig.told(),) * 4))) < MAX_MESSAGE_BYTES


def test_everything_at_once_fits_a_message() -> None:
    rig = raised("meter_frozen")
    for name, case in CASES.items():
        if name not in {"contactor_welded", "proximity_changed", "lock_stuck", "board_silent", "thermometer_silent"}:
            case.begin(rig) if case.closed else None
    rig.run(10)
    assert len(rig.faults()) > 10
    assert len(encode(Snapshot("boot", 0.0, (rig.told(),)))) < MAX_MESSAGE_BYTES // 4
