"""The standard's tables: nominal voltages of every state, and the current that a car reads from a duty."""

import pytest

from simulators.pilot import NOTHING, SHORT, Load, advertised_ma, car_load, letter, plateaus

B = car_load(requests=False)
C = car_load(requests=True)
D = car_load(requests=True, ventilation=True)
X1, F = 1_000_000, 0


@pytest.mark.parametrize(
    ("state", "load", "duty_ppm", "high_mv", "low_mv"),
    [
        ("A", NOTHING, X1, 12_000, 12_000),
        ("A", NOTHING, 533_000, 12_000, -12_000),
        ("B", B, X1, 9_000, 9_000),
        ("B", B, 100_000, 9_000, -12_000),
        ("C", C, X1, 6_000, 6_000),
        ("C", C, 960_000, 6_000, -12_000),
        ("D", D, X1, 3_000, 3_000),
        ("D", D, 50_000, 3_000, -12_000),
        ("E", SHORT, X1, 0, 0),
        ("E", SHORT, 500_000, 0, 0),
        ("F", NOTHING, F, -12_000, -12_000),
        ("F", C, F, -12_000, -12_000),
    ],
)
def test_each_state_has_its_nominal_voltages(state: str, load: Load, duty_ppm: int, high_mv: int, low_mv: int) -> None:
    measured = plateaus(duty_ppm, load)
    assert measured.high_mv == pytest.approx(high_mv, abs=100)
    assert measured.low_mv == pytest.approx(low_mv, abs=100)
    assert letter(measured.high_mv) == state


@pytest.mark.parametrize("requests", [False, True])
def test_a_broken_diode_loads_the_negative_half_as_well(requests: bool) -> None:
    measured = plateaus(500_000, car_load(requests=requests, diode=False))
    assert measured.low_mv == -measured.high_mv
    assert letter(measured.high_mv) == ("C" if requests else "B")


@pytest.mark.parametrize(
    ("percent", "ampere"),
    [
        *((0, 0), (2.9, 0), (5, 0), (7.5, 0)),
        *((8, 6), (9.9, 6), (10, 6), (13.3, 7.98), (26.7, 16.02), (53.3, 31.98), (85, 51)),
        *((89.2, 63), (92, 70), (96, 80), (96.5, 80), (97, 80)),
        *((97.1, 0), (100, 0)),
    ],
)
def test_a_car_reads_the_current_from_the_duty(percent: float, ampere: float) -> None:
    assert advertised_ma(round(percent * 10_000)) == round(ampere * 1000)
