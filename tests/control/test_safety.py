"""Every row of the fault table: when it is raised, what it does, when it is over. And what no row alone says."""

import pytest

from chargepoint.control.evse import FAULT_PAUSE_S, SHOWN_F_S, STOP_S
from chargepoint.control.safety import CAUSES
from chargepoint.domain.fault_table import FAULTS
from hal.measured import PILOT_FAULT_PPM, PILOT_STEADY_PPM
from tests.control.cases import CASES, latched, prepared, raised
from tests.control.rig import FINE_S, Rig

WORN = "contactor_worn"
"""What is worn stays worn until it is replaced."""
every_row = pytest.mark.parametrize("name", FAULTS)


def rows(**wanted: object) -> pytest.MarkDecorator:
    """Those of the table that say so."""
    return pytest.mark.parametrize(
        "name", [row.name for row in FAULTS.values() if all(getattr(row, key) == value for key, value in wanted.items())]
    )


def test_each_row_has_a_cause_and_a_case() -> None:
    assert set(CAUSES) == set(CASES) == set(FAULTS)


@pytest.mark.parametrize("name", [name for name in CASES if not CASES[name].kept.latched])
def test_it_is_raised_when_its_cause_has_lasted_and_not_a_scan_before(name: str) -> None:
    rig, case, row = prepared(name), CASES[name], FAULTS[name]
    case.begin(rig)
    due_s = case.seen_s + row.seen_after_s
    took_s = rig.run_until(lambda: name in rig.faults(), due_s + 1)
    assert due_s - 1e-9 <= took_s <= due_s + case.slack_s


@every_row
def test_it_is_told_with_its_kind_what_was_seen_and_since_when(name: str) -> None:
    rig, row = raised(name), FAULTS[name]
    told = next(fault for fault in rig.told().faults if fault.name == name)
    assert (told.kind, told.latched, told.row, told.by_board) == (row.kind, latched(row), row, False)
    assert len(told.info) > 10
    assert "{" not in told.info
    assert CASES[name].kept.latched or told.since_s == rig.now
    assert rig.faults() - {name} <= CASES[name].beside


@rows(action="open")
def test_what_opens_opens_in_the_same_scan_and_nothing_is_offered(name: str) -> None:
    rig, row = raised(name), FAULTS[name]
    was_closed = CASES[name].closed
    assert not rig.closed()
    locked_out = bool(CASES[name].kept.latched)
    assert rig.told().state == ("out" if locked_out else "fault_f" if was_closed and row.pilot_f else "fault")
    assert rig.duty() == (PILOT_FAULT_PPM if locked_out or (was_closed and row.pilot_f) else PILOT_STEADY_PPM)
    assert rig.limits().get("fault", 0) == 0
    if was_closed and row.pilot_f:
        assert SHOWN_F_S <= rig.run_until(lambda: rig.duty() == PILOT_STEADY_PPM, 1) <= SHOWN_F_S + FINE_S
    closed: list[bool] = []
    rig.watchers.append(lambda rig: closed.append(rig.closed()))
    rig.run(FAULT_PAUSE_S - 2)
    assert not any(closed)


@rows(action="pause")
@pytest.mark.parametrize("stubborn", [False, True])
def test_what_pauses_withdraws_the_offer_and_leaves_the_ev_its_6_s(name: str, stubborn: bool) -> None:
    rig = raised(name)
    rig.plants[1].stubborn = stubborn
    assert (rig.duty(), rig.closed(), rig.told().state, rig.limits()["fault"]) == (PILOT_STEADY_PPM, True, "stopping", 0)
    took_s = rig.run_until(lambda: not rig.closed(), STOP_S + 1)
    assert (STOP_S <= took_s <= STOP_S + 2 * FINE_S) if stubborn else took_s < 1


@rows(action="limit")
def test_what_limits_lowers_the_offer(name: str) -> None:
    rig = raised(name)
    rig.run(6)
    source = {"derated": "temperature", "thermometer_silent": "thermometer"}[name]
    assert (rig.closed(), rig.told().offered_ma, rig.lowest().source) == (True, 16_000, source)


@rows(action="warn")
def test_what_warns_lets_the_car_charge(name: str) -> None:
    rig = raised(name)
    rig.run(10)
    assert (rig.closed(), rig.told().offered_ma, rig.faults()) == (True, 32_000, {name})


@pytest.mark.sweep
@pytest.mark.parametrize("name", [row.name for row in FAULTS.values() if row.clears == "gone" and row.name != WORN])
def test_what_clears_by_itself_does_so_when_its_cause_has_been_gone_for_its_time(name: str) -> None:
    rig, row, case = raised(name), FAULTS[name], CASES[name]
    if not case.hidden:
        rig.run(2)
    hold_s = row.hold_s if row.retry is None else max(row.hold_s, row.retry.pause_s)
    case.end(rig)
    if name == "rcd_selftest_failed":
        rig.run_until(lambda: not rig.state.evses[1].selftest.failed, row.retry.pause_s + 3 if row.retry else 0)
        hold_s = row.hold_s
    took_s = rig.run_until(lambda: name not in rig.faults(), hold_s + 1)
    still_seen_s = 0.6 if case.hidden and row.action == "pause" else 0.0  # until the EV has let go
    assert hold_s - FINE_S - 1e-9 <= took_s <= hold_s + still_seen_s + 2 * FINE_S
    if case.closed:
        rig.run_until(lambda: rig.closed() and not rig.faults(), FAULT_PAUSE_S + 5, coarsely=True)


