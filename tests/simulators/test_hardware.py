"""Everything that ``PATCH hardware`` breaks, as the board measures it and as the current takes it. Under a virtual clock."""

from typing import Any

import pytest

from hal.measured import BoardInputs
from simulators import verbs
from tests.simulators.rig import FIXED, OFFER_32_A, Rig

X1, F, E = 1_000_000, 0, -1


def inputs(rig: Rig) -> BoardInputs:
    """What the board measures."""
    return rig.evse.inputs(rig.now)


def shown(rig: Rig, *names: str) -> dict[str, Any]:
    """Some of it."""
    return {name: getattr(inputs(rig), name) for name in names}


@pytest.mark.parametrize(
    ("broken", "shows"),
    [
        ({"earth": "lost"}, {"earth_good": False}),
        ({"earth": "none"}, {"earth_good": None}),
        ({"enclosure": "open"}, {"enclosure_open": True}),
        ({"tilted": True}, {"tilted": True}),
        ({"thermometer": "none"}, {"temperature_c": None}),
        ({"lock_feedback": "none"}, {"plug_locked": None}),
        ({"contactor_feedback": "none"}, {"contactor_closed": None}),
        ({"contactor_feedback": "reads_open"}, {"contactor_closed": False}),
        ({"proximity": "none"}, {"pp_ohm": None}),
        ({"pp_ohm": "open"}, {"pp_ohm": None}),
        ({"pp_ohm": 0}, {"pp_ohm": 0}),
        ({"contactor": "one_welded"}, {"contactor_closed": True}),
        ({"rcd": "dead"}, {"rcd_tripped": False}),
    ],
)
def test_a_sensor_tells_while_a_car_charges_and_is_mended(broken: dict[str, Any], shows: dict[str, Any]) -> None:
    rig = Rig()
    rig.charge()
    sound = shown(rig, *shows)
    rig.patch(**broken)
    rig.run(0.05)
    assert shown(rig, *shows) == shows
    assert rig.power_w == 22_080
    rig.patch(**dict.fromkeys(broken))
    assert shown(rig, *shows) == sound


@pytest.mark.parametrize(
    ("broken", "duty_ppm", "high_mv", "low_mv"),
    [
        ({"pilot": "short"}, OFFER_32_A, 0, 0),
        ({"pilot": "short"}, F, 0, 0),
        ({"pilot": "short_behind_diode"}, OFFER_32_A, 700, -12_000),
        ({"pilot": "broken"}, OFFER_32_A, 12_000, -12_000),
        ({"pilot": "broken"}, X1, 12_000, 12_000),
        ({"pilot": "stuck_low"}, OFFER_32_A, -12_000, -12_000),
        ({"pilot": "stuck_high"}, OFFER_32_A, 9_000, 9_000),
        ({"pilot": "stuck_high"}, F, 9_000, 9_000),
        ({"pilot": "dead"}, OFFER_32_A, 0, 0),
        ({"pilot_ohm": 80}, OFFER_32_A, 870, -890),
        ({"pilot_ohm": 2_740}, X1, 7_084, 7_084),
        ({"pilot_ohm": 0}, OFFER_32_A, 0, 0),
        ({"pilot_drift_percent": 5}, X1, 9_450, 9_450),
        ({"pilot_drift_percent": -5}, OFFER_32_A, 8_550, -11_400),
        ({}, E, 0, 0),
    ],
)
def test_the_pilot_of_a_plugged_car_with_a_broken_line_or_generator(
    broken: dict[str, Any], duty_ppm: int, high_mv: int, low_mv: int
) -> None:
    rig = Rig()
    rig.do(verbs.plug, car="does-not-want")
    rig.patch(**broken)
    rig.drive(duty_ppm, contactor=False)
    rig.run(0.05)
    measured = inputs(rig)
    assert measured.cp_high_mv == pytest.approx(high_mv, abs=60)
    assert measured.cp_low_mv == pytest.approx(low_mv, abs=60)


def test_a_resistor_alone_looks_like_a_car_without_a_diode() -> None:
    rig = Rig()
    rig.patch(pilot_ohm=2_740)
    rig.drive(OFFER_32_A, contactor=False)
    rig.run(0.05)
    assert (rig.evse.letter, inputs(rig).cp_low_mv, inputs(rig).pp_ohm) == ("B", -inputs(rig).cp_high_mv, None)


@pytest.mark.parametrize("broken", [{"pilot": "broken"}, {"pilot": "short"}, {"pilot": "stuck_low"}, {"pilot": "dead"}, {"pilot_ohm": 80}])
def test_a_car_that_hears_no_pilot_any_more_lets_go_and_comes_back(broken: dict[str, Any]) -> None:
    rig = Rig()
    rig.charge()
    rig.patch(**broken)
    rig.run(1.1)
    assert (rig.power_w, rig.car.s2_closed) == (0, False)
    rig.patch(**dict.fromkeys(broken))
    rig.run(1.1)
    assert rig.power_w == 22_080


