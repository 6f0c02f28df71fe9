"""A line of a log, as it is told to the pages and looked for there."""

import re
from pathlib import Path

import pytest

from chargepoint.domain.log_lines import AREAS, ELSEWHERE, LogLine, Wanted, area_of, read, without_secrets, written

ROOT = Path(__file__).parents[2]
LINE = LogLine(at_s=1.5, process="control", level=30, name="hal.boards.smartevse", text="event=silent evse=1")


def test_a_line_comes_back_as_it_was_told_and_nonsense_is_none() -> None:
    assert read(written(LINE)) == LINE
    assert str(LINE) == "1970-01-01T00:00:01.500+00:00 WARNING control hal.boards.smartevse event=silent evse=1"
    for nonsense in (b"", b"{}", b"\xff", b'{"at_s": 1e300, "process": "", "level": 0, "name": "", "text": ""}'):
        assert read(nonsense) is None


@pytest.mark.parametrize(
    ("name", "area"),
    [
        ("chargepoint.control.meters", "meter"),
        ("chargepoint.control.loop", "control"),
        ("chargepoint.controls", ELSEWHERE),
        ("hal.boards.smartevse", "board"),
        ("websockets.client", "OCPP"),
        ("asyncio", ELSEWHERE),
        ("", ELSEWHERE),
    ],
)
def test_the_longest_beginning_of_a_logger_says_what_it_is_about(name: str, area: str) -> None:
    assert area_of(name) == area


def test_the_table_of_areas_names_what_is_there() -> None:
    """A room that is renamed would be called a process from then on."""
    gone = [name for name in AREAS if name.startswith(("chargepoint.", "hal.")) and not list(ROOT.glob(f"{name.replace('.', '/')}*"))]
    assert gone == []


@pytest.mark.parametrize(
    ("wanted", "fits"),
    [
        (Wanted(), True),
        (Wanted(least="warning"), True),
        (Wanted(least="error"), False),
        (Wanted(process="control", area="board"), True),
        (Wanted(process="station"), False),
        (Wanted(area="meter"), False),
        (Wanted(text="EVSE=1"), True),
        (Wanted(text="smartevse"), True),
        (Wanted(text="evse=2"), False),
    ],
)
def test_what_is_looked_for_is_found(wanted: Wanted, fits: bool) -> None:
    assert wanted.fits(LINE) == fits


def test_what_is_secret_is_masked() -> None:
    text = without_secrets("event=x url=wss://cp1:quick@csms.example/ password=abc key=1 evse=1")
    assert text == "event=x url=wss://***@csms.example/ password=*** key=*** evse=1"
    assert not re.search("quick|abc", text)
