"""A Heidelberg Energy Control on its line, as a follower. Functions 3, 4, 6 and 16; its map has holes.

It boots at its highest current, with a watchdog of 15 s and a failsafe current of 0, and asleep after twelve minutes if it is let: what it
is told is lost then. Every answered question feeds the watchdog.
"""

from simulators.electrics import Electrics
from simulators.firmware import Firmware, Traits
from simulators.troubles import Trouble
from simulators.wires.face import Reply
from simulators.wires.modbus_board import HOLDING, INPUT, BoardFace, framing, pick
from simulators.wires.modbus_slave import ModbusException
from simulators.wires.table import Place
from simulators.world import World

WATCHDOG, STANDBY, REMOTE_LOCK, CURRENT, FAILSAFE = 257, 258, 259, 261, 262
BOOTS = {WATCHDOG: 15_000, STANDBY: 0, REMOTE_LOCK: 1, CURRENT: 160, FAILSAFE: 0}
ASLEEP_S = 720.0
AWAKE = 4
LAYOUT = 0x0107
TRAITS = Traits(maximum_ma=16_000, boot_s=1.0, selftest=False, lock=False, reads_pp=False, derates=True)
STATES = {"A": 2, "B": 4, "C": 6, "D": 6}
CHECKS: frozenset[Trouble] = frozenset({"diode", "gfci", "over_temperature", "over_current", "stuck_relay", "ground"})


class Heidelberg:
    """``simulators.wires.modbus_board.Device``."""

    def __init__(self, evse: Electrics, world: World) -> None:
        self.firmware = Firmware(evse, TRAITS)
        self.firmware.checks = CHECKS
        self.now = 0.0
        self.set = dict(BOOTS)
        self._world = world
        self._boot_wh = 0
        self._asked_s = 0.0

    def boot(self, now: float) -> None:
        """Nothing is kept."""
        self.set = dict(BOOTS)
        self._asked_s = now
        self._boot_wh = self._world.show(self.firmware.evse, now).energy_wh
        self._apply(now)

    def asked(self, now: float) -> None:
        """Feeds the watchdog."""
        self._asked_s = now
        self.firmware.missed = False
        self.firmware.heard(now)

    def follow(self, now: float) -> None:
        """It falls asleep if it may; nothing else happens by itself."""

    @property
    def asleep(self) -> bool:
        """It answers nobody."""
        idle = self.firmware.state == "A" and self.now - self._asked_s > ASLEEP_S
        return self.set[STANDBY] != AWAKE and idle

    def read(self, fc: int, address: int, count: int) -> list[int]:
        """Input and holding registers."""
        if fc not in (HOLDING, INPUT):
            raise ModbusException(1)
        return pick(self._input() if fc == INPUT else self.set, address, count)

    def write(self, address: int, values: list[int]) -> None:
        """One after the other."""
        for at, value in enumerate(values, start=address):
            if at not in self.set:
                raise ModbusException(2)
            if at in (CURRENT, FAILSAFE) and value and not 60 <= value <= 160:
                raise ModbusException(3)
            self.set[at] = value
        self._apply(self.now)

    def _apply(self, now: float) -> None:
        firmware = self.firmware
        firmware.set_current_ma(self.set[CURRENT] * 100 if self.set[REMOTE_LOCK] else 0)
        firmware.supervise(self.set[WATCHDOG] / 1000, self.set[FAILSAFE] * 100, now)

    @property
    def state(self) -> int:
        """Register 5."""
        firmware = self.firmware
        if "diode" in firmware.faults:
            return 9
        if firmware.faults:
            return 11
        if firmware.state not in STATES:
            return 10 if firmware.state == "F" else 9
        hot = firmware.evse.outputs.contactor and 0 < firmware.willing_ma < min(firmware.current_ma, TRAITS.maximum_ma)
        return 8 if hot else STATES[firmware.state] + bool(firmware.willing_ma)

    def _input(self) -> dict[int, int]:
        shown = self._world.show(self.firmware.evse, self.now)
        celsius = self.firmware.seen.temperature_c if self.firmware.seen is not None else None
        there = {4: LAYOUT, 5: self.state, 9: round((celsius or 0.0) * 10), 13: 1, 14: shown.power_w or 0}
        for phase in range(3):
            there[6 + phase] = round((shown.current_ma[phase] or 0) / 100)
            there[10 + phase] = round((shown.voltage_mv[phase] or 0) / 1000)
        for address, energy_wh in ((15, max(0, shown.energy_wh - self._boot_wh)), (17, max(0, shown.energy_wh))):
            there |= {address: energy_wh >> 16, address + 1: energy_wh & 0xFFFF}
        return there | {100: 16, 101: 6, 200: 1, 203: 0x2D5F} | dict.fromkeys(range(102, 134), 0x2020)


class HeidelbergFace(BoardFace):
    """``Face``."""

    device: Heidelberg

    def heard(self, data: bytes, now: float) -> list[Reply]:
        """Every answered question feeds its watchdog."""
        self.device.now = now
        replies = [] if self.device.asleep else super().heard(data, now)
        if replies:
            self.device.asked(now)
        return replies


def board(place: Place) -> HeidelbergFace:
    """The board of an EVSE."""
    assert place.evse is not None
    return HeidelbergFace(int(place.entries.get("unit", 1)), Heidelberg(place.evse, place.world), framing=framing(place))


def meter(place: Place) -> None:
    """The meter is inside the wallbox, on the same line."""
