"""Every device that the configuration names, in one list: what it is called, which driver it has, and what stands in its table."""

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from chargepoint.domain.configuration import Configuration

SIMULATED = "simulated"
NOT_FOR_DRIVERS = ("driver", "bench", "public_key", "start_wh")
"""Entries of a device that are ours, unless its driver takes them as well."""


class Named(Struct, frozen=True):
    """One device."""

    path: str
    """Of its table, for people: ``evses[0].board``."""
    kind: str
    """``boards``, ``meters`` ...: a key of ``hal.DRIVERS``."""
    number: int
    """Of the EVSE; of a reader or display, from 1."""
    table: Mapping[str, Any]
    """As it stands in the file, ``driver`` and all."""
    evses: tuple[int, ...] | None = None
    """Whom a reader or display serves; ``None``: all."""

    @property
    def driver(self) -> str:
        """Its driver, as the file has it."""
        return str(self.table.get("driver"))

    @property
    def entries(self) -> dict[str, Any]:
        """What is for the driver, or may be."""
        return {name: value for name, value in self.table.items() if name != "driver"}


def boards(configuration: Configuration) -> Iterator[Named]:
    """One for each EVSE."""
    for place, evse in enumerate(configuration.evses):
        yield Named(f"evses[{place}].board", "boards", evse.id, evse.board)


def meters(configuration: Configuration) -> Iterator[Named]:
    """One for each EVSE."""
    for place, evse in enumerate(configuration.evses):
        yield Named(f"evses[{place}].meter", "meters", evse.id, evse.meter)


def readers(configuration: Configuration) -> Iterator[Named]:
    """As named; a simulated station without any has one for all its EVSEs."""
    if configuration.readers is None and configuration.simulated:
        yield Named("readers", "readers", 1, {"driver": SIMULATED})
    for place, reader in enumerate(configuration.readers or ()):
        yield Named(f"readers[{place}]", "readers", place + 1, {"driver": reader.driver, **reader.entries}, reader.evses)


def indicators(configuration: Configuration) -> Iterator[Named]:
    """As named; in the simulation every EVSE has one."""
    for place, evse in enumerate(configuration.evses):
        path, found = f"evses[{place}].indicator", evse.indicator
        if found is not None:
            yield Named(path, "indicators", evse.id, {"driver": found.driver, **found.entries})
        elif configuration.hal.backend == "sim":
            yield Named(path, "indicators", evse.id, {"driver": SIMULATED})


def displays(configuration: Configuration) -> Iterator[Named]:
    """As named; in the simulation there are none."""
    for place, display in enumerate(configuration.displays if configuration.hal.backend != "sim" else ()):
        yield Named(f"displays[{place}]", "displays", place + 1, {"driver": display.driver, **display.entries}, display.evses)


def all_devices(configuration: Configuration) -> Iterator[Named]:
    """Everything that has a driver."""
    yield from boards(configuration)
    yield from meters(configuration)
    yield from readers(configuration)
    yield from indicators(configuration)
    yield from displays(configuration)


def driver(configuration: Configuration, device: Mapping[str, Any]) -> str:
    """The driver that is used for a device, whatever its table says."""
    return SIMULATED if configuration.hal.backend == "sim" else str(device.get("driver"))
