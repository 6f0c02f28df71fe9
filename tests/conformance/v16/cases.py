"""``@case("003")``: which title a test plays, and on what station. The coroutine gets an open ``Lab``.

Without anything else the station is the shared one: it has booted, and is put back when the case is over. Further names are configuration
keys, which it has when the test begins. ``change``: a station of its own with another configuration. ``opens=False``: the test opens the
lab itself (another CSMS, certificates, a boot that is not accepted).
"""

from collections.abc import Callable
from typing import Any, TypeVar

import pytest
from msgspec import Struct

from tests.conformance.v16.lab import Lab
from tests.conformance.v16.sites import Change
from tests.conformance.v16.titles import TITLES

F = TypeVar("F", bound=Callable[..., Any])
NUMBERS = frozenset(title.number for title in TITLES)


class Case(Struct, frozen=True):
    """What the marker holds. ``alone``: has it a station of its own? ``opens``: is the lab open when the test begins?"""

    numbers: tuple[str, ...]
    alone: bool
    change: Change | None
    keys: dict[str, str]
    opens: bool

    async def begin(self, lab: Lab) -> None:
        """Before the test."""
        if self.alone and self.opens:
            await lab.open(change=self.change)
        await lab.prepare(self.keys)


def case(number: str, change: Change | None = None, *, opens: bool = True, **keys: str) -> Callable[[F], F]:
    """Mark a test. An unknown number ends the collection."""
    if number not in NUMBERS:
        raise ValueError(f"case {number!r}: no title of this number; tests/conformance/v16/titles.py has them all")
    return pytest.mark.case(Case((number,), change is not None or not opens, change, keys, opens))
