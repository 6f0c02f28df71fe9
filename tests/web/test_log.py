"""What is kept of the logs of all processes."""

import pytest

from chargepoint.domain.log_lines import LONGEST, LogLine, Wanted
from chargepoint.web.log import CHARACTERS, LATE_S, Log

ALL = Wanted()


def log_of(*said: tuple[str, float], kept: int = 9) -> Log:
    log = Log(kept)
    for process, at_s in said:
        log.add(LogLine(at_s=at_s, process=process, level=20, name="chargepoint.x", text=f"{process} {at_s:g}"))
    return log


@pytest.mark.parametrize(
    ("said", "newest"),
    [
        ([("web", 1), ("web", 5), ("station", 3)], ["web 5", "station 3", "web 1"]),
        ([("web", 1), ("web", 5), ("station", 6)], ["station 6", "web 5", "web 1"]),
        ([("station", 5), ("station", 3)], ["station 3", "station 5"]),
        ([("web", 5 + LATE_S), ("station", 3)], ["station 3", f"web {5 + LATE_S:g}"]),
    ],
    ids=["it came late", "it did not", "a clock was set within a process", "a clock was set far back"],
)
def test_what_comes_late_stands_where_it_belongs_and_no_clock_hides_a_line(said: list[tuple[str, float]], newest: list[str]) -> None:
    assert [each.line.text for each in log_of(*said).newest(ALL, 9)] == newest


def test_long_lines_leave_room_for_fewer_others() -> None:
    log = Log()
    for _ in range(1_000):
        log.add(LogLine(at_s=1.0, process="web", level=40, name="x", text="x" * LONGEST))
    assert len(log.newest(ALL, 9_999)) == CHARACTERS // LONGEST


def test_the_oldest_goes_and_who_looks_back_to_it_finds_nothing() -> None:
    log = log_of(*(("web", float(number)) for number in range(12)))
    assert [each.number for each in log.newest(ALL, 3)] == [12, 11, 10]
    assert [each.number for each in log.newest(ALL, 9, before=6)] == [5, 4]
    assert log.newest(ALL, 9, before=2) == ()
