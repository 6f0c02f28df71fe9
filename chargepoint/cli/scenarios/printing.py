"""How scenarios print."""

from collections.abc import Iterable, Sequence
from textwrap import wrap

WIDTH = 132


def table(head: Sequence[str], rows: Iterable[Sequence[str]], widths: Sequence[int]) -> None:
    """One row each; what is longer than its column goes on below."""
    for number, row in enumerate((head, *rows)):
        cells = [wrap(cell, width) or [""] for cell, width in zip(row, widths, strict=True)]
        for line in range(max(map(len, cells))):
            parts = (cell[line] if line < len(cell) else "" for cell in cells)
            print("  ".join(part.ljust(width) for part, width in zip(parts, widths, strict=True)).rstrip())
        if number == 0:
            print("  ".join("-" * width for width in widths))


def happenings(last: Iterable[str]) -> None:
    """The end of what happened."""
    print("the last happenings:")
    for line in last:
        print(f"    {line}")


def again(command: str) -> None:
    """How to see the same again."""
    print(f"again: chargepoint bench {command}")
