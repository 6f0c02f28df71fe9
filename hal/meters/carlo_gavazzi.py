"""Carlo Gavazzi meters. Integers, low word first; functions 3 and 4 answer alike.

The EM24 on RS-485 has another table than all newer ones, the EM24 with Ethernet among them. With the wrong one, energy is that of one phase
or of a counter that can be reset: so the model is named, and asked at register 0x000B."""

from hal.meters.facts import described
from hal.meters.modbus import driver
from hal.meters.table import MeterTable, rows

EM24 = MeterTable(
    name="cg-em24",
    title="Carlo Gavazzi EM24-DIN AV (RS-485)",
    word_order="lsw_first",
    most=11,
    absent={"int32": 0x7FFFFFFF},
    doubts=(
        "Import-only variants answer the export register with an exception.",
        "0x0042 (mbmd) is a counter that can be reset; 0x003E (Tinkerforge) is the total.",
    ),
    sources=(
        'Tinkerforge/esp32-firmware (meters_modbus_tcp spec tables) carlo_gavazzi "EM24 DIN"',
        "volkszaehler/mbmd meters/rs485/carlogavazzi-em24.go",
        "dingo35/SmartEVSE-3.5 SmartEVSE-3/src/meter.cpp",
    ),
    registers=rows(
        4,
        """
    0x0000  int32    voltage_l1-3             0.1 V
    0x000C  int32    current_l1-3             0.001 A
    0x0012  int32    power_l1-3               0.1 W
    0x0018  int32    apparent_power_l1-3      0.1 VA
    0x001E  int32    reactive_power_l1-3      0.1 var
    0x0028  int32    power                    0.1 W
    0x002A  int32    apparent_power           0.1 VA
    0x002C  int32    reactive_power           0.1 var
    0x0032  int16    power_factor_l1-3        0.001
    0x0035  int16    power_factor             0.001
    0x0037  uint16   frequency                0.1 Hz
    0x003E  int32    energy_import            0.1 kWh
    0x0046  int32    energy_import_l1-3       0.1 kWh
    0x005C  int32    energy_export            0.1 kWh
    """,
    ),
)

EM3XX = MeterTable(
    name="cg-em3xx",
    title="Carlo Gavazzi EM330, EM340, ET330, ET340, EM530, EM540, EM24-E1 (Ethernet)",
    word_order="lsw_first",
    absent={"int32": 0x7FFFFFFF},
    doubts=(
        "The register of finer energy (0x0500, on EM340 0x0400) is not used: its scale could not be verified.",
        "The EM24-E1 shows this table only with its application set to H.",
    ),
    sources=(
        "volkszaehler/mbmd meters/rs485/carlogavazzi-em24_e1.go, carlogavazzi-ex3x0.go",
        "Tinkerforge/esp32-firmware (meters_modbus_tcp spec tables) carlo_gavazzi",
        "dingo35/SmartEVSE-3.5 SmartEVSE-3/src/meter.cpp",
        "evcc issue #17168",
    ),
    registers=rows(
        4,
        """
    0x0000  int32    voltage_l1-3             0.1 V
    0x000C  int32    current_l1-3             0.001 A
    0x0012  int32    power_l1-3               0.1 W
    0x0018  int32    apparent_power_l1-3      0.1 VA
    0x001E  int32    reactive_power_l1-3      0.1 var
    0x0028  int32    power                    0.1 W
    0x002A  int32    apparent_power           0.1 VA
    0x002C  int32    reactive_power           0.1 var
    0x002E  int16    power_factor_l1-3        0.001
    0x0031  int16    power_factor             0.001
    0x0033  uint16   frequency                0.1 Hz
    0x0034  int32    energy_import            0.1 kWh
    0x0040  int32    energy_import_l1-3       0.1 kWh
    0x004E  int32    energy_export            0.1 kWh
    """,
    ),
)

EM11X = MeterTable(
    name="cg-em11x",
    title="Carlo Gavazzi EM100, EM110, EM111, EM112, ET112",
    phases=1,
    word_order="lsw_first",
    absent={"int32": 0x7FFFFFFF},
    sources=(
        "Tinkerforge/esp32-firmware (meters_modbus_tcp spec tables) carlo_gavazzi",
        "evcc + OpenEMS PR#3215",
    ),
    registers=rows(
        4,
        """
    0x0000  int32    voltage_l1               0.1 V
    0x0002  int32    current_l1               0.001 A
    0x0004  int32    power                    0.1 W
    0x0006  int32    apparent_power           0.1 VA
    0x0008  int32    reactive_power           0.1 var
    0x000E  int16    power_factor             0.001
    0x000F  uint16   frequency                0.1 Hz
    0x0010  int32    energy_import            0.1 kWh
    0x0020  int32    energy_export            0.1 kWh
    """,
    ),
)

em24 = driver(EM24)
em3xx = driver(EM3XX)
em11x = driver(EM11X)

TABLES = (EM24, EM3XX, EM11X)
DRIVERS = tuple(described(table) for table in TABLES)
