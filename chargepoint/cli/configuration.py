"""Reads a configuration file: TOML, or JSON where the name ends in ``.json``. All errors at once.

file ──▶ tree ──▶ types (schema) ──▶ presets (device model) ──▶ rules ──▶ Configuration
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from chargepoint.cli import presets, rules, schema
from chargepoint.cli.errors import ConfigurationError
from chargepoint.cli.schema import Problem
from chargepoint.domain.configuration import Configuration

UNREADABLE: Mapping[type[OSError], str] = {
    FileNotFoundError: "check its name, or make one with chargepoint setup",
    PermissionError: "run this as root, or as a member of the group chargepoint",
}
"""What to do."""


def read(path: Path | str, *, boards: bool = False) -> Configuration:
    """The configuration in a file. Raises ConfigurationError, which names every error.

    ``boards``: held against what the boards are and can do as well, which loads their drivers.
    """
    try:
        return build(tree_of(Path(path)), boards=boards)
    except ConfigurationError as error:
        raise ConfigurationError(error.errors, str(path)) from None


def build(tree: Any, *, boards: bool = False) -> Configuration:
    """The configuration that a tree of plain values means, as ``read`` does. Raises ConfigurationError."""
    if not isinstance(tree, dict):
        raise ConfigurationError((f"{schema.shown(tree)}: expected a table with [station], [site] and [[evses]]",))
    mended, wrong = schema.check(tree, Configuration)
    configuration, others = presets.settle(msgspec.convert(mended, Configuration), tree)
    asked = rules.RULES + (rules.BOARD_RULES if boards else ())
    others += [problem for rule in asked for problem in rule(configuration)]
    bad = [problem.path for problem in wrong]
    wrong += [problem for problem in others if not any(_touches(path, each) for path in (problem.path, *problem.because) for each in bad)]
    if wrong:
        raise ConfigurationError(tuple(str(problem) for problem in sorted(wrong, key=_position)))
    return configuration


def warnings(configuration: Configuration) -> tuple[Problem, ...]:
    """What works, and is probably not meant."""
    return tuple(rules.warnings(configuration))


def _position(problem: Problem) -> int:
    """Problems are told table by table, as the contract orders them; unknown ones come first."""
    tables: tuple[str, ...] = Configuration.__struct_fields__
    table = re.split(r"[.[]", problem.path)[0]
    return tables.index(table) if table in tables else -1


def _touches(path: str, other: str) -> bool:
    """Is one of them the other, or part of it?"""
    short, long = sorted((path, other), key=len)
    return long == short or long.startswith((f"{short}.", f"{short}["))


def tree_of(path: Path) -> Any:
    """What stands in a file, as plain values. Raises ConfigurationError."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        remedy = next((words for kind, words in UNREADABLE.items() if isinstance(error, kind)), "check what is there with ls -l")
        raise ConfigurationError((f"cannot be read: {error.strerror}; {remedy}",)) from None
    except UnicodeDecodeError as error:
        raise ConfigurationError((f"byte {error.start + 1} is not UTF-8; save the file as UTF-8 text",)) from None
    return parsed(text, path)


def parsed(text: str, path: Path) -> Any:
    """What such text in such a file means, as plain values. Raises ConfigurationError."""
    return _json(text) if path.suffix == ".json" else _toml(text)


def _toml(text: str) -> Any:
    import tomllib

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError((f"not TOML: {error}",)) from None


def _json(text: str) -> Any:
    import json

    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise ConfigurationError((f"not JSON: {error.msg} (at line {error.lineno}, column {error.colno})",)) from None
