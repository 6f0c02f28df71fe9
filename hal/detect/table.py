"""What to ask whom, and how the answer is known: a row for each device that can be found.

SERIAL      one device on a port of its own: these bytes, this answer
LISTEN      devices that speak only when a card is held to them
BOARDS      on an RS-485 line: these registers have such values
meters      their own tables (``hal.meters``): those that say what they are by ``identity.PROBES``, the others by a mains voltage and a
            frequency where their manual has them
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, reduce
from importlib import import_module
from operator import xor
from typing import Any, Literal

from msgspec import Struct

import hal
from hal.bus.serial_line import SerialSettings
from hal.meters.table import MeterTable

Says = Callable[[bytes], str | None]
"""What the answer means, for people; ``None``: it is not of this device."""


class SerialProbe(Struct, frozen=True, kw_only=True):
    """A device that is alone on its port."""

    kind: Literal["boards", "readers"]
    driver: str
    settings: SerialSettings
    asks: bytes
    """A question that changes nothing; empty: it is only listened to."""
    says: Says
    waits_s: float = 0.6
    """The answer begins within that."""
    tries: int = 1
    """A question may be lost on a device that sleeps, starts or tests itself."""
    entries: Callable[[bytes], Mapping[str, Any]] = lambda heard: {}
    """Of its configuration, beside the port."""


class ModbusProbe(Struct, frozen=True, kw_only=True):
    """A board on an RS-485 line. ``driver`` has the line's settings as its maker delivers it."""

    driver: str
    settings: SerialSettings
    fc: int
    address: int
    count: int
    says: Callable[[Sequence[int]], str | None]


def _matched(pattern: bytes, sentence: str) -> Says:
    """Bytes that match are told with their groups."""

    def says(heard: bytes) -> str | None:
        found = re.search(pattern, heard)
        return None if found is None else sentence.format(*(group.decode("ascii", "replace") for group in found.groups()))

    return says


def _pn532(heard: bytes) -> str | None:
    found = re.search(rb"\xd5\x03\x32(.)(.)", heard, re.DOTALL)
    return None if found is None else f"PN532, firmware {found[1][0]}.{found[2][0]}"


def _rdm6300(heard: bytes) -> str | None:
    frames = re.findall(rb"\x02([0-9A-Fa-f]{12})\x03", heard)
    good = any(reduce(xor, bytes.fromhex(frame.decode())) == 0 for frame in frames)
    return "RDM6300: a card of 10 digits" if good else None


def _card(heard: bytes) -> re.Match[bytes] | None:
    return re.search(rb"(?:^|[\r\n\x02])([0-9A-Fa-f]{8,20})[\r\n\x03]", heard)


def _ascii_reader(heard: bytes) -> str | None:
    found = _card(heard)
    return None if found is None else f"a reader that sends text: a card of {len(found[1])} digits"


def _format(heard: bytes) -> Mapping[str, Any]:
    """Decimal digits are a number where they are ten, or do not make whole bytes; anything else is taken for hexadecimal."""
    found = _card(heard)
    digits = b"" if found is None else found[1]
    return {"format": "dec" if digits.isdigit() and (len(digits) == 10 or len(digits) % 2) else "hex"}


N9600, N115200 = SerialSettings(), SerialSettings(baud=115_200)
PN532_WAKE_UP = b"\x55\x55" + bytes(14)

SERIAL = (
    SerialProbe(
        kind="boards",
        driver="openevse",
        settings=N115200,
        asks=b"\r$GV^35\r",
        tries=5,  # opening its port may have made it start anew
        says=_matched(rb"\$OK (\S+) ([0-9.]+)", "OpenEVSE, firmware {0}, RAPI {1}"),
    ),
    SerialProbe(
        kind="readers",
        driver="pn532-uart",
        settings=N115200,
        asks=PN532_WAKE_UP + bytes.fromhex("0000FF02FED4022A00"),
        tries=2,
        says=_pn532,
    ),
)

