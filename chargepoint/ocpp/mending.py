"""What is left of an answer that breaks its schema.

Whoever answers with a CALLRESULT has done what he was asked. Such an answer may be refused, but need not (2.0.1 part 4 §4.1.2): refused
as a whole, a transaction's message would be told again and be put aside in the end, and an Invalid would be lost for a text next to it.

    a field that nobody knows         goes
    a text for people, too long       is cut
    a word in other letters           is that word: accepted, utf8
    a number written as text          is that number
    what a decoder judges itself      stays as it is
    anything else                     goes, and with it whatever must not be without it; a null is as good as absent

What the answer itself must not be without may be missing then: that is for whoever reads it.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any

from jsonschema_rs import ValidationError

from chargepoint.ocpp.frames import Payload

TEXTS = frozenset({"content", "additionalInfo"})
"""For people. Of a token, or whatever else is too long, a part would be another one."""

JUDGED = frozenset((info, *status) for info in ("idTokenInfo", "idTagInfo") for status in ((), ("status",)))
"""What it says of a token: whether its driver charges on does not depend on a field that has been dropped without a word
(``payloads.token_status``)."""

ROUNDS = 10
"""Each takes away what cannot be without what went before; no schema is as deep."""

_NUMBER = {"integer": re.compile(r"-?\d{1,18}", re.ASCII), "number": re.compile(r"-?\d{1,15}(\.\d{1,15})?", re.ASCII)}
_GONE = object()

Path = tuple[str | int, ...]


def mend(payload: Payload, errors: Callable[[Payload], Iterable[ValidationError]]) -> tuple[list[ValidationError], list[ValidationError]]:
    """Mend it in place. ``errors`` finds what is wrong with it. What was wrong, and what still is."""
    found = left = list(errors(payload))
    for _ in range(ROUNDS):
        if not _mend_all(payload, left):
            break
        left = list(errors(payload))
    return found, left


def judged(error: ValidationError) -> bool:
    """Is it about something that its decoder judges itself?"""
    return tuple(error.instance_path) in JUDGED


def _mend_all(payload: Payload, errors: list[ValidationError]) -> bool:
    """From the end, so that what goes from a list moves nothing that is still to be mended. False: nothing could be done."""
    done: set[Path] = set()
    mended = False
    for error in sorted(errors, key=_place, reverse=True):
        path = tuple(error.instance_path)
        if any(path[:length] in done for length in range(1, len(path) + 1)):
            continue
        if error.kind.name == "additionalProperties":
            _forget(_at(payload, path), error.kind)
            mended = True
        elif path and _mend_one(payload, path, error.kind):
            done.add(path)
            mended = True
    return mended


def _place(error: ValidationError) -> list[tuple[bool, str | int]]:
    return [(isinstance(name, int), name) for name in error.instance_path]


def _forget(known: Payload, kind: Any) -> None:
    for name in kind.unexpected:
        del known[name]


def _mend_one(payload: Payload, path: Path, kind: Any) -> bool:
    holder, name = _at(payload, path[:-1]), path[-1]
    instead = _REMEDIES.get(kind.name, _none)(kind, name, holder[name])
    if instead is not _GONE:
        holder[name] = instead
    elif path in JUDGED and holder[name] is not None:
        return False
    else:
        del holder[name]
    return True


def _at(payload: Any, path: Path) -> Any:
    for name in path:
        payload = payload[name]
    return payload


def _none(_kind: Any, _name: str | int, _value: Any) -> Any:
    return _GONE


def _cut(kind: Any, name: str | int, value: Any) -> Any:
    return value[: kind.limit] if name in TEXTS else _GONE


def _word(kind: Any, _name: str | int, value: Any) -> Any:
    word = value.strip().lower() if isinstance(value, str) else None
    return next((option for option in kind.options if isinstance(option, str) and option.lower() == word), _GONE)


def _number(kind: Any, _name: str | int, value: Any) -> Any:
    form = next((each for each in kind.types if each in _NUMBER), None)
    if form is None or not isinstance(value, str) or not _NUMBER[form].fullmatch(value.strip()):
        return _GONE
    return int(value) if form == "integer" else float(value)


_REMEDIES: dict[str, Callable[[Any, str | int, Any], Any]] = {"maxLength": _cut, "enum": _word, "type": _number}
"""Keyword of the schema -> what is meant."""
