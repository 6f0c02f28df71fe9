"""Paper as SVG, in millimetres, with letters as outlines."""

from collections.abc import Iterator
from html import escape

from chargepoint.web.icons import ICONS
from chargepoint.web.signs import letters, qr
from chargepoint.web.signs.marks import INK, Box, Code, Icon, Mark, Paper, Text

SHIFT = {"start": 0.0, "middle": 0.5, "end": 1.0}


def drawn(paper: Paper) -> str:
    """The whole picture; what can be read of it stands in its description."""
    said = " ".join(mark.text for mark in paper.marks if isinstance(mark, Text))
    size = f'width="{paper.width:g}mm" height="{paper.height:g}mm" viewBox="0 0 {paper.width:g} {paper.height:g}"'
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" role="img" lang="{paper.language}" {size}>',
            f"<title>{escape(paper.title)}</title>",
            f"<desc>{escape(said)}</desc>",
            *(piece for mark in paper.marks for piece in _mark(mark)),
            "</svg>\n",
        )
    )


def _mark(mark: Mark) -> Iterator[str]:
    match mark:
        case Text():
            x = mark.x - SHIFT[mark.anchor] * letters.width(mark.text, mark.size, mark.bold)
            yield f'<path fill="{mark.colour}" d="{letters.outline(mark.text, mark.size, x, mark.y, mark.bold)}"/>'
        case Icon():
            place = f"translate({mark.x:g} {mark.y:g}) scale({mark.size / 24:g})"
            line = 'fill="none" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"'
            yield f'<path {line} stroke="{mark.colour}" transform="{place}" d="{ICONS[mark.name]}"/>'
        case Box():
            yield f'<rect x="{mark.x:g}" y="{mark.y:g}" width="{mark.width:g}" height="{mark.height:g}" fill="{mark.colour}"/>'
        case Code():
            path = "".join(f"M{mark.x + x:.3f} {mark.y + y:.3f}h{wide:.3f}v{high:.3f}h-{wide:.3f}z" for x, y, wide, high in _runs(mark))
            yield f'<path fill="{INK}" shape-rendering="crispEdges" d="{path}"/>'


def _runs(mark: Code) -> Iterator[qr.Run]:
    return qr.runs(mark.content, mark.size)
