"""Temperature: less current when it is hot, none when it is too hot, and all of it again below 62 C."""

import pytest

from chargepoint.control.derating import COLD, Derating, follow, limit_ma
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
        derating = follow(derating, each, now)
        derating = follow(derating, each, now + LASTS_S)
        now += 10.0
    return derating.percent


@pytest.mark.parametrize(("celsius", "percent"), CURVE)
def test_the_curve_on_the_way_up(celsius: float, percent: int) -> None:
    assert after(COLD, celsius) == percent


def test_it_counts_when_it_has_lasted() -> None:
    derating = follow(COLD, 70.0, 100.0)
    assert follow(derating, 70.0, 100.0 + LASTS_S - 0.01).percent == 100
    assert follow(derating, 70.0, 100.0 + LASTS_S).percent == 25
    assert follow(follow(derating, 50.0, 100.1), 70.0, 100.0 + LASTS_S).percent == 100, "unbroken"


def test_a_thermometer_that_falls_silent_while_it_is_hot_leaves_what_it_said() -> None:
    derating = follow(COLD, 70.0, 100.0)
    assert follow(derating, None, 100.0 + LASTS_S).percent == 25
    assert follow(COLD, None, 100.0).percent == 100, "one that never spoke says nothing"


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
