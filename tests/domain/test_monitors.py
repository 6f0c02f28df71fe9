"""What each kind of monitor makes of a history of values, and which of them there can be."""

from datetime import UTC, datetime, timedelta

import pytest

from chargepoint.domain.device_model import DeviceModel
from chargepoint.domain.entries import VariableKey
from chargepoint.domain.fault_table import KINDS, OF_STATION, ROWS
from chargepoint.domain.monitor_table import FIRST_CUSTOM, OF_FAULTS, hard_wired, preconfigured, severity
from chargepoint.domain.monitors import Monitor, MonitorKind, Seen, duplicate, look, refusal
from tests.station.rig import configuration

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
POWER = VariableKey(component="EVSE", variable="Power", evse=1)
STATE = VariableKey(component="EVSE", variable="AvailabilityState", evse=1)
REGISTER = VariableKey(component="FiscalMetering", variable="EnergyImportRegister", evse=1)
PASSWORD = VariableKey(component="SecurityCtrlr", variable="BasicAuthPassword")


def monitor(kind: MonitorKind, value: float = 10.0, key: VariableKey = POWER, grave: int = 5, number: int = 1) -> Monitor:
    return Monitor(id=number, key=key, kind=kind, value=value, severity=grave)


def told(kind: MonitorKind, texts: list[str], *, numeric: bool = True, value: float = 10.0) -> list[str]:
    """What it says to each of these values: ``!`` an event, ``ok`` one that clears, ``-`` nothing."""
    seen, words = Seen(), []
    for text in texts:
        seen, sighting = look(monitor(kind, value), seen, text, numeric, NOON)
        words.append("-" if sighting is None else "ok" if sighting.cleared else "!")
    return words


@pytest.mark.parametrize(
    ("kind", "texts", "words"),
    [
        (MonitorKind.UPPER, ["", "10", "10.1", "11", "10", "", "12"], "- - ! - ok - !"),
        (MonitorKind.LOWER, ["10", "9.9", "9", "10", "0"], "- ! - ok !"),
        (MonitorKind.DELTA, ["5", "15", "15.1", "5.2", "5", "25.5", ""], "- - ! - ! ! -"),
    ],
)
def test_a_number_is_told_when_it_crosses_or_changes(kind: MonitorKind, texts: list[str], words: str) -> None:
    """N07.FR.02, N07.FR.16, N07.FR.17, N07.FR.18."""
    assert " ".join(told(kind, texts)) == words


def test_a_number_that_becomes_known_has_not_changed() -> None:
    """N07.FR.18: set while nobody knew it, before control was heard, say."""
    seen, sighting = look(monitor(MonitorKind.DELTA, 1000), Seen(told=""), "5", True, NOON)
    assert (seen.told, sighting) == ("5", None)
    assert look(monitor(MonitorKind.DELTA, 1000), seen, "1006", True, NOON)[1] is not None


def test_anything_else_is_told_whenever_it_changes() -> None:
    """N07.FR.19."""
    assert told(MonitorKind.DELTA, ["Available", "Available", "Occupied", "Available"], numeric=False, value=99) == ["-", "-", "!", "!"]


def due(kind: MonitorKind, every_s: float, at_s: list[float], start: datetime = NOON) -> list[float]:
    """At which of these moments it says something."""
    seen, found = Seen(), []
    for moment in at_s:
        seen, sighting = look(monitor(kind, every_s), seen, "x", False, start + timedelta(seconds=moment))
        found += [] if sighting is None else [moment]
    return found


def test_a_period_counts_from_the_beginning_and_does_not_drift() -> None:
    """N08.FR.06."""
    seconds = [each + 0.3 * (each % 2) for each in range(31)]
    assert due(MonitorKind.PERIODIC, 10, seconds) == [10, 20, 30]


