"""The report as PDF, A4. ``python -m chargepoint.web.report.as_pdf`` reads the paper as JSON and writes the document: whoever serves pages
for months need not carry the package that makes it. Loads fpdf2.
"""

import sys
from datetime import datetime

import msgspec
from fpdf import FPDF
from fpdf.enums import TableBordersLayout, XPos, YPos
from fpdf.fonts import FontFace

from chargepoint.commissioning.report import Line, Mark, Paper, Section
from chargepoint.web.signs import letters
from chargepoint.web.signs.marks import INK, SOFT

FAMILY = "report"
EDGE, FOOT, WIDTH = 14.0, 12.0, 210.0
ROOM = WIDTH - 2 * EDGE
SIZE, LARGE, SMALL, LINE = 9.0, 16.0, 7.5, 4.4
"""Letters in points, a line in millimetres."""
COLOURS: dict[Mark, str] = {"": INK, "good": "#0b6b3a", "bad": "#b3261e", "open": "#8a5200"}
INSTEAD = {"Ω": "ohm", "⚠": "!"}
"""The font has no letters for these."""


class Document(FPDF):
    """What stands on every page."""

    def __init__(self, paper: Paper) -> None:
        super().__init__(unit="mm", format="A4")
        self.paper = paper
        self.set_margins(EDGE, EDGE, EDGE)
        self.set_auto_page_break(True, FOOT + 8)
        for bold, file in letters.FILES.items():
            self.add_font(FAMILY, "B" if bold else "", file)
        self.set_title(f"{paper.title} {paper.station}")
        self.set_lang("en")

    def footer(self) -> None:
        """Station, date, hash, number of the page."""
        self.set_y(-FOOT)
        self.write_as(f"{self.paper.station} · {self.paper.date} · configuration {self.paper.hash}", SMALL, SOFT)
        self.set_y(-FOOT)
        self.cell(ROOM, LINE, f"page {self.page_no()} of {{nb}}", align="R")

    def write_as(self, text: str, size: float = SIZE, colour: str = INK, bold: bool = False) -> None:
        """A paragraph."""
        self.set_font(FAMILY, "B" if bold else "", size)
        self.set_text_color(colour)
        self.multi_cell(ROOM, size * 0.49, drawable(text), new_x=XPos.LMARGIN, new_y=YPos.NEXT, align="L")


def drawable(text: str) -> str:
    """With letters that there are; of a name that is longer than a line, as a file's may be, fpdf2 breaks the letters."""
    for letter, words in INSTEAD.items():
        text = text.replace(letter, words)
    return letters.drawable(text.replace("\n", " · "))


def drawn(paper: Paper) -> bytes:
    """All pages."""
    pdf = Document(paper)
    pdf.set_creation_date(datetime.fromisoformat(paper.at))
    pdf.add_page()
    pdf.write_as(paper.title, LARGE, bold=True)
    pdf.write_as(f"Station {paper.station}, {paper.date}, configuration {paper.hash}", 11)
    pdf.ln(2)
    _verdict(pdf, paper)
    for section in paper.sections:
        _section(pdf, section)
    _signatures(pdf)
    return bytes(pdf.output())


def _verdict(pdf: Document, paper: Paper) -> None:
    """What counts, on the first page."""
    pdf.write_as(paper.verdict, 11, COLOURS[paper.mark], bold=True)
    for text in paper.failed:
        pdf.write_as(f"FAILED  {text}", 10, COLOURS["bad"], bold=True)
    for text in paper.notes:
        pdf.write_as(f"–  {text}", SIZE, COLOURS["open"])


def _section(pdf: Document, section: Section) -> None:
    if pdf.will_page_break(8 * LINE):
        pdf.add_page()
    pdf.ln(3)
    pdf.write_as(section.title, 11.5, bold=True)
    if section.text:
        pdf.write_as(section.text, SMALL, SOFT)
    pdf.set_font(FAMILY, "", SIZE)
    pdf.set_text_color(INK)
    pdf.set_draw_color("#cfd6dd")
    head = FontFace(emphasis="BOLD", color=SOFT)
    with pdf.table(
        col_widths=section.widths,
        width=ROOM,
        align="LEFT",
        text_align="LEFT",
        line_height=LINE,
        padding=0.6,
        borders_layout=TableBordersLayout.HORIZONTAL_LINES,
        first_row_as_headings=bool(section.head),
        headings_style=head,
    ) as table:
        if section.head:
            table.row(section.head)
        for line in section.lines:
            table.row([drawable(cell) for cell in line.cells], style=_style(line))


def _style(line: Line) -> FontFace:
    return FontFace(emphasis="BOLD" if line.mark == "bad" else None, color=COLOURS["bad"] if line.mark == "bad" else INK)


def _signatures(pdf: Document) -> None:
    if pdf.will_page_break(34):
        pdf.add_page()
    y, half = pdf.get_y() + 24, (ROOM - 10) / 2
    pdf.set_draw_color(INK)
    pdf.set_font(FAMILY, "", SMALL)
    pdf.set_text_color(SOFT)
    for number, text in enumerate(("Place, date, signature of who measured", "Place, date, signature of who takes over")):
        x = EDGE + number * (half + 10)
        pdf.line(x, y, x + half, y)
        pdf.text(x, y + 4, text)


def main() -> int:
    """Standard input to standard output."""
    paper = msgspec.json.decode(sys.stdin.buffer.read(), type=Paper)
    sys.stdout.buffer.write(drawn(paper))
    return 0


if __name__ == "__main__":
    sys.exit(main())
