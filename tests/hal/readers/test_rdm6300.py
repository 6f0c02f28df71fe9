"""The RDM6300: its checksum, and a card that is written again all the time."""

from collections.abc import Iterator
from math import inf
from pathlib import Path

import pytest

from hal.readers.rdm6300 import Frames, Rdm6300Reader
from simulators.wires.readers import Rdm6300Face
from tests.hal.readers.rig import Pty, listening, on_pty, run

CARD, OTHER = "100086F444", "04A1B2C3D4"
FRAME = b"\x02100086F44426\x03"


@pytest.fixture
def face() -> Rdm6300Face:
    return Rdm6300Face()


@pytest.fixture
def pty(tmp_path: Path, face: Rdm6300Face) -> Iterator[Pty]:
    with on_pty(tmp_path, face) as made:
        yield made


@pytest.mark.parametrize(
    ("data", "cards"),
    [
        (FRAME, [CARD]),
        (FRAME.lower(), [CARD]),
        (FRAME * 3, [CARD] * 3),
        (b"\x02100086F4" + FRAME, [CARD]),
        (FRAME[4:] + FRAME, [CARD]),
        (b"\x02100086F44427\x03", []),
        (b"\x02100086F4446\x03", []),
        (b"\x02100086G44426\x03", []),
        (b"\x03\x03\x02\x03", []),
    ],
)
def test_only_a_frame_with_its_checksum_is_a_card(data: bytes, cards: list[str]) -> None:
    frames = Frames()
    assert [card for place in range(len(data)) for card in frames.feed(data[place : place + 1], 0.0)] == cards
    assert Frames().feed(data, 0.0) == cards


def test_a_card_that_lies_there_is_one_token_until_it_was_away(pty: Pty, face: Rdm6300Face) -> None:
    async def script() -> None:
        async with listening(Rdm6300Reader(port=pty.port, release_s=0.3)) as heard:
            pty.do(face.lying.present, CARD, 1.5)
            pty.do(face.lying.present, CARD, inf)
            await heard.until(lambda: len(heard.tokens) == 2)
            assert heard.tokens == [CARD, CARD]
            pty.do(face.lying.lift)
            pty.do(face.lying.present, OTHER)
            await heard.until(lambda: heard.tokens == [CARD, CARD, OTHER])

    run(script)


def test_frames_with_a_wrong_checksum_are_no_card(pty: Pty, face: Rdm6300Face) -> None:
    async def script() -> None:
        pty.spoil("bad_checksum")
        async with listening(Rdm6300Reader(port=pty.port)) as heard:
            pty.do(face.lying.present, CARD)
            pty.do(face.lying.present, OTHER, inf)
            await heard.until(lambda: face.lying.card == OTHER)
            assert heard.tokens == []
            pty.spoil(None)
            await heard.until(lambda: heard.tokens == [OTHER])

    run(script)
