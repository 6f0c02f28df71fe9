"""The letters of the signs: how wide they are, where a line is broken, and their outlines. Loads fontTools, so only when a sign is made."""

from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).with_name("fonts")
FILES = {False: FOLDER / "DejaVuSansCondensed-Latin.ttf", True: FOLDER / "DejaVuSansCondensed-Bold-Latin.ttf"}
"""By whether they are bold."""
UNKNOWN = "?"


@cache
def _font(bold: bool) -> tuple[Any, dict[int, str], float]:
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

    font = TTFont(FILES[bold])
    return font, font.getBestCmap(), font["head"].unitsPerEm


def drawable(text: str) -> str:
    """The same, with ``?`` in place of what the font has not."""
    _, names, _ = _font(False)
    return "".join(each if ord(each) in names else UNKNOWN for each in text)


def width(text: str, size: float, bold: bool = False) -> float:
    """Of one line, in the unit of ``size``."""
    font, names, units = _font(bold)
    return float(sum(font["hmtx"][names[ord(each)]][0] for each in drawable(text))) * size / units


def fitting(text: str, size: float, room: float, bold: bool = False) -> float:
    """The size, or as much less as the line needs to fit."""
    wide = width(text, size, bold)
    return size if wide <= room else size * room / wide


def lines(text: str, size: float, room: float, bold: bool = False) -> list[str]:
    """Broken between words; a word that is too long stays whole."""
    broken: list[str] = []
    for word in text.split(" "):
        longer = f"{broken[-1]} {word}" if broken else word
        if broken and width(longer, size, bold) <= room:
            broken[-1] = longer
        else:
            broken.append(word)
    return broken


def outline(text: str, size: float, x: float, y: float, bold: bool = False) -> str:
    """The path of a line (SVG): whoever prints it need not have the font."""
    from fontTools.pens.svgPathPen import SVGPathPen  # type: ignore[import-untyped]
    from fontTools.pens.transformPen import TransformPen  # type: ignore[import-untyped]

    font, names, units = _font(bold)
    glyphs, scale = font.getGlyphSet(), size / units
    pen = SVGPathPen(glyphs, ntos=lambda value: f"{value:.3f}".rstrip("0").rstrip("."))
    for each in drawable(text):
        name = names[ord(each)]
        glyphs[name].draw(TransformPen(pen, (scale, 0, 0, -scale, x, y)))
        x += font["hmtx"][name][0] * scale
    return str(pen.getCommands())
