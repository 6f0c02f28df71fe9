"""Lines of digits on a serial port."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hal.errors import DriverError
from hal.readers.formats import UnreadableCard
from hal.readers.serial_ascii import Lines, SerialAsciiReader
from simulators.wires.readers import AsciiFace
from tests.hal.readers.rig import Pty, listening, on_pty, run

CARD, OTHER = "04A1B2C3", "DEADBEEF"


@pytest.fixture
def face() -> AsciiFace:
    return AsciiFace(lambda card: b"\x02" + card.encode() + b"\x03\r\n")


@pytest.fixture
def pty(tmp_path: Path, face: AsciiFace) -> Iterator[Pty]:
    with on_pty(tmp_path, face) as made:
        yield made


@pytest.mark.parametrize(
    "line",
    [
        b"04A1B2C3\r",
        b"04a1b2c3\n",
        b"04A1B2C3\r\n",
        b"\x0204A1B2C3\x03",
        b"\x0204A1B2C3\r\n\x03",
        b"garb\x0204A1B2C3\x03\r\n",
        b" 04 A1 B2 C3 \r",
    ],
)
def test_a_line_ends_as_readers_end_it(line: bytes) -> None:
    lines = Lines("hex")
    assert [card for place in range(len(line)) for card in lines.feed(line[place : place + 1], 0.01 * place)] == [CARD]


def test_what_is_not_ended_within_a_second_is_no_part_of_the_next() -> None:
    lines = Lines("hex")
    assert lines.feed(b"04A1", 0.0) == []
    assert lines.feed(b"DEADBEEF\r", 1.5) == [OTHER]
    assert lines.feed(b"DEAD", 3.0) == []
    assert lines.feed(b"BEEF\r", 3.9) == [OTHER]


def test_a_line_without_end_takes_no_room_and_is_no_card() -> None:
    lines = Lines("hex")
    with pytest.raises(UnreadableCard, match="64 "):
        lines.feed(b"0" * 100_000 + b"\r", 0.0)
    assert lines.feed(b"04A1B2C3\r", 0.1) == [CARD]


def test_a_card_that_its_reader_writes_again_and_again_is_one_presentation(pty: Pty, face: AsciiFace) -> None:
    async def script() -> None:
        async with listening(SerialAsciiReader(port=pty.port, release_s=30)) as heard:
            for card in (CARD, CARD, OTHER):
                pty.do(face.lying.present, card, 0.1)
            await heard.until(lambda: OTHER in heard.tokens)
            assert heard.tokens == [CARD, OTHER]

    run(script)


def test_a_line_that_is_no_card_is_passed_over(pty: Pty, face: AsciiFace) -> None:
    async def script() -> None:
        async with listening(SerialAsciiReader(port=pty.port, format="dec")) as heard:
            pty.do(face.lying.present, CARD, 0.1)
            pty.do(face.lying.present, "0077705923", 0.1)
            await heard.until(lambda: heard.tokens == [CARD])
            assert heard.error is None

    run(script)


def test_an_adapter_that_goes_is_an_error_and_is_found_when_it_is_back(pty: Pty, face: AsciiFace) -> None:
    async def script() -> None:
        same = SerialAsciiReader(port=pty.port)
        async with listening(same) as heard:
            pty.do(face.lying.present, CARD, 0.1)
            await heard.until(lambda: heard.tokens == [CARD])
            pty.do(pty.wire.unplug)
            await heard.until(lambda: heard.error is not None)
            assert "plug it in again" in str(heard.error)
        pty.do(pty.wire.plug)
        async with listening(same) as heard:
            pty.do(face.lying.present, OTHER, 0.1)
            await heard.until(lambda: heard.tokens == [OTHER])

    run(script)


def test_entries_out_of_range_are_refused_when_it_is_made() -> None:
    with pytest.raises(DriverError, match="release_s -1: expected 0 or more"):
        SerialAsciiReader(port="/dev/ttyUSB0", release_s=-1)
