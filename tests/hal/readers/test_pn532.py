"""Frames of the PN532: the examples of the manual and of two public drivers, byte for byte."""

import pytest

from hal.readers import pn532
from hal.readers.pn532 import Decoder, Heard

NO_CARD = bytes.fromhex("0000FF03FDD54B00E000")
ONE_CARD = bytes.fromhex("0000FF0CF4D54B010100040804DEADBEEF9600")


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (pn532.GET_FIRMWARE_VERSION, "0000FF02FED4022A00"),
        (pn532.SAM_CONFIGURATION, "0000FF05FBD4140100001700"),
        (pn532.MAX_RETRIES, "0000FF06FAD43205FF0102F300"),
        (pn532.LIST_ONE_CARD, "0000FF04FCD44A0100E100"),
    ],
)
def test_a_command_is_framed_as_in_the_manual(command: bytes, expected: str) -> None:
    assert pn532.frame(command) == bytes.fromhex(expected)
    assert Decoder(pn532.FROM_HOST).feed(bytes.fromhex(expected)) == [Heard("data", command)]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("0000FF00FF00", Heard("ack")),
        ("0000FFFF0000", Heard("nack")),
        ("0000FF01FF7F8100", Heard("error")),
        ("0000FF06FAD50332010607E800", Heard("data", bytes.fromhex("0332010607"))),
        ("0000FF02FED5151600", Heard("data", b"\x15")),
        ("0000FFFFFF0002FED5151600", Heard("data", b"\x15")),
        ("0000FF02FED5151700", Heard("spoilt")),
        ("0000FF02FDD5151600", Heard("spoilt")),
    ],
)
def test_an_answer_is_understood(data: str, expected: Heard) -> None:
    assert Decoder().feed(bytes.fromhex(data))[0] == expected


def test_frames_are_found_in_whatever_pieces_and_amid_whatever_noise_they_come() -> None:
    stream = b"\x55\x00\xff\x13" + pn532.ACK + bytes(9) + ONE_CARD + b"\xff\x00noise\x00" + NO_CARD
    decoder = Decoder()
    heard = [each for place in range(len(stream)) for each in decoder.feed(stream[place : place + 1])]
    good = [each for each in heard if each.kind != "spoilt"]
    assert good == [Heard("ack"), Heard("data", ONE_CARD[6:-2]), Heard("data", NO_CARD[6:-2])]


@pytest.mark.parametrize("size", [1, 100, 254, 255, 264])
def test_a_frame_of_any_length_is_read_back(size: int) -> None:
    body = bytes(number % 251 for number in range(size))
    assert Decoder().feed(pn532.frame(body, pn532.FROM_CHIP)) == [Heard("data", body)]


@pytest.mark.parametrize(
    ("listed", "expected"),
    [
        ("00", []),
        ("010100040804DEADBEEF", ["deadbeef"]),
        ("0101004400 07 04A1B2C3D4E580", ["04a1b2c3d4e580"]),
        ("0101008420 0A 0011223344556677AABB", ["0011223344556677aabb"]),
        ("0101034420 07 04A1B2C3D4E580 0578807002", ["04a1b2c3d4e580"]),
        ("010100040804DEADBE", []),
        ("010100040805DEADBEEF00", []),
        ("", []),
    ],
)
def test_a_card_is_known_by_its_whole_identifier(listed: str, expected: list[str]) -> None:
    assert [each.hex() for each in pn532.cards(bytes.fromhex(listed))] == expected


def test_an_identifier_that_is_made_up_each_time_names_nobody() -> None:
    assert [pn532.changes(bytes.fromhex(each)) for each in ("08A1B2C3", "04A1B2C3", "08A1B2C3D4E580")] == [True, False, False]
