"""Finder meters."""

from hal.meters.facts import described
from hal.meters.modbus import driver
from hal.meters.table import MeterTable, rows

F7M = MeterTable(
    name="finder-7m",
    title="Finder 7M.24, 7M.38",
    usual={"baud": 19200},
    unit=33,
    doubts=(
        "Energy is a 32-bit float in Wh: above 16 MWh its steps are coarser than 1 Wh.",
        "Frequency 2584 or 2498, energy 2752 or 2638, by two sources each.",
        "The baud rate it is delivered with is not certain.",
    ),
    sources=(
        "volkszaehler/mbmd meters/rs485/finder7m38.go",
        "evcc-io/evcc templates/definition/meter/finder-7m38.yaml",
        "star.ke.st Finder map",
        "dingo35/SmartEVSE-3.5 SmartEVSE-3/src/meter.cpp",
    ),
    registers=rows(
        4,
        """
    0x09C4  float32  voltage_l1-3             V
    0x09D4  float32  current_l1-3             A
    0x09E2  float32  power_l1-3               W
    0x09E8  float32  power                    W
    0x09F0  float32  reactive_power           var
    0x09F8  float32  apparent_power           VA
    0x09FA  float32  power_factor_l1-3
    0x0A00  float32  power_factor
    0x0A18  float32  frequency                Hz
    0x0AC0  float32  energy_import            Wh
    0x0AC4  float32  energy_export            Wh
    """,
    ),
)

f7m = driver(F7M)

TABLES = (F7M,)
DRIVERS = tuple(described(table) for table in TABLES)
