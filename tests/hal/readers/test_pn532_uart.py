"""The PN532 over a terminal: cards that stay, a supply that dips, frames that are spoilt."""

import asyncio
from collections.abc import Iterator
from math import inf
from pathlib import Path
from typing import Any

import pytest

from hal.bus.port import Port
from hal.errors import DriverError
from hal.readers import pn532
from hal.readers.pn532_uart import Chip, Pn532Reader
from simulators.wires.pn532 import Pn532Face
from tests.hal.readers.rig import Heard, Pty, listening, on_pty, run

CARD, OTHER = "04A1B2C3D4E580", "DEADBEEF"


@pytest.fixture
def face() -> Pn532Face:
    return Pn532Face()


@pytest.fixture
def pty(tmp_path: Path, face: Pn532Face) -> Iterator[Pty]:
    with on_pty(tmp_path, face) as made:
        yield made


def reader(pty: Pty, **entries: Any) -> Pn532Reader:
    return Pn532Reader(port=pty.port, **{"poll_s": 0.05, "release_s": 0.2, **entries})


async def polls(heard: Heard, face: Pn532Face, count: int) -> None:
    """So many questions later."""
    until = face.asked + count
    await heard.until(lambda: face.asked >= until)


@pytest.mark.parametrize("card", [OTHER, CARD, "0011223344556677AABB"])
def test_a_card_that_is_left_there_is_one_token_and_another_when_it_comes_again(card: str, pty: Pty, face: Pn532Face) -> None:
    async def script() -> None:
        async with listening(reader(pty)) as heard:
            pty.do(face.lying.present, card, inf)
            await heard.until(lambda: heard.tokens == [card])
            await polls(heard, face, 30)
            assert heard.tokens == [card]
            pty.do(face.lying.lift)
            pty.do(face.lying.present, card)
            await heard.until(lambda: heard.tokens == [card, card])

    run(script)


class EverySecondLook(Pn532Face):
    """Cards that it has found it does not find when it looks again, as some answer to every second call only."""

    looks = 0

    def _target(self) -> bytes:
        self.looks += 1
        return super()._target() if self.looks % 2 else b"\x00"


def test_a_card_that_lies_there_and_answers_to_every_second_look_is_one_token(tmp_path: Path) -> None:
    face = EverySecondLook()

    async def script(pty: Pty) -> None:
        async with listening(reader(pty, poll_s=0.5, release_s=2.0)) as heard:
            pty.do(face.lying.present, CARD, inf)
            await heard.until(lambda: heard.tokens)
            await polls(heard, face, 5)
            assert heard.tokens == [CARD]

    with on_pty(tmp_path, face) as made:
        run(lambda: script(made))


def test_after_a_dip_of_its_supply_it_is_woken_and_set_up_anew_and_a_card_that_lay_there_is_not_told_again(
    pty: Pty, face: Pn532Face
) -> None:
    async def script() -> None:
        async with listening(reader(pty)) as heard:
            pty.do(face.lying.present, CARD, inf)
            await heard.until(lambda: heard.tokens == [CARD])
            pty.do(face.dip)
            await polls(heard, face, 20)
            assert (heard.tokens, heard.error) == ([CARD], None)
            pty.do(face.lying.lift)
            pty.do(face.lying.present, OTHER)
            await heard.until(lambda: heard.tokens == [CARD, OTHER])

    run(script)


def test_one_that_looks_for_ever_is_told_to_leave_off_and_set_up_anew(pty: Pty, face: Pn532Face) -> None:
    async def script() -> None:
        async with listening(reader(pty)) as heard:
            await polls(heard, face, 5)
            before = face.left_off
            pty.do(face.forget)
            await heard.until(lambda: face.left_off > before)
            await polls(heard, face, 8)
            pty.do(face.lying.present, CARD)
            await heard.until(lambda: heard.tokens == [CARD])
            assert heard.error is None

    run(script)


