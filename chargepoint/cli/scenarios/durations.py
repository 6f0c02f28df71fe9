"""Every duration that control compares a passed time with, wherever it is written down: nobody has to remember to list a new one.

The house writes the unit last: a constant whose name ends in ``_S``, an entry of a table whose name ends in ``_s``.
"""

import sys
from collections.abc import Iterable, Iterator, Mapping
from types import ModuleType
from typing import Any

from msgspec import Struct, structs

from chargepoint import control
from chargepoint.control import scan
from chargepoint.control.settings import EvseSettings
from chargepoint.domain import fault_table

LONGEST_S = 2 * 86_400.0


def durations(settings: Iterable[EvseSettings]) -> tuple[float, ...]:
    """In seconds, ascending, each once; 0 is among them, for moments that are remembered as such."""
    found = {0.0}
    for module in (*_modules(), fault_table):
        for name, value in vars(module).items():
            if name.isupper():
                found.update(_within(value, named=name.endswith("_S")))
    for each in settings:
        found.update(_within(each, named=False))
    return tuple(sorted(found))


def _modules() -> set[ModuleType]:
    """Those that a scan can reach; the loop around it has durations of its own."""
    found, waiting = set[ModuleType](), [scan]
    while waiting:
        module = waiting.pop()
        found.add(module)
        names = {getattr(each, "__module__", getattr(each, "__name__", "")) for each in vars(module).values()}
        waiting += {sys.modules[name] for name in names if name.startswith(f"{control.__name__}.")} - found
    return found


def _within(value: Any, *, named: bool) -> Iterator[float]:
    """``named``: the name that it goes by says that it is in seconds."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        if named and 0 < value <= LONGEST_S:
            yield float(value)
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _within(each, named=named)
    elif isinstance(value, Struct) or hasattr(value, "_asdict"):
        fields = structs.asdict(value) if isinstance(value, Struct) else value._asdict()
        for name, each in fields.items():
            yield from _within(each, named=name.endswith("_s"))
    elif isinstance(value, tuple | list | set | frozenset):
        for each in value:
            yield from _within(each, named=named)
