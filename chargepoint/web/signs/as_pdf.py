"""Paper as PDF, with the letters it needs inside. Loads fpdf2, so only when a sign is made."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from chargepoint.web.icons import ICONS
from chargepoint.web.signs import letters, qr
from chargepoint.web.signs.marks import INK, Box, Code, Icon, Mark, Paper, Text

POINTS = 72 / 25.4
"""Of a millimetre."""
FAMILY = "signs"
SHIFT = {"start": 0.0, "middle": 0.5, "end": 1.0}


def drawn(papers: Iterable[Paper], made: datetime) -> bytes:
    """One side after the other. ``made``: for the properties of the document."""
    from fpdf import FPDF

    pdf = FPDF(unit="mm")
    pdf.set_auto_page_break(False)
    pdf.set_margin(0)
    for bold, file in letters.FILES.items():
        pdf.add_font(FAMILY, "B" if bold else "", file)
    pdf.set_creation_date(made)
    for paper in papers:
        pdf.add_page(format=(paper.width, paper.height))
        pdf.set_title(paper.title)
        pdf.set_lang(paper.language)
        for mark in paper.marks:
            _draw(pdf, mark)
    return bytes(pdf.output())


def _draw(pdf: Any, mark: Mark) -> None:
    match mark:
        case Text():
            text = letters.drawable(mark.text)
            pdf.set_font(FAMILY, "B" if mark.bold else "", mark.size * POINTS)
            pdf.set_text_color(mark.colour)
            pdf.text(mark.x - SHIFT[mark.anchor] * letters.width(text, mark.size, mark.bold), mark.y, text)
        case Icon():
            _icon(pdf, mark)
        case Box():
            pdf.set_fill_color(mark.colour)
            pdf.rect(mark.x, mark.y, mark.width, mark.height, style="F")
        case Code():
            pdf.set_fill_color(INK)
            for x, y, wide, high in qr.runs(mark.content, mark.size):
                pdf.rect(mark.x + x, mark.y + y, wide, high, style="F")


def _icon(pdf: Any, mark: Icon) -> None:
    from fpdf.drawing import PaintedPath
    from fpdf.drawing_primitives import Transform
    from fpdf.enums import PathPaintRule, StrokeCapStyle, StrokeJoinStyle
    from fpdf.svg import svg_path_converter

    path, scale = PaintedPath(), mark.size / 24
    svg_path_converter(path, ICONS[mark.name])
    path.style.paint_rule = PathPaintRule.STROKE
    path.style.stroke_color = mark.colour
    path.style.stroke_width = 2
    path.style.stroke_cap_style = StrokeCapStyle.ROUND
    path.style.stroke_join_style = StrokeJoinStyle.ROUND
    path.transform = Transform.scaling(scale).translate(mark.x, mark.y)
    with pdf.drawing_context() as drawing:
        drawing.add_item(path)
