"""What is to be known of a driver before anybody has it in his hands. ``docs/hardware.md`` is made of this.

A driver's module has it as ``DRIVER``; one with several drivers (meters that share a module) has ``DRIVERS``, a tuple of them.
"""

from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any, Literal

from msgspec import Struct, field

Kind = Literal["boards", "meters", "readers", "indicators", "displays"]
Extra = Literal["serial", "modbus", "raspberry-pi", "rpi-gpio", "rpi-lgpio"]

PACKAGES: Mapping[str, Mapping[str, str]] = {
    "serial": {"serial": "pyserial"},
    "modbus": {"pymodbus": "pymodbus", "serial": "pyserial"},
    "raspberry-pi": {"gpiod": "gpiod"},
    "rpi-gpio": {"RPi": "RPi.GPIO"},
    "rpi-lgpio": {"RPi": "rpi-lgpio"},
}
"""Extra of ``pyproject.toml`` -> what it brings: name of the module -> name of the package."""


class DriverFacts(Struct, frozen=True, kw_only=True):
    """One driver, in sentences for people."""

    name: str
    """As the configuration has it."""
    kind: Kind
    title: str
    """The device, as it is written on it."""
    link: str
    """What the wire is: ``serial 115200 8N1, RAPI``."""
    extra: Extra | None = None
    """What has to be installed for it."""
    safety: str = ""
    """Boards: who opens the contactor when something is wrong, and on whom people's safety rests."""
    watchdog: str = ""
    """Boards: what feeds the device's own watchdog, and what the device does when this host is gone."""
    proven: tuple[str, ...] = ()
    """How: test files or test ids, from the top of the tree."""
    doubts: tuple[str, ...] = ()
    """What nobody could look up or try, one sentence each."""
    sources: tuple[str, ...] = ()
    """Manuals, data sheets, public drivers that figures are from."""
    entries: Mapping[str, str] = field(default_factory=dict)
    """Entries of its table in the configuration -> what they mean, with unit and range."""


def extra_for(facts: DriverFacts, entries: Mapping[str, Any]) -> str:
    """What has to be installed for a driver with these entries: ``gpio`` has the choice of what moves its lines."""
    chosen = entries.get("gpio")
    return str(chosen) if chosen in PACKAGES else facts.extra or ""


def lacking(extra: str) -> str | None:
    """The packages of an extra that are not installed here, in a sentence; imports none of them."""
    packages = [package for module, package in PACKAGES.get(extra, {}).items() if find_spec(module) is None]
    if not packages:
        return None
    named, are = ("package", "is") if len(packages) == 1 else ("packages", "are")
    return f"needs the {named} {' and '.join(packages)}, which {are} not installed here; pip install 'chargepoint[{extra}]'"
