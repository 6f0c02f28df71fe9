"""Questions and answers of Modbus as bytes."""

import pytest

from hal.detect.rtu import Answer, answers, checksum, question

ASKED = question(1, 4, 0, 2)


def test_a_question_is_as_the_specification_writes_it() -> None:
    assert question(0x11, 3, 0x6B, 3) == bytes.fromhex("1103006B00037687")
    with pytest.raises(AssertionError, match="nothing but reading"):
        question(1, 6, 0, 1)


def framed(body: str) -> bytes:
    return bytes.fromhex(body) + checksum(bytes.fromhex(body))


@pytest.mark.parametrize(
    ("heard", "found"),
    [
        (b"", []),
        (framed("0104 04 4366 3334"), [Answer(1, 4, (0x4366, 0x3334))]),
        (framed("0184 02"), [Answer(1, 4, exception=2)]),
        (ASKED + framed("0104 04 4366 3334"), [Answer(1, 4, (0x4366, 0x3334))]),
        (ASKED, []),
        (b"\xff\x00" + framed("0503 02 0001") + framed("0184 02"), [Answer(5, 3, (1,)), Answer(1, 4, exception=2)]),
        (framed("0104 04 4366 3334")[:-1], []),
        (framed("0104 04 4366 3334")[:-1] + b"\x00", []),
        (framed("0106 0000 0001"), []),
        (bytes(range(256)), []),
    ],
)
def test_whole_answers_are_found_among_anything(heard: bytes, found: list[Answer]) -> None:
    assert list(answers(heard, ASKED)) == found
