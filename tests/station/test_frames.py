"""The newest frames as they went, masked when somebody looks; and nothing of it grows."""

import asyncio
import json
from typing import Any

import pytest

from chargepoint.inquiry.frames import MOST, Frames, ListFrames
from chargepoint.station.clock import StationClock
from chargepoint.station.frames import LONGEST, MOST_BYTES, FrameBook
from tests.station.rig import MIDNIGHT


class Clock:
    """Set by hand; midnight at 0."""

    def __init__(self) -> None:
        self.s = 0.0

    def now_s(self) -> float:
        return MIDNIGHT.timestamp() + self.s


def book(clock: Clock | None = None) -> FrameBook:
    hand = clock or Clock()
    return FrameBook(StationClock(hand, lambda: hand.s))


def listed(frames: FrameBook, **wanted: Any) -> Frames:
    return asyncio.run(frames.list(ListFrames(**wanted)))


def put(frames: FrameBook, sent: bool, *parts: Any) -> None:
    frames.note(sent, json.dumps(parts).encode())


def test_an_answer_has_the_action_of_its_call_and_how_long_it_took() -> None:
    clock = Clock()
    frames = book(clock)
    put(frames, True, 2, "a", "Heartbeat", {})
    put(frames, False, 2, "a", "Reset", {"type": "Soft"})
    clock.s = 0.25
    put(frames, False, 3, "a", {"currentTime": "2026-03-01T00:00:00Z"})
    put(frames, True, 4, "a", "NotSupported", "no", {})
    put(frames, True, 2, "b", "Heartbeat", {})
    clock.s = 31.25
    lines = listed(frames).lines
    told = [(line.kind, line.action, line.sent, line.round_trip_ms, line.waits_s, line.error) for line in lines]
    assert told == [
        ("CALL", "Heartbeat", True, None, None, ""),
        ("CALL", "Reset", False, None, None, ""),
        ("CALLRESULT", "Heartbeat", False, 250.0, None, ""),
        ("CALLERROR", "Reset", True, 250.0, None, "NotSupported: no"),
        ("CALL", "Heartbeat", True, None, 31.0, ""),
    ]
    assert lines[2].at == "2026-03-01T00:00:00.250+00:00"


def test_who_follows_is_told_what_is_new_and_how_much_he_has_missed() -> None:
    frames = book()
    for number in range(250):
        put(frames, True, 2, str(number), "Heartbeat", {})
    newest = listed(frames)
    assert (len(newest.lines), newest.after) == (MOST, 250)
    assert [line.id for line in listed(frames, count=2).lines] == ["248", "249"]
    assert listed(frames, after=250).lines == ()
    missed = listed(frames, after=10, count=1)
    assert (missed.lines[0].id, missed.after, missed.lost) == ("50", 51, 40)
    assert listed(frames, after=9_999) == Frames(lines=(), after=250), "of before a restart: from here on"


def test_neither_long_frames_nor_many_fill_the_memory() -> None:
    frames = book()
    put(frames, False, 2, "long", "SendLocalList", {"list": ["x" * LONGEST], "idTag": "04A1B2C3"})
    for number in range(20):
        put(frames, True, 2, str(number), "DataTransfer", {"data": "x" * (LONGEST - 100)})
    assert sum(len(kept.data) for kept in frames._kept) <= MOST_BYTES
    put(frames, False, 2, "long", "SendLocalList", {"list": ["x" * LONGEST], "idTag": "04A1B2C3"})
    line = listed(frames).lines[-1]
    assert (line.kind, line.action, line.id, line.text) == ("CALL", "SendLocalList", "long", f"{line.size} bytes, too many to be kept")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\x00",
        b"[",
        b"{}",
        b"[2]",
        b"null",
        b'[2,"x"]',
        b"[3,4]",
        b'[true,"x"]',
        b'[99,"x","04A1B2C3"]',
        b'[4,"x",1,2]',
        b"[" * 5_000,
    ],
)
def test_whatever_comes_is_listed(data: bytes) -> None:
    frames = book()
    frames.note(False, data)
    (line,) = listed(frames).lines
    assert (line.size, line.number) == (len(data), 1)
    assert "04A1B2C3" not in line.text