def test_an_aligned_period_counts_from_midnight() -> None:
    """N08.FR.07."""
    assert due(MonitorKind.ALIGNED, 900, list(range(0, 2000, 50)), NOON + timedelta(minutes=7)) == [500, 1400]
    hours = [each // 3600 + 12 for each in due(MonitorKind.ALIGNED, 7 * 3600, list(range(0, 28 * 3600, 1800)))]
    assert hours == [14, 21, 24, 31, 38], "each day anew"


@pytest.mark.parametrize("kind", [MonitorKind.PERIODIC, MonitorKind.ALIGNED])
def test_periods_that_were_missed_are_not_made_up_for(kind: MonitorKind) -> None:
    assert len(due(kind, 10, [0, *range(1000, 1031)])) <= 4


@pytest.mark.parametrize("kind", [MonitorKind.PERIODIC, MonitorKind.ALIGNED])
def test_a_clock_that_is_set_back_does_not_silence_a_monitor(kind: MonitorKind) -> None:
    assert due(kind, 10, [0, 10, -5000, -4990, -4980, -4970])[1:] != []


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [
        (monitor(MonitorKind.UPPER, 100), None),
        (monitor(MonitorKind.UPPER, 1e6), ("Rejected", "ValueOutOfRange")),
        (monitor(MonitorKind.LOWER, 1e6), ("Rejected", "ValueOutOfRange")),
        (monitor(MonitorKind.LOWER, -1, REGISTER), ("Rejected", "ValueOutOfRange")),
        (monitor(MonitorKind.UPPER, key=STATE), ("UnsupportedMonitorType", "UnsupportedParam")),
        (monitor(MonitorKind.UPPER, key=PASSWORD), ("UnsupportedMonitorType", "UnsupportedParam")),
        (monitor(MonitorKind.DELTA, key=PASSWORD), None),
        (monitor(MonitorKind.DELTA, -0.5), ("Rejected", "ValuePositiveOnly")),
        (monitor(MonitorKind.PERIODIC, 0.5), ("Rejected", "ValueOutOfRange")),
        (monitor(MonitorKind.ALIGNED, 900, STATE), None),
        (monitor(MonitorKind.DELTA, grave=10), ("Rejected", "ValueOutOfRange")),
    ],
)
def test_what_there_can_be(wanted: Monitor, reason: tuple[str, str] | None) -> None:
    """N04.FR.05, N04.FR.06, N04.FR.14."""
    entry = DeviceModel(configuration()).entry(wanted.key)
    assert entry is not None
    refused = refusal(wanted, entry)
    assert (None if refused is None else refused[:2]) == reason


def test_one_kind_and_severity_only_once_at_a_variable() -> None:
    there = [monitor(MonitorKind.UPPER, number=7)]
    assert duplicate(monitor(MonitorKind.UPPER, 99, number=8), there, number=None)
    assert not duplicate(monitor(MonitorKind.UPPER, 99, number=7), there, number=7)
    assert not duplicate(monitor(MonitorKind.LOWER, number=8), there, number=None)
    assert not duplicate(monitor(MonitorKind.UPPER, grave=4, number=8), there, number=None)


def test_every_fault_is_watched_as_grave_as_it_is_and_every_number_is_used_once() -> None:
    """N05.FR.03."""
    model = DeviceModel(configuration(evses=3, connectors=2))
    rows = {(row.component, row.variable, severity(row)) for row in (*ROWS, *KINDS.values(), *OF_STATION.values())}
    assert rows == set(OF_FAULTS)
    known = {(entry.key.component, entry.key.variable) for entry in model}
    fixed, own = list(hard_wired(model)), list(preconfigured(model, 230.0))
    assert {(each.key.component, each.key.variable, each.severity) for each in fixed} == {row for row in rows if row[:2] in known}
    numbers = [each.id for each in (*fixed, *own)]
    assert len(set(numbers)) == len(numbers)
    assert max(numbers) < FIRST_CUSTOM
    assert {each.value for each in own} == {70.0, 253.0, 207.0, 1000.0}


def test_what_may_kill_is_danger() -> None:
    grave = {row.name: severity(row) for row in ROWS}
    assert (grave["contactor_welded"], grave["emergency_stop"], grave["memory_lost"], grave["contactor_worn"]) == (0, 0, 1, 6)
