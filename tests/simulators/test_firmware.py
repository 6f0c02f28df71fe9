"""The controller inside a board with a microcontroller of its own, on a simulated car."""

from typing import Any

import pytest
from msgspec.structs import replace

from hal.measured import PILOT_FAULT_PPM, PILOT_STEADY_PPM, BoardFault
from simulators import verbs
from simulators.firmware import TICK_S, Firmware, Traits
from simulators.hardware import ConnectorPlan, EvsePlan
from simulators.troubles import Retry
from simulators.world import World

FIXED = EvsePlan(id=1, connectors=(ConnectorPlan(1, "fixed"),))
SOCKET = EvsePlan(id=1)


class Rig:
    """One EVSE with a board of its own mind, under a virtual clock."""

    def __init__(self, traits: Traits = Traits(), plan: EvsePlan = FIXED) -> None:  # noqa: B008  (frozen)
        self.now = 1_000.0
        self.world = World([plan])
        self.world.open(self.now)
        self.evse = self.world.evses[1]
        self.board = Firmware(self.evse, traits)
        self.run(0.1)

    def run(self, lasts_s: float) -> None:
        for _ in range(round(lasts_s / TICK_S)):
            self.now += TICK_S
            self.board.tick(self.now)

    def until(self, what: str, within_s: float = 20.0) -> float:
        """Let time pass until the contactor is ``closed`` or ``open``; how long that took."""
        began_s = self.now
        while self.evse.contacts.closed is not (what == "closed"):
            assert self.now - began_s < within_s, f"not {what} within {within_s} s; faults {set(self.board.faults)}"
            self.run(TICK_S)
        return self.now - began_s

    def plug(self, **entries: Any) -> None:
        verbs.plug(self.world, self.evse, entries, self.now)
        self.world.changed(self.now)

    def want(self, **entries: Any) -> None:
        verbs.patch_ev(self.world, self.evse, entries, self.now)
        self.world.changed(self.now)

    def unplug(self) -> None:
        verbs.unplug(self.world, self.evse, {}, self.now)
        self.world.changed(self.now)
        self.run(0.5)

    def break_(self, **entries: Any) -> None:
        self.evse.fit(replace(self.evse.hardware, **entries), self.now)
        self.world.changed(self.now)


def charging(traits: Traits = Traits(), plan: EvsePlan = FIXED, **entries: Any) -> Rig:  # noqa: B008  (frozen)
    rig = Rig(traits, plan)
    rig.plug(**entries)
    rig.until("closed")
    return rig


def test_it_charges_whoever_asks_at_the_current_that_was_set() -> None:
    rig = Rig()
    assert (rig.board.state, rig.evse.duty_ppm) == ("A", PILOT_STEADY_PPM)
    rig.plug(phases=3)
    rig.until("closed")
    rig.board.set_current_ma(10_000)
    rig.run(6)
    assert [round(ma, -1) for ma in rig.evse.feed.flow_ma] == [10_000] * 3
    rig.unplug()
    assert (rig.board.state, rig.evse.contacts.closed) == ("A", False)


def test_the_plug_is_locked_before_and_released_after() -> None:
    rig = charging(plan=SOCKET)
    assert rig.evse.locked
    rig.want(request=False)
    rig.run(1)
    assert (rig.board.state, rig.evse.contacts.closed, rig.evse.locked) == ("B", False, False)


def test_an_ev_that_stops_by_itself_is_off_within_a_tenth_of_a_second() -> None:
    rig = charging()
    rig.want(request=False)
    assert rig.until("open") <= 0.1


@pytest.mark.parametrize("pause", ["enabled", "current"])
def test_a_pause_gives_the_ev_its_time_and_then_opens_under_load(pause: str) -> None:
    rig = charging(Traits(let_go_s=3.0), car="ignores-x1")
    if pause == "enabled":
        rig.board.enabled = False
    else:
        rig.board.set_current_ma(5_000)
    assert 2.9 <= rig.until("open") <= 3.2
    assert rig.evse.timing.openings_under_load == 1
    rig.run(10)
    assert not rig.evse.contacts.closed
    rig.board.enabled = True
    rig.board.set_current_ma(16_000)
    rig.until("closed")


def test_state_f_opens_at_once_and_comes_back() -> None:
    rig = charging()
    rig.board.show_f = True
    assert rig.until("open") <= 0.1
    rig.run(0.2)
    assert (rig.board.state, rig.evse.duty_ppm) == ("F", PILOT_FAULT_PPM)
    rig.board.show_f = False
    rig.until("closed")


