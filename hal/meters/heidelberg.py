"""What a Heidelberg Energy Control measures, on the line and with the unit of its board's driver."""

from hal.meters.facts import described
from hal.meters.modbus import driver
from hal.meters.table import MeterTable, rows

HEIDELBERG = MeterTable(
    name="heidelberg",
    title="Meter inside a Heidelberg Energy Control (also Walther basicEVO PRO, SENEC Wallbox pro s)",
    usual={"baud": 19200, "parity": "E"},
    most=15,
    doubts=(
        "No meter for billing: power and energy are apparent (VA, VAh) and are told here as W and Wh, too much by the power factor.",
        "Power is there from layout V1.0.4 on, energy from V1.0.7: without it there is no meter.",
        "Whether its energy is kept over every power cut.",
    ),
    sources=("Heidelberg ModBus-Register-Tabelle", "evcc charger/heidelberg-ec.go"),
    registers=rows(
        4,
        """
    0x0006  uint16   current_l1-3             0.1 A
    0x0009  int16    temperature              0.1
    0x000A  uint16   voltage_l1-3             V
    0x000D  uint16   external_lock
    0x000E  uint16   power                    VA
    0x000F  uint32   energy_since_power_on    Wh
    0x0011  uint32   energy_import            Wh
    """,
    ),
)

heidelberg = driver(HEIDELBERG)

TABLES = (HEIDELBERG,)
DRIVERS = tuple(described(table) for table in TABLES)
