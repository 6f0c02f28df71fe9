"""Bernecker meters."""

from hal.meters.facts import described
from hal.meters.modbus import driver
from hal.meters.table import MeterTable, rows

MPM3PM = MeterTable(
    name="mpm3pm",
    title="Bernecker MPM3PM",
    unit=5,
    doubts=(
        "Function 4 by openWB, 3 by mbmd.",
        "Power factor: thousandths by mbmd, tenths by openWB.",
    ),
    sources=(
        "openWB/core",
        "volkszaehler/mbmd meters/rs485/mpm3pm.go",
    ),
    registers=rows(
        4,
        """
    0x0008  uint32   voltage_l1-3             0.1 V
    0x000E  uint32   current_l1-3             0.01 A
    0x0014  int32    power_l1-3               0.01 W
    0x0020  uint32   power_factor_l1-3        0.001
    0x002A  uint32   power_factor             0.001
    0x0026  int32    power                    0.01 W
    0x002C  uint32   frequency                0.01 Hz
    0x0002  uint32   energy_import            10 Wh
    0x0004  uint32   energy_export            10 Wh
    0x0033  uint32   serial_number
    """,
    ),
)

mpm3pm = driver(MPM3PM)

TABLES = (MPM3PM,)
DRIVERS = tuple(described(table) for table in TABLES)
