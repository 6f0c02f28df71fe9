"""A Phoenix Contact EV-CC-AC1-M3 on its line: functions 1, 3, 4, 5, 6, 15 and 16; its map has wide holes.

Its switches decide what it takes: 4002 other than 0 needs S1/DIP 3 ON, 4011 other than 0 needs S1/DIP 2 OFF, and so on. What it does not
take it acknowledges and leaves as it was. Coils and current are lost when it boots; the modes are not.
"""

from msgspec import Struct

from simulators.electrics import Electrics
from simulators.firmware import Firmware, Traits
from simulators.troubles import Retry, Trouble
from simulators.wires.modbus_board import HOLDING, INPUT, BoardFace, framing, pick
from simulators.wires.modbus_slave import ModbusException
from simulators.wires.table import Place

COILS = 1
ENABLE, AVAILABLE, LOCK, RCM_TEST, RESTART = 20000, 20001, 20002, 20003, 21000
ENABLE_MODE, AVAILABLE_MODE, LOCK_MODE, MONITOR, CURRENT, RCM_MODE = 4000, 4001, 4002, 4006, 22000, 4011
DELIVERED = {4000: 1, 4001: 0, 4002: 0, 4006: 0, 4007: 200, 4010: 0, 4011: 0, 4012: 1}
NAME = "EV-CC-AC1-M3-CBC-RCM-SER-HS"
BITS: dict[Trouble, int] = {
    "lock": 6,
    "not_closed": 12,
    "stuck_relay": 12,
    "diode": 13,
    "gfci": 15,
    "selftest": 16,
}


class Switches(Struct, frozen=True, kw_only=True):
    """S1: ``xr`` DIP 2, ``ml`` DIP 3."""

    xr: bool = False
    ml: bool = True


class Phoenix:
    """``simulators.wires.modbus_board.Device``. ``writes`` counts what wears its memory out."""

    def __init__(self, evse: Electrics, switches: Switches = Switches()) -> None:  # noqa: B008  (frozen)
        self.firmware = Firmware(evse, Traits(maximum_ma=63_000, boot_s=1.0, retry=Retry(3, 60.0), lock=evse.locked is not None))
        self.switches = switches
        self.kept = {**DELIVERED, LOCK_MODE: int(switches.ml), AVAILABLE_MODE: int(switches.xr)}
        self.writes = 0
        self.coils = dict.fromkeys((ENABLE, AVAILABLE, LOCK, RCM_TEST, RESTART), 0)
        self.current_a = 16

    def boot(self, now: float) -> None:
        """From what is kept."""
        self.coils = dict.fromkeys(self.coils, 0)
        self.current_a = 16
        self.follow(now)

    def follow(self, now: float) -> None:
        """The controller does what modes and coils say."""
        firmware, kept = self.firmware, self.kept
        firmware.enabled = {0: True, 3: bool(self.coils[ENABLE])}.get(kept[ENABLE_MODE], False)
        firmware.show_f = kept[AVAILABLE_MODE] == 2 and not self.coils[AVAILABLE]
        firmware.lock = bool(self.coils[LOCK]) if kept[LOCK_MODE] == 3 else None
        firmware.set_current_ma(self.current_a * 1000)
        residual: tuple[Trouble, ...] = ("gfci", "selftest") if kept[RCM_MODE] else ()
        contactor: tuple[Trouble, ...] = ("stuck_relay", "not_closed") if kept[MONITOR] else ()
        firmware.checks = {"diode", "lock", *residual, *contactor}

    def read(self, fc: int, address: int, count: int) -> list[int]:
        """Coils, input and holding registers."""
        if fc not in (COILS, HOLDING, INPUT):
            raise ModbusException(1)
        there = {COILS: self.coils, HOLDING: self.kept | {CURRENT: self.current_a}, INPUT: self._input()}[fc]
        return pick(there, address, count)

    def write(self, address: int, values: list[int]) -> None:
        """Holding registers."""
        for at, value in enumerate(values, start=address):
            if at == CURRENT:
                if not 6 <= value <= 63:
                    raise ModbusException(3)
                self.current_a = value
            elif at not in self.kept:
                raise ModbusException(2)
            elif self._takes(at, value):
                self.writes += value != self.kept[at]
                self.kept[at] = value
        self.follow(0.0)

    def write_coils(self, address: int, values: list[int]) -> None:
        """Coils."""
        for at, value in enumerate(values, start=address):
            if at not in self.coils:
                raise ModbusException(2)
            self.coils[at] = value
        self.follow(0.0)

    def _takes(self, address: int, value: int) -> bool:
        match address:
            case 4001:
                return value == 0 or self.switches.xr
            case 4002:
                return value == 0 or self.switches.ml
            case 4011:
                return value == 0 or not self.switches.xr
        return True

    @property
    def state(self) -> str:
        """Register 24000."""
        firmware = self.firmware
        if firmware.show_f or (firmware.faults - {"diode"}):
            return "F0"
        if firmware.state not in "ABCD" or firmware.faults:
            return f"{firmware.state if firmware.state in 'EF' else 'E'}0"
        return f"{firmware.state}{1 + bool(firmware.willing_ma)}"

    def _input(self) -> dict[int, int]:
        firmware = self.firmware
        cable_ma, willing_ma = firmware.cable_ma, firmware.willing_ma
        text = NAME.ljust(32, "\0").encode()
        there = {1000 + at: int.from_bytes(text[2 * at : 2 * at + 2]) for at in range(16)}
        there |= {1031: 0x5601, 1032: 17, 1033: 0}
        there |= {
            24000: int.from_bytes(self.state.encode()),
            24001: 0 if cable_ma is None else cable_ma // 1000,
            24002: willing_ma // 600,
            24003: willing_ma // 1000,
            24004: 0,
            24005: 0,
        }
        return there | {24025: sum({1 << BITS[trouble] - 1 for trouble in firmware.faults if trouble in BITS})}


def board(place: Place) -> BoardFace:
    """The board of an EVSE. Its switches stand as the entries want them."""
    assert place.evse is not None
    switches = Switches(xr=not place.entries.get("rcm", True), ml=bool(place.entries.get("lock", True)))
    return BoardFace(int(place.entries.get("unit", 1)), Phoenix(place.evse, switches), framing=framing(place))
