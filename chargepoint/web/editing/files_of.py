"""The configuration file as plain values, for the pages."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

from chargepoint.web.editing.desk import Present, print_of
from chargepoint.web.editing.secrets import SECRET

MOST_BYTES = 200_000
ENTRY = re.compile(r"""([A-Za-z0-9_-]+)(\s*=\s*)("[^"\n]*"|'[^'\n]*')""")


class BrokenError(Exception):
    """It is no TOML, or no table. The message says where."""


def text_of(path: Path) -> str:
    """The file; nothing where it cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES).decode("utf-8-sig", "replace")
    except OSError:
        return ""


def parsed(text: str, path: Path) -> dict[str, Any]:
    """Raises BrokenError."""
    try:
        tree = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BrokenError(f"not TOML: {error}") from None
    except json.JSONDecodeError as error:
        raise BrokenError(f"not JSON: {error.msg} (at line {error.lineno}, column {error.colno})") from None
    except RecursionError:
        raise BrokenError("not TOML: too deep") from None
    if not isinstance(tree, dict):
        raise BrokenError("not JSON: a table is expected (at line 1, column 1)")
    return tree


def present(path: Path) -> Present:
    """The file as it is. Raises BrokenError."""
    text = text_of(path)
    return Present(text=text, tree=parsed(text, path), print=print_of(text))


def present_or_empty(path: Path) -> Present:
    """The same; of one that is broken only the text."""
    try:
        return present(path)
    except BrokenError:
        text = text_of(path)
        return Present(text=roughly_masked(text), tree={}, print=print_of(text))


def roughly_masked(text: str) -> str:
    """Of a file that cannot be read: what looks like a secret is hidden, and has to be typed again."""
    return ENTRY.sub(lambda found: f'{found[1]}{found[2]}"***"' if SECRET.search(found[1]) else found[0], text)
