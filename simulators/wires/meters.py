"""Meters of the world on Modbus: what their display shows, in the registers of one model, encoded here.

Which register is where is the driver's table (the tests hold that against the manuals); how a number becomes registers is told here anew.
Quantities that the world does not know are zero; what the model's registers cannot hold is what the model says then.
"""

import struct
from collections.abc import Callable, Mapping
from importlib import import_module

import hal
from hal.measured import MeterReading, Phases
from hal.meters.table import MeterTable, Register
from simulators.meter import SLOW_S
from simulators.wires.face import Reply
from simulators.wires.modbus_slave import ANSWERS_S, Framing, ModbusException, ModbusSlave
from simulators.wires.table import Place

Show = Callable[[float], MeterReading]
"""What the display shows at a moment."""

FORMATS: Mapping[str, tuple[str, int | None, int | None]] = {
    "int16": (">h", -(2**15), 2**15 - 1),
    "uint16": (">H", 0, 2**16 - 1),
    "int32": (">i", -(2**31), 2**31 - 1),
    "uint32": (">I", 0, 2**32 - 1),
    "int64": (">q", -(2**63), 2**63 - 1),
    "uint64": (">Q", 0, 2**64 - 1),
    "float32": (">f", None, None),
    "float64": (">d", None, None),
}
SERIAL = 20261122
CODES = {
    "sdm630": {(3, 0xFC02): 0x70},
    "sdm72dm": {(3, 0xFC02): 0x84},
    "sdm72dm-v2": {(3, 0xFC02): 0x89},
    "sdm120": {(3, 0xFC02): 0x20},
    "sdm230": {(3, 0xFC02): 0x2B},
    "cg-em3xx": {(3, 0x000B): 345},
    "abb-b2x": {(3, 0x8960): 0x4232, (3, 0x8961): 0x3320},
}
"""What a model says that it is: (fc, address) -> register."""
EITHER_FUNCTION = ("cg-em24", "cg-em3xx", "siemens-pac2200")
"""They answer functions 3 and 4 alike."""


def quantities(reading: MeterReading) -> dict[str, float]:
    """In SI units, by the names of the tables."""
    found: dict[str, float] = {"frequency": reading.frequency_hz or 0.0, "power": float(reading.power_w or 0)}
    for phase, (volt, ampere) in enumerate(_pairs(reading.voltage_mv, reading.current_ma), start=1):
        found |= {f"voltage_l{phase}": volt, f"current_l{phase}": ampere, f"power_l{phase}": volt * ampere}
        found |= {f"apparent_power_l{phase}": volt * ampere, f"power_factor_l{phase}": 1.0}
    found["apparent_power"] = found["power"]
    found["power_factor"] = 1.0
    for register in ("energy_import", "energy_total", "energy_import_float"):
        found[register] = float(reading.energy_wh)
        found |= {f"{register}_l{phase}": float(value or 0) for phase, value in enumerate(reading.energy_by_phase_wh, start=1)}
    found["energy_export"] = float(reading.exported_wh or 0)
    return found


def _pairs(voltage_mv: Phases, current_ma: Phases) -> list[tuple[float, float]]:
    return [((volt or 0) / 1000, (ampere or 0) / 1000) for volt, ampere in zip(voltage_mv, current_ma, strict=True)]


def words(table: MeterTable, register: Register, value: float) -> list[int]:
    """The registers that hold this value."""
    if register.form.startswith("ascii"):
        return [0x2020] * register.words
    if register.form in ("t5", "t6"):
        return _decimal(value)
    form, least, most = FORMATS[register.form]
    raw: float = value / register.scale
    if least is not None and most is not None:
        raw = max(least, min(most, round(raw)))
    data = struct.pack(form, raw)
    ordered = [int.from_bytes(data[at : at + 2]) for at in range(0, len(data), 2)]
    return ordered if table.word_order == "msw_first" else ordered[::-1]


