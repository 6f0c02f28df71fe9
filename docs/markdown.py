"""The little of Markdown that the pages are made of."""

from collections.abc import Iterable, Sequence


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; a bar in a cell is written so that it does not end it."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines)


def numbered(steps: Iterable[str]) -> str:
    """Steps in order."""
    return "\n".join(f"{number}. {step}" for number, step in enumerate(steps, start=1))


def page(*blocks: str) -> str:
    """Blocks with an empty line between them; those without text are left out."""
    return "\n\n".join(block for block in blocks if block) + "\n"


def seconds(duration_s: float) -> str:
    """``0.03``: ``30 ms``; ``1.0``: ``1 s``; ``0``: ``at once``."""
    if duration_s == 0:
        return "at once"
    return f"{duration_s * 1000:.0f} ms" if duration_s < 0.1 else f"{duration_s:g} s"
