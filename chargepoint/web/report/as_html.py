"""The report as one page of HTML, with its style inside, without scripts: to be kept, sent, and printed on A4."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from chargepoint.commissioning.report import Paper

FOLDER = Path(__file__).parents[1] / "templates"
NAME = "report.html"


def page(paper: Paper) -> str:
    """All of it."""
    environment = Environment(
        loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, auto_reload=False
    )
    return environment.get_template(NAME).render(paper=paper, foot=quoted(f"{paper.station} · {paper.date} · configuration {paper.hash}"))


def quoted(text: str) -> str:
    """As a string of CSS, which nothing ends early: what is not plain is written by its number (CSS Syntax §4.3.7)."""
    return '"' + "".join(each if each.isalnum() and each.isascii() else f"\\{ord(each):06x}" for each in text) + '"'
