"""Reads the bodies of the bench's requests: strictly, and with messages that name the entry, its value and what is allowed."""

import math
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from msgspec import Struct

from simulators.refusal import bad_request

MAX_BODY_BYTES = 65_536


class Rule(Struct, frozen=True):
    """What one entry may be: in words, and as a test."""

    allowed: str
    fits: Callable[[Any], bool]
    restorable: bool = False
    """``"ok"`` and ``null`` are allowed too and come out as ``None``."""


Rules = Mapping[str, Rule]


def whole(low: int, high: int) -> Rule:
    """A whole number. JSON's true is none, though Python's is."""
    return Rule(f"a whole number from {low} to {high}", lambda value: type(value) is int and low <= value <= high)


def number(low: float, high: float) -> Rule:
    """A number with or without decimals."""
    return Rule(f"a number from {low:g} to {high:g}", lambda value: _is_number(value) and low <= value <= high)


def one_of(*words: str) -> Rule:
    """One of these words."""
    return Rule("one of " + ", ".join(f'"{word}"' for word in words), lambda value: isinstance(value, str) and value in words)


def exactly(*numbers: int) -> Rule:
    """One of these numbers."""
    return Rule("one of " + ", ".join(map(str, numbers)), lambda value: type(value) is int and value in numbers)


def flag() -> Rule:
    """True or false."""
    return Rule("true or false", lambda value: isinstance(value, bool))


def text(shortest: int, longest: int) -> Rule:
    """Characters."""
    return Rule(f"a text of {shortest} to {longest} characters", lambda value: isinstance(value, str) and shortest <= len(value) <= longest)


def three(of: Rule) -> Rule:
    """One for each phase."""
    return Rule(
        f"a list of three, each {of.allowed}", lambda value: isinstance(value, list) and len(value) == 3 and all(map(of.fits, value))
    )


def pair(first: Rule, second: Rule) -> Rule:
    """Two things that belong together."""

    def fits(value: Any) -> bool:
        return isinstance(value, list) and len(value) == 2 and first.fits(value[0]) and second.fits(value[1])

    return Rule(f"a list of two, {first.allowed} and {second.allowed}", fits)


def either(*rules: Rule) -> Rule:
    """Any of these."""
    return Rule(" or ".join(rule.allowed for rule in rules), lambda value: any(rule.fits(value) for rule in rules))


def some(of: Rule) -> Rule:
    """At least one."""
    return Rule(f"a list, each {of.allowed}", lambda value: isinstance(value, list) and bool(value) and all(map(of.fits, value)))


def or_null(rule: Rule) -> Rule:
    """May be null as well."""
    return Rule(f"{rule.allowed}, or null", lambda value: value is None or rule.fits(value))


def restorable(**rules: Rule) -> Rules:
    """The entries of a PATCH: each may be put back."""
    return {name: Rule(f'{rule.allowed}, or "ok" or null to restore', rule.fits, restorable=True) for name, rule in rules.items()}


def read_entries(body: bytes, rules: Rules, required: tuple[str, ...] = ()) -> dict[str, Any]:
    """The entries of a body; an empty body has none. Raises Refusal with everything that is wrong with it."""
    tree = _read_json(body)
    wrong = [_complaint(name, value, rules) for name, value in tree.items()]
    wrong += [f"{name}: missing; {rules[name].allowed}" for name in required if name not in tree]
    if complaints := [complaint for complaint in wrong if complaint]:
        raise bad_request("; ".join(complaints))
    return {name: None if rules[name].restorable and value == "ok" else value for name, value in tree.items()}


def _read_json(body: bytes) -> dict[str, Any]:
    if not body.strip():
        return {}
    try:
        tree = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise bad_request(f"body: not JSON ({error}); expected an object such as {{}}") from error
    if not isinstance(tree, dict):
        raise bad_request(f"body: {_shown(tree)} is not allowed; expected an object such as {{}}")
    return tree


def _complaint(name: str, value: Any, rules: Rules) -> str:
    rule = rules.get(name)
    if rule is None:
        return f"{name}: unknown entry; allowed are {', '.join(rules) or 'none'}"
    if rule.fits(value) or (rule.restorable and (value is None or value == "ok")):
        return ""
    return f"{name}: {_shown(value)} is not allowed; {rule.allowed}"


def _shown(value: Any) -> str:
    shown = msgspec.json.encode(value).decode()
    return shown if len(shown) <= 80 else shown[:77] + "..."


def _is_number(value: Any) -> bool:
    return type(value) in (int, float) and math.isfinite(value)
