"""The tables of IEC 61851-1 Annex A: current to duty cycle, voltage to letter; and the filter behind them."""

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chargepoint.control.pilot import Pilot, duty_ppm, follow, letter_of, low_plateau_good, offerable_ma, oscillates
from chargepoint.link.messages import CpState
from hal.measured import PILOT_STEADY_PPM, BoardInputs

LETTERS: tuple[CpState | None, ...] = ("A", "B", "C", "D", "E", "F", None)

QUICK_TABLE = [
    (6, 10.0),
    (8, 13.3),
    (10, 16.6),
    (13, 21.6),
    (16, 26.6),
    (20, 33.3),
    (25, 41.6),
    (32, 53.3),
    (40, 66.6),
    (48, 80.0),
    (51, 85.0),
    (63, 89.2),
    (70, 92.0),
    (80, 96.0),
]


@pytest.mark.parametrize(("amperes", "percent"), QUICK_TABLE)
def test_duty_cycle_says_the_current_rounded_down(amperes: int, percent: float) -> None:
    assert duty_ppm(amperes * 1000) // 1000 / 10 == percent


@pytest.mark.parametrize("limit_ma", [-1, 0, 1, 4_200, 5_999])
def test_less_than_six_amperes_is_no_offer(limit_ma: int) -> None:
    assert duty_ppm(limit_ma) == PILOT_STEADY_PPM
    assert not oscillates(duty_ppm(limit_ma))
    assert offerable_ma(limit_ma) == 0


@pytest.mark.parametrize(
    ("limit_ma", "offered_ma"), [(51_000, 51_000), (51_001, 51_000), (52_499, 51_000), (52_500, 52_500), (99_000, 80_000)]
)
def test_a_current_without_a_code_is_said_as_the_next_lower(limit_ma: int, offered_ma: int) -> None:
    assert offerable_ma(limit_ma) == offered_ma
    assert duty_ppm(limit_ma) == duty_ppm(offered_ma)


def amperes_the_ev_reads(ppm: int) -> float:
    """Table A.8, the EV's side."""
    percent = ppm / 10_000
    return percent * 0.6 if percent <= 85 else (percent - 64) * 2.5


@given(st.integers(6_000, 80_000))
def test_the_ev_never_reads_more_than_the_limit_nor_much_less(limit_ma: int) -> None:
    read_ma = amperes_the_ev_reads(duty_ppm(limit_ma)) * 1000
    assert limit_ma - 1_500 <= read_ma <= limit_ma + 1e-6


BANDS: list[tuple[int, int, CpState | None]] = [
    (13_001, 20_000, None),
    (11_000, 13_000, "A"),
    (8_000, 10_000, "B"),
    (5_000, 7_000, "C"),
    (2_000, 4_000, "D"),
    (-1_000, 1_000, "E"),
    (-10_000, -2_001, None),
    (-13_000, -11_001, "F"),
    (-20_000, -13_001, None),
]


@pytest.mark.parametrize(("low", "high", "letter"), BANDS)
@pytest.mark.parametrize("was", LETTERS)
def test_inside_a_band_the_past_does_not_matter(low: int, high: int, letter: CpState | None, was: CpState | None) -> None:
    assert {letter_of(mv, was) for mv in (low, (low + high) // 2, high)} == {letter}


UNDECIDED: list[tuple[int, int, dict[CpState | None, CpState | None], CpState | None]] = [
    (10_001, 10_999, {"A": "A"}, "B"),
    (7_001, 7_999, {"C": "C", "D": "C"}, "B"),
    (4_001, 4_999, {"D": "D"}, "C"),
    (1_001, 1_999, {"D": "D"}, "E"),
    (-2_000, -1_001, {"A": "E", "B": "E", "C": "E", "D": "E", "E": "E"}, None),
    (-11_000, -10_001, {"F": "F"}, None),
]


@pytest.mark.parametrize(("low", "high", "kept", "otherwise"), UNDECIDED)
@pytest.mark.parametrize("was", LETTERS)
def test_between_two_bands_the_last_letter_is_kept(
    low: int, high: int, kept: dict[CpState | None, CpState | None], otherwise: CpState | None, was: CpState | None
) -> None:
    assert {letter_of(mv, was) for mv in (low, high)} == {kept.get(was, otherwise)}


@given(st.integers(-15_000, 15_000), st.sampled_from(LETTERS))
def test_an_undecided_voltage_never_leads_into_an_energisable_state(high_mv: int, was: CpState | None) -> None:
    """The hysteresis may keep C or D; only the middle of a band begins them."""
    undecided = any(low <= high_mv <= high for low, high, _, _ in UNDECIDED[:2])
    if undecided and was not in {"C", "D"}:
        assert letter_of(high_mv, was) not in {"C", "D"}


@pytest.mark.parametrize(
    ("low_mv", "good"), [(-12_000, True), (-13_000, True), (-10_000, True), (-9_999, False), (-13_001, False), (-6_000, False)]
)
def test_the_lower_plateau_shows_the_diode(low_mv: int, good: bool) -> None:
    assert low_plateau_good(low_mv) is good


MILLIVOLTS = {"A": 12_000, "B": 9_000, "C": 6_000, "D": 3_000, "E": 0, "F": -12_000, "?": 15_000}


def acted_upon(measurements: Iterable[str], every_s: float) -> str:
    """The letter after each of a row of measurements; ``-`` where there is none."""
    pilot, letters = Pilot(), ""
    for number, each in enumerate(measurements):
        high_mv = MILLIVOLTS[each]
        inputs = BoardInputs(
            at_s=number * every_s, cp_high_mv=high_mv, cp_low_mv=high_mv, contactor_closed=None, plug_locked=None, pp_ohm=None
        )
        pilot = follow(pilot, inputs)
        assert follow(pilot, inputs) is pilot
        letters += pilot.letter or "-"
    return letters


@pytest.mark.parametrize(
    ("measured", "letters"),
    [
        ("AAAA", "-AAA"),
        ("AABBBB", "-AABBB"),
        ("AABABABB", "-AAAAAAB"),
        ("BBCCCCCC", "-BBBBBCC"),
        ("BBCCBCCCCCC", "-BBBBBBBBCC"),
        ("CCCCCBCCCCC", "----CBBBBBC"),
        ("CCCCCAA", "----CBA"),
        ("CCCCCDC", "----CDC"),
        ("CCCCCECCCCC", "----CEEEEEC"),
        ("CCCCC?A", "----C--"),
        ("FBB", "FFB"),
    ],
)
def test_into_c_and_d_a_measurement_has_to_last_and_out_of_them_it_counts_at_once(measured: str, letters: str) -> None:
    assert acted_upon(measured, every_s=1 / 16) == letters


@given(st.text("ABCDE?", max_size=60), st.sampled_from([1 / 128, 1 / 64, 1 / 16]))
def test_the_letter_is_energisable_only_while_the_measurement_is(measured: str, every_s: float) -> None:
    for seen, letter in zip(measured, acted_upon(measured, every_s), strict=True):
        assert letter not in "CD" or seen == letter
