"""The tables of IEC 61851-1 Annex A: current to duty cycle, voltage to letter; and the filter behind them."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chargepoint.control.loop import SCAN_PERIOD_S
from chargepoint.control.pilot import (
    CHANGE_S,
    ENERGISABLE,
    LEAVE_S,
    SETTLE_S,
    SHOWN_S,
    Pilot,
    duty_ppm,
    follow,
    letter_of,
    low_plateau_good,
    offerable_ma,
    oscillates,
)
from chargepoint.link.messages import CpState
from hal.measured import PILOT_FAULT_PPM, PILOT_OFF_PPM, PILOT_STEADY_PPM, BoardInputs
from tests.control.plant import read_ma

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
def test_table_a7_duty_cycle_says_the_current_rounded_down(amperes: int, percent: float) -> None:
    assert duty_ppm(amperes * 1000) // 1000 / 10 == percent


TABLE_A7: list[tuple[str, int, float]] = [
    ("not available", -1, 100.0),
    ("not available", 0, 100.0),
    ("below the minimum: not available, never 8 %", 4_800, 100.0),
    ("below the minimum: not available", 5_999, 100.0),
    ("D = I / 0.6, from", 6_000, 10.0),
    ("D = I / 0.6", 30_000, 50.0),
    ("D = I / 0.6, to", 51_000, 85.0),
    ("no code: as 51 A", 51_001, 85.0),
    ("no code: as 51 A", 52_499, 85.0),
    ("D = I / 2.5 + 64, from", 52_500, 85.0),
    ("D = I / 2.5 + 64", 60_000, 88.0),
    ("D = I / 2.5 + 64, to", 80_000, 96.0),
    ("more than can be said", 80_001, 96.0),
    ("more than can be said", 99_000, 96.0),
]


@pytest.mark.parametrize(("line", "limit_ma", "percent"), TABLE_A7)
def test_table_a7(line: str, limit_ma: int, percent: float) -> None:
    assert duty_ppm(limit_ma) == percent * 10_000
    assert oscillates(duty_ppm(limit_ma)) == (percent < 100) == (offerable_ma(limit_ma) > 0)


TABLE_A8: list[tuple[float, float]] = [
    (0.0, 0),
    (2.9, 0),
    (5.0, 0),
    (7.5, 0),
    (8.0, 6),
    (9.9, 6),
    (10.0, 6),
    (50.0, 30),
    (85.0, 51),
    (90.0, 65),
    (96.0, 80),
    (96.9, 80),
    (97.1, 0),
    (100.0, 0),
]


@pytest.mark.parametrize(("percent", "amperes"), TABLE_A8)
def test_table_a8_as_the_rigs_cars_read_it(percent: float, amperes: int) -> None:
    assert read_ma(round(percent * 10_000)) == amperes * 1_000


@given(st.integers(6_000, 90_000))
def test_the_ev_never_reads_more_than_the_limit_and_not_a_tenth_of_an_ampere_less(limit_ma: int) -> None:
    assert offerable_ma(limit_ma) - 100 <= read_ma(duty_ppm(limit_ma)) <= limit_ma
    assert 100_000 <= duty_ppm(limit_ma) <= 960_000


def test_neither_x1_nor_f_nor_e_is_an_offer() -> None:
    assert not any(oscillates(ppm) for ppm in (PILOT_STEADY_PPM, PILOT_FAULT_PPM, PILOT_OFF_PPM))


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


MILLIVOLTS: dict[CpState | None, int] = {"A": 12_000, "B": 9_000, "C": 6_000, "D": 3_000, "E": 0, "F": -12_000, None: 15_000}
Lasting = list[tuple[CpState | None, float]]
"""What is measured, and for how long."""


def followed(history: Lasting, every_s: float = SCAN_PERIOD_S) -> list[tuple[float, Pilot]]:
    """The pilot after each measurement, with the time since the last change of what is on the wire."""
    pilot, at_s, pilots = Pilot(), 0.0, []
    for letter, lasts_s in history:
        for turn in range(round(lasts_s / every_s)):
            at_s += every_s
            high_mv = MILLIVOLTS[letter]
            inputs = BoardInputs(at_s=at_s, cp_high_mv=high_mv, cp_low_mv=high_mv, contactor_closed=None, plug_locked=None, pp_ohm=None)
            pilot = follow(pilot, inputs)
            assert follow(pilot, inputs) is pilot, "a measurement that was seen already changes nothing"
            pilots.append((turn * every_s, pilot))
    return pilots


def words(letters: list[CpState | None]) -> str:
    """Without repetitions; ``-`` for None."""
    return "".join(each or "-" for number, each in enumerate(letters) if number == 0 or letters[number - 1] != each)


SETTLING: list[tuple[CpState | None, CpState | None, float]] = [
    ("A", "B", SETTLE_S["B"]),
    ("B", "A", SETTLE_S["A"]),
    ("A", "C", SETTLE_S["C"]),
    ("B", "C", SETTLE_S["C"]),
    ("B", "D", SETTLE_S["D"]),
    ("A", "D", SETTLE_S["D"]),
    ("C", "D", CHANGE_S),
    ("D", "C", CHANGE_S),
    ("C", "B", LEAVE_S),
    ("D", "B", LEAVE_S),
    ("B", "E", SETTLE_S["E"]),
    ("B", None, SETTLE_S[None]),
    ("B", "F", SETTLE_S["F"]),
    ("F", "B", SETTLE_S["B"]),
    ("E", "C", SETTLE_S["C"]),
]


@pytest.mark.parametrize(("before", "after", "settle_s"), SETTLING)
@pytest.mark.parametrize("every_s", [0.005, SCAN_PERIOD_S, 0.02])
def test_a_letter_is_acted_upon_when_it_has_lasted(before: CpState | None, after: CpState | None, settle_s: float, every_s: float) -> None:
    pilots = followed([(before, 1.0), (after, 1.0)], every_s)[round(1.0 / every_s) :]
    changed_s = next(lasted_s for lasted_s, pilot in pilots if pilot.letter == after)
    assert settle_s - 1e-9 <= changed_s <= settle_s + every_s + 1e-9
    assert {pilot.letter for lasted_s, pilot in pilots if lasted_s < settle_s - 1e-9} <= {before}


@pytest.mark.parametrize("every_s", [0.005, SCAN_PERIOD_S, 0.02])
@pytest.mark.parametrize("source", ["C", "D"])
@pytest.mark.parametrize("dest", ["A", "E", "F", None])
def test_out_of_c_and_d_it_is_fast_whatever_comes_then(source: CpState, dest: CpState | None, every_s: float) -> None:
    pilots = followed([(source, 1.0), (dest, 0.5)], every_s)[round(1.0 / every_s) :]
    left_s = next(lasted_s for lasted_s, pilot in pilots if pilot.letter not in ENERGISABLE)
    assert LEAVE_S - 1e-9 <= left_s <= max(every_s, LEAVE_S) + every_s
    assert words([pilot.letter for _, pilot in pilots]) in (f"{source}B{dest or '-'}", f"{source}{dest or '-'}")


def test_one_odd_measurement_opens_nothing() -> None:
    for odd in ("A", "B", "E", "F", None):
        pilots = followed([("C", 1.0), (odd, SCAN_PERIOD_S), ("C", 1.0)])
        assert words([pilot.letter for _, pilot in pilots]) == "-C"


@pytest.mark.parametrize("toggle_s", [0.2, 0.3, 0.4])
def test_sequence_11_short_toggles_are_told_and_not_acted_upon(toggle_s: float) -> None:
    """BCB of ISO 15118-3: up to three in 3.5 s."""
    toggles: Lasting = [("C", toggle_s), ("B", toggle_s)]
    pilots = [pilot for _, pilot in followed([("B", 1.0), *toggles * 3])]
    assert words([pilot.letter for pilot in pilots]) == "-B"
    assert words([pilot.shown for pilot in pilots]) == "-BCBCBCB"


def test_what_lasted_less_than_50_ms_is_not_told() -> None:
    pilots = [pilot for _, pilot in followed([("B", 1.0), ("C", SHOWN_S - SCAN_PERIOD_S), ("B", 0.5)])]
    assert words([pilot.shown for pilot in pilots]) == "-B"


def test_an_s2_that_bounces_through_d_is_one_request() -> None:
    pilots = [pilot for _, pilot in followed([("B", 1.0), ("D", 0.036), ("C", 0.2), ("D", 0.036), ("C", 1.0)])]
    assert words([pilot.letter for pilot in pilots]) == "-BC"


NOISE = st.lists(st.sampled_from([*LETTERS, "C", "C", "C", "C", "B", "D"]), max_size=120)


@given(NOISE, st.sampled_from([0.01, SCAN_PERIOD_S, 0.05]))
def test_the_letter_asks_only_while_the_measurements_do(measured: list[CpState | None], every_s: float) -> None:
    pilots = [pilot for _, pilot in followed([(each, every_s) for each in measured], every_s)]
    for number, (was, pilot) in enumerate(pairwise([Pilot(), *pilots])):
        lately = measured[max(0, number - int(LEAVE_S / every_s) - 1) : number + 1]
        assert pilot.letter not in ENERGISABLE or any(each in ENERGISABLE for each in lately)
        if pilot.letter in ENERGISABLE and was.letter not in ENERGISABLE:
            row = measured[max(0, number - int(SETTLE_S["C"] / every_s)) : number + 1]
            assert all(each in ENERGISABLE for each in row)
            assert len(row) * every_s >= SETTLE_S["C"]


ZONES_BETWEEN: list[tuple[int, int, CpState]] = [
    (10_001, 10_999, "A"),
    (10_001, 10_999, "B"),
    (7_001, 7_999, "B"),
    (7_001, 7_999, "C"),
    (4_001, 4_999, "C"),
    (4_001, 4_999, "D"),
    (1_001, 1_999, "D"),
    (1_001, 1_999, "E"),
]


@given(st.sampled_from(ZONES_BETWEEN), st.lists(st.floats(0, 1), max_size=60))
def test_a_4_11_a_voltage_that_wanders_between_two_bands_changes_nothing(zone: tuple[int, int, CpState], steps: list[float]) -> None:
    low_mv, high_mv, letter = zone
    pilot = followed([(letter, 1.0)])[-1][1]
    for number, step in enumerate(steps):
        mv = round(low_mv + step * (high_mv - low_mv))
        inputs = BoardInputs(
            at_s=2.0 + number * SCAN_PERIOD_S, cp_high_mv=mv, cp_low_mv=mv, contactor_closed=None, plug_locked=None, pp_ohm=None
        )
        pilot = follow(pilot, inputs)
        assert (pilot.letter, pilot.shown) == (letter, letter)
