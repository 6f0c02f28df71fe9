"""The command line as its own parsers describe it: what man pages and shell completion are made of."""

import argparse
from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from chargepoint.cli.main import VERBS, parser_of


class Option(Struct, frozen=True):
    """One option or place."""

    names: tuple[str, ...]
    """Empty for a place."""
    value: str
    """What stands behind it, or in it; empty for a switch."""
    text: str
    choices: tuple[str, ...]


class Verb(Struct, frozen=True):
    """One verb, or a deed of it (``hardware exercise``)."""

    name: str
    line: str
    text: str
    usage: str
    options: tuple[Option, ...]
    deeds: "tuple[Verb, ...]" = ()


def verbs() -> list[Verb]:
    """All of them, in the order of ``--help``."""
    return [_verb(name, line, _own(name)) for name, (_, line) in VERBS.items()]


def _own(name: str) -> argparse.ArgumentParser:
    found = next(action for action in parser_of(name)._actions if isinstance(action, argparse._SubParsersAction))
    parser: argparse.ArgumentParser = found.choices[name]
    return parser


def _verb(name: str, line: str, parser: argparse.ArgumentParser) -> Verb:
    return Verb(
        name=name,
        line=line,
        text=parser.description or line,
        usage=" ".join(parser.format_usage().removeprefix("usage: ").split()),
        options=tuple(_options(parser)),
        deeds=tuple(_deeds(parser)),
    )


def _options(parser: argparse.ArgumentParser) -> Iterator[Option]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction) or action.help == argparse.SUPPRESS:
            continue
        text = parser._get_formatter()._expand_help(action) if action.help else ""
        yield Option(tuple(action.option_strings), _value(action), text, tuple(str(each) for each in action.choices or ()))


def _value(action: argparse.Action) -> str:
    if action.nargs == 0:
        return ""
    shown: Any = action.metavar or ("|".join(map(str, action.choices)) if action.choices else action.dest.upper())
    return " ".join(shown) if isinstance(shown, tuple) else str(shown)


def _deeds(parser: argparse.ArgumentParser) -> Iterator[Verb]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            lines = {choice.dest: choice.help or "" for choice in action._choices_actions}
            for name, own in action.choices.items():
                yield _verb(name, lines.get(name, ""), own)
