"""``ocpp.keys`` and ``ocpp.variables``: held against the device model, and moved to the entry that names the same thing.

An entry is set in one place. ``ocpp.keys.AuthorizationKey`` and ``ocpp.basic_auth_password``, say, are the same entry: naming both is an
error, and whoever reads the configuration finds either in ``ocpp.basic_auth_password``.
"""

from collections.abc import Callable, Iterator
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from chargepoint.cli.schema import Problem, nearest, shown
from chargepoint.domain.configuration import Configuration, OcppPart
from chargepoint.domain.device_model import DeviceModel, VariableKey, VariableStatus, presets
from chargepoint.domain.variables import Access

MOVED: dict[str, Callable[[OcppPart, str], OcppPart]] = {
    "ocpp.security_profile": lambda ocpp, value: replace(ocpp, security_profile=int(value)),
    "ocpp.basic_auth_password": lambda ocpp, value: replace(ocpp, basic_auth_password=value),
    "ocpp.reconnect.min_s": lambda ocpp, value: replace(ocpp, reconnect=replace(ocpp.reconnect, min_s=float(value))),
    "ocpp.reconnect.random_s": lambda ocpp, value: replace(ocpp, reconnect=replace(ocpp.reconnect, random_s=float(value))),
}
"""Entries that a preset may name instead. All others that are in the file anyway (``station.id``) cannot be preset."""

SHAPES = "supportedlanguages"
"""The key that says which others there are: a price text for each language."""


class Preset(Struct, frozen=True):
    """One line of ``ocpp.keys`` or one table of ``ocpp.variables``."""

    path: str
    key: VariableKey
    value: str
    number: int | None
    """Of the table; ``None``: a key."""


def settle(configuration: Configuration, tree: dict[str, Any]) -> tuple[Configuration, list[Problem]]:
    """The configuration with its presets in their places, and what is wrong with them. ``tree``: what the file names."""
    ocpp = replace(configuration.ocpp, keys={}, variables=())
    shaping = {name: value for name, value in configuration.ocpp.keys.items() if name.lower() == SHAPES}
    model = DeviceModel(replace(configuration, ocpp=replace(ocpp, keys=shaping)))
    problems: list[Problem] = []
    paths: dict[str, str] = {}
    for preset in _listed(configuration):
        found = _wrong(preset, model, tree, paths)
        entry = model.entry(preset.key)
        if found or entry is None:
            problems += found
        elif entry.variable.entry:
            ocpp = MOVED[entry.variable.entry](ocpp, preset.value)
        elif preset.number is None:
            ocpp = replace(ocpp, keys={**ocpp.keys, preset.key.variable: preset.value})
        else:
            ocpp = replace(ocpp, variables=(*ocpp.variables, configuration.ocpp.variables[preset.number]))
    return replace(configuration, ocpp=ocpp), problems


def _listed(configuration: Configuration) -> Iterator[Preset]:
    keys = len(configuration.ocpp.keys)
    for number, (key, value) in enumerate(presets(configuration)):
        path = f"ocpp.keys.{key.variable}" if number < keys else f"ocpp.variables[{number - keys}]"
        yield Preset(path, key, value, None if number < keys else number - keys)


def _wrong(preset: Preset, model: DeviceModel, tree: dict[str, Any], paths: dict[str, str]) -> list[Problem]:
    entry = model.entry(preset.key)
    if entry is None:
        return [_unknown(preset, model)]
    other = paths.setdefault(entry.name, preset.path)
    named = entry.variable.entry
    if named and (named not in MOVED or _is_named(tree, named)):
        return [Problem(preset.path, f"{_name(preset.key)} is already set by {named}; name it in one place")]
    seen = "***" if entry.variable.access is Access.WRITE_ONLY else shown(preset.value)
    before = model.value(entry)
    result = model.preset(preset.key, preset.value)
    if result.status not in (VariableStatus.ACCEPTED, VariableStatus.REBOOT_REQUIRED):
        unit = " (seconds)" if entry.variable.unit == "s" else ""
        return [Problem(preset.path if preset.number is None else f"{preset.path}.value", f"{result.info}{unit}")]
    if other != preset.path and model.value(entry) != before:
        return [Problem(preset.path, f"{seen}: {entry.name} is already set by {other}; name it in one place")]
    return []


def _name(key: VariableKey) -> str:
    instance = f"[{key.instance}]" if key.instance else ""
    return f"{key.component}.{key.variable}{instance}" if key.component else key.variable


def _is_named(tree: dict[str, Any], path: str) -> bool:
    here: Any = tree
    for name in path.split("."):
        here = here.get(name) if isinstance(here, dict) else None
    return here is not None


def _unknown(preset: Preset, model: DeviceModel) -> Problem:
    """What about the name is unknown, and the nearest that there is."""
    key = preset.key
    if preset.number is None:
        return Problem(preset.path, f"unknown key{nearest(key.variable, [entry.key_16 for entry in model if entry.key_16])}")
    status = model.get(key).status
    if status is VariableStatus.UNKNOWN_COMPONENT:
        return _unknown_component(preset, model)
    siblings = [entry.key for entry in model if entry.key.component.lower() == key.component.lower()]
    instances = [each.instance for each in siblings if each.variable.lower() == key.variable.lower() and each.instance]
    if instances:
        there = " or ".join(shown(each) for each in instances)
        return Problem(f"{preset.path}.instance", f"{shown(key.instance) if key.instance else 'missing'}; expected {there}")
    return Problem(
        f"{preset.path}.variable", f"{shown(key.variable)}: unknown variable{nearest(key.variable, [s.variable for s in siblings])}"
    )


def _unknown_component(preset: Preset, model: DeviceModel) -> Problem:
    """The name may be wrong, or the place."""
    key = preset.key
    places = [entry.key for entry in model if entry.key.component.lower() == key.component.lower()]
    if not places:
        known = sorted({entry.key.component for entry in model if entry.key.component})
        return Problem(f"{preset.path}.component", f"{shown(key.component)}: unknown component{nearest(key.component, known)}")
    there = sorted({(each.evse, each.connector) for each in places if each.evse is not None})
    spelt = " or ".join(f"evse = {evse}" + ("" if connector is None else f", connector = {connector}") for evse, connector in there)
    text = f"{shown(key.component)} is not there; expected {spelt or 'neither evse nor connector: it belongs to the station'}"
    return Problem(preset.path, text, ("evses",))
