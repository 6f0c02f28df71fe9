"""OCPP-J frames as values (OCPP-J 1.6 §4, 2.0.1 part 4 §4): read what came, write what goes. Pure.

[2, id, action, {...}]                      CALL
[3, id, {...}]                              CALLRESULT
[4, id, code, description, {...}]           CALLERROR
"""

import json
from math import isfinite
from typing import Any

from msgspec import Struct, field

Payload = dict[str, Any]

CALL, CALLRESULT, CALLERROR = 2, 3, 4
MAX_DEPTH = 64
"""Levels of lists and objects in one frame; the deepest message of the standard has fewer than ten."""


class Call(Struct, frozen=True):
    """A request."""

    id: str
    action: str
    payload: Payload


class Result(Struct, frozen=True):
    """The answer to a request."""

    id: str
    payload: Payload


class Failure(Struct, frozen=True):
    """A request that was not processed."""

    id: str
    code: str
    description: str = ""
    details: Payload = field(default_factory=dict)


class Unreadable(Struct, frozen=True):
    """Not a frame of OCPP-J. ``id`` is ``None`` where it cannot be made out; ``type_number`` where that was the matter."""

    reason: str
    id: str | None = None
    type_number: int | None = None


Frame = Call | Result | Failure | Unreadable
Answer = Result | Failure


def read(data: str | bytes) -> Frame:
    """Make out a frame; whatever it is not, it never raises."""
    if isinstance(data, bytes):
        return Unreadable("a binary message; OCPP-J is JSON text")
    try:
        parts = parse(data)
    except ValueError:
        return Unreadable(f"not JSON: {_shortened(data)}")
    if _too_deep(data, parts):
        return Unreadable(f"nested deeper than {MAX_DEPTH} levels")
    if not isinstance(parts, list) or len(parts) < 2:
        return Unreadable(f"not a JSON array of a message type, an id and more: {_shortened(data)}")
    kind, identity = parts[0], parts[1]
    if not isinstance(identity, str) or not identity:
        return Unreadable(f"message id {identity!r}; expected a string that is not empty")
    if isinstance(kind, bool) or not isinstance(kind, int):
        return Unreadable(f"message type {kind!r}; expected a number", identity)
    return _READERS.get(kind, _unknown_type)(parts)


def _read_call(parts: list[Any]) -> Frame:
    if len(parts) != 4 or not isinstance(parts[2], str) or not isinstance(parts[3], dict):
        return Unreadable("a CALL is [2, id, action, {payload}]", parts[1])
    return Call(parts[1], parts[2], parts[3])


def _read_result(parts: list[Any]) -> Frame:
    if len(parts) != 3 or not isinstance(parts[2], dict):
        return Unreadable("a CALLRESULT is [3, id, {payload}]", parts[1])
    return Result(parts[1], parts[2])


def _read_failure(parts: list[Any]) -> Frame:
    texts = all(isinstance(part, str) for part in parts[2:4])
    if len(parts) != 5 or not texts or not isinstance(parts[4], dict):
        return Unreadable("a CALLERROR is [4, id, code, description, {details}]", parts[1])
    return Failure(parts[1], parts[2], parts[3], parts[4])


def _unknown_type(parts: list[Any]) -> Frame:
    return Unreadable(f"message type {parts[0]}; expected 2, 3 or 4", parts[1], parts[0])


_READERS = {CALL: _read_call, CALLRESULT: _read_result, CALLERROR: _read_failure}


def write(frame: Call | Answer) -> str:
    """The text of a frame."""
    match frame:
        case Call():
            parts = [CALL, frame.id, frame.action, frame.payload]
        case Result():
            parts = [CALLRESULT, frame.id, frame.payload]
        case Failure():
            parts = [CALLERROR, frame.id, frame.code, frame.description[:255], frame.details]
    return json.dumps(parts, separators=(",", ":"))


def parse(text: str) -> Any:
    """JSON, without what Python takes beyond it (NaN) and what no JSON could be made of again (1e999). Raises ValueError."""
    try:
        return json.loads(text, parse_constant=_no_constant, parse_float=_finite)
    except RecursionError:
        raise ValueError("nested too deep") from None


def _no_constant(word: str) -> None:
    raise ValueError(f"{word} is no JSON")


def _finite(text: str) -> float:
    if not isfinite(number := float(text)):
        raise ValueError(f"{text} is too large")
    return number


def _too_deep(text: str, value: Any) -> bool:
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return False
    level, depth = [value], 0
    while level and depth <= MAX_DEPTH:
        containers = [entry for entry in level if isinstance(entry, dict | list)]
        level = [inner for entry in containers for inner in (entry.values() if isinstance(entry, dict) else entry)]
        depth += 1
    return depth > MAX_DEPTH


def _shortened(text: str, length: int = 60) -> str:
    return repr(text if len(text) <= length else text[:length] + "…")
