"""Characters that displays can write, and what stands for those that they cannot."""

import unicodedata
from collections.abc import Mapping
from typing import Literal

Characters = Literal["ascii", "hd44780", "utf-8"]

_NEAR = "€=EUR £=GBP ß=ss °= µ=u Ø=O ø=o Æ=AE æ=ae œ=oe Œ=OE ł=l Ł=L –=- —=- ’=' ‘=' “=\" ”=\" ·=. ×=x"
NEAR: Mapping[str, str] = dict(pair.split("=") for pair in _NEAR.split())
"""Where taking accents off does not do."""
HD44780: Mapping[str, int] = dict(zip("äöüßñ°µ¥÷→←", bytes.fromhex("E1EFF5E2EEDFE45CFD7E7F"), strict=True))
"""Character generator A00 of the Hitachi HD44780 (data sheet, table 4), beside ASCII; instead of ``\\`` and ``~`` it has others."""
LACKS: Mapping[Characters, str] = {"ascii": "", "hd44780": "\\~", "utf-8": ""}


def fitted(text: str, columns: int, characters: Characters, never: bytes = b"") -> bytes:
    """A line of exactly so many columns. ``never``: bytes that are commands to this display; a space stands for them."""
    cells = _written(text, characters, never)[:columns]
    return b"".join(cells + [b" "] * (columns - len(cells)))


def _written(text: str, characters: Characters, never: bytes) -> list[bytes]:
    """Column by column."""
    cells = [cell for each in unicodedata.normalize("NFC", text) for cell in _cells(each, characters)]
    return [b" " if set(cell) & set(never) else cell for cell in cells]


def _cells(character: str, characters: Characters) -> list[bytes]:
    if characters == "utf-8" and character.isprintable():
        return [character.encode()]
    if characters == "hd44780" and character in HD44780:
        return [bytes([HD44780[character]])]
    if character.isascii():
        return [b" " if not character.isprintable() or character in LACKS[characters] else character.encode()]
    near = NEAR.get(character) if character in NEAR else unicodedata.normalize("NFKD", character)
    plain = "".join(each for each in near or "" if each.isascii() and each.isprintable())
    return [each.encode() for each in plain] or ([] if near == "" else [b"?"])
