"""What is kept of a customer, put into words and cut into messages (OCPP 2.0.1 N09, N10)."""

from collections.abc import Iterable, Iterator

LONGEST = 512
"""Characters of NotifyCustomerInformation.data."""
CLEARED = (
    "All of it has been removed, but for the local authorisation list. What a transaction needs that goes on, or waits to be told to the "
    "CSMS, is removed once it has ended and been told."
)


def parts(lines: Iterable[str], longest: int = LONGEST) -> Iterator[str]:
    """As many whole lines as fit into each; a line that fits into none is cut. Put together they are the text, whoever does that. Nothing
    to say: one empty part.

    >>> list(parts(["ab", "cd", "efghij"], 6))
    ['ab\\ncd', '\\nefghi', 'j']
    >>> list(parts([]))
    ['']
    """
    part = ""
    for number, line in enumerate(lines):
        told = f"\n{line}" if number else line
        for piece in (told[start : start + longest] for start in range(0, len(told), longest)):
            if len(part) + len(piece) > longest:
                yield part
                part = ""
            part += piece
    yield part
