"""The fault table: complete, consistent, and in words that its readers understand."""

import re
from typing import get_args

import pytest

from chargepoint.control import derating, pilot, proximity, safety, supply
from chargepoint.control.settings import MODEST
from chargepoint.domain.fault_table import FAULTS, KINDS, OF_STATION, ROWS, FaultRow, row
from chargepoint.domain.faults import Fault, gravest
from hal.api import METER_SILENT_S
from hal.measured import FaultKind

WORDS_OF_THE_TRADE = (
    "contactor", "relay", "PWM", "RCD", "residual", "CP", "PP", "PE", "pilot", "proximity", "diode", "duty", "plateau", "phase", "phases",
    "EV", "EVSE", "connector", "interlock", "feedback", "latched", "OCPP", "CSMS", "MREC", "firmware", "log", "scan", "volt", "ohm",
)  # fmt: skip

BOOLEANS = {"Active", "Problem", "Protecting", "Tripped"}
"""Of the standardised variables of OCPP 2.0.1 (appendix 3.1), those that the table makes use of."""

COMPONENTS = {
    "AcPhaseSelector", "AreaVentilation", "CaseAccessSensor", "Connector", "ConnectorPlugRetentionLock", "Controller", "CPPWMController",
    "DataLink", "ElectricalFeed", "EmergencyStopSensor", "EVSE", "FiscalMetering", "LocalAuthListCtrlr", "OverCurrentProtection",
    "PowerContactor", "RCD", "TemperatureSensor", "TiltSensor", "TokenReader",
}  # fmt: skip
"""Of the standardised components (appendix 3.2)."""

every_row = pytest.mark.parametrize("each", [*ROWS, *OF_STATION.values(), *KINDS.values()], ids=lambda each: each.name)


@every_row
def test_times_are_not_negative_and_retries_are_bounded(each: FaultRow) -> None:
    assert each.seen_after_s >= 0
    assert each.hold_s >= 0
    if each.retry is not None:
        assert each.retry.pause_s >= 5, "no chattering cause becomes a chattering contactor"
        assert 1 <= each.retry.times <= 20
        assert each.clears == "gone", "what waits for somebody is not tried again"


@every_row
def test_only_what_stops_charging_shows_f_or_latches(each: FaultRow) -> None:
    if each.pilot_f:
        assert each.action == "open", "whoever is given his 6 s is not shown F"
    if each.clears != "gone" or each.retry is not None:
        assert each.action in {"open", "pause"}


@every_row
def test_it_is_told_with_names_of_the_standards(each: FaultRow) -> None:
    assert each.component in COMPONENTS
    assert each.variable in BOOLEANS
    assert each.mrec is None or re.fullmatch(r"CX0\d\d", each.mrec)


@every_row
def test_it_is_told_in_whole_sentences(each: FaultRow) -> None:
    assert 2 <= len(each.technician) <= 5
    for text in (each.cause, each.driver, each.source, *each.technician):
        assert re.fullmatch(r"\S(?:.*\S)?\.", text), text
        assert text[0].isupper() or text[0] == "(", text
        assert "  " not in text


@every_row
def test_the_driver_reads_one_plain_sentence_that_says_what_is_so_and_what_to_do(each: FaultRow) -> None:
    words = set(re.findall(r"\w+", each.driver))
    assert not words & {*WORDS_OF_THE_TRADE, *(word.upper() for word in WORDS_OF_THE_TRADE)}
    assert each.driver.count(".") == 1
    assert re.search(r"[:,;]", each.driver), "what is so, then what to do"
    assert len(each.driver) <= 140, "more is not read on a small screen"


def test_names_are_unique_and_in_snake_case() -> None:
    names = [each.name for each in (*ROWS, *OF_STATION.values())]
    assert len(set(names)) == len(names) == len(FAULTS) + len(OF_STATION)
    assert [name for name in names if not re.fullmatch(r"[a-z]+(_[a-z]+)*", name)] == []


def test_a_name_that_is_also_the_word_of_a_kind_is_of_this_kind() -> None:
    assert [each.name for each in ROWS if each.name in KINDS and each.name != each.kind] == []


