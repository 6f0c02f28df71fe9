"""One EVSE with its car, under a virtual clock."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hal.measured import BoardInputs, BoardOutputs
from simulators import verbs
from simulators.electrics import DEAD_MAN_S
from tests.simulators.rig import FIXED, OFFER_32_A, Rig

OFFER_10_A = 166_667


def test_without_kicks_the_contactor_is_open_and_the_offer_gone_within_200_ms() -> None:
    rig = Rig()
    rig.charge()
    killed_at = rig.now
    rig.jump(0.149)
    assert rig.evse.contactor.position
    rig.jump(0.051)
    assert not rig.evse.contactor.position
    assert rig.evse.duty_ppm == 1_000_000
    assert rig.power_w == 0
    assert rig.evse.timing.last_kick_s == pytest.approx(killed_at)


def test_kicks_that_are_left_out_keep_the_dead_man_quiet_unless_nobody_would_have_heard_them() -> None:
    rig = Rig()
    rig.charge(soc_percent=99.0, phases=1, current_a=10)
    assert rig.world.next_change_s == pytest.approx(rig.now + 500 / 2_300 * 3_600, abs=2.0)
    assert rig.world.next_event_s <= rig.now + DEAD_MAN_S
    rig.evse.keep_kicked(rig.now + 60.0)
    rig.jump(60.1)
    assert (rig.evse.contacts.closed, rig.evse.letter) == (True, "C")
    rig.patch(board="lost")
    rig.evse.keep_kicked(rig.now + 60.0)
    rig.jump(1.0)
    assert not rig.evse.contacts.closed


def test_a_kick_that_was_sent_in_time_counts_though_it_is_heard_late() -> None:
    rig = Rig()
    rig.charge()
    sent_s = rig.now + 0.1
    rig.evse.kick(rig.outputs, sent_s, rig.now + 0.5)
    rig.evse.advance(rig.now + 0.24)
    assert rig.evse.contactor.position


def test_contacts_take_15_ms_to_travel() -> None:
    rig = Rig()
    rig.evse.kick(BoardOutputs(1_000_000, True, False), rig.now, rig.now)
    assert rig.evse.next_event_s == pytest.approx(rig.now + 0.015)
    rig.jump(0.014)
    assert not rig.evse.contactor.position
    rig.jump(0.002)
    assert rig.evse.contactor.position


def test_the_car_asks_after_its_reaction_and_draws_the_lesser_of_its_own_and_the_advertised_current() -> None:
    rig = Rig()
    rig.do(verbs.plug, reaction_s=2.0, phases=2, current_a=16)
    assert rig.evse.letter == "B"
    rig.drive(OFFER_10_A)
    rig.run(1.98)
    assert rig.evse.letter == "B"
    rig.run(0.04)
    assert rig.evse.letter == "C"
    assert rig.evse.meter.show(rig.now).current_ma == (10_000, 10_000, 0)
    rig.drive(OFFER_32_A)
    rig.run(1.0)
    assert rig.evse.meter.show(rig.now).current_ma == (16_000, 16_000, 0)


def test_a_falling_duty_is_followed_within_a_second() -> None:
    rig = Rig()
    rig.charge()
    rig.drive(OFFER_10_A)
    rig.run(1.0)
    assert rig.power_w == pytest.approx(3 * 230 * 10)


@pytest.mark.parametrize("reaction_s", [0.0, 0.5, 5.0])
def test_when_the_offer_ends_the_current_falls_before_s2_opens(reaction_s: float) -> None:
    rig = Rig()
    rig.charge(reaction_s=min(reaction_s, 0.5))
    rig.drive(1_000_000)
    seen = []
    for _ in range(110):
        rig.run(0.01)
        seen.append((rig.evse.letter, rig.power_w > 0))
    assert ("C", False) in seen
    assert ("B", True) not in seen
    assert seen[-1] == ("B", False)


def test_a_pause_opens_s2_at_once_and_resuming_takes_the_reaction_time() -> None:
    rig = Rig()
    rig.charge(reaction_s=0.5)
    rig.do(verbs.patch_ev, request=False)
    assert (rig.evse.letter, rig.power_w) == ("B", 0)
    rig.do(verbs.patch_ev, request=True)
    rig.run(0.48)
    assert rig.evse.letter == "B"
    rig.run(0.04)
    assert rig.evse.letter == "C"


def test_odd_cars_show_on_the_pilot_and_are_restored() -> None:
    rig = Rig()
    rig.charge()
    rig.do(verbs.patch_ev, ventilation=True)
    assert rig.evse.letter == "D"
    rig.do(verbs.patch_ev, ventilation=None, diode="failed")
    assert rig.evse.letter == "C"
    assert rig.evse.plateaus.low_mv == -rig.evse.plateaus.high_mv
    rig.do(verbs.patch_ev, diode=None, pilot="E")
    assert rig.evse.letter == "E"
    rig.run(1.0)
    assert rig.power_w == 0
    rig.do(verbs.patch_ev, pilot=None)
    rig.run(1.0)
    assert (rig.evse.letter, rig.evse.plateaus.low_mv) == ("C", -12_000)


def test_pulling_the_cable_at_the_car_leaves_it_in_the_socket() -> None:
    rig = Rig()
    rig.charge()
    rig.do(verbs.unplug, side="ev")
    assert (rig.evse.letter, rig.power_w, rig.evse.inputs(rig.now).pp_ohm) == ("A", 0, 220)
    assert rig.evse.inputs(rig.now).plug_locked
    rig.do(verbs.unplug)
    assert rig.evse.inputs(rig.now).pp_ohm is None


def test_a_fixed_cable_has_neither_lock_nor_proximity_resistor() -> None:
    rig = Rig(plan=FIXED)
    rig.charge()
    inputs = rig.evse.inputs(rig.now)
    assert (inputs.plug_locked, inputs.pp_ohm) == (None, None)
    assert rig.evse.meter.show(rig.now).current_ma == (32_000, None, None)


@pytest.mark.parametrize(
    ("broken", "shows"),
    [
        ({"rcd": "tripped"}, {"rcd_tripped": True, "contactor_closed": False}),
        ({"emergency_stop": True}, {"emergency_stop": True, "contactor_closed": False}),
        ({"contactor": "stuck_open"}, {"contactor_closed": False}),
        ({"lock": "stuck_open"}, {"plug_locked": False}),
        ({"temperature_c": 85}, {"temperature_c": 85}),
        ({"pp_ohm": 680}, {"pp_ohm": 680}),
    ],
)
def test_broken_hardware_shows_in_the_inputs_and_is_mended(broken: dict[str, Any], shows: dict[str, Any]) -> None:
    def seen(inputs: BoardInputs) -> dict[str, Any]:
        return {name: getattr(inputs, name) for name in shows}

    rig = Rig()
    rig.charge()
    sound = seen(rig.evse.inputs(rig.now))
    rig.do(verbs.patch_hardware, **broken)
    rig.run(0.05)
    assert seen(rig.evse.inputs(rig.now)) == shows
    rig.do(verbs.patch_hardware, **dict.fromkeys(broken))
    rig.run(0.5)
    assert seen(rig.evse.inputs(rig.now)) == sound


def test_welded_contacts_and_a_stuck_lock_do_not_let_go() -> None:
    rig = Rig()
    rig.charge()
    rig.do(verbs.patch_hardware, contactor="welded", lock="stuck_closed")
    rig.drive(1_000_000, contactor=False, lock=False)
    rig.run(2.0)
    inputs = rig.evse.inputs(rig.now)
    assert (inputs.contactor_closed, inputs.plug_locked) == (True, True)
    rig.do(verbs.patch_hardware, contactor=None, lock=None)
    rig.run(0.5)
    inputs = rig.evse.inputs(rig.now)
    assert (inputs.contactor_closed, inputs.plug_locked) == (False, False)


def test_a_failing_rcd_selftest_is_diagnosed_by_the_board() -> None:
    rig = Rig()
    rig.do(verbs.patch_hardware, rcd="selftest_fails")
    assert [(fault.name, fault.kind) for fault in rig.evse.inputs(rig.now).faults] == [("rcd_selftest", "ground_failure")]


def test_a_lost_board_hears_no_kick_so_its_contactor_opens() -> None:
    rig = Rig()
    rig.charge()
    rig.do(verbs.patch_hardware, board="lost")
    rig.run(0.2)
    assert not rig.evse.contactor.position


def test_without_supply_the_pilot_is_dead_and_the_contactor_drops() -> None:
    rig = Rig()
    rig.charge()
    rig.world.switch_power(False)
    rig.world.changed(rig.now)
    rig.run(0.02)
    assert (rig.evse.letter, rig.evse.duty_ppm, rig.evse.contactor.position) == ("E", 0, False)
    assert rig.evse.locked
    assert rig.evse.ev is not None


def test_a_meter_freezes_and_is_overridden_while_its_register_counts_on() -> None:
    rig = Rig()
    rig.charge()
    rig.do(verbs.patch_hardware, meter="frozen")
    frozen = rig.evse.meter.show(rig.now)
    rig.run(2.0)
    assert rig.evse.meter.show(rig.now).energy_wh == frozen.energy_wh
    rig.do(verbs.patch_hardware, meter=None)
    assert rig.evse.meter.show(rig.now).energy_wh > frozen.energy_wh
    rig.do(verbs.patch_meter, energy_wh=5, current_a=[40, 0, 0], voltage_v=[250, 230, 230], frequency_hz=49.5)
    shown = rig.evse.meter.show(rig.now)
    assert (shown.energy_wh, shown.power_w, shown.frequency_hz) == (5, 10_000, 49.5)
    rig.do(verbs.patch_meter, energy_wh=None, current_a=None, voltage_v=None, frequency_hz=None)
    assert rig.power_w == pytest.approx(22_080)


def test_a_current_shown_through_open_contacts_is_no_energy() -> None:
    rig = Rig()
    rig.do(verbs.patch_meter, current_a=[16, 0, 0])
    rig.run(10.0)
    assert (rig.power_w, rig.evse.meter.register_wh) == (3_680, 0.0)


def test_speed_scales_the_cars_reaction_and_energy_and_nothing_else() -> None:
    rig = Rig(speed=60.0)
    rig.do(verbs.plug, reaction_s=60.0, phases=3)
    rig.drive(OFFER_32_A)
    rig.run(1.1)
    assert rig.evse.letter == "C"
    before_wh = rig.evse.meter.register_wh
    rig.run(1.0)
    assert rig.evse.meter.register_wh - before_wh == pytest.approx(22_080 / 60)
    rig.jump(0.149)
    assert rig.evse.contactor.position


def test_a_full_car_stops_by_itself_having_taken_what_its_battery_had_room_for() -> None:
    rig = Rig(speed=3600.0)
    rig.charge(soc_percent=99.0, phases=1, current_a=10)
    rig.run(1.0)
    assert rig.evse.letter == "B"
    assert rig.evse.meter.register_wh == pytest.approx(500, rel=1e-6)


def test_the_stamps_tell_command_and_travel_apart() -> None:
    rig = Rig()
    rig.charge()
    rig.do(verbs.patch_ev, request=False)
    left_s = rig.now
    rig.drive(OFFER_32_A, contactor=False)
    rig.run(0.1)
    timing = rig.evse.timing
    assert timing.pilot_left_c_s == left_s
    assert timing.open_commanded_s == pytest.approx(left_s + 0.01)
    assert timing.contacts_open_s == pytest.approx(left_s + 0.01 + 0.015)


ACTIONS = st.one_of(
    st.tuples(st.just("run"), st.floats(0.01, 3.0)),
    st.tuples(st.just("jump"), st.floats(0.0, 30.0)),
    st.tuples(st.just("drive"), st.sampled_from([(0, False), (1_000_000, False), (OFFER_10_A, True), (OFFER_32_A, True)])),
    st.tuples(st.just("plug"), st.sampled_from([{}, {"reaction_s": 0}, {"soc_percent": 99.99, "phases": 3}])),
    st.tuples(st.just("unplug"), st.sampled_from([{}, {"side": "ev"}])),
    st.tuples(st.just("patch_ev"), st.sampled_from([{"request": False}, {"request": True}, {"pilot": "E"}, {"pilot": None}])),
    st.tuples(
        st.just("patch_hardware"), st.sampled_from([{"rcd": "tripped"}, {"rcd": None}, {"contactor": "stuck_open"}, {"contactor": None}])
    ),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(ACTIONS, max_size=25))
def test_no_history_moves_the_meter_backwards_or_current_through_open_contacts(history: list[tuple[str, Any]]) -> None:
    rig = Rig()
    register_wh = 0.0
    for name, argument in [("plug", {"reaction_s": 0}), ("drive", (OFFER_32_A, True)), ("run", 0.5), *history]:
        if name in ("plug", "patch_ev") and (name == "plug") == (rig.evse.ev is not None):
            continue
        match name:
            case "run" | "jump":
                getattr(rig, name)(argument)
            case "drive":
                rig.drive(argument[0], contactor=argument[1])
            case _:
                rig.do(getattr(verbs, name), **argument)
        evse = rig.evse
        assert evse.meter.register_wh >= register_wh
        assert evse.contactor.position or evse.meter.show(rig.now).current_ma == (0, 0, 0)
        assert not evse.contactor.position or rig.now - (evse.timing.last_kick_s or 0) < 0.2
        assert evse.letter == "A" or evse.ev is not None or evse.duty_ppm == 0
        register_wh = evse.meter.register_wh


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(0.001, 0.14), min_size=1, max_size=30))
def test_energy_does_not_depend_on_how_often_somebody_looks(pauses: list[float]) -> None:
    rig = Rig()
    rig.charge()
    before_wh, before_s = rig.evse.meter.register_wh, rig.now
    for pause_s in pauses:
        rig.world.advance(rig.now + pause_s / 2)
        rig.now += pause_s
        rig.evse.kick(rig.outputs, rig.now, rig.now)
    assert rig.evse.meter.register_wh - before_wh == pytest.approx(22_080 * (rig.now - before_s) / 3600, rel=1e-6)
