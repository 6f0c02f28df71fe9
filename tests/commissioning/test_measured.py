"""The electrician's sheet: numbers as people type them, and what is remarked on."""

import pytest

from chargepoint.commissioning import measured
from chargepoint.commissioning.measured import PHASES, TYPE_B, VISUAL
from tests.domain.examples import configuration

HERE = configuration(cables=("socket",))


def remarked(**typed: str) -> dict[str, str]:
    """Of one EVSE with these entries."""
    sheet, problems = measured.taken({name.replace("__", ".").replace("evse", "evses.1"): text for name, text in typed.items()}, HERE)
    assert problems == ()
    return {each.place: each.text for each in measured.remarks(sheet, HERE)}


@pytest.mark.parametrize(
    ("text", "kept"),
    [("0,31", "0.31"), (" 0.31 Ω ", "0.31"), (">500", ">500"), ("< 0.05", "< 0.05"), ("0", "0"), ("1e3", "1e3")],
)
def test_numbers_are_read_as_people_type_them(text: str, kept: str) -> None:
    sheet, problems = measured.taken({"evses.1.continuity_ohm": text}, HERE)
    assert (sheet.evses["1"]["continuity_ohm"], problems) == (kept, ())


@pytest.mark.parametrize("text", ["low", "-1", "nan", "inf", "1_000", "1e7", "٣", "12 mA", "> >5"])
def test_what_is_no_number_is_refused_with_its_unit(text: str) -> None:
    _, problems = measured.taken({"evses.1.continuity_ohm": text}, HERE)
    assert [each.place for each in problems] == ["evses.1.continuity_ohm"]
    assert "expected one in Ω" in problems[0].text
    assert problems[0].text.startswith("EVSE 1: Continuity")


def test_a_choice_is_one_of_those_there_are_and_long_texts_are_cut() -> None:
    sheet, problems = measured.taken({"supply.earthing": "XX", "person.name": "x" * 200, "person.remarks": "one\r\ntwo\x00"}, HERE)
    assert [each.place for each in problems] == ["supply.earthing", "person.name"]
    assert sheet.person["remarks"] == "one\ntwo"
    assert len(sheet.person["name"]) == measured.LONGEST


@pytest.mark.parametrize(
    ("place", "usual", "unusual"),
    [
        ("supply__main_fuse_a", "40", "35"),
        ("supply__rcd_type", TYPE_B, "type A"),
        ("supply__rcd_ma", "30", "300"),
        ("supply__rcd_a", "40", "25"),
        ("evse__continuity_ohm", "1", "1.01"),
        ("evse__continuity_ohm", "< 0.05", ">1"),
        ("evse__insulation_mohm", "1", "0.99"),
        ("evse__insulation_mohm", ">500", "0"),
        ("evse__insulation_mohm", ">500", "<1"),
        ("evse__visual", VISUAL[0], VISUAL[1]),
        ("evse__loop_ohm", "2", "2.1"),
        ("evse__loop_ln_ohm", "0.4", ">2"),
        ("evse__dc_trip_ma", "5.2", ">6"),
        ("evse__trip_ms", "300", "301"),
        ("evse__trip_ma", "15", "14.9"),
        ("evse__trip_ma", "30", "31"),
        ("evse__trip_ma", "30", ">30"),
        ("evse__calibration_year", "2026", "26"),
        ("evse__calibration_year", "2026", ">2026"),
        ("evse__voltage_v", "207", "206"),
        ("evse__voltage_v", "253", "254"),
        ("evse__phase_sequence", PHASES[0], PHASES[1]),
        ("evse__phase_sequence", PHASES[0], PHASES[2]),
    ],
)
def test_the_unusual_is_remarked_on_and_the_usual_is_not(place: str, usual: str, unusual: str) -> None:
    assert remarked(**{place: usual}) == {}
    assert list(remarked(**{place: unusual})) == [place.replace("__", ".").replace("evse", "evses.1")]


def test_a_tt_system_has_a_higher_loop_and_a_norm_is_named() -> None:
    assert remarked(supply__earthing="TT", evse__loop_ohm="60") == {}
    assert remarked(supply__rcd_type=TYPE_B, evse__dc_trip_ma="22") == {}, "a type B is no 6 mA detection"
    assert "IEC 61851-1 8.5, IEC 62955" in remarked(supply__rcd_type="type AC")["supply.rcd_type"]


def test_what_is_missing_is_told_but_for_remarks() -> None:
    everything = {place: entry.choices[0] if entry.choices else "1" for place, entry in measured.places(HERE)}
    sheet, problems = measured.taken(everything, HERE)
    assert (problems, measured.missing(sheet, HERE)) == ((), ())
    assert measured.typed(sheet) == everything
    del everything["person.remarks"], everything["evses.1.loop_ohm"]
    del everything["evses.1.dc_trip_ma"]
    assert everything["supply.rcd_type"] == TYPE_B, "which has no such detection"
    assert measured.missing(measured.taken(everything, HERE)[0], HERE) == ("EVSE 1: Loop impedance L-PE",)
