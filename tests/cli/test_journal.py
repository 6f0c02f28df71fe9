"""A log beside the scan: nobody who reads it can hold up who writes it."""

import io
import logging
from threading import Event

from chargepoint.cli.journal import Journal


class Pipe(io.StringIO):
    """A stream whose reader does not read until it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.reads = Event()

    def write(self, text: str) -> int:
        self.reads.wait()
        return super().write(text)


def record(number: int) -> logging.LogRecord:
    return logging.LogRecord("x", logging.INFO, "", 0, "event=%d", (number,), None)


def test_every_line_is_written_in_order() -> None:
    stream = Pipe()
    stream.reads.set()
    journal = Journal(stream)
    for number in range(100):
        journal.emit(record(number))
    journal.leave()
    assert stream.getvalue().split() == [f"event={number}" for number in range(100)]


def test_a_reader_that_stands_still_costs_lines_and_nobody_waits() -> None:
    stream = Pipe()
    journal = Journal(stream, most=10)
    for number in range(50):
        journal.emit(record(number))
    stream.reads.set()
    while not journal._lines.empty():
        pass
    journal.emit(record(99))
    journal.leave()
    lines = stream.getvalue().splitlines()
    assert lines[0] == "event=0"
    assert lines[-1] == "event=99"
    assert lines[-2].startswith("event=log_lines_lost number=")
    assert 10 <= len(lines) - 2 <= 11


def test_a_reader_that_is_gone_is_no_error() -> None:
    class Broken(io.StringIO):
        def write(self, text: str) -> int:
            raise BrokenPipeError

    journal = Journal(Broken())
    journal.emit(record(1))
    journal.leave()
