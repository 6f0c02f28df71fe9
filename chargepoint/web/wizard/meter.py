"""Step 3: what measures each EVSE."""

from collections.abc import Sequence
from typing import Any

from chargepoint.web.wizard import devices
from chargepoint.web.wizard.draft import Answers
from chargepoint.web.wizard.fields import Field
from chargepoint.web.wizard.ports import DriverLine

KEY = "Of a meter that signs: as it is printed on it, in hexadecimal. Others: leave it empty."


def fields(lines: Sequence[DriverLine], answers: Answers) -> tuple[Field, ...]:
    """Which meter, and what it has to be told."""
    meters = [line for line in lines if line.kind == "meters"]
    asked = tuple(devices.questions(meters, answers))
    there = any(field.name == f"{devices.PREFIX}public_key" for field in asked)
    key = () if there or not asked else (Field(name=f"{devices.PREFIX}public_key", label="public key", help=KEY, seldom=True),)
    return (devices.choice(meters, "Which meter is it?"), *asked, *key)


def table(lines: Sequence[DriverLine], answers: Answers) -> dict[str, Any]:
    """``meter = {...}``"""
    return devices.table([line for line in lines if line.kind == "meters"], answers)
