"""A line under a clock of its own: who hears what when, and how it is spoilt."""

from math import inf

import pytest

from simulators.wires.face import WireFault
from simulators.wires.line import Line
from tests.simulators.wires.parrot import Parrot


def played(line: Line, until_s: float = 10.0) -> list[tuple[float, bytes]]:
    """(when, what) of everything that arrives at the host."""
    arrived = []
    while (now := line.due_s) <= until_s:
        if data := line.turn(now):
            arrived.append((round(now, 6), data))
    return arrived


def test_an_answer_comes_after_its_time() -> None:
    line = Line()
    line.add(Parrot())
    line.say(b"po", 0.0)
    line.say(b"lly\n", 1.0)
    assert played(line) == [(1.01, b"POLLY\n")]
    assert line.due_s == inf


@pytest.mark.parametrize(
    ("fault", "expected"),
    [("silent", []), ("slow", [(0.81, b"POLLY\n")]), ("half_frame", [(0.01, b"POL")]), ("bad_checksum", [(0.01, b"!POLLY\n")])],
)
def test_a_spoilt_wire_shows(fault: WireFault, expected: list[tuple[float, bytes]]) -> None:
    line = Line()
    line.add(Parrot()).fault = fault
    line.say(b"polly\n", 0.0)
    assert played(line) == expected


def test_garbage_is_as_long_as_what_it_replaces_and_none_of_it_every_time() -> None:
    answers = []
    for seed in (1, 1, 2):
        line = Line(seed=seed)
        line.add(Parrot()).fault = "garbage"
        line.say(b"polly\n", 0.0)
        ((_, answer),) = played(line)
        answers.append(answer)
    assert {len(answer) for answer in answers} == {6}
    assert b"POLLY\n" not in answers
    assert answers[0] == answers[1] != answers[2]


def test_two_devices_on_one_line_hear_everything_and_answer_for_themselves() -> None:
    line = Line()
    polly, jack = line.add(Parrot("p")), line.add(Parrot("j"))
    line.say(b"polly\njack\n", 0.0)
    assert played(line) == [(0.01, b"POLLY\nJACK\n")]
    polly.fault = "silent"
    line.say(b"polly\njack\n", 1.0)
    assert played(line) == [(1.01, b"JACK\n")]
    assert isinstance(jack.face, Parrot)
    assert jack.face.said_at_s == [0.0, 0.0, 1.0, 1.0]


def test_a_paced_line_takes_the_time_that_its_bytes_take() -> None:
    line = Line(baud=9600)
    line.add(Parrot())
    line.say(b"0123456789abcde\n", 0.0)
    arrived = played(line)
    assert b"".join(data for _, data in arrived) == b"0123456789ABCDE\n"
    assert arrived[-1][0] == pytest.approx(2 * 16 * 10 / 9600 + 0.01, abs=1e-6)
    assert len(arrived) == 2


def test_an_adapter_with_an_echo_hears_itself() -> None:
    line = Line(echo=True)
    line.add(Parrot())
    line.say(b"polly\n", 0.0)
    assert played(line) == [(0.0, b"polly\n"), (0.01, b"POLLY\n")]


def test_what_was_half_is_forgotten_when_the_line_is_opened_anew() -> None:
    line = Line()
    line.add(Parrot())
    line.say(b"pol", 0.0)
    line.turn(0.0)
    line.begin(1.0)
    line.say(b"jack\n", 1.0)
    assert played(line) == [(1.01, b"JACK\n")]


def test_a_device_says_something_by_itself_when_its_time_has_come() -> None:
    line = Line()
    parrot = Parrot()
    line.add(parrot)
    parrot.alarm_s = 3.0
    assert played(line) == [(3.0, b"ALARM\n")]
