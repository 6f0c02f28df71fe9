"""A simpleEVSE-WB or EVSE-DIN on its line. It has no watchdog: what it was told last stands until it boots, from 2000 then.

It knows functions 3 and 16, of all its map. Its residual current device is an outer one, whose feedback it shows while 2005 says so.
"""

from math import inf

from simulators.electrics import Electrics
from simulators.firmware import Firmware, Traits
from simulators.troubles import Retry
from simulators.wires.modbus_board import HOLDING, BoardFace, framing, pick
from simulators.wires.modbus_slave import ModbusException
from simulators.wires.table import Place

CURRENT, CONTROL, BOOT_A, SETTINGS = 1000, 1004, 2000, 2005
OFF_NOW, SELFTEST, CLEAR_RCD = 0x01, 0x02, 0x04
IN_D, RCD_WIRED, FINE, DISABLED = 0x0008, 0x0010, 0x0080, 0x4000
DELIVERED = {2000: 16, 2001: 1, 2002: 6, 2003: 0, 2004: 0, 2005: 0x0219, 2006: 0, 2007: 0, 2009: 3}
RANGES = {2000: (6, 80), 2002: (0, 13)}
VEHICLE = {"A": 1, "B": 2, "C": 3, "D": 4}
TRAITS = Traits(maximum_ma=80_000, settle_s=0.25, retry=Retry(1_000_000, inf), lock=False)


class SimpleEvse:
    """``simulators.wires.modbus_board.Device``. ``writes`` counts what wears its memory out."""

    def __init__(self, evse: Electrics, revision: int = 17) -> None:
        self.firmware = Firmware(evse, TRAITS)
        self.revision = revision
        self.kept = dict(DELIVERED)
        self.current = self.control = self.writes = 0
        self.refuses = False
        """A car has asked for ventilation; until it leaves."""

    def boot(self, now: float) -> None:
        """From what is kept."""
        self.current, self.control = self.kept[BOOT_A] * (100 if self._fine else 1), 0
        self.follow(now)

    def follow(self, now: float) -> None:
        """The controller offers what was set, unless it is switched off."""
        firmware, settings = self.firmware, self.kept[SETTINGS]
        self.refuses = firmware.state != "A" and (self.refuses or "ventilation" in firmware.faults)
        off = self.refuses or self.control & OFF_NOW or settings & DISABLED
        firmware.set_current_ma(0 if off else self.current * (10 if self._fine else 1000))
        firmware.checks = {"diode", *(("gfci",) if settings & RCD_WIRED else ()), *(() if settings & IN_D else ("ventilation",))}

    def read(self, fc: int, address: int, count: int) -> list[int]:
        """Holding registers alone."""
        if fc != HOLDING:
            raise ModbusException(1)
        return pick(self._map(), address, count)

    def write(self, address: int, values: list[int]) -> None:
        """One after the other."""
        for at, value in enumerate(values, start=address):
            self._set(at, value)

    @property
    def _fine(self) -> bool:
        return bool(self.kept[SETTINGS] & FINE)

    def _set(self, address: int, value: int) -> None:
        if address == CURRENT:
            self._limit(value, 6, 80, 100 if self._fine else 1)
            self.current = value
        elif address == CONTROL:
            self.control = value & OFF_NOW
            if value & CLEAR_RCD:
                self.firmware.clear("gfci")
        elif address in self.kept and address != 2009:
            if address in RANGES:
                self._limit(value, *RANGES[address])
            self.writes += value != self.kept[address]
            self.kept[address] = value
        else:
            raise ModbusException(2)
        self.follow(0.0)

    def _limit(self, value: int, least: int, most: int, factor: int = 1) -> None:
        if value and not least * factor <= value <= most * factor:
            raise ModbusException(3)

    def _map(self) -> dict[int, int]:
        firmware = self.firmware
        faults, cable_ma = firmware.faults, firmware.cable_ma
        driven = firmware.evse.outputs.contactor
        bits = (
            (0x01, driven),
            (0x02, "diode" in faults),
            (0x04, self.refuses),
            (0x08, driven and not firmware.offered_ma),
            (0x10, "gfci" in faults),
        )
        return self.kept | {
            1000: self.current,
            1001: firmware.offered_ma // (10 if self._fine else 1000),
            1002: 5 if faults or self.refuses else VEHICLE.get(firmware.state, 5),
            1003: 0 if cable_ma is None else cable_ma // 1000,
            1004: self.control,
            1005: self.revision,
            1006: 3 if self.control & OFF_NOW or self.kept[SETTINGS] & DISABLED else 2 if firmware.offered_ma else 1,
            1007: sum(bit for bit, on in bits if on),
            1008: 0,
            1009: 0,
            1010: 0,
        }


def board(place: Place) -> BoardFace:
    """The board of an EVSE."""
    assert place.evse is not None
    return BoardFace(int(place.entries.get("unit", 1)), SimpleEvse(place.evse), framing=framing(place))
