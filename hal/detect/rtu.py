"""Modbus RTU as bytes, as far as looking for somebody goes: a question with function 3 or 4, and whatever comes back.

An exception is an answer, too: there is somebody. Answers of other units count, for a slow one may answer the question before.
"""

from collections.abc import Iterator

from msgspec import Struct

LEAST_BYTES = 5
EXCEPTION = 0x80


class Answer(Struct, frozen=True):
    """Of a unit. ``words`` is empty where it answered with ``exception``."""

    unit: int
    fc: int
    words: tuple[int, ...] = ()
    exception: int = 0


def checksum(data: bytes) -> bytes:
    """CRC-16 of Modbus, low byte first (Modbus over serial line 2.5.1.2)."""
    crc = 0xFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xA001 if crc & 1 else 0)
    return crc.to_bytes(2, "little")


def question(unit: int, fc: int, address: int, count: int) -> bytes:
    """Read registers: holding (``fc`` 3) or input (4)."""
    assert fc in (3, 4), "nothing but reading"
    body = bytes((unit, fc)) + address.to_bytes(2, "big") + count.to_bytes(2, "big")
    return body + checksum(body)


def answers(heard: bytes, asked: bytes) -> Iterator[Answer]:
    """Every whole answer in it. What an adapter hears of itself is none."""
    heard = heard.removeprefix(asked)
    at = 0
    while at + LEAST_BYTES <= len(heard):
        size = _size(heard[at:])
        frame = heard[at : at + size]
        if size and len(frame) == size and checksum(frame[:-2]) == frame[-2:]:
            yield _answer(frame)
            at += size
        else:
            at += 1


def _size(heard: bytes) -> int:
    """Of the answer that may begin here; 0: none does."""
    unit, fc, third = heard[0], heard[1], heard[2]
    if not 1 <= unit <= 247 or fc & ~EXCEPTION not in (3, 4):
        return 0
    return LEAST_BYTES if fc & EXCEPTION else LEAST_BYTES + third if third and third % 2 == 0 else 0


def _answer(frame: bytes) -> Answer:
    unit, fc = frame[0], frame[1]
    if fc & EXCEPTION:
        return Answer(unit, fc & ~EXCEPTION, exception=frame[2])
    data = frame[3:-2]
    return Answer(unit, fc, tuple(int.from_bytes(data[at : at + 2], "big") for at in range(0, len(data), 2)))
