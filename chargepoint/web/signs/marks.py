"""Marks on paper. Lengths are millimetres, from the upper left corner; sizes of letters are the height of their body."""

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

INK, SOFT, ACCENT, GROUND = "#14202b", "#4c5966", "#0b57a4", "#ffffff"


class Text(Struct, frozen=True, kw_only=True):
    """One line; ``y`` is where its letters stand."""

    x: float
    y: float
    size: float
    text: str
    bold: bool = False
    colour: str = INK
    anchor: Literal["start", "middle", "end"] = "start"


class Icon(Struct, frozen=True, kw_only=True):
    """One of ``chargepoint.web.icons``."""

    x: float
    y: float
    size: float
    name: str
    colour: str = INK


class Box(Struct, frozen=True, kw_only=True):
    """A filled rectangle."""

    x: float
    y: float
    width: float
    height: float
    colour: str


class Code(Struct, frozen=True, kw_only=True):
    """A QR code, with its quiet zone inside."""

    x: float
    y: float
    size: float
    content: str


Mark = Text | Icon | Box | Code


class Paper(Struct, frozen=True, kw_only=True):
    """One side."""

    width: float
    height: float
    title: str
    language: str
    marks: Sequence[Mark]
