"""OCPP-J frames, pure (OCPP-J 1.6 §4.2, 2.0.1 part 4 §4.2).

    CALL        [2, id, action, payload]
    CALLRESULT  [3, id, payload]
    CALLERROR   [4, id, code, description, details]

``decode`` takes whatever came and never raises. What is not a frame becomes ``Unreadable`` or ``UnknownType``; the session decides what
the version's standard wants done about it.
"""

from typing import Any

import msgspec
from msgspec import Struct

Payload = dict[str, Any]

NO_ID = "-1"
"""The id of a CALLERROR about a message whose own id could not be read (2.0.1 part 4 §4.2.3)."""

MAX_ID = 36
MAX_DESCRIPTION = 255


class Call(Struct, frozen=True):
    """A request."""

    id: str
    action: str
    payload: Payload


class Result(Struct, frozen=True):
    """The answer to a CALL. ``payload`` ``None``: it was no JSON object."""

    id: str
    payload: Payload | None


class Error(Struct, frozen=True):
    """The answer to a CALL that could not be processed."""

    id: str
    code: str
    description: str


class Malformed(Struct, frozen=True):
    """A CALL that breaks the framework's rules, but whose id can be read."""

    id: str
    reason: str


class UnknownType(Struct, frozen=True):
    """A message type number that is not 2, 3 or 4; ``id`` is ``NO_ID`` where there is none."""

    id: str
    number: int


class Unreadable(Struct, frozen=True):
    """No JSON, or no frame, or no readable id."""

    reason: str
    is_answer: bool = False
    """It would be the answer to a CALL, if one could see to which."""


Frame = Call | Result | Error | Malformed | UnknownType | Unreadable


def decode(data: bytes | bytearray | memoryview) -> Frame:
    """Make sense of one message."""
    try:
        parts = msgspec.json.decode(data)
    except (ValueError, RecursionError) as error:
        return Unreadable(f"not JSON: {error}")
    if not isinstance(parts, list) or not parts or type(parts[0]) is not int:
        return Unreadable("not an array that begins with a message type number")
    message_id = parts[1] if len(parts) > 1 and isinstance(parts[1], str) else None
    read = _READERS.get(parts[0])
    if read is None:
        return UnknownType(message_id or NO_ID, parts[0])
    if message_id is None:
        return Unreadable("no message id", is_answer=read is not _call)
    return read(message_id, parts)


def _call(message_id: str, parts: list[Any]) -> Frame:
    if len(message_id) > MAX_ID:
        return Malformed(message_id, f"message id of {len(message_id)} characters; at most {MAX_ID} are allowed")
    if len(parts) != 4 or not isinstance(parts[2], str):
        return Malformed(message_id, "a CALL has four elements: 2, id, action, payload")
    payload = {} if parts[3] is None else parts[3]
    if not isinstance(payload, dict):
        return Malformed(message_id, "the payload of a CALL is a JSON object")
    return Call(message_id, parts[2], payload)


def _result(message_id: str, parts: list[Any]) -> Frame:
    payload = {} if len(parts) == 3 and parts[2] is None else parts[2] if len(parts) == 3 else None
    return Result(message_id, payload if isinstance(payload, dict) else None)


def _error(message_id: str, parts: list[Any]) -> Frame:
    code, description = [part if isinstance(part, str) else "" for part in [*parts[2:4], None, None][:2]]
    return Error(message_id, code or "GenericError", description)


_READERS = {2: _call, 3: _result, 4: _error}


def encode_call(message_id: str, action: str, payload: Payload) -> bytes:
    """A CALL as UTF-8 text."""
    return msgspec.json.encode((2, message_id, action, payload))


def encode_result(message_id: str, payload: Payload) -> bytes:
    """A CALLRESULT as UTF-8 text."""
    return msgspec.json.encode((3, message_id, payload))


def encode_error(message_id: str, code: str, description: str) -> bytes:
    """A CALLERROR as UTF-8 text; the description is cut to what is allowed."""
    return msgspec.json.encode((4, message_id, code, description[:MAX_DESCRIPTION], {}))


def printable(text: str, length: int) -> str:
    """Somebody else's text, fit for one line of a log."""
    return "".join(letter if letter.isprintable() else " " for letter in text[:length])
