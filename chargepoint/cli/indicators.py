"""Indicators: may this preset be shown with these light-emitting diodes? Known without opening them."""

from collections.abc import Iterator

from chargepoint.cli import devices, fitting
from chargepoint.cli.devices import SIMULATED
from chargepoint.cli.errors import ConfigurationError
from chargepoint.cli.schema import Problem, shown
from chargepoint.domain.configuration import Configuration
from chargepoint.domain.indications import PRESETS, unseen
from hal.api import Geometry, Indicator
from hal.errors import DriverError


def objections(configuration: Configuration) -> Iterator[Problem]:
    """Presets with lights that would be dark. A rule (``chargepoint.cli.rules``); wrong drivers and entries are said by others."""
    presets = {evse.id: evse.indicator.preset for evse in configuration.evses if evse.indicator is not None}
    for named in devices.indicators(configuration):
        if devices.driver(configuration, named.table) == SIMULATED or named.number not in presets:
            continue
        try:
            indicator: Indicator = fitting.made(configuration, named, fitting.NOWHERE)
        except (ConfigurationError, DriverError):
            continue
        preset, geometry = presets[named.number], indicator.geometry
        if dark := unseen(preset, geometry.leds):
            yield Problem(f"{named.path}.preset", f"{shown(preset)}: {_text(geometry, dark)}", (named.path,))


def _text(geometry: Geometry, dark: tuple[str, ...]) -> str:
    fitting_presets = [shown(preset) for preset in PRESETS if not unseen(preset, geometry.leds)]
    there = " and ".join(geometry.leds) or "none at all"
    return f"{', '.join(dark)} would be dark with these LEDs ({there}); expected {' or '.join(fitting_presets) or 'one that shines'}"
