"""What is kept of a customer, put into words and cut into messages (OCPP 2.0.1 N09, N10)."""

from collections.abc import Iterable, Iterator

LONGEST = 512
"""Characters of NotifyCustomerInformation.data."""
CLEARED = "All of it has been removed."


def parts(lines: Iterable[str], longest: int = LONGEST) -> Iterator[str]:
    """As many whole lines as fit into each; a line that fits into none is cut. Nothing to say: one empty part.

    >>> list(parts(["ab", "cd", "efghij"], 5))
    ['ab\\ncd', 'efghi', 'j']
    >>> list(parts([]))
    ['']
    """
    part = ""
    for line in lines:
        for piece in [line[start : start + longest] for start in range(0, len(line), longest)]:
            joined = f"{part}\n{piece}" if part else piece
            if len(joined) > longest:
                yield part
                joined = piece
            part = joined
    yield part
