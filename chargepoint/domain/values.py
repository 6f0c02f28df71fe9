"""Values of variables: how each OCPP data type is read from text, checked and written back (OCPP 2.0.1 DataEnumType, 1.6 §9)."""

import re
from collections.abc import Callable
from typing import Generic, TypeVar

from msgspec import Struct

T_co = TypeVar("T_co", covariant=True)

LARGEST = 2_147_483_647
"""Upper bound of whole numbers for which nothing smaller is said."""


class BadValue(ValueError):
    """The text is not a value of this variable. ``reason_code`` is one of OCPP 2.0.1's appendix; the message says what is allowed."""

    def __init__(self, reason_code: str, message: str) -> None:
        super().__init__(message)
        self.reason_code = reason_code


class Bounds(Struct, frozen=True):
    """What is allowed beside the data type."""

    minimum: float | None = None
    maximum: float | None = None
    """Of a text: its length."""
    values: tuple[str, ...] = ()
    """Of a choice or a list: its members."""


class DataType(Struct, Generic[T_co], frozen=True):
    """One data type: its name on the wire, and how a text becomes a value."""

    name: str
    parse: Callable[[str, Bounds], T_co]


def _within(number: float, text: str, bounds: Bounds) -> None:
    if bounds.minimum is not None and number < bounds.minimum:
        raise BadValue("ValueTooLow", f"{text} is too low; the minimum is {bounds.minimum:.15g}")
    if bounds.maximum is not None and number > bounds.maximum:
        raise BadValue("ValueTooHigh", f"{text} is too high; the maximum is {bounds.maximum:.15g}")


def _integer(text: str, bounds: Bounds) -> int:
    if not re.fullmatch(r"[+-]?[0-9]{1,18}", text.strip(), re.ASCII):
        raise BadValue("InvalidValue", f"{shown(text)} is not a whole number")
    number = int(text)
    _within(number, text, bounds if bounds.maximum is not None else Bounds(bounds.minimum, LARGEST))
    return number


def _decimal(text: str, bounds: Bounds) -> float:
    if not re.fullmatch(r"[+-]?[0-9]{1,18}(\.[0-9]{1,18})?", text.strip(), re.ASCII):
        raise BadValue("InvalidValue", f"{shown(text)} is not a number")
    number = float(text)
    _within(number, text, bounds)
    return number


def _boolean(text: str, bounds: Bounds) -> bool:
    word = text.strip().lower()
    if word not in ("true", "false"):
        raise BadValue("InvalidValue", f"{shown(text)} is neither true nor false")
    if bounds.values and word not in bounds.values:
        raise BadValue("InvalidValue", f"{word} is not supported here; it is always {', '.join(bounds.values)}")
    return word == "true"


def _string(text: str, bounds: Bounds) -> str:
    if bounds.maximum is not None and len(text) > bounds.maximum:
        raise BadValue("TooLargeElement", f"{len(text)} characters are too many; the maximum is {bounds.maximum:.15g}")
    return text


def _option(text: str, bounds: Bounds) -> str:
    if text.strip() not in bounds.values:
        raise BadValue("InvalidValue", f"{shown(text)} is not supported here; expected one of {', '.join(bounds.values)}")
    return text.strip()


def _list(text: str, bounds: Bounds) -> tuple[str, ...]:
    """Separated by commas; spaces around them are met in the field and mean nothing. One wrong item refuses the whole list."""
    items = tuple(item.strip() for item in text.split(",")) if text.strip() else ()
    for number, item in enumerate(items):
        if item not in bounds.values:
            raise BadValue("InvalidValue", f"{shown(item)} is not supported here; expected some of {', '.join(bounds.values)}")
        if item in items[:number]:
            raise BadValue("InvalidValue", f"{shown(item)} is named twice")
    return items


def _some(text: str, bounds: Bounds) -> tuple[str, ...]:
    """A list that would leave nothing to go by if it were empty."""
    items = _list(text, bounds)
    if not items:
        raise BadValue("InvalidValue", f"at least one is needed, of {', '.join(bounds.values)}")
    return items


def _rotation(text: str, bounds: Bounds) -> tuple[str, ...]:
    """``0.RST,1.RTS``: one phase rotation per connector, 0 for the feed (1.6 §9.1.7)."""
    items = _list(text, bounds)
    connectors = [item.partition(".")[0] for item in items]
    for connector in connectors:
        if connectors.count(connector) > 1:
            raise BadValue("InvalidValue", f"connector {connector} is named twice")
    return items


def shown(text: str) -> str:
    """The value in quotes, cut where it is long."""
    return f'"{text}"' if len(text) <= 60 else f'"{text[:60]}..."'


def written(value: object) -> str:
    """The one way in which a value is kept and reported."""
    match value:
        case bool():
            return "true" if value else "false"
        case tuple():
            return ",".join(value)
    return str(value)


INTEGER = DataType("integer", _integer)
DECIMAL = DataType("decimal", _decimal)
BOOLEAN = DataType("boolean", _boolean)
STRING = DataType("string", _string)
DATE_TIME = DataType("dateTime", _string)
OPTION = DataType("OptionList", _option)
MEMBERS = DataType("MemberList", _list)
SOME_MEMBERS = DataType("MemberList", _some)
SEQUENCE = DataType("SequenceList", _list)
ROTATION = DataType("MemberList", _rotation)
