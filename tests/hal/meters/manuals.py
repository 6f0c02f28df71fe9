"""What the manuals say (``manuals.json``: quantity, function, address, type, scale, unit, word order), and an encoder of the tests' own.

The drivers' tables are not used here: the tests hold them against this.
"""

import json
import struct
from pathlib import Path
from typing import Any

MANUALS: dict[str, Any] = json.loads((Path(__file__).parent / "manuals.json").read_text())
SI = {"kW": 1000, "kWh": 1000}
LETTERS = {"int16": "h", "uint16": "H", "int32": "i", "uint32": "I", "int64": "q", "uint64": "Q", "float32": "f", "float64": "d"}


def raw(number: int, kind: str) -> float | int | str:
    """A value that fits its type and that no other register of the meter has. ``number``: of the register in its manual."""
    if kind.startswith("ascii"):
        return f"TEXT{number}"
    if kind == "t5:2":
        return 230_000 + number
    if kind == "t6:2":
        return -10_000 - number
    if kind.startswith("float"):
        return 1000.5 + number
    return (-1 if kind.startswith("int") and number % 2 else 1) * (10_000 + number)


def encoded(value: float | int | str, kind: str, word_order: str) -> list[int]:
    """Registers, by the types of the manuals. ``t5``, ``t6``: with exponent -2."""
    if isinstance(value, str):
        data = value.encode().ljust(2 * int(kind.partition(":")[2]))
    elif kind in ("t5:2", "t6:2"):
        data = struct.pack(">bBH", -2, (int(value) >> 16) & 0xFF, int(value) & 0xFFFF)
    else:
        data = struct.pack(">" + LETTERS[kind], value)
    pairs = [data[at] * 256 + data[at + 1] for at in range(0, len(data), 2)]
    return pairs if word_order == "msw_first" or isinstance(value, str) else list(reversed(pairs))


EXPONENTS = {414: 1, 415: -1}
"""Of the one model that keeps exponents apart: register -> exponent."""


class Manual:
    """One model with a value in every register: ``table`` as a slave has it, ``expected`` in SI units."""

    def __init__(self, name: str) -> None:
        model = MANUALS[name]
        self.phases: int = model["phases"]
        self.most: int = model["most"]
        self.table: dict[int, dict[int, int]] = {3: {}, 4: {}}
        self.expected: dict[str, float | int | str] = {}
        for number, (quantity, fc, address, kind, scale, unit, order) in enumerate(model["registers"]):
            value = raw(number, kind)
            self.table[fc] |= enumerate_from(address, encoded(value, kind, order))
            self.expected[quantity] = self._si(value, kind, scale, unit)

    def _si(self, value: float | int | str, kind: str, scale: float | str, unit: str) -> float | int | str:
        if isinstance(value, str):
            return value
        if isinstance(scale, str):
            at = int(scale.rpartition(" ")[2])
            self.table[4] |= {at: EXPONENTS[at] & 0xFFFF}
            return value * 10.0 ** EXPONENTS[at]
        return value * scale * SI.get(unit, 1) * (0.01 if kind in ("t5:2", "t6:2") else 1)


def enumerate_from(address: int, words: list[int]) -> dict[int, int]:
    """Address -> register."""
    return {address + number: word for number, word in enumerate(words)}
