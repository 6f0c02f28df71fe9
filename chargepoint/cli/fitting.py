"""Drivers and the entries that they are made with: what a constructor takes, what stands in the file, and what composition adds.

Nothing is opened here: constructors only store (``hal.api``), so whatever one objects to is known when the file is checked.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import hal
from chargepoint.cli import devices
from chargepoint.cli.devices import NOT_FOR_DRIVERS, SIMULATED, Named
from chargepoint.cli.errors import ConfigurationError
from chargepoint.cli.paths import Sockets
from chargepoint.cli.schema import Problem, entry_problems, nearest, shown
from chargepoint.domain.configuration import Configuration
from hal.api import signs
from hal.entries import Entries, placed
from hal.entries import entries as entries_of
from hal.errors import DriverError
from hal.facts import extra_for, lacking

NOWHERE = Sockets(link="", sim="", inquiry="")
OF_CONTROL = ("boards", "meters", "indicators")
STOOD_IN = ("raspberry-pi", "rpi-gpio", "rpi-lgpio")
"""Extras that the bench needs not: its wires stand in for the kernel's lines."""


def made(configuration: Configuration, named: Named, sockets: Sockets) -> Any:
    """The driver of a device. Raises ConfigurationError where its entries do not fit, and DriverError where it objects itself, or where
    control would have a device that cannot be driven here. (Whose card reader cannot be, charges without cards.)"""
    name = devices.driver(configuration, named.table)
    takes = entries_of(named.kind, name)
    if name == SIMULATED:
        ours = {"socket": sockets.sim, "evse": named.number, "evses": named.evses}
        return hal.load(named.kind, name)(**{each: ours[each] for each in takes.given})
    if wrong := tuple(str(problem) for problem in _unfit(named, takes)):
        raise ConfigurationError(wrong)
    if named.kind in OF_CONTROL and (lacks := missing(configuration, named)):
        raise DriverError(lacks)
    try:
        return hal.load(named.kind, name)(**_options(configuration, named, takes, sockets))
    except (TypeError, ValueError) as error:
        raise DriverError(f"{shown(name)}: does not take these entries ({error}); correct them") from error


def _options(configuration: Configuration, named: Named, takes: Entries, sockets: Sockets) -> dict[str, Any]:
    options = {name: value for name, value in named.entries.items() if name in takes.hints or name not in NOT_FOR_DRIVERS}
    if configuration.hal.backend == "wires":
        options = placed(takes, options, sockets.root)
    ours = {"root": sockets.root, "evse": named.number, "evses": named.evses}
    return {**options, **{each: ours[each] for each in takes.given if each in ours}}


def _unfit(named: Named, takes: Entries) -> Iterator[Problem]:
    """Entries that the constructor does not know, that have another type, or that are missing."""
    known = [*takes.hints, *(each for each in NOT_FOR_DRIVERS if each != "driver")]
    for name, value in named.entries.items():
        path = f"{named.path}.{name}"
        if name in takes.hints:
            yield from entry_problems(value, takes.hints[name], path)
        elif name not in known and not takes.any_name:
            yield Problem(path, f"unknown entry of {shown(named.driver)}{nearest(name, list(takes.hints))}")
    for name in takes.required:
        if name not in named.entries:
            yield Problem(f"{named.path}.{name}", f"missing; {shown(named.driver)} needs it{_meaning(named, name)}")


def _meaning(named: Named, name: str) -> str:
    facts = hal.about(named.kind, named.driver)
    meaning: Mapping[str, str] = {} if facts is None else facts.entries
    return f": {meaning[name]}" if name in meaning else ""


def objections(configuration: Configuration) -> Iterator[Problem]:
    """Tables that do not fit their drivers. A rule (``chargepoint.cli.rules``); that a driver is unknown is said by another."""
    kept = []  # all at a time: two devices on one port may want different settings
    for named in devices.all_devices(configuration):
        name = devices.driver(configuration, named.table)
        if name == SIMULATED or (name not in hal.DRIVERS[named.kind] and name not in hal.names(named.kind)):
            continue
        try:
            wrong = list(_unfit(named, entries_of(named.kind, name)))
            yield from wrong
            if not wrong and not missing(configuration, named):  # a warning, and its constructor may want it
                kept.append(made(configuration, named, NOWHERE))
        except DriverError as error:
            if named.kind != "boards" or _loads(named.kind, name):  # else it is said with what boards can do
                yield Problem(named.path, str(error))


def _loads(kind: str, name: str) -> bool:
    try:
        hal.load(kind, name)
    except DriverError:
        return False
    return True


def warnings(configuration: Configuration) -> Iterator[Problem]:
    """Packages that are not here, which need not be, for the file may be for another machine; keys of meters that sign nothing."""
    for named in devices.all_devices(configuration):
        if text := missing(configuration, named):
            yield Problem(f"{named.path}.driver", text)
        elif named.kind == "meters" and named.table.get("public_key") and not _signs(configuration, named):
            text = f"{shown(named.driver)} does not sign, so every session would be told as one that should have been; leave it out"
            yield Problem(f"{named.path}.public_key", text)


def _signs(configuration: Configuration, named: Named) -> bool:
    try:
        return signs(made(configuration, named, NOWHERE))
    except (ConfigurationError, DriverError):
        return True  # that is said elsewhere


def missing(configuration: Configuration, named: Named) -> str | None:
    """What the driver of a device needs, and is not installed here."""
    facts = hal.about(named.kind, devices.driver(configuration, named.table))
    extra = "" if facts is None else extra_for(facts, named.entries)
    if configuration.hal.backend == "wires" and extra in STOOD_IN:
        return None
    lacks = lacking(extra)
    return lacks and f"{shown(named.driver)}: {lacks}"
