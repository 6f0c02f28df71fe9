"""The residual current monitor: its test, its trips, and what a broken one does. Times in seconds."""

import pytest

from simulators import verbs
from tests.simulators.rig import OFFER_32_A, Rig

X1 = 1_000_000


def tripped(rig: Rig) -> bool:
    """What the board measures."""
    return rig.evse.inputs(rig.now).rcd_tripped


def until(rig: Rig, wanted: bool, within_s: float) -> float | None:
    """How long it takes; ``None``: longer."""
    began_s = rig.now
    while tripped(rig) != wanted:
        if rig.now - began_s > within_s:
            return None
        rig.run(0.005, 0.005)
    return rig.now - began_s


@pytest.mark.parametrize(
    ("rcd", "trips_s", "rearms_s"),
    [(None, 0.03, 1.2), ("slow", 0.03, 5.0), ("selftest_fails", None, 0.0), ("dead", None, 0.0), ("tripped", 0.0, None)],
)
def test_it_answers_its_test_and_arms_again(rcd: str | None, trips_s: float | None, rearms_s: float | None) -> None:
    rig = Rig()
    rig.patch(rcd=rcd)
    rig.drive(X1, contactor=False, rcd_test=True)
    for wanted, after_s in ((True, trips_s), (False, rearms_s)):
        took_s = until(rig, wanted, 6.0)
        assert took_s == (None if after_s is None else pytest.approx(after_s, abs=0.011))
        rig.drive(X1, contactor=False)
    assert bool(rig.evse.inputs(rig.now).faults) == (rcd == "selftest_fails")


def test_a_test_of_20_ms_trips_nothing() -> None:
    rig = Rig()
    rig.drive(X1, contactor=False, rcd_test=True)
    rig.run(0.02)
    rig.drive(X1, contactor=False)
    rig.run(0.1)
    assert not tripped(rig)


def test_a_tripped_monitor_cuts_the_coil_whatever_control_commands() -> None:
    rig = Rig()
    rig.charge()
    rig.drive(OFFER_32_A, rcd_test=True)
    rig.run(0.1)
    assert (tripped(rig), rig.evse.contacts.closed, rig.evse.outputs.contactor) == (True, False, True)


@pytest.mark.parametrize(("rcd", "cuts"), [(None, True), ("selftest_fails", True), ("slow", True), ("dead", False)])
def test_a_leaking_car_is_cut_off_by_all_but_a_dead_monitor(rcd: str | None, cuts: bool) -> None:
    rig = Rig()
    rig.patch(rcd=rcd)
    rig.do(verbs.plug, car="leaks")
    rig.drive(OFFER_32_A, contactor=False)
    rig.until("C")
    assert not tripped(rig)
    rig.drive(OFFER_32_A)
    rig.run(0.1)
    assert (tripped(rig), not rig.evse.contacts.closed) == (cuts, cuts)


def test_a_slow_monitor_tests_itself_when_its_supply_comes() -> None:
    rig = Rig()
    rig.patch(rcd="slow")
    for on in (False, True):
        rig.world.switch_power(on)
        rig.world.changed(rig.now)
    assert until(rig, False, 6.0) == pytest.approx(4.6, abs=0.01)


def test_mending_a_tripped_monitor_arms_it_at_once() -> None:
    rig = Rig()
    rig.patch(rcd="tripped")
    rig.run(1.0)
    assert tripped(rig)
    rig.patch(rcd=None)
    assert not tripped(rig)