def _decimal(value: float) -> list[int]:
    """As many decimals as 24 bits with a sign can hold, three at the most."""
    exponent = next(each for each in range(-3, 10) if abs(value) / 10.0**each < 2**23)
    mantissa = round(value / 10.0**exponent) & 0xFFFFFF
    return [(exponent & 0xFF) << 8 | mantissa >> 16, mantissa & 0xFFFF]


class MeterRegisters:
    """``simulators.wires.modbus_slave.Registers`` of one model. ``now``: the moment of the question."""

    def __init__(self, table: MeterTable, show: Show) -> None:
        self.now = 0.0
        self._table = table
        self._show = show
        self._codes = CODES.get(table.name, {})

    def read(self, fc: int, address: int, count: int) -> list[int]:
        """See ``Registers``."""
        if count > self._table.most and fc in (3, 4):
            raise ModbusException(3)
        there = self._registers(fc)
        if any(at not in there for at in range(address, address + count)):
            raise ModbusException(2)
        return [there[at] for at in range(address, address + count)]

    def write(self, address: int, values: list[int]) -> None:
        """Nothing can be set here."""
        raise ModbusException(1)

    def _registers(self, fc: int) -> dict[int, int]:
        values = quantities(self._show(self.now)) | {"serial_number": SERIAL}
        there: dict[int, int] = {}
        for register in self._table.registers:
            if register.fc == fc or self._table.name in EITHER_FUNCTION:
                found = words(self._table, register, values.get(register.quantity, 0.0))
                there |= dict(enumerate(found, start=register.address))
        return there | {address: code for (code_fc, address), code in self._codes.items() if code_fc == fc}


class MeterFace(ModbusSlave):
    """A meter of the world. A lost one is silent, a slow one thinks."""

    def __init__(self, table: MeterTable, place: Place) -> None:
        evse = place.evse
        assert evse is not None, "a meter belongs to an EVSE"
        self._meter = evse.meter
        self._model = MeterRegisters(table, lambda now: place.world.show(evse, now))
        unit = int(place.entries.get("unit", table.unit))
        framing: Framing = "tcp" if place.entries.get("host") and not place.entries.get("rtu_over_tcp") else "rtu"
        super().__init__(unit, self._model, framing=framing)

    def heard(self, data: bytes, now: float) -> list[Reply]:
        """Answer every whole request to this unit."""
        self._model.now = now
        self.answers_s = SLOW_S if self._meter.condition == "slow" else ANSWERS_S
        replies = super().heard(data, now)
        return [] if self._meter.condition == "lost" else replies


def table_of(name: str) -> MeterTable:
    """The table of a driver. Raises KeyError for one that is unknown."""
    brand = import_module(hal.DRIVERS["meters"][name].partition(":")[0])
    tables: tuple[MeterTable, ...] = brand.TABLES
    return next(each for each in tables if each.name == name)


def _of(name: str) -> Callable[[Place], MeterFace]:
    return lambda place: MeterFace(table_of(name), place)


abb_b2x, abb_ev3 = _of("abb-b2x"), _of("abb-ev3")
cg_em11x, cg_em24, cg_em3xx = _of("cg-em11x"), _of("cg-em24"), _of("cg-em3xx")
finder_7m, inepro_pro380, mpm3pm = _of("finder-7m"), _of("inepro-pro380"), _of("mpm3pm")
orno_we504, orno_we514, orno_we516, orno_we525 = _of("orno-we504"), _of("orno-we514"), _of("orno-we516"), _of("orno-we525")
phoenix_eem350, schneider_iem3000, siemens_pac2200 = _of("phoenix-eem350"), _of("schneider-iem3000"), _of("siemens-pac2200")
sdm120, sdm230, sdm630, sdm72dm, sdm72dm_v2 = _of("sdm120"), _of("sdm230"), _of("sdm630"), _of("sdm72dm"), _of("sdm72dm-v2")
auto = sdm630
