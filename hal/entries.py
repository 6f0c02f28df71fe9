"""What may stand in a driver's table in the configuration, as its constructor says: its parameters, their types and defaults.

A constructor that passes entries on (``**entries``) is asked for its names through ``DriverFacts.entries``. Those of a line of Modbus have
the types of that line; of others only the driver itself knows them. What composition gives (``OURS``) is nobody's entry.
"""

from collections.abc import Callable, Mapping
from inspect import Parameter, isclass, signature
from typing import Any, get_type_hints

from msgspec import Struct

import hal
from hal.facts import DriverFacts

OURS = ("socket", "evse", "evses", "root")
"""Parameters that composition fills in: where the simulated world is, which EVSEs it is for, what stands for ``/``."""

DEVICES = ("/dev/", "/sys/")


class Entries(Struct, frozen=True):
    """The entries of one driver."""

    hints: Mapping[str, Any]
    """Name -> type, ``Any`` where the constructor does not say."""
    required: tuple[str, ...]
    defaults: Mapping[str, Any]
    given: tuple[str, ...]
    """Of ``OURS``, what it takes."""
    any_name: bool
    """It takes entries of any name, and nobody says which."""


def entries(kind: str, name: str) -> Entries:
    """Of this driver. Raises DriverError, as ``hal.load``."""
    made = hal.load(kind, name)
    hints = _hints(made)
    parameters = [each for each in signature(made).parameters.values() if each.name not in OURS]
    named = [each for each in parameters if each.kind is not Parameter.VAR_KEYWORD]
    passes_on = len(named) < len(parameters)
    told = hal.about(kind, name)
    others = _passed_on(told) if told is not None and passes_on else {}
    return Entries(
        hints={**others, **{one.name: hints.get(one.name, Any) for one in named}},
        required=tuple(each.name for each in named if each.default is Parameter.empty),
        defaults={each.name: each.default for each in named if each.default is not Parameter.empty},
        given=tuple(each for each in signature(made).parameters if each in OURS),
        any_name=passes_on and not others,
    )


def placed(takes: Entries, given: Mapping[str, Any], root: str) -> dict[str, Any]:
    """The same entries on a bench, whose ``root`` stands for ``/``: devices are looked for there, and no line has parity, for a pseudo
    terminal knows none."""
    moved = {name: root + value if isinstance(value, str) and value.startswith(DEVICES) else value for name, value in given.items()}
    return {**moved, "parity": "N"} if "parity" in takes.hints else moved


def _passed_on(told: DriverFacts) -> dict[str, Any]:
    line: dict[str, Any] = {}
    if told.extra == "modbus":
        from hal.bus.modbus import WireEntries

        line = get_type_hints(WireEntries, include_extras=True)
    return {name: line.get(name, Any) for name in told.entries if name not in OURS}


def _hints(made: Callable[..., Any]) -> dict[str, Any]:
    try:
        return get_type_hints(made.__init__ if isclass(made) else made, include_extras=True)
    except NameError:  # a name that only the type checker of somebody else's driver knows
        return {}
