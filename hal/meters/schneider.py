"""Schneider Electric meters. Addresses in the manual begin at 1: one less on the wire."""

from hal.meters.facts import described
from hal.meters.modbus import driver
from hal.meters.table import MeterTable, rows

IEM3000 = MeterTable(
    name="schneider-iem3000",
    title="Schneider iEM3150, 3155, 3250, 3255, 3350, 3355",
    usual={"baud": 19200, "parity": "E"},
    doubts=(
        "iEM3x50 have no export register.",
        "On some firmware the power factor is coded by quadrant: what is beyond 1 is passed over.",
        "The float energy at 0xB02B is in Wh by the manual, in kWh by a public driver; the 64-bit register is used.",
    ),
    sources=(
        "volkszaehler/mbmd meters/rs485/iem3000.go",
        "evcc-io/evcc templates/definition/meter/schneider-iem3000.yaml",
        "nobrega8/mbmap-library (hardware-verified iEM3250, iEM3155)",
        "proxus.io/tools/modbus-register-maps/schneider-electric/iem3000/",
    ),
    registers=rows(
        3,
        """
    0x0BB7  float32  current_l1-3             A
    0x0BD3  float32  voltage_l1-3             V
    0x0BED  float32  power_l1-3               kW
    0x0BDB  float32  voltage_ln_avg           V
    0x0BF3  float32  power                    kW
    0x0C0B  float32  power_factor
    0x0C25  float32  frequency                Hz
    0x0C83  int64    energy_import            Wh
    0x0C87  int64    energy_export            Wh
    0x0DBD  int64    energy_import_l1-3       Wh
    0xB02B  float32  energy_import_float      Wh
    0xB02D  float32  energy_export_float      Wh
    """,
    ),
)

iem3000 = driver(IEM3000)

TABLES = (IEM3000,)
DRIVERS = tuple(described(table) for table in TABLES)
