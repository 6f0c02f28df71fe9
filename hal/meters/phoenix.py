"""Phoenix Contact meters."""

from hal.meters.facts import described
from hal.meters.modbus import driver
from hal.meters.table import MeterTable, rows

EEM350 = MeterTable(
    name="phoenix-eem350",
    title="Phoenix Contact EEM-350-D-MCB",
    word_order="lsw_first",
    most=11,
    absent={"int32": 0x7FFFFFFF},
    doubts=(
        "Its table is that of the Carlo Gavazzi EM24; the export register is inferred from there.",
        "Serial settings are not verified.",
    ),
    sources=("dingo35/SmartEVSE-3.5 SmartEVSE-3/src/meter.cpp",),
    registers=rows(
        4,
        """
    0x0000  int32    voltage_l1-3             0.1 V
    0x000C  int32    current_l1-3             0.001 A
    0x0028  int32    power                    0.1 W
    0x003E  int32    energy_import            0.1 kWh
    0x005C  int32    energy_export            0.1 kWh
    """,
    ),
)

eem350 = driver(EEM350)

TABLES = (EEM350,)
DRIVERS = tuple(described(table) for table in TABLES)
