"""The file as text without its secrets, and with them again. Each has a mark of its own, so what is moved or deleted stays right."""

import json
import re
from collections.abc import Iterator
from typing import Any

from chargepoint.web.editing import secrets

MARK = re.compile(r"\*\*\*(\d{1,3})\*\*\*")
BARE = 6
"""From so many characters on a secret is hidden in remarks as well."""


def marks(tree: Any) -> list[str]:
    """The secrets in their order, each once; the mark of one is its number from 1."""
    return list(dict.fromkeys(value for _, value in secrets.found(tree)))


def masked(text: str, tree: Any) -> str:
    """For eyes."""
    for number, value in sorted(enumerate(marks(tree), start=1), key=lambda each: -len(each[1])):
        for written in _written(value):
            text = text.replace(written, f'"***{number}***"')
        if len(value) >= BARE:
            text = text.replace(value, f"***{number}***")
    return text


def unmasked(text: str, tree: Any) -> str:
    """With those of ``tree``, of the file that was masked. A mark that there never was stays, and is what it looks like."""
    known = marks(tree)

    def put_back(found: re.Match[str]) -> str:
        number = int(found[1])
        return json.dumps(known[number - 1], ensure_ascii=False)[1:-1] if 1 <= number <= len(known) else found[0]

    return MARK.sub(put_back, text)


def _written(value: str) -> Iterator[str]:
    """As it may stand in a file."""
    yield json.dumps(value, ensure_ascii=False)
    yield json.dumps(value)
    yield f"'{value}'"
