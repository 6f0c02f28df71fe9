"""Registers to numbers and text. Not a number, infinite, and what a model says instead of nothing, are ``None``."""

import math
import struct
from collections.abc import Callable, Mapping, Sequence

from hal.meters.table import MeterTable, Register

BIG_ENDIAN: Mapping[str, str] = {
    "int16": ">h",
    "uint16": ">H",
    "int32": ">i",
    "uint32": ">I",
    "int64": ">q",
    "uint64": ">Q",
    "float32": ">f",
    "float64": ">d",
}

HIGHEST_EXPONENT = 12
"""Of ten, up or down: beyond it a number of 32 bits says nothing of a household's, or a town's, energy."""

Value = float | int | str | None
Words = Mapping[tuple[int, int], int]
"""(function code, address) -> register, as it was read."""


def value_of(table: MeterTable, register: Register, words: Words) -> Value:
    """A number in its SI unit, or text; nothing where the meter has none."""
    found = [words.get((register.fc, at)) for at in range(register.address, register.end)]
    there = [word for word in found if word is not None]
    exponent = _exponent(register, words)
    if len(there) < register.words or exponent is None:
        return None
    return text(there) if register.form.startswith("ascii") else _number(table, register, there, exponent)


def _number(table: MeterTable, register: Register, words: Sequence[int], exponent: int) -> float | int | None:
    data = _bytes(table, words)
    special = SPECIAL.get(register.form)
    raw = special(data) if special is not None else struct.unpack(BIG_ENDIAN[register.form], data)[0]
    if not math.isfinite(raw) or int.from_bytes(data) == table.absent.get(register.form):
        return None
    value: float | int = raw * register.scale * 10**exponent if exponent or register.scale != 1 else raw
    return value


def _exponent(register: Register, words: Words) -> int | None:
    """Of ten; 0 where the register has none elsewhere. Nothing where that is nonsense."""
    if register.exponent_at is None:
        return 0
    word = words.get((register.fc, register.exponent_at))
    exponent = None if word is None else int.from_bytes(word.to_bytes(2), signed=True)
    return exponent if exponent is not None and abs(exponent) <= HIGHEST_EXPONENT else None


def text(words: Sequence[int]) -> str:
    """Characters, two in a register, without what fills the end."""
    return b"".join(word.to_bytes(2) for word in words).decode("ascii", "replace").rstrip("\0 ")


def _bytes(table: MeterTable, words: Sequence[int]) -> bytes:
    ordered = words if table.word_order == "msw_first" else words[::-1]
    return b"".join(word.to_bytes(2) for word in ordered)


def _t5(data: bytes) -> float:
    return int.from_bytes(data[1:]) * 10.0 ** int.from_bytes(data[:1], signed=True)


def _t6(data: bytes) -> float:
    return int.from_bytes(data[1:], signed=True) * 10.0 ** int.from_bytes(data[:1], signed=True)


SPECIAL: Mapping[str, Callable[[bytes], float]] = {"t5": _t5, "t6": _t6}
