"""Step 2: the electrics of each EVSE."""

from collections.abc import Sequence
from typing import Any

from chargepoint.web.wizard import devices
from chargepoint.web.wizard.draft import Answers
from chargepoint.web.wizard.fields import Field
from chargepoint.web.wizard.ports import DriverLine

BENCH = "Only for a board on a workbench that nobody can touch: it may then be used although nothing but software would keep people safe."


def fields(lines: Sequence[DriverLine], answers: Answers) -> tuple[Field, ...]:
    """Which board, and what it has to be told."""
    boards = [line for line in lines if line.kind == "boards"]
    bench = Field(name="bench", label="On a workbench", kind="truth", help=BENCH, seldom=True)
    asked = tuple(devices.questions(boards, answers))
    return (devices.choice(boards, "Which board is it?"), *asked, *((bench,) if asked else ()))


def table(lines: Sequence[DriverLine], answers: Answers) -> dict[str, Any]:
    """``board = {...}``"""
    return devices.table([line for line in lines if line.kind == "boards"], answers)
