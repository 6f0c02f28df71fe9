"""What a meter's manual says, as a table: which quantity stands at which register, in which form.

    address   form      quantity        scale and unit   exceptions
    0x0000    int32     voltage_l1-3    0.1 V                          three registers, one after the other
    0xFC00    uint32    serial_number                    fc=3          with another function code than the rest
    0x01A2    int32     energy_import   Wh               exponent=0x019E   times ten to the power that stands there

Addresses are those on the wire. Quantities are in V, A, W, VA, var, Wh, Hz once they are decoded (``hal.meters.words``).
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from msgspec import Struct, field

Form = Literal["int16", "uint16", "int32", "uint32", "int64", "uint64", "float32", "float64", "t5", "t6", "ascii4", "ascii8"]
WordOrder = Literal["msw_first", "lsw_first"]

WORDS: Mapping[str, int] = {
    "int16": 1,
    "uint16": 1,
    "int32": 2,
    "uint32": 2,
    "int64": 4,
    "uint64": 4,
    "float32": 2,
    "float64": 4,
    "t5": 2,
    "t6": 2,
    "ascii4": 4,
    "ascii8": 8,
}
"""``t5``: exponent of ten in the high byte, unsigned mantissa in the other three. ``t6``: with a signed one. ``ascii4``: two characters in
each of four registers."""

FACTORS: Mapping[str, float] = {"kW": 1000, "kWh": 1000}
UNITS = ("V", "A", "W", "kW", "VA", "var", "Wh", "kWh", "Hz", "deg")


class Register(Struct, frozen=True):
    """One quantity. ``scale``: of the raw number to the SI unit."""

    quantity: str
    address: int
    form: Form
    fc: int
    scale: float = 1
    exponent_at: int | None = None

    @property
    def words(self) -> int:
        """Registers that it takes."""
        return WORDS[self.form]

    @property
    def end(self) -> int:
        """The address after it."""
        return self.address + self.words


class MeterTable(Struct, frozen=True, kw_only=True):
    """One model, or several with the same registers."""

    name: str
    """Of the driver."""
    title: str
    registers: tuple[Register, ...]
    phases: Literal[1, 3] = 3
    word_order: WordOrder = "msw_first"
    most: int = 50
    """Registers that one question may ask for."""
    absent: Mapping[str, int] = field(default_factory=dict)
    """Form -> the pattern that says: not available."""
    energy: str = "energy_import"
    """The quantity that is billed. It never runs backwards: no net, and no resettable register."""
    hz_tenfold: bool = False
    """Some units tell ten times the frequency."""
    usual: Mapping[str, Any] = field(default_factory=dict)
    """Entries as the maker sets them."""
    unit: int = 1
    doubts: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()

    def __getitem__(self, quantity: str) -> Register:
        return next(each for each in self.registers if each.quantity == quantity)

    def has(self, quantity: str) -> bool:
        """Is it measured?"""
        return any(each.quantity == quantity for each in self.registers)


ROW = re.compile(r"(?P<address>0x[0-9A-F]{4}) +(?P<form>\w+) +(?P<quantity>\w+?)(?P<last>-3)?(?P<rest>( +\S+)*)")


def rows(fc: int, text: str) -> tuple[Register, ...]:
    """The registers of a table, a row each as above. ``fc``: of rows that name none. A wrong row is a programming error."""
    return tuple(register for line in text.splitlines() if line.strip() for register in _row(fc, line.strip()))


def _row(fc: int, line: str) -> Iterator[Register]:
    row = ROW.fullmatch(line)
    assert row is not None, line
    form: Any = row["form"]
    scale, options = 1.0, {"fc": fc}
    for word in row["rest"].split():
        name, is_option, value = word.partition("=")
        if is_option:
            options["exponent_at" if name == "exponent" else name] = int(value, 0)
        elif word in UNITS:
            scale *= FACTORS.get(word, 1)
        else:
            scale *= float(word)
    first = int(row["address"], 16)
    if row["last"] is None:
        yield Register(row["quantity"], first, form, scale=scale, **options)
        return
    name = row["quantity"].removesuffix("1")
    for number in range(3):
        yield Register(f"{name}{number + 1}", first + number * WORDS[form], form, scale=scale, **options)
