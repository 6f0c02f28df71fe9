"""The rows of the table at their places: what this very station has (OCPP 2.0.1 part 1 §4: the three tiers)."""

import re
from collections.abc import Iterator
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from chargepoint.domain.configuration import Configuration
from chargepoint.domain.values import Bounds
from chargepoint.domain.variables import VARIABLES, Place, Variable


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
    def key_16(self) -> str:
        """Its name in 1.6, or nothing."""
        return self.variable.key if self.key.component else ",".join(filter(None, (self.key.variable, self.key.instance)))


def name_at(name: str, evse: int | None, connector: int | None) -> str:
    """``EVSE.Power@1``, ``Connector.Available@1@1``."""
    return "@".join([name, *(str(number) for number in (evse, connector) if number is not None)])


def folded(key: VariableKey) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """(place, variable) as they are compared: without case, an empty instance as none (B06.FR.15)."""
    place = (key.component.lower(), (key.component_instance or "").lower(), key.evse, key.connector)
    return place, (key.variable.lower(), (key.instance or "").lower())


def _places(configuration: Configuration, component: str | None) -> Iterator[Place]:
    match component:
        case "EVSE" | "FiscalMetering":
            yield from (Place(configuration, evse) for evse in configuration.evses)
        case "Connector" | "#":
            yield from (Place(configuration, evse, connector) for evse in configuration.evses for connector in evse.connectors)
        case _:
            yield Place(configuration)


def entries(configuration: Configuration) -> Iterator[Entry]:
    """The table, expanded over the EVSEs and connectors of this station."""
    for variable in VARIABLES:
        match = re.fullmatch(r"(?:(\w+)\.)?(\w+)(#)?(?:\[(\w+|\*)\])?", variable.name)
        assert match is not None, variable.name
        component, name, numbered, instance = match.groups()
        for number, place in enumerate(_places(configuration, component or numbered), start=1):
            for each in variable.instances(place) if instance == "*" else (instance,):
                if variable.there(place):
                    entry = _entry(variable, place, component or "", name, each)
                    yield replace(entry, key=VariableKey(component="", variable=f"{name}{number}")) if numbered else entry


def _entry(variable: Variable[Any], place: Place, component: str, name: str, instance: str | None) -> Entry:
    evse = None if place.evse is None else place.evse.id
    connector = None if place.connector is None else place.connector.id
    maximum = variable.maximum(place) if callable(variable.maximum) else variable.maximum
    values = variable.values(place) if callable(variable.values) else variable.values
    return Entry(
        name=name_at(variable.name.replace("*", instance or ""), evse, connector),
        key=VariableKey(component=component, variable=name, instance=instance, evse=evse, connector=connector),
        variable=variable,
        bounds=Bounds(variable.minimum, maximum, values),
        initial=variable.value(place) if callable(variable.value) else variable.value,
    )
