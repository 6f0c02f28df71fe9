"""Hardware abstraction: ports (``hal.api``) and one small file per device.

A driver is named in the configuration and imported only then. The table says where it lives; a distribution of somebody else's adds
its own through the entry-point groups ``chargepoint.boards``, ``chargepoint.meters``, ``chargepoint.readers``.
"""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from hal.errors import DriverError

DRIVERS: Mapping[str, Mapping[str, str]] = {
    "boards": {"simulated": "hal.boards.simulated:SimulatedBoard"},
    "meters": {"simulated": "hal.meters.simulated:SimulatedMeter"},
    "readers": {"simulated": "hal.readers.simulated:SimulatedReader"},
    "networks": {"always": "hal.networks.always:AlwaysUp", "simulated": "hal.networks.simulated:SimulatedNetwork"},
    "clocks": {"simulated": "hal.clocks.simulated:SimulatedClock", "system": "hal.clocks.system:SystemClock"},
}


def names(kind: str) -> tuple[str, ...]:
    """Every driver of a kind (``boards``, ``meters``, ``readers``, ``networks``, ``clocks``) that is installed here."""
    from importlib.metadata import entry_points  # slow to import, and seldom wanted

    return tuple(sorted({*DRIVERS[kind], *(point.name for point in entry_points(group=f"chargepoint.{kind}"))}))


def load(kind: str, name: str) -> Any:
    """The class of a driver. Raises DriverError, naming the drivers there are."""
    place = DRIVERS[kind].get(name)
    if place is not None:
        module, _, attribute = place.partition(":")
        return getattr(import_module(module), attribute)
    from importlib.metadata import entry_points

    for point in entry_points(group=f"chargepoint.{kind}", name=name):
        return point.load()
    raise DriverError(f"{kind[:-1]} driver {name!r}: unknown; there are {', '.join(names(kind))}")
