"""Meters that say what they are, where the maker has a register for it.

Eastron: meter code (holding 0xFC02). Carlo Gavazzi: controls identification code (0x000B). ABB: type designation (0x8960). Iskra: model.
Codes as public drivers have met them (victronenergy/dbus-modbus-client, openWB); a code that is not here says nothing.
"""

from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct

from hal.bus.modbus import Garbled, ModbusLine, Refused, Silent
from hal.errors import DeviceError
from hal.meters.words import text

ABSENT = (Refused, Silent, Garbled)


class Probe(Struct, frozen=True):
    """A register that tells the model. ``models``: what it tells -> name of the driver."""

    maker: str
    fc: int
    address: int
    count: int
    read: Callable[[Sequence[int]], str]
    models: Mapping[str, str]
    drivers: str
    """How the names of the maker's drivers begin."""


def _code(words: Sequence[int]) -> str:
    return f"{words[0]:#06x}"


def _decimal(words: Sequence[int]) -> str:
    return str(words[0])


PROBES = (
    Probe(
        "Eastron",
        3,
        0xFC02,
        1,
        _code,
        {
            "0x0020": "sdm120",
            "0x002b": "sdm230",
            "0x0070": "sdm630",
            "0x0079": "sdm630",
            "0x0084": "sdm72dm",
            "0x0200": "sdm72dm",
            "0x0089": "sdm72dm-v2",
        },
        "sdm",
    ),
    Probe("Carlo Gavazzi", 3, 0x000B, 1, _decimal, dict.fromkeys(("345", *map(str, range(1648, 1654))), "cg-em3xx"), "cg-"),
    Probe("ABB", 3, 0x8960, 2, text, dict.fromkeys(("B21", "B23", "B24"), "abb-b2x"), "abb-"),
    Probe("Iskra", 4, 1, 8, text, dict.fromkeys(("WM3M4", "WM3M4C"), "iskra-wm3m4"), "iskra-"),
)


def found(bus: ModbusLine, unit: int) -> tuple[str, str]:
    """Driver and code of whatever meter is there. Raises DeviceError when none is, or none that says what it is."""
    silent: DeviceError | None = None
    answered = False
    for probe in PROBES:
        try:
            code = probe.read(bus.read(unit, probe.fc, probe.address, probe.count))
        except ABSENT as error:
            if isinstance(error, Silent) or (isinstance(error, Refused) and error.by_gateway):
                silent = error
            else:
                answered = True
            continue
        answered = True
        if code in probe.models:
            return probe.models[code], f"{probe.maker} {code}"
    if silent is not None and not answered:
        raise silent
    raise DeviceError(f"{bus.where(unit)}: answers, but does not say which meter it is; name its driver instead of auto")


def mismatch(driver: str, bus: ModbusLine, unit: int) -> str | None:
    """What the meter says against the driver that was configured, if it says anything. Raises DeviceError when the line fails."""
    for probe in PROBES:
        if not driver.startswith(probe.drivers):
            continue
        try:
            code = probe.read(bus.read(unit, probe.fc, probe.address, probe.count))
        except ABSENT:
            return None
        other = probe.models.get(code)
        if other is not None and other != driver:
            return f"says that it is a {other} ({probe.maker} {code}); correct driver"
    return None
