"""Hardware abstraction: ports (``hal.api``) and one small file per device.

A driver is named in the configuration and imported only then. The table says where it lives; a distribution of somebody else's adds
its own through the entry-point groups ``chargepoint.boards``, ``chargepoint.meters``, ``chargepoint.readers``,
``chargepoint.indicators`` and ``chargepoint.displays``. What is named is a class or a function; it is called with the entries of the
driver's table in the configuration, each by its name.
"""

import sys
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

from hal.errors import DriverError

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

    from hal.facts import DriverFacts

DRIVERS: Mapping[str, Mapping[str, str]] = {
    "boards": {
        "ev-charge-control-basic": "hal.boards.phoenix_ev_cc:PhoenixBoard",
        "esp32-evse": "hal.boards.esp32_evse:Esp32EvseBoard",
        "evse-din": "hal.boards.simpleevse:SimpleEvseBoard",
        "heidelberg": "hal.boards.heidelberg:HeidelbergBoard",
        "openevse": "hal.boards.openevse:OpenEvseBoard",
        "phoenix-ev-cc": "hal.boards.phoenix_ev_cc:PhoenixBoard",
        "raspberry-pi": "hal.boards.raspberry_pi:RaspberryPiBoard",
        "simpleevse": "hal.boards.simpleevse:SimpleEvseBoard",
        "simulated": "hal.boards.simulated:SimulatedBoard",
        "smartevse": "hal.boards.smartevse:SmartEvseBoard",
        "walther-basicevo-pro": "hal.boards.heidelberg:HeidelbergBoard",
    },
    "meters": {
        "abb-b2x": "hal.meters.abb:b2x",
        "abb-ev3": "hal.meters.abb:ev3",
        "auto": "hal.meters.auto:AutoMeter",
        "cg-em11x": "hal.meters.carlo_gavazzi:em11x",
        "cg-em24": "hal.meters.carlo_gavazzi:em24",
        "cg-em3xx": "hal.meters.carlo_gavazzi:em3xx",
        "finder-7m": "hal.meters.finder:f7m",
        "heidelberg": "hal.meters.heidelberg:heidelberg",
        "inepro-pro380": "hal.meters.inepro:pro380",
        "iskra-wm3m4": "hal.meters.iskra:wm3m4",
        "mpm3pm": "hal.meters.bernecker:mpm3pm",
        "orno-we504": "hal.meters.orno:we504",
        "orno-we514": "hal.meters.orno:we514",
        "orno-we516": "hal.meters.orno:we516",
        "orno-we525": "hal.meters.orno:we525",
        "openevse": "hal.meters.openevse:OpenEvseMeter",
        "phoenix-eem350": "hal.meters.phoenix:eem350",
        "pulse": "hal.meters.pulse:PulseMeter",
        "schneider-iem3000": "hal.meters.schneider:iem3000",
        "sdm120": "hal.meters.eastron:sdm120",
        "sdm230": "hal.meters.eastron:sdm230",
        "sdm630": "hal.meters.eastron:sdm630",
        "sdm72dm": "hal.meters.eastron:sdm72dm",
        "sdm72dm-v2": "hal.meters.eastron:sdm72dm_v2",
        "siemens-pac2200": "hal.meters.siemens:pac2200",
        "simulated": "hal.meters.simulated:SimulatedMeter",
    },
    "readers": {
        "keyboard": "hal.readers.keyboard:KeyboardReader",
        "pn532-uart": "hal.readers.pn532_uart:Pn532Reader",
        "rdm6300": "hal.readers.rdm6300:Rdm6300Reader",
        "serial-ascii": "hal.readers.serial_ascii:SerialAsciiReader",
        "simulated": "hal.readers.simulated:SimulatedReader",
    },
    "indicators": {
        "gpio-rgb": "hal.indicators.gpio_rgb:indicator",
        "simulated": "hal.indicators.simulated:SimulatedIndicator",
        "ws2812": "hal.indicators.ws2812:indicator",
    },
    "displays": {"serial-text": "hal.displays.serial_text:SerialTextDisplay"},
    "networks": {"always": "hal.networks.always:AlwaysUp", "simulated": "hal.networks.simulated:SimulatedNetwork"},
    "clocks": {"simulated": "hal.clocks.simulated:SimulatedClock", "system": "hal.clocks.system:SystemClock"},
}
"""Kind -> name in the configuration -> where it lives."""


def names(kind: str) -> tuple[str, ...]:
    """Every driver of a kind (a key of ``DRIVERS``) that is installed here."""
    return tuple(sorted({*DRIVERS[kind], *(point.name for point in _foreign(kind))}))


def load(kind: str, name: str) -> Any:
    """The class of a driver, or the function that makes one. Raises DriverError: it is unknown, lacks a module, or is not where it is
    said to be."""
    module, attribute = _place(kind, name)
    try:
        return getattr(import_module(module), attribute)
    except ImportError as error:
        raise DriverError(f"{kind[:-1]} driver {name!r}: cannot be loaded here ({error}); install what it needs") from error
    except (AttributeError, SyntaxError) as error:
        reason = f"cannot be had from {module}:{attribute} ({error}); mend its entry point, or the module"
        raise DriverError(f"{kind[:-1]} driver {name!r}: {reason}") from error


def about(kind: str, name: str) -> "DriverFacts | None":
    """What the driver's module says of it; nothing where it says nothing. Raises DriverError, as ``load``."""
    from hal.facts import DriverFacts

    load(kind, name)
    module = sys.modules[_place(kind, name)[0]]
    told = [*getattr(module, "DRIVERS", ()), getattr(module, "DRIVER", None)]
    return next((each for each in told if isinstance(each, DriverFacts) and (each.kind, each.name) == (kind, name)), None)


def _place(kind: str, name: str) -> tuple[str, str]:
    """Module and attribute. Raises DriverError."""
    if place := DRIVERS[kind].get(name):
        module, _, attribute = place.partition(":")
        return module, attribute
    for point in _foreign(kind):
        if point.name == name:
            return point.module, point.attr or ""
    raise DriverError(f"{kind[:-1]} driver {name!r}: unknown; there are {', '.join(names(kind)) or 'none'}")


def _foreign(kind: str) -> "Iterator[EntryPoint]":
    from importlib.metadata import entry_points  # slow to import, and seldom wanted

    yield from entry_points(group=f"chargepoint.{kind}")
