"""What a process logs is told to the pages, and no process waits for them."""

import asyncio
import logging
import socket
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from chargepoint.cli.telling import KEPT, Telling, line_of
from chargepoint.domain.log_lines import LONGEST, Wanted, read
from chargepoint.web.log import Log


@pytest.fixture
def path() -> Iterator[str]:
    """Short enough for a socket."""
    with tempfile.TemporaryDirectory(prefix="cp-") as folder:
        yield str(Path(folder) / "log")


def record(text: str, *values: object, error: bool = False) -> logging.LogRecord:
    return logging.LogRecord("chargepoint.x", logging.WARNING, "", 0, text, values, sys.exc_info() if error else None)


def drained(heard: socket.socket) -> list[str]:
    found: list[str] = []
    while True:
        try:
            line = read(heard.recv(65_536))
        except BlockingIOError:
            return found
        assert line is not None
        found.append(line.text)


def listening(path: str) -> socket.socket:
    heard = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    heard.setblocking(False)
    heard.bind(path)
    return heard


def test_what_is_said_before_anybody_listens_comes_with_the_next_line(path: str) -> None:
    telling = Telling("station", path)
    for number in range(KEPT + 5):
        telling.emit(record("event=%d", number))
    with listening(path) as heard:
        found: list[str] = []
        while len(found) < KEPT:
            telling.emit(record("event=now"))
            found += drained(heard)
    assert found[0] == "event=6", "the oldest are gone"
    assert found[-1] == "event=now"
    telling.close()


def test_who_does_not_read_holds_nobody_up_and_a_line_is_no_error(path: str) -> None:
    telling = Telling("station", path)
    with listening(path):
        for number in range(2_000):
            telling.emit(record("event=%d", number))
    telling.emit(record("event=%d", "no number"))
    telling.emit(record("event=\ud800"))
    telling.close()


def test_an_error_says_where_it_came_from_within_bounds_and_without_secrets() -> None:
    try:
        raise ValueError("wss://cp1:quick@csms.example/ " + "x" * 9_000)
    except ValueError:
        line = line_of(record("event=broken password=abc", error=True), "station")
    assert line.text.startswith("event=broken password=***\n")
    assert line.text.endswith("xxx")
    assert len(line.text) <= LONGEST
    try:
        raise ValueError("wss://cp1:quick@csms.example/")
    except ValueError:
        assert "quick" not in line_of(record("event=broken", error=True), "station").text


def test_the_pages_hear_every_process_and_stand_without_a_place_to_hear(path: str) -> None:
    async def hear() -> list[str]:
        log = Log()
        listens = asyncio.create_task(log.listen(path))
        await asyncio.sleep(0)
        telling = Telling("control", path)
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as stranger:
            stranger.sendto(b"nonsense", path)
        telling.emit(record("event=heard"))
        for _ in range(3):
            await asyncio.sleep(0)
        listens.cancel()
        telling.close()
        await log.listen(f"{path}/nowhere")
        return [f"{each.line.process} {each.line.text}" for each in log.newest(Wanted(), 9)]

    assert asyncio.run(hear()) == ["control event=heard"]
