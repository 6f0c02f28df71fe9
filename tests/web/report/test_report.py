"""The report on paper: every figure, the failed steps on the first page, and station, date, hash and number on every page."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from chargepoint.commissioning import calibration, measured, report
from chargepoint.commissioning.report import Facts, Report
from chargepoint.commissioning.steps import Record, Step, of_finding
from chargepoint.domain.findings import Finding
from chargepoint.web.report import as_html, as_pdf, making
from tests.domain.examples import configuration
from tests.web.signs.pdf_text import text

HASH, OTHER = "0123456789abcdef" * 4, "f" * 64
STATION = configuration()
FACTS = Facts(
    configuration=HASH,
    file="/etc/chargepoint/station.toml",
    station=(("OCPP identity", "cp001"), ("Serial number", "0001")),
    versions=(("chargepoint", "installed 0.1"),),
    limits=(("EVSE 1", "at most 32 A on 3 phases"),),
    certificates=(("These pages (device.pem)", "ab" * 32),),
)
TYPED = {
    "supply.earthing": "TT",
    "evses.1.insulation_mohm": ">500",
    "evses.2.trip_ms": "310",
    "person.name": "Zoë Łąka",
    "supply.rcd_a": "40",
}
BROKEN = Step(
    evse=2, name="rcd", title="Residual current monitor", outcome="failed", text="did not trip", remedy="Replace it.", code="CP-202"
)


def steps(count: int) -> tuple[Step, ...]:
    """As many, the last of which failed."""
    sound = (Step(evse=1, name=f"s{number}", title=f"Step {number}", outcome="passed", text=f"figure {number}") for number in range(count))
    rung = Step(name="csms boot", title="CSMS: boot", outcome="passed", text="accepted, heartbeat every 300 s")
    return (*sound, rung, BROKEN)


def made(count: int = 5, tested: str = HASH, facts: Facts = FACTS) -> Report:
    """One with these many steps."""
    sheet, _ = measured.taken(TYPED, STATION)
    record = Record(at="2026-11-23T10:00:00+00:00", by="anna", configuration=tested, steps=steps(count))
    return report.compose(STATION, facts, record, sheet, "2026-11-23T11:30:00+00:00", "anna")


def test_the_page_has_every_figure_and_no_script() -> None:
    page = as_html.page(report.paper(made()))
    for said in ("&gt;500 MΩ", "310 ms", "Zoë Łąka", "TT", HASH, "ab" * 32, "figure 4", "heartbeat every 300 s", "installed 0.1"):
        assert said in page
    assert "EVSE 2, RCD trips within: 310 ms: usual are up to 300 ms" in page
    assert "Place, date, signature" in page
    assert not re.search(r"<script|<link|src=|@import|url\(", page)


def test_what_failed_stands_before_everything_else_and_a_test_of_another_configuration_is_told() -> None:
    paper = report.paper(made(tested=OTHER))
    assert paper.mark == "bad"
    assert paper.failed == ("EVSE 2, Residual current monitor: did not trip (CP-202)",)
    assert paper.notes[0] == "The self-test was made with another configuration (ffffffffffffffff); repeat it."
    assert report.paper(made()).notes[0].startswith("Outside of the usual")
    nothing = report.compose(STATION, FACTS, Record(), measured.Sheet(), "2026-11-23T11:30:00+00:00", "")
    assert (report.paper(nothing).verdict, report.paper(nothing).mark) == ("No self-test was made.", "bad")


FIGURES = {
    "visual": measured.VISUAL[0],
    "phase_sequence": measured.PHASES[0],
    "trip_ms": "24",
    "trip_ma": "21",
    "dc_trip_ma": "5",
    "voltage_v": "230",
}
FIGURES |= {"continuity_ohm": "0.3", "insulation_mohm": ">500", "loop_ohm": "0.6", "loop_ln_ohm": "0.5"}


def signed(*found: Step, tested: str = HASH, **figures: str) -> report.Paper:
    """A report of one EVSE, of which everything has been measured."""
    here = configuration(cables=("socket",))
    typed = {place: entry.choices[0] if entry.choices else "40" for place, entry in measured.places(here)}
    del typed["evses.1.calibration_year"]
    typed |= {f"evses.1.{name}": text for name, text in {**FIGURES, **figures}.items()}
    sheet, problems = measured.taken(typed | {"supply.rcd_ma": "30", "person.name": "E. Meter"}, here)
    assert problems == ()
    record = Record(at="2026-11-23T10:00:00+00:00", by="anna", configuration=tested, steps=found)
    return report.paper(report.compose(here, FACTS, record, sheet, "2026-11-23T11:30:00+00:00", "anna"))


GOOD = Step(evse=1, name="board", title="Board heard", outcome="passed", text="heard")
ORDER = Step(evse=1, name="phase_order", title="Order of the phases", outcome="by_hand", text="measure it, and type it in")


def test_a_report_is_good_when_nothing_is_left_to_be_done() -> None:
    assert (signed(GOOD).mark, signed(GOOD).notes) == ("good", ())
    assert signed(GOOD, tested=OTHER).mark == "open", "the test was of another configuration"
    by_hand = Step(evse=1, name="indicator", title="Indicator", outcome="by_hand", text="did it light up?")
    assert (signed(GOOD, by_hand).mark, signed(GOOD, by_hand).notes) == ("open", ("To be done by hand yet: EVSE 1, Indicator.",))
    left_out = Step(evse=1, name="guided_e", title="State E", outcome="impossible", text="left out")
    assert (signed(GOOD, left_out).mark, signed(GOOD, left_out).notes) == ("open", ("To be done by hand yet: EVSE 1, State E.",))
    remark = of_finding(
        Finding(name="time", state="warning", text="NOT synchronised", remedy="Name a time server."), "csms time", "CSMS: time"
    )
    assert (signed(GOOD, remark).mark, signed(GOOD, remark).notes) == ("open", ("Station, CSMS: time: NOT synchronised",))
    assert signed(GOOD, remark).verdict == "Self-test: 1 with a remark, 1 passed."
    hidden = of_finding(Finding(name="disk errors", state="not known", text="this user may not read it"))
    assert (signed(GOOD, hidden).mark, hidden.outcome) == ("open", "by_hand")
    cannot = Step(evse=1, name="lock_in", title="Lock closes", outcome="impossible", text="a fixed cable has no lock")
    assert (signed(GOOD, cannot).mark, "a fixed cable has no lock" in as_html.page(signed(GOOD, cannot))) == ("good", True)
    alone = signed(Step(name="clock set", title="Clock set", outcome="passed", text="now"))
    assert (alone.mark, alone.notes) == ("open", ("Not tested: EVSE 1.",))


def test_what_was_measured_and_is_usual_answers_the_step_that_waited_for_it() -> None:
    paper = signed(GOOD, ORDER)
    assert (paper.mark, paper.verdict) == ("good", "Self-test: 2 passed.")
    assert "measured: Phase sequence L1-L2-L3 (clockwise). Seen by E. Meter." in as_html.page(paper)
    wrong = signed(GOOD, ORDER, phase_sequence=measured.PHASES[1])
    assert (wrong.mark, wrong.notes[0]) == ("open", "To be done by hand yet: EVSE 1, Order of the phases.")


def test_how_long_a_calibration_lasts_stands_there_where_people_are_billed() -> None:
    page = as_html.page(signed(GOOD, calibration_year="2026"))
    assert "calibrated in 2026: until the end of 2034" in page
    assert "calibration authority" not in as_html.page(signed(GOOD))
    told = dict(calibration.lines(measured.Sheet(evses={"1": {"calibration_year": "2026"}}, person={"date": "2026-11-23"})))
    assert told["Notice"].endswith("within six weeks, by 2027-01-04")


def test_names_from_outside_end_no_string_of_the_style() -> None:
    evil = configuration()
    mean = report.compose(evil, FACTS, Record(), measured.Sheet(), "2026-11-23T11:30:00+00:00", "")
    page = as_html.page(
        report.paper(Report(**{name: getattr(mean, name) for name in mean.__struct_fields__} | {"id": 'a";}</style><b>\\'}))
    )
    assert "</style><b>" not in page
    assert page.count("</style>") == 1
    assert as_html.quoted('a"\\}') == '"a\\000022\\00005c\\00007d"'


def test_every_side_of_the_pdf_says_what_it_is_of_and_the_first_one_what_failed(tmp_path: Path) -> None:
    if shutil.which("pdftotext") is None:
        pytest.skip("needs pdftotext, of the Debian package poppler-utils")
    path = tmp_path / "report.pdf"
    path.write_bytes(as_pdf.drawn(report.paper(made(150))))
    said = subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, text=True, check=True).stdout
    sides = said.split("\f")[:-1]
    assert len(sides) > 3
    for number, side in enumerate(sides, start=1):
        assert "cp001 · 2026-11-23 11:30 UTC · configuration 0123456789abcdef" in side
        assert f"page {number} of {len(sides)}" in side
    assert "FAILED" in sides[0]
    assert "did not trip (CP-202)" in sides[0]
    assert ">500 Mohm" in said
    assert "figure 149" in said
    assert "Zoë Łąka" in said


def test_what_nobody_foresaw_is_printed_too() -> None:
    odd = Facts(configuration="", station=(("OCPP identity", "中" * 300), ("", "")), certificates=(), limits=(("Site", "x" * 5_000),))
    assert as_pdf.drawn(report.paper(made(0, facts=odd))).startswith(b"%PDF-")


def test_the_process_that_makes_it_tells_the_same() -> None:
    assert "did not trip (CP-202)" in text(making.pdf(report.paper(made())))
