"""``@case("003")``: which title a test plays, and on what station. The coroutine gets an open ``Lab``."""

from collections.abc import Callable
from typing import Any, TypeVar

import pytest
from msgspec import Struct

from tests.conformance.v16.sites import Change
from tests.conformance.v16.titles import TITLES

F = TypeVar("F", bound=Callable[..., Any])
NUMBERS = frozenset(title.number for title in TITLES)


class Case(Struct, frozen=True):
    """What the marker holds. ``opens``: is the lab open when the test begins?"""

    numbers: tuple[str, ...]
    change: Change | None
    keys: dict[str, str]
    opens: bool


def case(number: str, change: Change | None = None, *, opens: bool = True, **keys: str) -> Callable[[F], F]:
    """Mark a test; ``keys`` are initial values of configuration keys. An unknown number ends the collection."""
    if number not in NUMBERS:
        raise ValueError(f"case {number!r}: no title of this number; tests/conformance/v16/titles.py has them all")
    return pytest.mark.case(Case((number,), change, keys, opens))
