"""The rows of the table at their places: what this very station has (OCPP 2.0.1 part 1 §4: the three tiers)."""

import re
from collections.abc import Iterator
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from chargepoint.domain.configuration import Configuration
from chargepoint.domain.values import BOOLEAN, Bounds
from chargepoint.domain.variables import VARIABLES, Access, Place, Variable
from chargepoint.domain.variables.row import TIERS, Tier


class VariableKey(Struct, frozen=True, kw_only=True):
    """The name of a variable's attribute. Components and variables are compared without case."""

    component: str
    variable: str
    instance: str | None = None
    """Of the variable."""
    component_instance: str | None = None
    evse: int | None = None
    connector: int | None = None
    attribute: str = "Actual"


class Entry(Struct, frozen=True):
    """A variable at one place of this station."""

    name: str
    """Under which a change is kept: the table's name, with EVSE and connector where it has them."""
    key: VariableKey
    variable: Variable[Any]
    bounds: Bounds
    initial: str

    @property
    def access(self) -> Access:
        """What a CSMS of 2.x may do. A switch that has one position only is none (UnlockOnEVSideDisconnect of a fixed cable, part 2 2.1.12;
        1.6 errata 3.85)."""
        fixed = self.variable.type is BOOLEAN and len(self.bounds.values) == 1
        return Access.READ_ONLY if fixed else self.variable.access

    @property
    def key_16(self) -> str:
        """Its name in 1.6, or nothing."""
        return self.variable.key if self.key.component else ",".join(filter(None, (self.key.variable, self.key.instance)))


def name_at(name: str, evse: int | None, connector: int | None, instance: str | None = None) -> str:
    """``EVSE.Power@1``, ``Connector.Available@1@1``, of an instance ``EVSE.ACCurrent[L1]@1``."""
    return "@".join([name.replace("*", instance or "*"), *(str(number) for number in (evse, connector) if number is not None)])


def spelt(name: str) -> str:
    """A name as names are compared that people type: an instance in brackets as here, or after a comma as 1.6 has it."""
    return re.sub(r",([^,@\[]+)", r"[\1]", name.strip().lower(), count=1)


def folded(key: VariableKey) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """(place, variable) as they are compared: without case, an empty instance as none (B06.FR.15)."""
    place = (key.component.lower(), (key.component_instance or "").lower(), key.evse, key.connector)
    return place, (key.variable.lower(), (key.instance or "").lower())


def _places(configuration: Configuration, tier: Tier) -> Iterator[Place]:
    match tier:
        case "evse":
            yield from (Place(configuration, evse) for evse in configuration.evses)
        case "connector":
            yield from (Place(configuration, evse, connector) for evse in configuration.evses for connector in evse.connectors)
        case "station":
            yield Place(configuration)


def entries(configuration: Configuration) -> Iterator[Entry]:
    """The table, expanded over the EVSEs and connectors of this station; then what it leaves out: ``Available`` of components."""
    components: dict[tuple[str, int | None, int | None], Place] = {}
    told = set()
    for variable in VARIABLES:
        for place, entry in _expanded(variable, configuration):
            yield entry
            where = (entry.key.component, entry.key.evse, entry.key.connector)
            components[where] = place
            if entry.key.variable == "Available" and entry.key.instance is None:
                told.add(where)
    for where, place in components.items():
        if where[0] and where not in told:
            available = Variable(f"{where[0]}.Available", BOOLEAN, "true", Access.READ_ONLY)
            yield _entry(available, place, where[0], "Available", None)


def _expanded(variable: Variable[Any], configuration: Configuration) -> Iterator[tuple[Place, Entry]]:
    match = re.fullmatch(r"(?:(\w+)\.)?(\w+)(#)?(?:\[(\w+|\*)\])?", variable.name)
    assert match is not None, variable.name
    component, name, numbered, instance = match.groups()
    tier = variable.tier or ("connector" if numbered else TIERS.get(component, "station"))
    for number, place in enumerate(_places(configuration, tier), start=1):
        if variable.there(place):
            for each in variable.instances(place) if instance == "*" else (instance,):
                entry = _entry(variable, place, component or "", name, each)
                yield place, replace(entry, key=VariableKey(component="", variable=f"{name}{number}")) if numbered else entry


def _entry(variable: Variable[Any], place: Place, component: str, name: str, instance: str | None) -> Entry:
    evse = None if place.evse is None else place.evse.id
    connector = None if place.connector is None else place.connector.id
    maximum = variable.maximum(place) if callable(variable.maximum) else variable.maximum
    values = variable.values(place) if callable(variable.values) else variable.values
    return Entry(
        name=name_at(variable.name, evse, connector, instance),
        key=VariableKey(component=component, variable=name, instance=instance, evse=evse, connector=connector),
        variable=variable,
        bounds=Bounds(variable.minimum, maximum, values),
        initial=variable.value(place) if callable(variable.value) else variable.value,
    )
