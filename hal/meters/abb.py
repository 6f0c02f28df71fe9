"""ABB meters. Big integers, high word first; what a model does not measure reads as the greatest number of its form."""

from msgspec import structs

from hal.meters.facts import described
from hal.meters.modbus import driver
from hal.meters.table import MeterTable, rows

ABSENT = {f"uint{bits}": 2**bits - 1 for bits in (16, 32, 64)} | {f"int{bits}": 2 ** (bits - 1) - 1 for bits in (16, 32, 64)}

B2X = MeterTable(
    name="abb-b2x",
    title="ABB B21, B23, B24, A43, A44",
    absent=ABSENT,
    doubts=(
        "Currents have no sign.",
        "Its terminals A and B are reported to be swapped in comparison with other devices.",
        "Baud and parity are set on its display; the defaults are not certain.",
        "Power factors of the phases: 0x5B3B, 3C, 3D by two drivers, 0x5B3B, 3D, 3F by a document that one of them cites.",
    ),
    sources=(
        "volkszaehler/mbmd meters/rs485/abb.go",
        "openWB/core",
        "dingo35/SmartEVSE-3.5 SmartEVSE-3/src/meter.cpp",
    ),
    registers=rows(
        3,
        """
    0x5B00  uint32   voltage_l1-3             0.1 V
    0x5B0C  uint32   current_l1-3             0.01 A
    0x5B12  uint32   current_n                0.01 A
    0x5B14  int32    power                    0.01 W
    0x5B16  int32    power_l1-3               0.01 W
    0x5B2C  uint16   frequency                0.01 Hz
    0x5B3A  int16    power_factor             0.001
    0x5B3B  int16    power_factor_l1-3        0.001
    0x5000  uint64   energy_import            0.01 kWh
    0x5004  uint64   energy_export            0.01 kWh
    0x5460  uint64   energy_import_l1-3       0.01 kWh
    0x546C  uint64   energy_export_l1-3       0.01 kWh
    0x8900  uint32   serial_number
    0x8908  ascii8   firmware
    """,
    ),
)

EV3 = structs.replace(
    B2X,
    name="abb-ev3",
    title="ABB EV3",
    registers=tuple(structs.replace(each, scale=each.scale / 100) if each.form == "uint64" else each for each in B2X.registers),
    usual={"parity": "E"},
    doubts=(
        "Known from one report: the table of the B23, with energy in 0.1 Wh.",
        "What it says that it is has not been met: one that says B21, B23 or B24 is refused, for the energy of those is in 10 Wh.",
    ),
    sources=("dingo35/SmartEVSE-3.5 issue 126, pull requests 325 and 329",),
)

b2x = driver(B2X)
ev3 = driver(EV3)

TABLES = (B2X, EV3)
DRIVERS = tuple(described(table) for table in TABLES)
