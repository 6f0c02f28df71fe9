"""Looks at one host with Modbus TCP: a device with Ethernet, or a gateway to a line. Hosts are named, never searched for."""

from collections.abc import Iterator, Sequence
from typing import Any

from hal.bus.modbus import MODBUS_TCP, Garbled, ModbusLine, Refused, Silent, connect
from hal.detect.found import Found
from hal.detect.modbus import ADDRESSED, OTHERWISE, Tell, known_by
from hal.detect.table import ALL_UNITS, QUICK_UNITS

HOST: dict[str, Any] = {"timeout_s": 0.6, "gap_s": 0.02, "tries": 1}
FIRST, NOBODY = 1, 254
"""A device at the far end of TCP often answers whatever unit it is asked as: then it is the first, and nobody else is looked for."""


class HostAsker:
    """Questions to one host, one after the other."""

    def __init__(self, bus: ModbusLine) -> None:
        self._bus = bus

    def words(self, unit: int, fc: int, address: int, count: int) -> tuple[int, ...] | None:
        """See ``hal.detect.modbus.Words``."""
        try:
            return tuple(self._bus.read(unit, fc, address, count))
        except (Refused, Silent, Garbled):
            return None

    def answers(self, unit: int) -> bool:
        """Is there anybody? A refusal is an answer, unless it is the gateway's own. Raises DeviceError when the host is not there."""
        for fc, address, count in (ADDRESSED, OTHERWISE):
            try:
                self._bus.read(unit, fc, address, count)
            except Refused as error:
                if not error.by_gateway:
                    return True
            except (Silent, Garbled):
                continue
            else:
                return True
        return False


def units(asker: HostAsker, asked: Sequence[int]) -> list[int]:
    """Who is there. Raises DeviceError."""
    if asker.answers(FIRST) and asker.answers(NOBODY):
        return [FIRST]
    return [unit for unit in asked if asker.answers(unit)]


def look(host: str, tcp_port: int, *, quick: bool, tell: Tell) -> Iterator[Found]:
    """Everybody at this host. Raises DeviceError."""
    bus = connect("detect", {"host": host, "tcp_port": tcp_port, **HOST})
    asker = HostAsker(bus)
    asked = QUICK_UNITS if quick else ALL_UNITS
    try:
        tell(f"Modbus TCP: {len(asked)} addresses, {2 * HOST['timeout_s'] * len(asked):.0f} s at most")
        for unit in units(asker, asked):
            tell(f"unit {unit}: what is it?")
            entries = {"host": host, **({} if tcp_port == MODBUS_TCP else {"tcp_port": tcp_port}), "unit": unit}
            yield known_by(asker, f"{host}:{tcp_port} unit {unit}", unit, entries)
    finally:
        bus.close()
