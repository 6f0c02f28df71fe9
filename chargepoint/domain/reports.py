"""Reports of the device model (OCPP 2.0.1 B07, B08): which variables one tells of, and how it is cut into parts.

What is chosen are entries of the table, which are there anyway; a row with its value is made when its part is.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from chargepoint.domain.device_model import DeviceModel
from chargepoint.domain.entries import Entry, VariableKey
from chargepoint.domain.values import BOOLEAN
from chargepoint.domain.variables import Access

FLAGS = ("Active", "Available", "Enabled")
"""Criteria that a component without such a variable meets as well (B08.FR.07, B08.FR.08, B08.FR.09)."""
CRITERIA = (*FLAGS, "Problem")
"""All of ComponentCriterionEnumType."""
ABNORMAL = frozenset({"Problem", "Tripped", "Overload", "Fallback"})
"""Variables that are true where a component is in an abnormal state (B07.FR.09)."""
FRAME_BYTES = 300
"""Of a part, beside its rows."""
ROW_BYTES = 400
"""Of a row, beside its texts: the names of all its fields, numbers, EVSE and connector."""


class VariableReport(Struct, frozen=True, kw_only=True):
    """One row of a report: a variable, its value and what is allowed (B08.FR.12)."""

    key: VariableKey
    value: str | None
    """``None`` where it is write-only."""
    access: str
    """ReadOnly, WriteOnly or ReadWrite (MutabilityEnumType)."""
    persistent: bool = False
    """Does the value outlast a restart? Whatever a CSMS may set does; of the others nothing is said."""
    data_type: str
    """string, decimal, integer, dateTime, boolean, OptionList, SequenceList, MemberList."""
    unit: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    values: tuple[str, ...] = ()
    """Of a choice or a list; what true and false mean needs no list."""
    monitored: bool = False


class Wanted(Struct, frozen=True, kw_only=True):
    """ComponentVariableType: what is not named is wanted of every kind (B08.FR.20 to 25)."""

    component: str
    component_instance: str | None = None
    evse: int | None = None
    connector: int | None = None
    variable: str | None = None
    instance: str | None = None


def _summed_up(model: DeviceModel, entry: Entry) -> bool:
    """B07.FR.09: how things are; and of components that are not well, what is wrong with them."""
    name = entry.key.variable
    if name == "AvailabilityState":
        return True
    return name in {*ABNORMAL, "Active"} and any(_true(model, entry, each) for each in ABNORMAL)


BASES: Mapping[str, Callable[[DeviceModel, Entry], bool]] = {
    "ConfigurationInventory": lambda _, entry: entry.access is not Access.READ_ONLY,
    "FullInventory": lambda _, __: True,
    "SummaryInventory": _summed_up,
}
"""What each base report tells (B07.FR.07, B07.FR.08, B07.FR.09). All that the standard has are there (B07.FR.12)."""


def base(model: DeviceModel, name: str) -> tuple[Entry, ...]:
    """One of ``BASES``."""
    return tuple(entry for entry in model if entry.key.component and BASES[name](model, entry))


def custom(model: DeviceModel, criteria: Sequence[str], wanted: Sequence[Wanted]) -> tuple[Entry, ...]:
    """What meets one of the criteria and is among what is wanted (B08.FR.05, B08.FR.11, B08.FR.13); without either, everything."""
    found = (entry for entry in model if entry.key.component)
    if wanted:
        found = (entry for entry in found if any(_is_wanted(entry.key, each) for each in wanted))
    return tuple(entry for entry in found if not criteria or any(_meets(model, entry, each) for each in criteria))


def _meets(model: DeviceModel, entry: Entry, criterion: str) -> bool:
    """B08.FR.07, B08.FR.08, B08.FR.09, B08.FR.10: a word about the component, by its variable of this name."""
    if model.sibling(entry, criterion) is None:
        return criterion in FLAGS
    return _true(model, entry, criterion)


def _true(model: DeviceModel, entry: Entry, variable: str) -> bool:
    found = model.sibling(entry, variable)
    return found is not None and model.value(found) == "true"


def _is_wanted(key: VariableKey, wanted: Wanted) -> bool:
    """B08.FR.20, B08.FR.21, B08.FR.22, B08.FR.23, B08.FR.24, B08.FR.25. Names are compared without case."""
    return (
        wanted.component.lower() == key.component.lower()
        and _is(key.component_instance, wanted.component_instance)
        and wanted.evse in (None, key.evse)
        and wanted.connector in (None, key.connector)
        and _is(key.variable, wanted.variable)
        and _is(key.instance, wanted.instance)
    )


def _is(name: str | None, wanted: str | None) -> bool:
    return not wanted or (name or "").lower() == wanted.lower()


def row(model: DeviceModel, entry: Entry) -> VariableReport:
    """As it is now: its only attribute, with or without a value (B07.FR.11). What is write-only has none (B07.FR.03, B08.FR.03)."""
    variable, bounds = entry.variable, entry.bounds
    return VariableReport(
        key=entry.key,
        value=None if variable.access is Access.WRITE_ONLY else model.value(entry),
        access=entry.access.value,
        persistent=entry.access is not Access.READ_ONLY,
        data_type=variable.type.name,
        unit=variable.unit,
        minimum=bounds.minimum,
        maximum=bounds.maximum,
        values=() if variable.type is BOOLEAN else bounds.values,
        monitored=variable.monitored,
    )


def parts(model: DeviceModel, entries: Iterable[Entry], items: int, size: int) -> Iterator[tuple[VariableReport, ...]]:
    """Rows in parts of so many at most, and of so many bytes as a message, however its texts are written. One row always fits."""
    part: list[VariableReport] = []
    left = size - FRAME_BYTES
    for entry in entries:
        made = row(model, entry)
        needs = _bytes(made)
        if part and (len(part) == items or needs > left):
            yield tuple(part)
            part, left = [], size - FRAME_BYTES
        part.append(made)
        left -= needs
    if part:
        yield tuple(part)


def _bytes(made: VariableReport) -> int:
    key = made.key
    texts = (key.component, key.component_instance, key.variable, key.instance, made.value, made.unit, *made.values)
    return ROW_BYTES + sum(1 + _escaped(text) for text in texts if text)


def _escaped(text: str) -> int:
    """Bytes of a text within JSON, at most."""
    return len(text) if text.isascii() and text.isprintable() and not {'"', "\\"} & set(text) else 6 * len(text)
