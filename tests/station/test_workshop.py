"""One piece of work after the other, and what becomes of it when it is stopped."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from chargepoint.station.workshop import Workshop
from tests import virtual_time


class Room:
    """Works on whatever is wanted; letting go of it takes a second."""

    def __init__(self, *wanted: str) -> None:
        self.wanted = list(wanted)
        self.notes: list[str] = []
        self.workshop = Workshop(self.next)

    def next(self) -> Coroutine[Any, Any, None] | None:
        return self.work(self.wanted[0]) if self.wanted else None

    async def work(self, name: str) -> None:
        self.notes.append(f"{name} begun")
        try:
            await asyncio.sleep(10)
        finally:
            await asyncio.sleep(1)
            self.notes.append(f"{name} let go")
        self.wanted.remove(name)


def play(room: Room, after: tuple[str, ...], seconds: float) -> list[str]:
    async def main() -> list[str]:
        running = asyncio.ensure_future(room.workshop.run())
        await asyncio.sleep(5)
        room.wanted[:] = after
        room.workshop.change()
        await asyncio.sleep(seconds)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        return list(room.notes)

    return virtual_time.run(main())


def test_the_next_begins_when_the_one_before_has_let_go() -> None:
    assert play(Room("a"), ("b",), 30) == ["a begun", "a let go", "b begun", "b let go"]


def test_who_ends_it_has_waited_for_the_work_to_let_go() -> None:
    assert play(Room("a"), ("b",), 5) == ["a begun", "a let go", "b begun", "b let go"]


def test_it_waits_until_there_is_something() -> None:
    assert play(Room(), ("b",), 5) == ["b begun", "b let go"]
