"""What all boards on Modbus have in common: registers over a controller (``simulators.firmware``), heard only while that has supply.

line ── ModbusSlave ──▶ BoardFace ── read, write ──▶ Device (one file per make) ── current, enabled ──▶ Firmware ──▶ Electrics
"""

from typing import Protocol

from simulators.firmware import Firmware
from simulators.wires.face import Reply
from simulators.wires.modbus_slave import ANSWERS_S, Framing, ModbusException, ModbusSlave, Registers
from simulators.wires.table import Place

HOLDING, INPUT = 3, 4


class Device(Registers, Protocol):
    """One make of board: registers, and what its controller is told."""

    @property
    def firmware(self) -> Firmware:
        """Its controller."""

    def boot(self, now: float) -> None:
        """Its supply has come: what is not kept is lost."""

    def follow(self, now: float) -> None:
        """The controller has ticked."""


class BoardFace(ModbusSlave):
    """``Face`` of one board."""

    def __init__(self, unit: int, device: Device, *, framing: Framing = "rtu", answers_s: float = ANSWERS_S) -> None:
        super().__init__(unit, device, framing=framing, answers_s=answers_s)
        self.device = device
        self._boots = 0

    def heard(self, data: bytes, now: float) -> list[Reply]:
        """A board without supply says nothing, nor does one that tests itself."""
        firmware = self.device.firmware
        if not firmware.alive or not firmware.boots or firmware.deaf(now):
            return []
        return super().heard(data, now)

    def due_s(self) -> float:
        """The next turn of its controller."""
        return self.device.firmware.due_s

    def tick(self, now: float) -> list[Reply]:
        """Let the controller look and act."""
        firmware = self.device.firmware
        firmware.tick(now)
        if not firmware.alive:
            return []
        if firmware.boots != self._boots:
            self._boots = firmware.boots
            self.device.boot(now)
        self.device.follow(now)
        return []


def framing(place: Place) -> Framing:
    """What the driver's entries say of the line."""
    return "tcp" if place.entries.get("host") and not place.entries.get("rtu_over_tcp") else "rtu"


def pick(there: dict[int, int], address: int, count: int) -> list[int]:
    """So many registers from this address on. Raises ModbusException where the map has a hole."""
    if any(at not in there for at in range(address, address + count)):
        raise ModbusException(2)
    return [there[at] & 0xFFFF for at in range(address, address + count)]