LISTEN = (
    SerialProbe(kind="readers", driver="rdm6300", settings=N9600, asks=b"", says=_rdm6300),
    SerialProbe(kind="readers", driver="serial-ascii", settings=N9600, asks=b"", says=_ascii_reader, entries=_format),
)


def _simpleevse(words: Sequence[int]) -> str | None:
    _, actual, vehicle, cable, _, firmware, pilot = words
    fits = vehicle in range(1, 6) and pilot in range(1, 4) and actual <= 8_000 and cable <= 100 and 0 < firmware < 256
    return f"simpleEVSE / EVSE-DIN, firmware {firmware}" if fits else None


def _phoenix(words: Sequence[int]) -> str | None:
    status = words[0].to_bytes(2, "big")
    return f"Phoenix Contact EV charge control, state {status.decode()}" if re.fullmatch(rb"[A-F][0-3]", status) else None


def _esp32_evse(words: Sequence[int]) -> str | None:
    state = words[0].to_bytes(2, "big").rstrip(b"\0 ")
    fits = re.fullmatch(rb"[AEF]|[BCD][12]", state) and words[3] <= 1 and words[4] <= 1
    return f"esp32-evse, state {state.decode()}" if fits else None


def _heidelberg(words: Sequence[int]) -> str | None:
    fits = words[0] >> 8 == 1 and words[0] & 0xFF < 0x20 and words[1] in range(2, 12)
    return f"Heidelberg Energy Control, register layout {words[0]:#06x}" if fits else None


def _smartevse(words: Sequence[int]) -> str | None:
    state, errors, _, mode, _, access, _, most_a, phases = words
    fits = state <= 14 and errors < 256 and mode <= 2 and access <= 2 and 6 <= most_a <= 80 and phases <= 3
    return f"SmartEVSE, at most {most_a} A" if fits else None


BOARDS = (
    ModbusProbe(driver="simpleevse", settings=N9600, fc=3, address=1000, count=7, says=_simpleevse),
    ModbusProbe(driver="esp32-evse", settings=N115200, fc=3, address=100, count=5, says=_esp32_evse),
    ModbusProbe(driver="phoenix-ev-cc", settings=N9600, fc=4, address=24000, count=1, says=_phoenix),
    ModbusProbe(driver="heidelberg", settings=SerialSettings(baud=19_200, parity="E"), fc=4, address=4, count=2, says=_heidelberg),
    ModbusProbe(driver="smartevse", settings=N9600, fc=3, address=0, count=9, says=_smartevse),
)
"""The surest first."""

ALSO = (SerialSettings(baud=19_200), SerialSettings(baud=38_400), SerialSettings(baud=2_400))
"""Settings that installers choose, beside those that makers deliver."""


@cache
def meter_tables() -> tuple[MeterTable, ...]:
    """Every meter that has a table, and can be told by a voltage."""
    modules = dict.fromkeys(place.partition(":")[0] for place in hal.DRIVERS["meters"].values())
    found = {each.name: each for module in modules for each in vars(import_module(module)).values() if isinstance(each, MeterTable)}
    return tuple(each for name, each in found.items() if name in hal.DRIVERS["meters"] and each.has("voltage_l1"))


@cache
def line_settings() -> tuple[SerialSettings, ...]:
    """How an RS-485 line may be set, what is met most often first."""
    usual = [*(each.settings for each in BOARDS), *(_usual(each) for each in meter_tables())]
    return tuple(dict.fromkeys((N9600, SerialSettings(baud=19_200, parity="E"), SerialSettings(parity="E"), *usual, *ALSO)))


def _usual(table: MeterTable) -> SerialSettings:
    told = {name: value for name, value in table.usual.items() if name in ("baud", "parity", "stopbits")}
    return SerialSettings(**told)


QUICK_UNITS = (*range(1, 11), 33)
"""As delivered, and the first few that installers give."""
ALL_UNITS = range(1, 248)


def serial_rows() -> Iterator[SerialProbe]:
    """Those whose driver is here."""
    yield from (each for each in SERIAL if each.driver in hal.DRIVERS[each.kind])
