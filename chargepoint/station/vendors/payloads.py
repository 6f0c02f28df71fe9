"""Data of a vendor's message: JSON inside text as 1.6 has it, or the object itself as 2.x has it."""

from typing import Any, TypeVar

import msgspec

T = TypeVar("T")

LONGEST = 65_536
"""Characters of one message's data."""


class BadData(ValueError):
    """The data is not what the message wants: the CSMS has to act. The text says what was expected; it is the reason in the answer."""


def decoded(data: Any, kind: type[T]) -> T:
    """The data as a record. Decimal fields keep every digit that was written. Raises BadData."""
    if data is None or data == "":
        raise BadData("data is missing; expected a JSON object")
    try:
        text = data if isinstance(data, str) else msgspec.json.encode(data).decode()
        if len(text) > LONGEST:
            raise BadData(f"data has {len(text)} characters; expected up to {LONGEST}")
        return msgspec.json.decode(text, type=kind, strict=False)
    except BadData:
        raise
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise BadData(f"data cannot be read: {error or type(error).__name__}") from error


def decoded_or_empty(data: Any, kind: type[T]) -> T:
    """The same for a message without required fields, which may come without data."""
    return decoded("{}" if data is None or data == "" else data, kind)
