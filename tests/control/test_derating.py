"""Temperature: less current when it is hot, none when it is too hot, and all of it again below 62 C."""

import pytest
from msgspec import structs

from chargepoint.control.derating import COLD, Derating, follow, limit_ma
from chargepoint.control.settings import MODEST
from chargepoint.domain.fault_table import FAULTS
from tests.control.rig import SOCKET, Rig

CURVE = [
    (64.9, 100),
    (65.0, 50),
    (67.9, 50),
    (68.0, 25),
    (70.9, 25),
    (71.0, 0),
    (120.0, 0),
]


LASTS_S = FAULTS["derated"].seen_after_s


def after(derating: Derating, *celsius: float | None) -> int:
    """The part that is left when each of these has lasted for its time."""
    now = 100.0
    for each in celsius:
        derating = follow(derating, each, now, fitted=False)
        derating = follow(derating, each, now + LASTS_S, fitted=False)
        now += 10.0
    return derating.percent


@pytest.mark.parametrize(("celsius", "percent"), CURVE)
def test_the_curve_on_the_way_up(celsius: float, percent: int) -> None:
    assert after(COLD, celsius) == percent


def test_it_counts_when_it_has_lasted() -> None:
    derating = follow(COLD, 70.0, 100.0, fitted=False)
    assert follow(derating, 70.0, 100.0 + LASTS_S - 0.01, fitted=False).percent == 100
    assert follow(derating, 70.0, 100.0 + LASTS_S, fitted=False).percent == 25
    assert follow(follow(derating, 50.0, 100.1, fitted=False), 70.0, 100.0 + LASTS_S, fitted=False).percent == 100, "unbroken"


def test_a_thermometer_that_falls_silent_while_it_is_hot_leaves_what_it_said() -> None:
    derating = follow(COLD, 70.0, 100.0, fitted=False)
    assert follow(derating, None, 100.0 + LASTS_S, fitted=False).percent == 25


SILENT_S = FAULTS["thermometer_silent"].seen_after_s


def test_a_thermometer_that_falls_silent_while_it_is_cold_leaves_half_the_current_until_it_speaks_again() -> None:
    rig = Rig()
    rig.charge()
    rig.run(5)
    rig.plants[1].temperature_c = None
    rig.run(SILENT_S - 1)
    assert (rig.faults(), rig.told().offered_ma) == (set(), 32_000)
    rig.run(8)
    assert (rig.faults(), rig.told().offered_ma, rig.closed()) == ({"thermometer_silent"}, 16_000, True)
    assert rig.lowest().reason == "it says nothing: 50 % of the rating"
    rig.plants[1].temperature_c = 25.0
    rig.run(FAULTS["thermometer_silent"].hold_s + 6)
    assert (rig.faults(), rig.told().offered_ma) == (set(), 32_000)


def test_one_that_falls_silent_while_it_is_hot_gives_no_current_back() -> None:
    rig = Rig()
    rig.charge()
    rig.plants[1].temperature_c = 69.0
    rig.run(10)
    rig.plants[1].temperature_c = None
    rig.run(SILENT_S + 10)
    assert (rig.faults(), rig.told().offered_ma) == ({"derated", "thermometer_silent"}, 8_000)


def test_one_gap_between_two_measurements_is_no_silence() -> None:
    rig = Rig()
    rig.charge()
    for _ in range(3):
        rig.plants[1].temperature_c = None
        rig.run(SILENT_S - 10)
        rig.plants[1].temperature_c = 25.0
        rig.run(1)
    assert (rig.faults(), rig.told().offered_ma) == (set(), 32_000)


def test_a_board_without_a_thermometer_is_not_missed_one_and_one_that_is_fitted_is_missed_from_the_start() -> None:
    for fitted in (False, True):
        rig = Rig(structs.replace(SOCKET, abilities=structs.replace(MODEST, thermometer=fitted)))
        rig.plants[1].temperature_c = None
        rig.charge()
        rig.run(SILENT_S + 10)
        assert (rig.faults(), rig.told().offered_ma) == (({"thermometer_silent"}, 16_000) if fitted else (set(), 32_000))


def test_a_board_that_is_not_heard_is_one_fault_and_its_thermometer_no_other() -> None:
    rig = Rig(structs.replace(SOCKET, abilities=structs.replace(MODEST, thermometer=True)))
    rig.plants[1].board_lost = True
    rig.run(SILENT_S + 10)
    assert rig.faults() == {"board_silent"}


def test_both_rows_that_depend_on_it_have_its_time() -> None:
    assert FAULTS["over_temperature"].seen_after_s == LASTS_S


@pytest.mark.parametrize(("hot", "percent"), [(71.0, 0), (68.0, 25), (65.0, 50)])
def test_on_the_way_down_nothing_comes_back_before_62_degrees(hot: float, percent: int) -> None:
    assert after(COLD, hot, 62.0) == percent
    assert after(COLD, hot, 61.9) == 100
    assert after(COLD, hot, -40.0) == 100
    assert after(COLD, hot, None) == percent, "without a measurement nothing changes"


@pytest.mark.parametrize(
    ("percent", "rating_ma", "bound_ma"),
    [(100, 32_000, 32_000), (50, 32_000, 16_000), (25, 32_000, 8_000), (25, 16_000, 6_000), (50, 10_000, 6_000), (0, 32_000, 0)],
)
def test_derating_alone_never_ends_an_offer(percent: int, rating_ma: int, bound_ma: int) -> None:
    assert limit_ma(percent, rating_ma) == bound_ma


def test_a_station_that_gets_hot_offers_half_then_a_quarter_then_nothing_and_comes_back_when_it_has_cooled() -> None:
    rig = Rig()
    rig.charge()
    seen = []
    for celsius in (64.0, 65.0, 68.0, 71.0, 66.0, 62.0, 61.0):
        rig.plants[1].temperature_c = celsius
        rig.run(20)
        seen.append((celsius, rig.told().offered_ma, rig.faults()))
    assert seen == [
        (64.0, 32_000, set()),
        (65.0, 16_000, {"derated"}),
        (68.0, 8_000, {"derated"}),
        (71.0, 0, {"over_temperature"}),
        (66.0, 0, {"over_temperature"}),
        (62.0, 0, {"over_temperature"}),
        (61.0, 32_000, set()),
    ]


def test_it_is_told_why() -> None:
    rig = Rig()
    rig.charge()
    rig.plants[1].temperature_c = 66.5
    rig.run(10)
    limit = rig.lowest()
    assert (limit.source, limit.limit_ma, limit.owner, limit.reason) == ("temperature", 16_000, "control", "66.5 C: 50 % of the rating")


@pytest.mark.parametrize("celsius", [66.0, 72.0, 85.0])
def test_one_odd_measurement_changes_nothing(celsius: float) -> None:
    """85 C is what a DS18B20 says before it has measured."""
    rig = Rig(SOCKET)
    rig.charge()
    rig.run(10)
    before = len(rig.events)
    rig.plants[1].temperature_c = celsius
    rig.run(0.4)
    rig.plants[1].temperature_c = 25.0
    rig.run(10)
    assert {(event.offered_ma, event.state) for event in rig.events[before:]} <= {(32_000, "C2")}
