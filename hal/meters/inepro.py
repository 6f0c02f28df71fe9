"""Inepro meters (manual V2.18-8)."""

from hal.meters.facts import described
from hal.meters.modbus import driver
from hal.meters.table import MeterTable, rows

PRO380 = MeterTable(
    name="inepro-pro380",
    title="Inepro PRO380-Mod, PRO380-CT, PRO1-Mod, PRO2-Mod; WAGO 879-30xx",
    usual={"parity": "E"},
    doubts=("Older firmware (map V1.14) has its serial number at 0x1000.",),
    sources=(
        "volkszaehler/mbmd meters/rs485/inepro.go",
        "Tinkerforge/esp32-firmware (meters_modbus_tcp spec tables)",
        "nobrega8/mbmap-library inepro-metering/pro380 (manual V2.18-8: 9600 8E1 id 1)",
    ),
    registers=rows(
        3,
        """
    0x5000  float32  voltage_avg              V
    0x5002  float32  voltage_l1-3             V
    0x5008  float32  frequency                Hz
    0x500A  float32  current_total            A
    0x500C  float32  current_l1-3             A
    0x5012  float32  power                    kW
    0x5014  float32  power_l1-3               kW
    0x502A  float32  power_factor
    0x502C  float32  power_factor_l1-3
    0x6000  float32  energy_total             kWh
    0x600C  float32  energy_import            kWh
    0x6012  float32  energy_import_l1-3       kWh
    0x6018  float32  energy_export            kWh
    0x601E  float32  energy_export_l1-3       kWh
    0x4000  uint32   serial_number
    """,
    ),
)

pro380 = driver(PRO380)

TABLES = (PRO380,)
DRIVERS = tuple(described(table) for table in TABLES)
