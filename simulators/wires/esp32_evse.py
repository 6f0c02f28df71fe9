"""An esp32-evse on its line, as its firmware is written: functions 3, 6 and 16, and every refusal is exception 1.

It boots enabled, at its default current. In an error it holds -12 V; what the EV or a residual current caused it forgets after a minute.
It has no watchdog. Settings of one bit cannot be written over Modbus: a slip in its text refuses every value.
"""

from msgspec.structs import replace

from simulators.electrics import Electrics
from simulators.firmware import Firmware, Traits
from simulators.troubles import Retry, Trouble
from simulators.wires.modbus_board import HOLDING, BoardFace, framing
from simulators.wires.modbus_slave import ModbusException
from simulators.wires.table import Place

ENABLED, AVAILABLE, PENDING, CURRENT, AUTHORISE = 103, 104, 105, 106, 112
LEAST_DECI_A = 60
AUTHORISED_S = 60.0
ERROR_S = 60.0
ERRORS: dict[Trouble, int] = {
    "diode": 0x02,
    "lock": 0x04,
    "gfci": 0x10,
    "selftest": 0x20,
    "over_temperature": 0x40,
}
PILOT_FAULT = 0x01
FORGOTTEN = 0x01 | 0x02 | 0x10 | 0x20
"""Cleared after ``ERROR_S``."""
VERSION = b"v2.0.1".ljust(32, b"\0")
TRAITS = Traits(maximum_ma=63_000, settle_s=0.1, retry=Retry(1_000_000, 0.0), ventilation=True)


class Esp32Evse:
    """``simulators.wires.modbus_board.Device``. ``error_s``: how long it holds an error."""

    def __init__(self, evse: Electrics, *, maximum_a: int = 32, require_auth: bool = False, error_s: float = ERROR_S) -> None:
        self.firmware = Firmware(evse, replace(TRAITS, lock=evse.plan.connectors[0].cable == "socket"))
        self.firmware.checks = {*ERRORS}
        self.maximum_a = maximum_a
        self.require_auth = require_auth
        self.errors = 0
        self.current = maximum_a * 10
        self.enabled = self.available = True
        self.authorised = False
        self._socket = evse.plan.connectors[0].cable == "socket"
        self._error_s = error_s
        self._since_s = 0.0
        self._granted_s = self._booted_s = self.now = 0.0

    def asked(self, now: float) -> None:
        """It does not care whether anybody asks."""

    def boot(self, now: float) -> None:
        """What is not kept is as it was made."""
        self.current, self.enabled, self.available = self.maximum_a * 10, True, True
        self.errors, self.authorised, self._granted_s, self._booted_s = 0, False, 0.0, now
        self.follow(now)

    def follow(self, now: float) -> None:
        """One turn of its loop."""
        self.now = now
        firmware = self.firmware
        if self.errors & FORGOTTEN and now - self._since_s >= self._error_s:
            self._forget(now)
        self._find(now)
        if firmware.state not in "BCD":
            self.authorised = False
        elif not self.authorised:
            self.authorised, self._granted_s = not self.require_auth or now <= self._granted_s, 0.0
        firmware.enabled = self.enabled and self.available and self.authorised
        firmware.show_f = bool(self.errors) or (not self.available and not firmware.evse.outputs.contactor)
        firmware.set_current_ma(self.current * 100)
        firmware.lock = firmware.state in "BCD" if self._socket else None

    def read(self, fc: int, address: int, count: int) -> list[int]:
        """Holding registers; a hole refuses."""
        there = self._map()
        if fc != HOLDING or any(at not in there for at in range(address, address + count)):
            raise ModbusException(1)
        return [there[at] & 0xFFFF for at in range(address, address + count)]

    def write(self, address: int, values: list[int]) -> None:
        """One after the other; what was written before the refusal stands."""
        for at, value in enumerate(values, start=address):
            self._set(at, value)
        self.follow(self.now)

    @property
    def state(self) -> str:
        """As register 100 spells it."""
        firmware = self.firmware
        if self.errors:
            return "E"
        if firmware.show_f or firmware.state == "F":
            return "F" if not self.available else "A"
        if firmware.state not in "BCD":
            return "A"
        return f"{firmware.state}{2 if firmware.offered_ma else 1}"

    def _set(self, address: int, value: int) -> None:
        if address in (ENABLED, AVAILABLE) and value in (0, 1):
            setattr(self, "enabled" if address == ENABLED else "available", bool(value))
        elif address == CURRENT and LEAST_DECI_A <= value <= self.maximum_a * 10:
            self.current = value
        elif address == AUTHORISE and value == 1:
            self._granted_s = self.now + AUTHORISED_S
        else:
            raise ModbusException(1)

    def _find(self, now: float) -> None:
        found = sum(bit for trouble, bit in ERRORS.items() if trouble in self.firmware.faults)
        found |= PILOT_FAULT if self.firmware.state == "E" else 0
        if found & FORGOTTEN & ~self.errors:
            self._since_s = now
        self.errors = found | self.errors & FORGOTTEN

    def _forget(self, now: float) -> None:
        self.errors &= ~FORGOTTEN
        for trouble, bit in ERRORS.items():
            if bit & FORGOTTEN:
                self.firmware.clear(trouble)

    def _map(self) -> dict[int, int]:
        seen = self.firmware.seen
        celsius = None if seen is None else seen.temperature_c
        uptime_s = int(self.now - self._booted_s)
        state = self.state.encode().ljust(2, b"\0")
        return {
            100: state[0] << 8 | state[1],
            101: self.errors >> 16,
            102: self.errors,
            ENABLED: self.enabled,
            AVAILABLE: self.available,
            PENDING: self.firmware.state in "BCD" and not self.authorised,
            CURRENT: self.current,
            **dict.fromkeys(range(107, 112), 0),
            300: self._socket,
            301: True,
            302: 60,
            303: self.require_auth,
            304: self.maximum_a,
            305: self.maximum_a * 10,
            400: uptime_s >> 16,
            401: uptime_s,
            402: round((celsius or 0) * 100),
            403: round((celsius or 0) * 100),
            404: int(celsius is not None),
            **{405 + at: VERSION[2 * at] << 8 | VERSION[2 * at + 1] for at in range(16)},
        }


def board(place: Place) -> BoardFace:
    """The board of an EVSE."""
    assert place.evse is not None
    return BoardFace(int(place.entries.get("unit", 1)), Esp32Evse(place.evse), framing=framing(place))