TROUBLES: list[tuple[str, dict[str, Any]]] = [
    ("gfci", {"rcd": "tripped"}),
    ("ground", {"earth": "lost"}),
    ("over_temperature", {"temperature_c": 75.0}),
]


@pytest.mark.parametrize(("trouble", "entries"), TROUBLES)
def test_what_is_wrong_opens_it_and_shows_no_offer(trouble: str, entries: dict[str, Any]) -> None:
    rig = charging()
    rig.break_(**entries)
    rig.until("open", 0.1)
    rig.run(1)
    assert rig.board.faults == {trouble}
    assert rig.evse.duty_ppm == PILOT_STEADY_PPM


def test_a_diode_is_missed_before_anything_is_closed() -> None:
    rig = Rig()
    rig.plug()
    rig.want(diode="failed")
    rig.run(10)
    assert rig.board.faults == {"diode"}
    assert rig.evse.timing.closings == 0
    rig.unplug()
    assert not rig.board.faults


def test_a_welded_relay_locks_it_out_until_power_comes_anew() -> None:
    rig = charging()
    rig.break_(contactor="welded")
    rig.want(request=False)
    rig.run(1.5)
    assert rig.board.faults == {"stuck_relay"}
    assert rig.board.locked_out
    rig.break_(contactor=None)
    rig.run(1)
    assert rig.board.faults
    rig.board.power_cycle(rig.now)
    rig.run(2)
    assert not rig.board.faults


def test_a_residual_current_is_tried_again_and_then_given_up() -> None:
    rig = charging(Traits(retry=Retry(times=2, pause_s=10.0)))
    for tries in (1, 2, 3):
        rig.break_(rcd="tripped")
        rig.until("open")
        rig.run(0.1)
        assert rig.board.trips("gfci") == tries
        rig.break_(rcd=None)
        if tries < 3:
            assert not rig.board.locked_out
            rig.until("closed")
    rig.run(60)
    assert rig.board.locked_out
    assert not rig.evse.contacts.closed


def test_the_monitor_is_tested_before_every_closing_and_nobody_is_served_meanwhile() -> None:
    rig = Rig(Traits(selftest=True))
    rig.plug()
    deaf_s = 0.0
    while not rig.evse.contacts.closed:
        rig.run(TICK_S)
        deaf_s += TICK_S * rig.board.deaf(rig.now)
    assert 1.0 < deaf_s < 2.0
    assert not rig.board.faults
    rig = Rig(Traits(selftest=True))
    rig.break_(rcd="dead")
    rig.plug()
    rig.run(10)
    assert rig.board.faults == {"selftest"}
    assert rig.board.locked_out
    assert rig.evse.timing.closings == 0


def test_a_host_that_falls_silent_leaves_the_fallback_current() -> None:
    rig = charging()
    rig.board.supervise(5.0, 6_000, rig.now)
    rig.run(4.9)
    assert rig.evse.advertised_ma > 30_000
    rig.run(1)
    assert (rig.board.missed, rig.evse.advertised_ma) == (True, 6_000)
    rig.board.supervise(5.0, 0, rig.now)
    rig.run(6)
    assert not rig.evse.contacts.closed


def test_a_power_cut_opens_it_and_it_charges_again_by_itself() -> None:
    rig = charging(Traits(boot_s=2.0))
    boots = rig.board.boots
    rig.world.switch_power(False)
    rig.run(1)
    assert not rig.evse.contacts.closed
    assert not rig.board.alive
    rig.world.switch_power(True)
    assert rig.until("closed") > 2.0
    assert rig.board.boots == boots + 1


def test_a_controller_that_hangs_is_open_by_its_dead_man() -> None:
    rig = charging()
    rig.world.advance(rig.now + 0.2)
    assert not rig.evse.contacts.closed


def test_a_thin_cable_and_heat_bound_the_offer() -> None:
    rig = charging(Traits(derates=True), SOCKET, cable_ohm=680)
    assert rig.evse.advertised_ma == pytest.approx(20_000, abs=5)
    rig.break_(temperature_c=66.0)
    rig.run(0.1)
    assert rig.evse.advertised_ma == pytest.approx(10_000, abs=5)


def test_a_fault_raised_on_the_bench_is_found_by_its_kind() -> None:
    rig = charging()
    rig.evse.faults["x"] = BoardFault("x", "over_current_failure")
    rig.run(11)
    assert rig.board.faults == {"over_current"}
