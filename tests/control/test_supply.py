"""What the meter tells about safety: current by the facts' curve, voltage, missing phases, a register that stands still."""

import pytest
from msgspec import structs

from chargepoint.control.supply import drawn_phases, highest, too_much_ma
from hal.measured import MeterReading, Phases
from tests.control.rig import SOCKET, Rig

OFFERS = [(6_000, 7_150), (10_000, 11_550), (16_000, 18_150), (32_000, 35_750), (63_000, 69_850), (80_000, 88_550)]


@pytest.mark.parametrize(("offer_ma", "most_ma"), OFFERS)
def test_too_much_is_above_offer_plus_half_an_ampere_and_ten_per_cent(offer_ma: int, most_ma: int) -> None:
    assert too_much_ma(offer_ma) == most_ma


def charging(limit_ma: int = 32_000) -> Rig:
    """A car has been charging for ten seconds."""
    rig = Rig()
    rig.charge(limit_ma=limit_ma)
    rig.run(10)
    return rig


@pytest.mark.parametrize("phase", [0, 1, 2])
@pytest.mark.parametrize(("offer_ma", "most_ma"), OFFERS[:4])
def test_seven_seconds_too_much_on_any_phase_is_over_current(phase: int, offer_ma: int, most_ma: int) -> None:
    rig = charging(offer_ma)
    rig.plants[1].current_ma = on_phase(phase, most_ma)
    rig.run(20)
    assert rig.closed()
    rig.plants[1].current_ma = on_phase(phase, most_ma + 1)
    assert 7.0 <= rig.run_until(lambda: rig.faults() == {"over_current"}, 8) <= 7.06
    assert not rig.closed()


def on_phase(phase: int, ma: int) -> Phases:
    """So much there, and little elsewhere."""
    one, two, three = (ma if number == phase else 1_000 for number in range(3))
    return one, two, three


def test_an_ev_that_follows_a_lower_offer_within_its_5_s_draws_not_too_much() -> None:
    rig = charging()
    rig.plants[1].draws_ma = 32_000
    rig.permit(limit_ma=6_000)
    rig.run(6.5)
    rig.plants[1].draws_ma = 6_000
    rig.run(10)
    assert (rig.closed(), rig.faults()) == (True, set())


def test_the_current_of_before_the_contactor_moved_is_nobodys() -> None:
    rig = charging()
    rig.plants[1].current_ma = (50_000,) * 3
    rig.run(0.2)
    rig.plants[1].meter_lost = True
    rig.plants[1].letter = rig.plants[1].asks = "B"
    rig.run(1)
    rig.plants[1].letter = rig.plants[1].asks = "C"
    rig.run(4.5)
    assert rig.faults() <= {"meter_silent"}


def voltages(rig: Rig, volts: float, phase: int = 0) -> None:
    """On one phase; the others are at 230 V."""
    one, two, three = (round(volts * 1_000) if number == phase else 230_000 for number in range(3))
    rig.plants[1].voltage_mv = (one, two, three)


@pytest.mark.parametrize("phase", [0, 1, 2])
@pytest.mark.parametrize(
    ("name", "good_v", "bad_v", "still_bad_v", "good_again_v"),
    [("over_voltage", 264.5, 264.6, 257.7, 257.6), ("under_voltage", 195.5, 195.4, 202.3, 202.4)],
)
def test_voltage_out_of_85_to_115_per_cent_for_a_second_pauses_until_it_is_well_within(
    phase: int, name: str, good_v: float, bad_v: float, still_bad_v: float, good_again_v: float
) -> None:
    rig = charging()
    voltages(rig, good_v, phase)
    rig.run(5)
    assert (rig.closed(), rig.faults()) == (True, set())
    voltages(rig, bad_v, phase)
    assert 1.0 <= rig.run_until(lambda: rig.faults() == {name}, 2) <= 1.06
    voltages(rig, still_bad_v, phase)
    rig.run(60)
    assert (rig.closed(), rig.faults()) == (False, {name})
    voltages(rig, good_again_v, phase)
    assert 9.9 <= rig.run_until(lambda: not rig.faults(), 11) <= 10.1
    rig.run_until(rig.closed, 10)


@pytest.mark.parametrize("phase", [0, 1, 2])
@pytest.mark.parametrize("volts", [0.0, 100.0, 114.9])
def test_a_wired_phase_that_is_dead_is_missing(phase: int, volts: float) -> None:
    rig = charging()
    voltages(rig, volts, phase)
    assert 1.0 <= rig.run_until(lambda: rig.faults() == {"phase_missing"}, 2) <= 1.06
    assert rig.told().state == "stopping"


def test_no_voltage_at_all_counts_only_behind_a_closed_contactor() -> None:
    """The meter may be wired there."""
    rig = Rig()
    rig.plants[1].voltage_mv = (0, 0, 0)
    rig.run(30)
    assert not rig.faults()
    rig.arrive()
    rig.permit()
    rig.run_until(rig.closed, 3)
    assert 3.0 <= rig.run_until(lambda: rig.faults() == {"under_voltage"}, 4) <= 3.1


def test_a_phase_that_is_not_wired_or_not_measured_is_not_missed() -> None:
    for settings, voltage_mv in (
        (structs.replace(SOCKET, phases=1), (230_000, 0, 0)),
        (SOCKET, (230_000, None, None)),
        (SOCKET, (None,) * 3),
    ):
        rig = Rig(settings)
        rig.plants[1].voltage_mv = voltage_mv
        rig.charge()
        rig.run(10)
        assert not rig.faults()


def test_a_meter_that_counts_again_is_believed() -> None:
    rig = Rig()
    rig.charge()
    rig.plants[1].register_stands = True
    rig.run_until(lambda: rig.faults() == {"meter_frozen"}, 40)
    rig.plants[1].register_stands = False
    rig.run_until(rig.closed, 80, coarsely=True)
    rig.run(120)
    assert (rig.closed(), rig.faults()) == (True, set())


def test_an_hour_without_readings_is_no_standing_register() -> None:
    rig = charging()
    rig.plants[1].meter_lost = True
    rig.run(10)
    rig.scan(after_s=3_600)
    rig.plants[1].meter_lost = False
    rig.run(10)
    rig.run_until(rig.closed, 20, coarsely=True)
    rig.run(10)
    assert (rig.closed(), rig.faults()) == (True, set())


@pytest.mark.parametrize("draws_ma", [0, 900])
def test_a_register_that_stands_because_little_flows_is_sound(draws_ma: int) -> None:
    rig = charging()
    rig.plants[1].draws_ma = draws_ma
    rig.run(300)
    assert (rig.closed(), rig.faults()) == (True, set())


def reading(*current_ma: int | None) -> MeterReading:
    """Of a three-phase meter."""
    one, two, three = current_ma
    return MeterReading(at_s=0.0, energy_wh=0, current_ma=(one, two, three))


@pytest.mark.parametrize(
    ("read", "phases"),
    [
        (None, None),
        (reading(None, None, None), None),
        (reading(0, 999, 0), None),
        (reading(16_000, 0, 300), 1),
        (reading(16_000, 16_000, 0), 2),
        (reading(1_000, 1_000, 1_000), 3),
        (reading(6_000, None, None), 1),
    ],
)
def test_on_how_many_phases_the_car_draws(read: MeterReading | None, phases: int | None) -> None:
    assert drawn_phases(read) == phases


def test_nothing_measured_is_nothing_at_most() -> None:
    assert (highest((None, None, None)), highest((None, 5, 3))) == (0, 5)
