"""In which line of a TOML file an entry stands: ``evses[1].board.port``. Where it is not, the line of the table that it is missing from."""

import re

HEADING = re.compile(r"\s*(\[\[?)\s*([A-Za-z0-9_.\"' -]+?)\s*\]\]?")
KEY = re.compile(r"\s*([A-Za-z0-9_.\"'-]+)\s*=")
PART = re.compile(r"([^.\[\]]+)((?:\[\d+\])*)")
SYNTAX = re.compile(r"line (\d+)")


def line_of(text: str, error: str) -> int | None:
    """From 1, of an error as ``check-config`` says it; ``None``: of the whole file."""
    path = error.partition(": ")[0]
    if path.startswith("not "):
        found = SYNTAX.search(error)
        return int(found[1]) if found else None
    known = entries(text)
    while path:
        if path in known:
            return known[path]
        path = re.sub(r"(\[\d+\]|\.[^.\[\]]+|^[^.\[\]]+)$", "", path)
    return None


def entries(text: str) -> dict[str, int]:
    """Line of each entry that begins a line, and of each table. Good enough for files that people write; values over lines have one."""
    found: dict[str, int] = {}
    counts: dict[str, int] = {}
    here = ""
    for number, line in enumerate(text.splitlines(), start=1):
        heading, key = HEADING.match(line), KEY.match(line)
        if heading:
            name = _plain(heading[2])
            if heading[1] == "[[":
                counts[name] = counts.get(name, -1) + 1
                here = f"{_within(name, counts)}[{counts[name]}]"
            else:
                here = _within(name, counts)
            found.setdefault(here, number)
            found.setdefault(here.partition("[")[0], number)
        elif key:
            found.setdefault(f"{here}.{_plain(key[1])}".lstrip("."), number)
    return found


def _plain(name: str) -> str:
    return name.replace('"', "").replace("'", "").replace(" ", "")


def _within(name: str, counts: dict[str, int]) -> str:
    """A table below one of several: ``[ocpp.variables.x]`` is of the last of them."""
    made = ""
    parts = name.split(".")
    for place, part in enumerate(parts):
        made = f"{made}.{part}".lstrip(".")
        whole = ".".join(parts[: place + 1])
        if whole in counts and place < len(parts) - 1:
            made += f"[{counts[whole]}]"
    return made
