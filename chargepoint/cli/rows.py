"""What was looked at, or tested, row by row under headings: a mark, a name, what was found with its number, and what to do about it."""

import sys
from collections.abc import Callable, Iterator
from typing import Any

from msgspec import Struct

MARK = 4
"""Characters of the widest mark."""
WIDTH = 100
"""Longer lines are hard to read, however wide the terminal."""


class Row(Struct, frozen=True, kw_only=True):
    """One of them. ``style``: of the mark, as rich calls it; ``quiet``: nobody has to read it."""

    heading: str
    mark: str
    style: str
    name: str
    text: str
    code: str = ""
    remedy: str = ""
    quiet: bool = False

    @property
    def said(self) -> str:
        """With its number, such as CP-711."""
        return f"{self.text} [{self.code}]" if self.code else self.text


def teller(width: int) -> Callable[[Row], None]:
    """Shows each row as it comes: in colour and wrapped at a terminal, one long line for each in a pipe. ``width``: of the names."""
    tell_one = _drawn if sys.stdout.isatty() else _printed
    heading: str | None = None

    def tell(row: Row) -> None:
        nonlocal heading
        tell_one(row, width, row.heading != heading)
        heading = row.heading

    return tell


def shown(row: Row, width: int, begins: bool) -> Iterator[str]:
    """For people who read a file or a pipe. ``begins``: it is the first under its heading."""
    if begins:
        yield row.heading
    yield f"  {row.mark:<{MARK}}  {row.name:<{width}} {row.said}"
    if row.remedy:
        yield f"  {'':<{MARK}}  {'':<{width}} -> {row.remedy}"


def drawn(row: Row, width: int, begins: bool) -> Iterator[Any]:
    """The same for a terminal."""
    from rich.table import Table
    from rich.text import Text

    if begins:
        yield Text(row.heading, "bold")
    table = Table.grid(padding=(0, 1))
    table.add_column(width=MARK + 1, no_wrap=True)
    table.add_column(width=width)
    table.add_column()
    table.add_row(Text(f" {row.mark}", row.style), row.name, Text(row.said, "dim" if row.quiet else ""))
    if row.remedy:
        table.add_row("", "", Text(f"→ {row.remedy}", row.style))
    yield table


def _printed(row: Row, width: int, begins: bool) -> None:
    print("\n".join(shown(row, width, begins)), flush=True)


def _drawn(row: Row, width: int, begins: bool) -> None:
    from rich.console import Console

    console = Console(highlight=False, emoji=False)
    console.width = min(console.width, WIDTH)
    for part in drawn(row, width, begins):
        console.print(part)
