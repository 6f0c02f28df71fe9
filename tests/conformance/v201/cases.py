"""``@case("TC_E_03")``: which test cases a test plays, and on what station. The coroutine gets an open ``Lab`` as ``lab``.

Without anything else the station is the shared one: it has booted, and is put back when the case is over. ``fresh=True``: a station of its
own, with the usual configuration. ``change``: the same with another one. ``opens=False``: the test opens the lab itself (another CSMS,
certificates, a boot that is not accepted). A parametrised test gives the id with the parameter:
``pytest.param(..., marks=case("TC_E_09"))``. Without an id it is a test for this lab that no case of the certification asks for.
"""

import pytest
from msgspec import Struct

from tests.conformance.v201.lab import Lab
from tests.conformance.v201.sites import Change
from tests.conformance.v201.titles import TITLES

NUMBERS = frozenset(title.number for title in TITLES)


class Case(Struct, frozen=True):
    """What the marker holds. ``alone``: has it a station of its own? ``opens``: is the lab open when the test begins?"""

    numbers: tuple[str, ...]
    alone: bool
    change: Change | None
    opens: bool

    async def begin(self, lab: Lab) -> None:
        """With a station of its own."""
        if self.opens:
            await lab.open(change=self.change)


def case(*numbers: str, fresh: bool = False, change: Change | None = None, opens: bool = True) -> pytest.MarkDecorator:
    """Mark a test, or a parameter. An unknown id ends the collection."""
    for number in numbers:
        if number not in NUMBERS:
            raise ValueError(f"case {number!r}: no test case of this id; tests/conformance/v201/titles.csv has them all")
    return pytest.mark.case(Case(numbers, fresh or change is not None or not opens, change, opens))