def test_a_glitch_passes_and_the_car_does_not_notice() -> None:
    rig = Rig()
    rig.charge()
    rig.patch(pilot_glitch=[9.0, 12])
    assert (rig.evse.letter, inputs(rig).cp_low_mv) == ("B", -12_000)
    assert rig.seen(0.05, 0.001) == "BC"
    assert rig.evse.timing.pilot_left_c_s is not None
    assert rig.power_w == 22_080


@pytest.mark.parametrize(
    ("broken", "current_ma", "voltage_mv"),
    [
        ({}, (32_000, 32_000, 32_000), (230_000, 230_000, 230_000)),
        ({"mains_v": [190, 230, 265]}, (32_000, 32_000, 32_000), (190_000, 230_000, 265_000)),
        ({"mains_v": [230, 0, 230]}, (32_000, 0, 32_000), (230_000, 0, 230_000)),
        ({"pole_missing": 2}, (32_000, 0, 32_000), (230_000, 230_000, 230_000)),
        ({"breaker": "tripped"}, (0, 0, 0), (0, 0, 0)),
        ({"breaker": "tripped", "contactor": "welded"}, (0, 0, 0), (0, 0, 0)),
        ({"neutral": "lost"}, (32_000, 32_000, 32_000), (230_000, 230_000, 230_000)),
        ({"meter_place": "downstream"}, (32_000, 32_000, 32_000), (230_000, 230_000, 230_000)),
    ],
)
def test_currents_and_voltages_while_three_phases_are_drawn(
    broken: dict[str, Any], current_ma: tuple[int, ...], voltage_mv: tuple[int, ...]
) -> None:
    rig = Rig()
    rig.charge()
    rig.patch(**broken)
    reading = rig.evse.meter.show(rig.now)
    assert (reading.current_ma, reading.voltage_mv) == (current_ma, voltage_mv)


def test_a_lost_neutral_shifts_the_voltages_to_where_nobody_draws() -> None:
    rig = Rig()
    rig.charge(phases=1)
    rig.patch(neutral="lost")
    reading = rig.evse.meter.show(rig.now)
    one, *others = (volt or 0 for volt in reading.voltage_mv)
    assert one < 1_000
    assert others == pytest.approx([398_000, 398_000], abs=1_000)
    assert (reading.current_ma[0] or 0) < 100
    single = Rig(plan=FIXED)
    single.charge()
    single.patch(neutral="lost")
    assert single.evse.meter.show(single.now).voltage_mv == (0, None, None)


def test_a_meter_behind_the_contactor_has_no_voltage_while_that_is_open() -> None:
    rig = Rig()
    rig.patch(meter_place="downstream")
    assert rig.evse.meter.show(rig.now).voltage_mv == (0, 0, 0)
    rig.charge()
    assert rig.evse.meter.show(rig.now).voltage_mv == (230_000, 230_000, 230_000)
    rig.drive(OFFER_32_A, phases=1)
    rig.run(0.1)
    assert rig.evse.meter.show(rig.now).voltage_mv == (230_000, 0, 0)


def test_a_register_that_stands_is_not_a_frozen_meter() -> None:
    rig = Rig()
    rig.charge(soc_percent=50)
    rig.patch(meter="register_stands")
    stood_wh = rig.evse.meter.show(rig.now).energy_wh
    rig.do(verbs.patch_ev, current_a=10)
    rig.run(20.0)
    reading = rig.evse.meter.show(rig.now)
    assert (reading.energy_wh, reading.power_w) == (stood_wh, 6_900)


@pytest.mark.parametrize(("travel_s", "closed"), [(0.2, True), (0.5, False)])
def test_a_slow_contactor_takes_its_time(travel_s: float, closed: bool) -> None:
    rig = Rig()
    rig.patch(contactor_travel_s=travel_s)
    rig.drive(OFFER_32_A)
    rig.run(0.3)
    assert inputs(rig).contactor_closed is closed


def test_a_slow_lock_takes_its_time() -> None:
    rig = Rig()
    rig.patch(lock_travel_s=2.0)
    rig.do(verbs.plug)
    rig.drive(X1, contactor=False)
    rig.run(1.9)
    assert inputs(rig).plug_locked is False
    rig.run(0.2)
    assert inputs(rig).plug_locked is True


