"""Orno meters."""

from hal.meters.facts import described
from hal.meters.modbus import driver
from hal.meters.table import MeterTable, rows

WE516 = MeterTable(
    name="orno-we516",
    title="Orno OR-WE-516, OR-WE-517",
    usual={"parity": "E"},
    sources=(
        "volkszaehler/mbmd meters/rs485/orno3p.go",
        "evcc-io/evcc templates/definition/meter/orno.yaml (comset 8E1)",
    ),
    registers=rows(
        3,
        """
    0x000E  float32  voltage_l1-3             V
    0x0014  float32  frequency                Hz
    0x0016  float32  current_l1-3             A
    0x001C  float32  power                    kW
    0x001E  float32  power_l1-3               kW
    0x0034  float32  power_factor
    0x0036  float32  power_factor_l1-3
    0x0100  float32  energy_total             kWh
    0x0102  float32  energy_total_l1-3        kWh
    0x0108  float32  energy_import            kWh
    0x010A  float32  energy_import_l1-3       kWh
    0x0110  float32  energy_export            kWh
    0x0112  float32  energy_export_l1-3       kWh
    """,
    ),
)

WE514 = MeterTable(
    name="orno-we514",
    title="Orno OR-WE-514, OR-WE-515",
    phases=1,
    energy="energy_total",
    usual={"parity": "E"},
    doubts=("It has one energy register, for both directions together.",),
    sources=(
        "volkszaehler/mbmd meters/rs485/orno1p.go",
        "evcc-io/evcc templates/definition/meter/orno-we514_515.yaml",
    ),
    registers=rows(
        3,
        """
    0x0130  uint16   frequency                0.01 Hz
    0x0131  uint16   voltage_l1               0.01 V
    0x0139  uint32   current_l1               0.001 A
    0x0140  uint32   power                    W
    0x0158  uint16   power_factor             0.001
    0xA000  uint32   energy_total             0.01 kWh
    """,
    ),
)

WE525 = MeterTable(
    name="orno-we525",
    title="Orno OR-WE-525, OR-WE-526",
    phases=1,
    sources=(
        "volkszaehler/mbmd meters/rs485/orno1p525.go",
        "evcc-io/evcc templates/definition/meter/orno-we525_526.yaml",
    ),
    registers=rows(
        4,
        """
    0x0100  int32    voltage_l1               0.001 V
    0x0102  int32    current_l1               0.001 A
    0x0104  int32    power                    W
    0x0106  int32    apparent_power           VA
    0x0108  int32    reactive_power           var
    0x010A  uint16   frequency                0.1 Hz
    0x010B  int16    power_factor             0.001
    0x010E  int32    energy_import            0.01 kWh
    0x0118  int32    energy_export            0.01 kWh
    0x0122  int32    energy_total             0.01 kWh
    """,
    ),
)

WE504 = MeterTable(
    name="orno-we504",
    title="Orno OR-WE-504",
    phases=1,
    energy="energy_total",
    usual={"parity": "E"},
    doubts=("It has one energy register, for both directions together.",),
    sources=(
        "volkszaehler/mbmd meters/rs485/orno1p504.go",
        "evcc-io/evcc templates/definition/meter/orno-we504.yaml",
    ),
    registers=rows(
        3,
        """
    0x0000  uint16   voltage_l1               0.1 V
    0x0001  uint16   current_l1               0.1 A
    0x0002  uint16   frequency                0.1 Hz
    0x0003  uint16   power                    W
    0x0004  uint16   reactive_power           var
    0x0005  uint16   apparent_power           VA
    0x0006  uint16   power_factor             0.001
    0x0007  uint32   energy_total             Wh
    """,
    ),
)

we516 = driver(WE516)
we514 = driver(WE514)
we525 = driver(WE525)
we504 = driver(WE504)

TABLES = (WE516, WE514, WE525, WE504)
DRIVERS = tuple(described(table) for table in TABLES)
