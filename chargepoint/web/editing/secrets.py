"""Entries of a configuration that only the owner may have: out of a tree, and back from another one."""

import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

SECRET = re.compile(r"pass(word|phrase|wd)?$|password|passphrase|secret|token$|private|authorizationkey|^pin$|^key$", re.IGNORECASE)
"""Entries whose text is one. Not those of ``domain.redaction``, which hides rather too much: what is taken out here is missing."""
Path = tuple[str | int, ...]


def found(tree: Any, here: Path = ()) -> Iterator[tuple[Path, str]]:
    """Where there is one, and what it is. ``tree``: plain values."""
    if isinstance(tree, dict):
        variable = tree.get("variable")
        for name, value in tree.items():
            told = variable if name == "value" and isinstance(variable, str) else str(name)
            if SECRET.search(told) and isinstance(value, str) and value:
                yield (*here, name), value
            else:
                yield from found(value, (*here, name))
    elif isinstance(tree, list):
        for number, each in enumerate(tree):
            yield from found(each, (*here, number))


def without(tree: dict[str, Any]) -> dict[str, Any]:
    """A copy that has none."""
    bare = deepcopy(tree)
    for path, _ in found(tree):
        _at(bare, path, lambda table, name: table.pop(name))
    return bare


def taken_over(tree: dict[str, Any], other: dict[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """A copy with those of another tree where this one has a place for them and none of its own; which."""
    whole, taken = deepcopy(tree), []
    for path, value in found(other):
        if not _has(whole, path) and _at(whole, path, lambda table, name, value=value: table.__setitem__(name, value)):  # type: ignore[misc]
            taken.append(".".join(map(str, path)))
    return whole, tuple(taken)


def _at(tree: Any, path: Path, do: Callable[[Any, Any], object]) -> bool:
    """At the table that holds the last name; false: there is none."""
    for step in path[:-1]:
        if isinstance(tree, dict):
            tree = tree.get(str(step)) if isinstance(step, str) else None
        elif isinstance(tree, list):
            tree = tree[step] if isinstance(step, int) and step < len(tree) else None
        else:
            return False
    if not isinstance(tree, dict):
        return False
    do(tree, path[-1])
    return True


def _has(tree: Any, path: Path) -> bool:
    there: list[bool] = []
    return _at(tree, path, lambda table, name: there.append(name in table)) and there[0]
