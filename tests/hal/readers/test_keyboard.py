"""Readers that type: events, and which input device it is."""

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hal.errors import DriverError
from hal.measured import TokenSeen
from hal.readers.keyboard import KeyboardReader
from hal.readers.keys import EVENT, Typing
from simulators.wires.keyboard import KeyboardFixture
from simulators.wires.thread import Beside, beside
from tests.hal.readers.rig import listening, run

PORT = "/dev/input/by-id/usb-reader-event-kbd"
CARD, OTHER = "04A1B2C3", "DEADBEEF"


def typed(*codes: int, kind: int = 1, value: int = 1) -> bytes:
    return b"".join(EVENT.pack(0, 0, kind, code, value) for code in codes)


DIGITS = (11, 8, 8, 8, 11, 6, 10, 3, 4)
"""077705923"""


def test_an_event_has_twenty_four_bytes() -> None:
    assert EVENT.size == 24


@pytest.mark.parametrize("enter", [28, 96])
def test_keys_that_go_down_make_a_card_when_enter_does_in_whatever_pieces_they_come(enter: int) -> None:
    data = b"".join(typed(code) + typed(code, value=0) + typed(0, kind=0, value=0) for code in (*DIGITS, enter))
    for size in (1, 7, 24, 1000):
        typing = Typing("dec")
        cards = [card for place in range(0, len(data), size) for card in typing.feed(data[place : place + size], 0.0)]
        assert cards == [CARD]


def test_letters_shift_and_keys_that_are_held_or_unknown() -> None:
    data = typed(11, 5) + typed(42) + typed(30) + typed(30, value=2) + typed(2, 48, 3, 46, 4, 59, 113, 28)
    assert Typing("hex").feed(data, 0.0) == [CARD]


def test_what_is_not_ended_within_a_second_is_no_part_of_the_next_nor_is_half_an_event() -> None:
    typing = Typing("dec")
    assert typing.feed(typed(2, 3) + b"\x01\x02\x03", 0.0) == []
    assert typing.feed(typed(*DIGITS, 28), 1.5) == [CARD]


def test_a_line_of_which_the_kernel_dropped_keys_is_no_card_and_the_next_one_is() -> None:
    typing = Typing("dec")
    dropped = typed(3, kind=0, value=0)
    assert typing.feed(typed(*DIGITS[:4]) + dropped + typed(*DIGITS[6:], 28), 0.0) == []
    assert typing.feed(typed(*DIGITS, 28), 0.2) == [CARD]
    assert typing.feed(typed(*DIGITS[:4]) + dropped, 1.0) == []  # its Enter is among what was dropped
    assert typing.feed(typed(*DIGITS, 28), 2.5) == [CARD]


def test_a_code_is_typed_slowly_taken_back_and_given_up() -> None:
    """OCPP 2.0.1 C04."""
    typing = Typing("pin")
    assert typing.feed(typed(2, 3), 0.0) == []
    assert typing.feed(typed(14), 3.0) == []
    assert typing.feed(typed(*DIGITS[:4]), 8.0) == []
    assert typing.feed(typed(28), 14.0) == ["0777"], "as it stands, however short it is"
    assert typing.feed(typed(2, 3), 20.0) == []
    assert typing.feed(typed(28), 36.0) == []


def test_what_a_keypad_types_is_a_code(loop: Beside, tmp_path: Path) -> None:
    fixture = KeyboardFixture(PORT, "", "hex")
    loop.call(fixture.open, tmp_path)

    async def script() -> None:
        async with listening(KeyboardReader(port=f"{tmp_path}{PORT}", format="pin", root=str(tmp_path))) as heard:
            loop.call(fixture.present, TokenSeen("04135566"))
            await heard.until(lambda: heard.tokens == ["04135566"])
            assert heard.kinds == {"KeyCode"}

    run(script)
    loop.call(fixture.close)


@pytest.fixture
def loop() -> Iterator[Beside]:
    with beside() as made:
        yield made


@pytest.mark.parametrize("entries", [{"port": PORT}, {"usb": "FFFF:0035"}])
@pytest.mark.parametrize("written", ["hex", "dec", "dec_le"])
def test_it_is_found_by_its_path_or_by_its_ids_and_again_after_it_was_unplugged(
    entries: dict[str, Any], written: Any, loop: Beside, tmp_path: Path
) -> None:
    fixture = KeyboardFixture(entries.get("port", ""), entries.get("usb", ""), written)
    loop.call(fixture.open, tmp_path)
    moved = {name: str(tmp_path) + value if name == "port" else value for name, value in entries.items()}
    same = KeyboardReader(**moved, format=written, root=str(tmp_path))

    async def script() -> None:
        async with listening(same) as heard:
            loop.call(fixture.present, TokenSeen(CARD))
            await heard.until(lambda: heard.tokens == [CARD])
            loop.set(fixture, "fault", "unplugged")
            await heard.until(lambda: heard.error is not None)
        async with listening(same) as heard:
            await heard.until(lambda: heard.error is not None)
            assert "plug it in" in str(heard.error)
        loop.set(fixture, "fault", None)
        async with listening(same) as heard:
            loop.call(fixture.present, TokenSeen(OTHER))
            await heard.until(lambda: heard.tokens == [OTHER])

    run(script)
    loop.call(fixture.close)


def test_what_cannot_be_had_alone_is_refused_outside_a_bench(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")

    async def script() -> None:
        async with listening(KeyboardReader(port=str(tmp_path / "fifo"))) as heard:
            await heard.until(lambda: heard.error is not None)
            assert "cannot be had alone" in str(heard.error)

    run(script)


def test_what_waited_before_it_was_opened_is_nobodys_card(loop: Beside, tmp_path: Path) -> None:
    fixture = KeyboardFixture(PORT, "", "hex")
    loop.call(fixture.open, tmp_path)
    loop.call(fixture.present, TokenSeen(CARD))

    async def script() -> None:
        await asyncio.to_thread(loop.call, lambda: asyncio.sleep(0))
        async with listening(KeyboardReader(port=f"{tmp_path}{PORT}", format="hex", root=str(tmp_path))) as heard:
            loop.call(fixture.present, TokenSeen(OTHER))
            await heard.until(lambda: heard.tokens)
            assert heard.tokens == [OTHER]

    run(script)
    loop.call(fixture.close)


@pytest.mark.parametrize(
    "entries", [{}, {"port": PORT, "usb": "ffff:0035"}, {"usb": "ffff"}, {"usb": "ffff:35"}, {"port": PORT, "release_s": -1.0}]
)
def test_entries_that_do_not_say_which_are_refused_when_it_is_made(entries: dict[str, Any]) -> None:
    with pytest.raises(DriverError, match="expected"):
        KeyboardReader(**entries)