def test_who_leaves_tells_it_to_leave_off(pty: Pty, face: Pn532Face) -> None:
    async def script() -> None:
        async with listening(reader(pty, poll_s=2)) as heard:
            await polls(heard, face, 3)
            before = face.left_off
        await Heard().until(lambda: face.left_off == before + 1)

    run(script)


def test_a_spoilt_answer_is_asked_for_once_more(pty: Pty, face: Pn532Face) -> None:
    async def script() -> None:
        async with listening(reader(pty)) as heard:
            await polls(heard, face, 3)
            pty.spoil("bad_checksum")
            pty.do(face.lying.present, CARD)
            await heard.until(lambda: heard.tokens == [CARD])
            assert face.repeated > 0
            assert heard.error is None

    run(script)


@pytest.mark.parametrize(
    ("fault", "message"), [("silent", "does not acknowledge; check"), ("exception", "refuses command 14"), ("garbage", "check its supply")]
)
def test_one_that_cannot_be_used_says_so_within_three_seconds(fault: str, message: str, pty: Pty) -> None:
    async def script() -> None:
        pty.spoil(fault)
        async with asyncio.timeout(3):
            async with listening(reader(pty)) as heard:
                await heard.until(lambda: heard.error is not None)
        assert message in str(heard.error)
        assert pty.port in str(heard.error)

    run(script)


def test_an_adapter_that_goes_is_an_error_at_once_and_the_card_that_lay_there_is_not_told_again_when_it_is_back(
    pty: Pty, face: Pn532Face
) -> None:
    async def script() -> None:
        same = reader(pty, release_s=0.02)
        async with listening(same) as heard:
            pty.do(face.lying.present, CARD, inf)
            await heard.until(lambda: heard.tokens == [CARD])
            pty.do(pty.wire.unplug)
            await heard.until(lambda: heard.error is not None)
        async with listening(same) as heard:
            await heard.until(lambda: "plug its adapter in" in str(heard.error))
        pty.do(pty.wire.plug)
        async with listening(same) as heard:
            await polls(heard, face, 20)
            assert (heard.tokens, heard.error) == ([], None)
            pty.do(face.lying.lift)
            pty.do(face.lying.present, CARD)
            await heard.until(lambda: heard.tokens == [CARD])

    run(script)


def test_a_telephone_that_makes_up_a_number_each_time_is_not_told(pty: Pty, face: Pn532Face) -> None:
    async def script() -> None:
        async with listening(reader(pty)) as heard:
            pty.do(face.lying.present, "08123456", inf)
            await polls(heard, face, 20)
            assert heard.tokens == []

    run(script)


@pytest.mark.parametrize("entries", [{"poll_s": 0.01}, {"poll_s": 3.0}, {"release_s": -1.0}])
def test_entries_out_of_range_are_refused_when_it_is_made(entries: dict[str, float]) -> None:
    with pytest.raises(DriverError, match="expected"):
        Pn532Reader(port="/dev/ttyAMA0", **entries)  # type: ignore[arg-type]


class Stalled(Port):
    """A port of a host that stands still for a second between whatever it does; what the chip has said lies there meanwhile."""

    def __init__(self, *said: bytes) -> None:
        super().__init__("reader.pn532-uart on /dev/ttyUSB0", lambda: -1)
        self._said = b"".join(said)
        self._stalled_s = 0.0

    def now(self) -> float:
        self._stalled_s += 1.0
        return self._stalled_s

    def discard(self) -> None:
        """Nothing has come unasked."""

    def last_word(self, data: bytes) -> None:
        pytest.fail("it is told to leave off")

    async def send(self, data: bytes) -> None:
        """It hears that."""

    async def receive(self, within_s: float | None = None) -> bytes:
        said, self._said = self._said, b""
        return said


def test_an_answer_that_lies_there_is_heard_however_late_a_busy_host_looks() -> None:
    answer = pn532.frame(b"\x4b\x01\x01\x00\x04\x08\x04" + bytes.fromhex(OTHER), pn532.FROM_CHIP)
    assert asyncio.run(Chip(Stalled(pn532.ACK, answer)).cards()) == [bytes.fromhex(OTHER)]
