"""A TOML file changed line by line, so that its remarks and its order stay.

Good for what a form changes: entries of a line each, in tables that are there, and tables that come at the end. What comes out is read
again and has to mean what is wanted; else the file is written anew.
"""

import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

from chargepoint.web.editing.lines import entries
from chargepoint.web.wizard import toml

Change = tuple[str, str, Any]
"""Path of a table, name in it, value; ``GONE``: it goes."""
GONE = object()


class _BeyondError(Exception):
    """More than lines."""


def kept(text: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> str | None:
    """``text``, which means ``before``, so that it means ``after``; ``None``: not so."""
    try:
        changed = list(_changes(before, after))
        lines = text.splitlines()
        new = [name for name in after if name not in before]
        for table, name, value in changed:
            lines = _changed(lines, table, name, value)
        longer = {name: after[name][len(before[name]) :] for name in after if _longer(before.get(name), after[name])}
        appended = {name: after[name] for name in new} | longer
        said = "\n".join([*lines, *_tables(appended)]) + "\n"
        return said if tomllib.loads(said) == after else None
    except (_BeyondError, tomllib.TOMLDecodeError):
        return None


def _tables(trees: Mapping[str, Any]) -> Iterator[str]:
    """As the wizard writes them, without its head and its remarks."""
    for name, value in trees.items():
        for each in value if isinstance(value, list) else [value]:
            if not isinstance(each, Mapping):
                raise _BeyondError
            yield f"\n{f'[[{name}]]' if isinstance(value, list) else f'[{name}]'}"
            yield from (_entry(key, part) for key, part in each.items())


def _longer(before: Any, after: Any) -> bool:
    return isinstance(before, list) and isinstance(after, list) and len(after) > len(before) > 0 and isinstance(before[0], dict)


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    """Of tables that are in both. Raises _BeyondError."""
    for name, was in before.items():
        if name not in after:
            raise _BeyondError
        now = after[name]
        if isinstance(was, dict) and isinstance(now, dict):
            yield from _of_table(name, was, now)
        elif _longer(was, now) or (isinstance(was, list) and isinstance(now, list) and len(was) == len(now)):
            for number, (one, other) in enumerate(zip(was, now, strict=False)):
                if one != other and not (isinstance(one, dict) and isinstance(other, dict)):
                    raise _BeyondError
                yield from _of_table(f"{name}[{number}]", one, other) if one != other else ()
        elif was != now:
            raise _BeyondError


def _of_table(path: str, was: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Change]:
    yield from ((path, name, GONE) for name in was if name not in now)
    yield from ((path, name, value) for name, value in now.items() if name not in was or was[name] != value)


def _changed(lines: list[str], table: str, name: str, value: Any) -> list[str]:
    """One entry. Raises _BeyondError: its table has no heading, or the entry no line."""
    known = entries("\n".join(lines))
    here = known.get(f"{table}.{name}")
    if here is not None:
        now = [] if value is GONE else [_entry(name, value) + _remark(lines[here - 1])]
        return [*lines[: here - 1], *now, *lines[here:]]
    if value is GONE or table not in known:
        raise _BeyondError
    last = max(number for path, number in known.items() if path == table or path.startswith(f"{table}."))
    return [*lines[:last], _entry(name, value), *lines[last:]]


def _entry(name: str, value: Any) -> str:
    return f"{toml.key(name)} = {toml.written(value)}"


def _remark(line: str) -> str:
    """At its end, with the space before it. What stands before a remark can be read without it."""
    for at in (at for at, each in enumerate(line) if each == "#"):
        try:
            tomllib.loads(line[:at])
        except tomllib.TOMLDecodeError:
            continue
        return line[len(line[:at].rstrip()) :]
    return ""
