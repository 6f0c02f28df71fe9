"""A SmartEVSE v3 as a node of load balancing on its line: functions 3, 4, 6 and 16, and broadcasts to unit 9, which it does not answer.

It asks before it does anything: COMM_B when an EV has come, COMM_C when that asks, and waits for a master's word. A current of 0 stops a
charging node, but not the PWM of one in state B. After 11 s without a broadcast it takes its offer back.
"""

from simulators.electrics import Electrics
from simulators.firmware import Firmware, Traits
from simulators.troubles import Retry
from simulators.wires.face import Reply
from simulators.wires.modbus_board import HOLDING, INPUT, BoardFace, framing, pick
from simulators.wires.modbus_slave import Framing, ModbusException, ModbusSlave
from simulators.wires.table import Place

A, B, C, D, COMM_B, COMM_B_OK, COMM_C, COMM_C_OK, ACTIVATE, B1, C1 = range(11)
LESS_6A, NO_COMM, HOT, RESIDUAL, NO_SUN = 1, 2, 4, 16, 32
TIMEOUT_S = 11.0
BROADCAST_UNIT, CURRENTS = 9, 0x0020
STATUS_END = 12
WITH_PWM = (B, C, D, COMM_C, COMM_C_OK)
CLOSED = (C, D, C1)
CONFIG = {0x0100: 1, 0x0101: 0, 0x0102: 6, 0x0103: 32, 0x0104: 2, 0x0105: 1, 0x0106: 1, 0x0107: 0, 0x0108: 0, 0x0109: 12}
SYSTEM = {0x0200: 0, 0x0201: 16, 0x0202: 1, 0x0203: 0, 0x0204: 25}
TRAITS = Traits(maximum_ma=80_000, settle_s=0.5, boot_s=1.0, retry=Retry(1_000_000, float("inf")), lock=False, ventilation=True)


class Node(Firmware):
    """Its controller closes only once it was granted."""

    granted = False

    def _may_close(self, seen: object) -> bool:
        return self.granted and super()._may_close(seen)  # type: ignore[arg-type]


class SmartEvse:
    """``simulators.wires.modbus_board.Device``. ``writes`` counts what wears its memory out."""

    def __init__(self, evse: Electrics, unit: int) -> None:
        self.firmware = Node(evse, TRAITS)
        self.firmware.checks = {"diode", "gfci", "over_temperature"}
        self.kept = {**CONFIG, 0x0104: unit}, dict(SYSTEM)
        self.unit = unit
        self.state = A
        self.errors = self.balanced = self.writes = self.pwm_da = 0
        self.mode, self.access = 0, 1
        self._heard_s = self._now = 0.0

    def boot(self, now: float) -> None:
        """Nothing is granted."""
        self.state, self.errors, self.balanced, self.pwm_da = A, 0, 0, 0
        self.mode, self.access = 0, 1
        self._heard_s = now
        self._apply()

    def follow(self, now: float) -> None:
        """The controller has ticked."""
        self._now = now
        firmware = self.firmware
        troubles = ((HOT, "over_temperature"), (RESIDUAL, "gfci"))
        self.errors = self.errors & ~(HOT | RESIDUAL) | sum(bit for bit, trouble in troubles if trouble in firmware.faults)
        if now - self._heard_s > TIMEOUT_S:
            self.errors |= NO_COMM
        if self.errors:
            self._stop()
        self._move()
        self._apply()

    def balance(self, values: list[int]) -> None:
        """A broadcast: the currents of all nodes, in 0.1 A."""
        if len(values) < 8:
            return
        self._heard_s = self._now
        self.errors &= ~NO_COMM
        self.balanced = values[self.unit - 1]
        if self.balanced == 0 and self.state == C:
            self.state = C1
        elif self.state in (B, C) and 60 <= self.balanced <= 800:
            self.pwm_da = self.balanced
        self._apply()

    def read(self, fc: int, address: int, count: int) -> list[int]:
        """Both functions read the same."""
        if fc not in (HOLDING, INPUT):
            raise ModbusException(1)
        return pick(self._map(), address, count)

    def write(self, address: int, values: list[int]) -> None:
        """One after the other."""
        for at, value in enumerate(values, start=address):
            self._set(at, value)
        self._apply()

    def _set(self, address: int, value: int) -> None:
        node, system = self.kept
        match address:
            case 0 if value <= 14:
                self.state = value
            case 1:
                self.errors = value
            case 3 if value <= 2:
                self.mode = value
            case 5 if value <= 2:
                self.access = value
            case 2 | 4 | 6:
                pass
            case _ if address in node or address in system:
                kept = node if address in node else system
                self.writes += value != kept[address]
                kept[address] = value
            case _:
                raise ModbusException(3 if address in (0, 3, 5) else 2)

    def _stop(self) -> None:
        self.state = {C: C1, D: C1, B: B1, COMM_C: B1, COMM_C_OK: B1, COMM_B: B1}.get(self.state, self.state)

    def _move(self) -> None:
        """What it does by itself, and what it asks for."""
        letter, may = self.firmware.state, not self.errors and self.access == 1
        if letter == "A":
            self.state = A
        elif self.state == C1 and (letter == "B" or not self.firmware.evse.outputs.contactor):
            self.state = B1
        elif self.state in (A, B1):
            self.state = COMM_B if may else B1 if self.access == 1 else A
        elif self.state == COMM_B_OK:
            self.state, self.pwm_da = B, max(60, self.balanced)
        elif self.state == B and letter in "CD" and may:
            self.state = COMM_C
        elif self.state == COMM_C_OK:
            self.state = C
        elif self.state in (C, COMM_C) and letter == "B":
            self.state = B

    def _apply(self) -> None:
        self.firmware.granted = self.state in CLOSED
        self.firmware.set_current_ma(self.pwm_da * 100 if self.state in WITH_PWM else 0)

    def _map(self) -> dict[int, int]:
        firmware = self.firmware
        celsius = 0.0 if firmware.seen is None or firmware.seen.temperature_c is None else firmware.seen.temperature_c
        node, system = self.kept
        flow_ma = max(firmware.evse.feed.flow_ma)
        status = [self.state, self.errors, self.pwm_da, self.mode, 0, self.access, 0, node[0x0103], 3]
        return dict(enumerate([*status, flow_ma // 100, round(celsius) + 273, 4711])) | node | system


class SmartEvseFace(BoardFace):
    """``Face``. Broadcasts have an ear of their own, and no voice."""

    device: SmartEvse

    def __init__(self, unit: int, device: SmartEvse, *, framing: Framing = "rtu") -> None:
        super().__init__(unit, device, framing=framing)
        self._ear = ModbusSlave(BROADCAST_UNIT, _Ear(device), framing=framing)

    def heard(self, data: bytes, now: float) -> list[Reply]:
        """What is for it, and what is for all."""
        if self.device.firmware.alive:
            self._ear.heard(data, now)
        return super().heard(data, now)


class _Ear:
    def __init__(self, device: SmartEvse) -> None:
        self._device = device

    def read(self, fc: int, address: int, count: int) -> list[int]:
        raise ModbusException(1)

    def write(self, address: int, values: list[int]) -> None:
        if address == CURRENTS:
            self._device.balance(values)


def board(place: Place) -> SmartEvseFace:
    """The board of an EVSE."""
    assert place.evse is not None
    unit = int(place.entries.get("unit", 2))
    return SmartEvseFace(unit, SmartEvse(place.evse, unit), framing=framing(place))
