"""Siemens meters."""

from hal.meters.facts import described
from hal.meters.modbus import driver
from hal.meters.table import MeterTable, rows

PAC2200 = MeterTable(
    name="siemens-pac2200",
    title="Siemens SENTRON 7KM PAC2200",
    usual={"baud": 19200},
    doubts=(
        "Frequency: 55 by Tinkerforge and the manual's layout, 46 by mbmd.",
        "The baud rate it is delivered with is not certain.",
    ),
    sources=(
        "Tinkerforge/esp32-firmware (meters_modbus_tcp spec tables) siemens PAC2200",
        "volkszaehler/mbmd meters/rs485/pac2200.go",
    ),
    registers=rows(
        3,
        """
    0x0001  float32  voltage_l1-3             V
    0x000D  float32  current_l1-3             A
    0x0019  float32  power_l1-3               W
    0x0025  float32  power_factor_l1-3
    0x0037  float32  frequency                Hz
    0x003F  float32  apparent_power           VA
    0x0041  float32  power                    W
    0x0043  float32  reactive_power           var
    0x0045  float32  power_factor
    0x0321  float64  energy_import            Wh
    0x0329  float64  energy_export            Wh
    0xFA0C  ascii8   serial_number
    """,
    ),
)

pac2200 = driver(PAC2200)

TABLES = (PAC2200,)
DRIVERS = tuple(described(table) for table in TABLES)