def test_every_kind_has_a_row_that_clears_when_the_board_says_so() -> None:
    assert set(KINDS) == set(get_args(FaultKind))
    assert {each.kind for each in ROWS} <= set(KINDS)
    for kind, each in KINDS.items():
        assert (each.name, each.kind, each.clears, each.hold_s, each.retry) == (kind, kind, "gone", 1.0, None)


def test_what_may_have_damaged_the_station_waits_for_a_technician() -> None:
    latched = {each.name for each in ROWS if each.clears == "service"}
    assert latched == {"contactor_welded", "memory_lost", "tilted"}
    assert all("chargepoint clear-fault" in FAULTS[name].technician[-1] for name in latched)


def test_what_endangers_people_opens_at_once() -> None:
    for name in ("rcd_tripped", "earth_lost", "emergency_stop", "enclosure_open", "contactor_welded", "over_temperature"):
        assert (FAULTS[name].action, FAULTS[name].pilot_f) == ("open", True)
        assert FAULTS[name].seen_after_s <= 1.0


def test_a_fault_finds_its_row_by_its_name_and_else_by_its_kind() -> None:
    assert Fault("derated", "high_temperature").row is FAULTS["derated"]
    assert Fault("derated", "high_temperature", by_board=True).row is KINDS["high_temperature"]
    assert Fault("control_silent", "internal_error").row is OF_STATION["control_silent"]
    assert row("of_another_release", "ground_failure") is KINDS["ground_failure"]


def test_warnings_and_lowered_offers_stop_nobody_from_charging() -> None:
    told = {each.name for each in ROWS if not Fault(each.name, each.kind).stops_charging}
    assert told == {"derated", "thermometer_silent", "contactor_worn"}
    boards = {kind for kind in KINDS if not Fault("x", kind, by_board=True).stops_charging}
    assert boards == {"local_list_conflict", "reader_failure", "weak_signal"}


@pytest.mark.parametrize(
    ("name", "figures"),
    [
        ("diode_failed", [f"{each // 1000}" for each in pilot.LOW_PLATEAU_MV]),
        ("proximity_out_of_range", [f"{each} ohm" for each in proximity.OHM]),
        ("board_silent", [f"{MODEST.silent_s:g} s", f"{MODEST.start_s:g} s"]),
        ("meter_silent", [f"{METER_SILENT_S:g} s"]),
        ("meter_frozen", [f"{supply.STUCK_WH} Wh"]),
        ("control_late", [f"{safety.LATE_S:g} s"]),
        ("over_current", [f"{supply.TOLERANCE_MA / 1000:g} A", f"{supply.TOLERANCE_PERCENT / 100:.2f}"]),
        ("phase_switch_failed", [f"{supply.LIVE_MA // 1000} A"]),
        ("over_voltage", [f"{each} %" for each in (supply.HIGH_PERCENT, supply.HIGH_AGAIN_PERCENT)]),
        ("under_voltage", [f"{each} %" for each in (supply.LOW_PERCENT, supply.LOW_AGAIN_PERCENT)]),
        ("over_temperature", [f"{each:g} °C" for each in (derating.STEPS[0][0], derating.RESTORE_C)]),
        ("thermometer_silent", [f"{derating.UNSEEN} %", f"{FAULTS['thermometer_silent'].seen_after_s:g} s"]),
        ("derated", [f"{each:g} °C" for each in (derating.STEPS[1][0], derating.STEPS[2][0], derating.RESTORE_C)]),
    ],
)
def test_the_figures_in_its_words_are_those_that_control_goes_by(name: str, figures: list[str]) -> None:
    assert [figure for figure in figures if figure not in FAULTS[name].cause] == []


def test_the_driver_reads_of_the_most_dangerous_fault_first() -> None:
    old, earth = Fault("pilot_short", "ev_communication_error", since_s=1.0), Fault("earth_lost", "ground_failure", since_s=2.0)
    warning, live = Fault("derated", "high_temperature"), Fault("K1", "power_switch_failure", since_s=3.0, by_board=True)
    assert gravest(()) is gravest((warning,)) is None
    assert gravest((warning, Fault("meter_silent", "power_meter_failure", since_s=5.0), old)) is old
    assert gravest((old, earth)) is earth
    assert gravest((old, earth, live)) is live