def test_one_welded_pole_stays_closed_and_carries_current() -> None:
    rig = Rig()
    rig.charge()
    rig.patch(contactor="one_welded")
    rig.drive(OFFER_32_A, contactor=False)
    rig.run(0.1)
    assert (inputs(rig).contactor_closed, rig.current_ma) == (True, (32_000, 0, 0))


def test_on_one_phase_only_l1_is_closed() -> None:
    rig = Rig()
    rig.charge()
    rig.drive(X1, contactor=False)
    rig.run(0.1)
    rig.drive(OFFER_32_A, phases=1)
    rig.run(2.0)
    assert (rig.current_ma, inputs(rig).contactor_closed, rig.evse.violations) == ((32_000, 0, 0), True, [])


def test_switching_phases_while_closed_happens_and_is_a_violation() -> None:
    rig = Rig()
    rig.charge()
    rig.drive(OFFER_32_A, phases=1)
    rig.run(0.1)
    assert rig.current_ma == (32_000, 0, 0)
    rig.drive(OFFER_32_A, phases=3)
    rig.run(0.1)
    assert rig.current_ma == (32_000, 32_000, 32_000)
    assert [violation.rule for violation in rig.evse.violations] == ["phases_switched_closed"] * 2
    rig.alive = False
    rig.run(1.0)
    rig.alive = True
    rig.drive(X1, contactor=False, phases=1)
    rig.run(0.1)
    assert len(rig.evse.violations) == 2


def test_switching_phases_over_a_weld_that_the_feedback_denies_is_no_violation() -> None:
    rig = Rig()
    rig.charge()
    rig.patch(contactor="one_welded")
    rig.drive(X1, contactor=False)
    rig.run(0.1)
    rig.patch(contactor_feedback="reads_open")
    rig.drive(X1, contactor=False, phases=1)
    rig.run(0.1)
    assert rig.evse.violations == []
    rig.patch(contactor_feedback=None)
    rig.drive(X1, contactor=False, phases=3)
    rig.run(0.1)
    assert [violation.rule for violation in rig.evse.violations] == ["phases_switched_closed"]


def test_one_wired_phase_has_nothing_to_switch() -> None:
    rig = Rig(plan=FIXED)
    rig.charge()
    rig.drive(OFFER_32_A, phases=1)
    rig.run(0.1)
    assert (rig.current_ma, rig.evse.violations) == ((32_000, None, None), [])


def test_unlocking_a_plug_under_power_is_a_violation_and_a_forced_or_released_one_is_not() -> None:
    rig = Rig()
    rig.charge()
    rig.drive(OFFER_32_A, lock=False)
    rig.run(0.5)
    assert [violation.rule for violation in rig.evse.violations] == ["unlocked_closed"]
    released = Rig()
    released.charge()
    released.world.switch_power(False)
    released.world.changed(released.now)
    released.run(0.5)
    assert (released.evse.locked, released.evse.violations) == (False, [])


def test_a_shunt_trip_takes_the_mains_also_from_welded_contacts_until_somebody_resets_the_breaker() -> None:
    rig = Rig()
    rig.charge()
    rig.patch(contactor="welded")
    rig.drive(F, contactor=False, shunt_trip=True)
    rig.run(0.1)
    rig.drive(F, contactor=False)
    rig.run(0.5)
    assert (rig.evse.meter.show(rig.now).voltage_mv, rig.power_w, inputs(rig).contactor_closed) == ((0, 0, 0), 0, True)
    rig.patch(breaker=None)
    assert rig.evse.meter.show(rig.now).voltage_mv == (230_000, 230_000, 230_000)


def test_a_late_board_hands_over_what_it_measured_120_ms_ago() -> None:
    rig = Rig()
    rig.do(verbs.plug, car="does-not-want")
    rig.patch(board="late")
    letters = []
    for scan in range(30):
        rig.run(0.025, 0.025)
        if scan == 15:
            rig.do(verbs.unplug)
        measured = rig.evse.measure(rig.now)
        assert (measured is None) == (scan < 5)
        if measured is not None:
            assert rig.now - measured.at_s == pytest.approx(0.125, abs=0.001)
            letters.append("A" if measured.cp_high_mv > 10_500 else "B")
    assert "".join(letters) == "B" * 15 + "A" * 10


def test_counters_tell_closings_and_openings_under_load() -> None:
    rig = Rig()
    rig.charge()
    rig.drive(OFFER_32_A, contactor=False)
    rig.run(0.1)
    rig.drive(OFFER_32_A)
    rig.run(0.1)
    rig.drive(X1)
    rig.run(1.5)
    rig.drive(X1, contactor=False)
    rig.run(0.1)
    assert (rig.evse.timing.closings, rig.evse.timing.openings_under_load) == (2, 1)