@rows(clears="unplugged")
def test_what_waits_for_the_car_to_leave_does_so(name: str) -> None:
    rig = raised(name)
    rig.run(1)
    CASES[name].end(rig)
    rig.run(60)
    assert (rig.faults(), rig.closed()) == ({name}, False)
    rig.leave()
    assert rig.run_until(lambda: not rig.faults(), FAULTS[name].hold_s + 0.1) < FAULTS[name].hold_s + 0.1
    rig.run(5)
    assert rig.told().state == "A"
    rig.charge()


@rows(clears="service")
def test_what_waits_for_a_technician_locks_out_until_he_comes(name: str) -> None:
    rig = raised(name)
    rig.run(1)
    CASES[name].end(rig)
    rig.run(60)
    if rig.told().plug_in is not None:
        assert (rig.told().state, rig.duty()) == ("fault", PILOT_STEADY_PPM), "presence stays measurable while the car is there"
        rig.leave()
    rig.run(60)
    assert (rig.faults(), rig.told().state, rig.duty()) == ({name}, "out", PILOT_FAULT_PPM)
    rig.plants[1].plug()
    rig.run(5)
    assert (rig.closed(), rig.told().state) == (False, "out")
    rig.plants[1].unplug()
    assert rig.clear(name).cleared
    rig.run(5)
    assert (rig.faults(), rig.told().state) == (set(), "A")
    rig.charge()


@pytest.mark.parametrize("name", [name for name in FAULTS if name != WORN])
def test_only_what_is_latched_and_gone_can_be_cleared(name: str) -> None:
    rig, row, case = raised(name), FAULTS[name], CASES[name]
    if not case.kept.latched:
        refused = rig.clear(name)
        assert (refused.cleared, name in refused.reason, name in rig.faults()) == (False, True, True)
    if latched(row) and not case.hidden and not case.kept.latched:
        rig.run(5)
        assert "still there" in rig.clear(name).reason
    case.end(rig)
    rig.run(row.hold_s + 0.1)
    assert rig.clear(name).cleared is latched(row)
    if latched(row):
        assert name not in rig.faults()
        assert name not in {fault.name for fault in rig.state.kept[1].latched}


def test_a_worn_contactor_is_cleared_by_replacing_it() -> None:
    rig = raised(WORN)
    assert rig.clear(WORN).cleared
    rig.run(1)
    assert (rig.faults(), rig.told().contactor.closings, rig.state.kept[1].contactor.closings) == (set(), 0, 0)


def test_what_is_not_there_cannot_be_cleared() -> None:
    rig = Rig()
    rig.run(1)
    outcome = rig.clear("tilted" * 100)
    assert not outcome.cleared
    assert "no such fault" in outcome.reason
    assert len(outcome.reason) < 300


@every_row
def test_what_is_latched_survives_a_restart_and_nothing_else_does(name: str) -> None:
    rig, row = raised(name), FAULTS[name]
    rig.run(0.1)
    info = next(fault.info for fault in rig.told().faults if fault.name == name)
    CASES[name].end(rig)
    rig.restart()
    rig.run(0.5)
    found = {fault.name: fault for fault in rig.told().faults}
    if name == WORN:
        assert found[WORN].row.action == "warn", "the counter has survived"
    elif latched(row):
        assert (found[name].latched, found[name].info) == (True, info)
        assert rig.told().state in {"fault", "out"}
    else:
        assert name not in found


@pytest.mark.sweep
@pytest.mark.parametrize("name", [row.name for row in FAULTS.values() if row.retry and not CAUSES[row.name].exhausted])
def test_what_is_tried_again_is_tried_so_often_and_no_more_for_one_car(name: str) -> None:
    """The self-test tries by itself; see test_selftest."""
    rig, row, case = prepared(name), FAULTS[name], CASES[name]
    assert row.retry is not None
    for number in range(row.retry.times + 1):
        case.begin(rig)
        rig.run_until(lambda: name in rig.faults(), case.seen_s + row.seen_after_s + 1, coarsely=True)
        assert is_latched(rig, name) is (number == row.retry.times)
        case.end(rig)
        if number < row.retry.times:
            rig.run_until(lambda: name not in rig.faults(), row.retry.pause_s + row.hold_s + 1, coarsely=True)
            rig.run_until(rig.closed, FAULT_PAUSE_S + 5, coarsely=True)
            rig.run(3)
    rig.run(row.retry.pause_s + 60)
    assert (name in rig.faults(), rig.closed()) == (True, False)
    rig.restart()
    rig.run(60)
    assert is_latched(rig, name), "a restart is no new car"
    rig.leave()
    rig.run(row.hold_s + 1)
    assert not rig.faults()
    rig.charge()


def is_latched(rig: Rig, name: str) -> bool:
    """Does this active fault wait for somebody?"""
    return next(fault.latched for fault in rig.told().faults if fault.name == name)
