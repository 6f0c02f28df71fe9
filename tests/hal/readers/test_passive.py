"""Readers that write again and again, heard by a host that stands still now and then."""

import asyncio
from collections.abc import Iterable

import pytest

from hal.bus.port import Port
from hal.errors import DeviceError
from hal.readers.passive import presented
from hal.readers.presence import Presence
from hal.readers.rdm6300 import Frames

CARD = b"\x02100086F44426\x03"


class Played(Port):
    """At these times somebody looks, and finds this there; then it is unplugged."""

    def __init__(self, looks: Iterable[tuple[float, bytes]]) -> None:
        super().__init__("reader.rdm6300 on /dev/ttyUSB0", lambda: -1)
        self._looks = iter(looks)
        self._now = 0.0

    def now(self) -> float:
        return self._now

    def discard(self) -> None:
        """Nothing has come unasked."""

    async def receive(self, within_s: float | None = None) -> bytes:
        look = next(self._looks, None)
        if look is None:
            raise DeviceError("unplugged")
        self._now, data = look
        return data


async def told(looks: Iterable[tuple[float, bytes]]) -> int:
    count = 0
    with pytest.raises(DeviceError):
        async for _ in presented(Played(looks), Frames(), Presence(0.5), None):
            count += 1
    return count


def lies(begins_s: float, ends_s: float) -> list[tuple[float, bytes]]:
    """It is written 20 times a second."""
    return [(begins_s + number / 20, CARD) for number in range(round((ends_s - begins_s) * 20))]


def empty(begins_s: float, ends_s: float) -> list[tuple[float, bytes]]:
    """Nothing comes, and somebody looks for it all the time."""
    return [(begins_s + number / 10, b"") for number in range(round((ends_s - begins_s) * 10))]


def test_a_card_that_lies_there_while_the_host_stands_still_is_not_told_again() -> None:
    for stands_s in (0.4, 0.8, 3.0):
        assert asyncio.run(told([*lies(0, 1), (1 + stands_s, CARD * 9), *lies(1.1 + stands_s, 5)])) == 1


def test_a_card_that_was_away_while_the_host_looked_is_told_again() -> None:
    assert asyncio.run(told([*lies(0, 1), *empty(1, 1.7), *lies(1.7, 3)])) == 2
