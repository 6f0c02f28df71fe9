"""Holds a tree of plain values against the types of the configuration and finds every error, not only the first.

Where a value is wrong a stand-in takes its place, so that what comes after can look at the rest; what would be said of a stand-in is
not said (``Problem.because``).
"""

import json
from difflib import get_close_matches
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec
from msgspec import NODEFAULT, Struct, inspect
from msgspec.structs import FieldInfo, fields

from chargepoint.domain.configuration import Part, is_secret

UNITS = {"_a": "ampere", "_s": "seconds", "_v": "volt", "_wh": "watt-hours"}
"""What the end of an entry's name means."""


class Problem(Struct, frozen=True):
    """One error or warning: which entry, and what is wrong with it."""

    path: str
    text: str
    because: tuple[str, ...] = ()
    """Other entries that this rests on: nothing is said while one of them is wrong itself."""

    def __str__(self) -> str:
        return f"{self.path}: {self.text}"


def check(tree: dict[str, Any], kind: type[Part]) -> tuple[dict[str, Any], list[Problem]]:
    """The tree with stand-ins for what is wrong, fit for ``msgspec.convert``, and everything that is wrong."""
    problems: list[Problem] = []
    return _table(tree, kind, "", problems), problems


def entry_problems(value: Any, hint: Any, path: str) -> list[Problem]:
    """What is wrong with one value where such a type is expected; nothing where msgspec knows no such type."""
    problems: list[Problem] = []
    if hint is not Any:
        _value(value, hint, path, problems)
    return problems


def shown(value: object) -> str:
    """A value as it stands in the file, cut where it is long."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else f"{text[:60]}..."


def nearest(name: str, known: list[str], enough: int = 16) -> str:
    """``; did you mean ...?`` or, where nothing is near and there are few (``enough``), all that there are."""
    folded = {each.lower(): each for each in known}
    near = get_close_matches(name.lower(), folded, 1, 0.6)
    if near:
        return f"; did you mean {folded[near[0]]}?"
    if len(known) > enough:
        return ""
    return f"; there is only {known[0]}" if len(known) == 1 else f"; there are {', '.join(known)}"


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _plain(hint: Any) -> Any:
    """The type without its bounds and without None."""
    if get_origin(hint) is Annotated:
        return _plain(get_args(hint)[0])
    options = [each for each in get_args(hint) if each is not NoneType] if get_origin(hint) in (Union, UnionType) else []
    return _plain(options[0]) if len(options) == 1 else hint


def _is_part(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Part)


def _table(value: Any, kind: type[Part], path: str, problems: list[Problem]) -> dict[str, Any]:
    if not isinstance(value, dict):
        problems.append(Problem(path, f"{shown(value)}: expected {_words(inspect.type_info(kind), path)}"))
        return {each.name: _stand_in(each.type) for each in fields(kind) if each.required}
    known = {each.name: each for each in fields(kind) if each.name != kind.rest}
    others = {name: each for name, each in value.items() if name not in known}
    made = {name: _entry(value.get(name), each, _join(path, name), problems) for name, each in known.items()}
    if kind.rest is None:
        problems += [Problem(_join(path, name), f"unknown entry{nearest(name, list(known))}") for name in others]
    else:
        made[kind.rest] = _value(others, next(each.type for each in fields(kind) if each.name == kind.rest), path, problems)
    return {name: each for name, each in made.items() if each is not NODEFAULT}


def _entry(value: Any, field: FieldInfo, path: str, problems: list[Problem]) -> Any:
    """One entry of a table; NODEFAULT: as if it were not there."""
    if value is None:
        if field.required:
            problems.append(Problem(path, f"missing; expected {_words(inspect.type_info(field.type), path)}"))
        made = NODEFAULT
    else:
        made = _value(value, field.type, path, problems)
    return _stand_in(field.type) if made is NODEFAULT and field.required else made


def _value(value: Any, hint: Any, path: str, problems: list[Problem]) -> Any:
    kind = _plain(hint)
    items = get_args(kind)
    if _is_part(kind):
        return _table(value, kind, path, problems)
    if isinstance(value, list) and get_origin(kind) is tuple and _is_part(_plain(items[0])) and value:
        return [_value(item, items[0], f"{path}[{number}]", problems) for number, item in enumerate(value)]
    if isinstance(value, dict) and get_origin(kind) is dict:
        made = {name: _value(item, items[1], _join(path, name), problems) for name, item in value.items()}
        return {name: item for name, item in made.items() if item is not NODEFAULT}
    try:
        msgspec.convert(value, hint)
    except msgspec.ValidationError:
        secret = is_secret(hint) or path.lower().endswith(".authorizationkey")
        expected = _words(inspect.type_info(hint), path)
        problems.append(Problem(path, f"{'***' if secret else shown(value)}: expected {expected}{_remedy(value, kind, path)}"))
        return NODEFAULT
    return value


def _remedy(value: Any, kind: Any, path: str) -> str:
    """The mistakes that everybody makes once."""
    if kind is str and isinstance(value, int | float):
        return "; put it in quotes"
    if kind in (int, float) and isinstance(value, str) and value.replace(".", "", 1).isdigit():
        return "; take away the quotes"
    if kind is bool and value in ("true", "false"):
        return "; take away the quotes"
    if get_origin(kind) is tuple and isinstance(value, dict):
        return f"; each begins with [[{path}]]"
    if get_origin(kind) is Literal and isinstance(value, str):
        return nearest(value, [str(each) for each in get_args(kind)], enough=0)
    return ""


def _stand_in(hint: Any) -> Any:
    """Any value of this type."""
    match inspect.type_info(hint):
        case inspect.StructType(cls=cls):
            return {each.name: _stand_in(each.type) for each in fields(cls) if each.required}
        case inspect.VarTupleType():
            return [_stand_in(get_args(_plain(hint))[0])]
        case inspect.IntType(ge=low) | inspect.FloatType(ge=low):
            return 1 if low is None else low
        case inspect.LiteralType(values=values):
            return values[0]
    return "x"


def _words(info: inspect.Type, path: str) -> str:
    """What a type allows, for people."""
    match info:
        case inspect.Metadata(type=inner):
            return _words(inner, path)
        case inspect.UnionType(types=types):
            return " or ".join(_words(each, path) for each in types if not isinstance(each, inspect.NoneType))
        case inspect.IntType():
            return f"a whole number{_range(info)}{_unit(path)}"
        case inspect.FloatType():
            return f"a number{_range(info)}{_unit(path)}"
        case inspect.BoolType():
            return "true or false"
        case inspect.StrType(max_length=longest):
            return "text" if longest is None else f"text of at most {longest} characters"
        case inspect.LiteralType(values=values):
            return " or ".join(shown(value) for value in values) if len(values) < 8 else f"one of {', '.join(map(str, values))}"
        case inspect.VarTupleType(item_type=item, min_length=least):
            return f"a list of {'at least one: ' if least else ''}{_words(item, path)}"
        case inspect.StructType(fields=entries):
            return f"a table with {', '.join(each.name for each in entries if each.required) or 'entries'}"
    return "a table"


def _range(info: inspect.IntType | inspect.FloatType) -> str:
    if info.ge is not None and info.le is not None:
        return f" from {info.ge:g} to {info.le:g}"
    low = "" if info.ge is None else f" of at least {info.ge:g}"
    above = "" if info.gt is None else f" above {info.gt:g}"
    return f"{low}{above}{'' if info.le is None else f', at most {info.le:g}'}"


def _unit(path: str) -> str:
    return next((f" ({unit})" for end, unit in UNITS.items() if path.endswith(end)), "")
