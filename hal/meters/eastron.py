"""Eastron meters. IEEE 754 floats, high word first, measurements by function 4 only (SDM Modbus protocol documents)."""

from hal.meters.facts import described
from hal.meters.modbus import driver
from hal.meters.table import MeterTable, rows

SDM630 = MeterTable(
    name="sdm630",
    title="Eastron SDM630-Modbus V1, V2, MID, SDM630MCT",
    most=80,
    hz_tenfold=True,
    doubts=(
        "The meter code at 0xFC02 is not documented for all units; some answer it with an exception.",
        "Some units tell ten times the frequency: more than 100 Hz is divided by ten.",
    ),
    sources=(
        "volkszaehler/mbmd meters/rs485/sdm.go",
        "openWB/core",
        "EVerest/everest-core modules/HardwareDrivers/PowerMeters/GenericPowermeter/models/Eastron_SDM630-V2.yaml",
        "Tinkerforge/esp32-firmware (meters_modbus_tcp spec tables) eastron",
        "dingo35/SmartEVSE-3.5 SmartEVSE-3/src/meter.cpp",
    ),
    registers=rows(
        4,
        """
    0x0000  float32  voltage_l1-3             V
    0x0006  float32  current_l1-3             A
    0x000C  float32  power_l1-3               W
    0x0012  float32  apparent_power_l1-3      VA
    0x0018  float32  reactive_power_l1-3      var
    0x001E  float32  power_factor_l1-3
    0x0030  float32  current_sum              A
    0x0034  float32  power                    W
    0x0038  float32  apparent_power           VA
    0x003C  float32  reactive_power           var
    0x003E  float32  power_factor
    0x0046  float32  frequency                Hz
    0x0048  float32  energy_import            kWh
    0x004A  float32  energy_export            kWh
    0x0156  float32  energy_total             kWh
    0x015A  float32  energy_import_l1-3       kWh
    0x0160  float32  energy_export_l1-3       kWh
    0x0166  float32  energy_total_l1-3        kWh
    0xFC00  uint32   serial_number            fc=3
    0xFC02  uint16   meter_code               fc=3
    """,
    ),
)

SDM72DM_V2 = MeterTable(
    name="sdm72dm-v2",
    title="Eastron SDM72D-M V2, SDM72D-M-2, SDM54",
    most=10,
    hz_tenfold=True,
    doubts=(
        "The meter code at 0xFC02 is not documented for all units; some answer it with an exception.",
        "Units were met that refuse to answer for more than ten registers.",
    ),
    sources=(
        "volkszaehler/mbmd meters/rs485/sdm72v2.go",
        "openWB/core",
        "Tinkerforge/esp32-firmware (meters_modbus_tcp spec tables) eastron",
    ),
    registers=rows(
        4,
        """
    0x0000  float32  voltage_l1-3             V
    0x0006  float32  current_l1-3             A
    0x000C  float32  power_l1-3               W
    0x0012  float32  apparent_power_l1-3      VA
    0x0018  float32  reactive_power_l1-3      var
    0x001E  float32  power_factor_l1-3
    0x0030  float32  current_sum              A
    0x0034  float32  power                    W
    0x0038  float32  apparent_power           VA
    0x003C  float32  reactive_power           var
    0x003E  float32  power_factor
    0x0046  float32  frequency                Hz
    0x0048  float32  energy_import            kWh
    0x004A  float32  energy_export            kWh
    0x0156  float32  energy_total             kWh
    0x0180  float32  energy_total_resettable  kWh
    0x0184  float32  energy_import_resettable kWh
    0x0186  float32  energy_export_resettable kWh
    0xFC00  uint32   serial_number            fc=3
    0xFC02  uint16   meter_code               fc=3
    """,
    ),
)

SDM72DM = MeterTable(
    name="sdm72dm",
    title="Eastron SDM72D-M (V1)",
    doubts=(
        "The meter code at 0xFC02 is not documented for all units; some answer it with an exception.",
        "Voltages, currents and frequency are not measured at all.",
        "Its meter code was seen as 0x0084 and as 0x0200.",
    ),
    sources=(
        "volkszaehler/mbmd meters/rs485/sdm72.go",
        'SPC "SDM72D-M Modbus Protocol V1.1" PDF (cdn.shopify.com/s/files/1/0558/1039/2117/files/SPC_-_SDM72D-M_Modbus_Protocol_v1.1.pdf)',
    ),
    registers=rows(
        4,
        """
    0x0034  float32  power                    W
    0x0048  float32  energy_import            kWh
    0x004A  float32  energy_export            kWh
    0x0156  float32  energy_total             kWh
    0x0180  float32  energy_total_resettable  kWh
    0x0184  float32  energy_import_resettable kWh
    0x0186  float32  energy_export_resettable kWh
    0x0500  float32  power_import             W
    0x0502  float32  power_export             W
    0xFC00  uint32   serial_number            fc=3
    0xFC02  uint16   meter_code               fc=3
    """,
    ),
)

SDM120 = MeterTable(
    name="sdm120",
    title="Eastron SDM120-Modbus",
    phases=1,
    hz_tenfold=True,
    usual={"baud": 2400},
    doubts=("The meter code at 0xFC02 is not documented for all units; some answer it with an exception.",),
    sources=(
        "volkszaehler/mbmd meters/rs485/sdm120.go",
        "evcc-io/evcc templates/definition/meter/eastron-sdm120.yaml",
        "Tinkerforge/esp32-firmware (meters_modbus_tcp spec tables) eastron",
    ),
    registers=rows(
        4,
        """
    0x0000  float32  voltage_l1               V
    0x0006  float32  current_l1               A
    0x000C  float32  power                    W
    0x0012  float32  apparent_power           VA
    0x0018  float32  reactive_power           var
    0x001E  float32  power_factor
    0x0046  float32  frequency                Hz
    0x0048  float32  energy_import            kWh
    0x004A  float32  energy_export            kWh
    0x0156  float32  energy_total             kWh
    0xFC00  uint32   serial_number            fc=3
    0xFC02  uint16   meter_code               fc=3
    """,
    ),
)

SDM230 = MeterTable(
    name="sdm230",
    title="Eastron SDM220-Modbus, SDM230-Modbus; Weidmüller EM110-RTU-2P, EM111-RTU-2P",
    phases=1,
    hz_tenfold=True,
    doubts=(
        "The meter code at 0xFC02 is not documented for all units; some answer it with an exception.",
        "Delivered with 2400 or 9600 baud, depending on the batch.",
    ),
    sources=(
        "volkszaehler/mbmd meters/rs485/sdm230.go",
        "evcc-io/evcc templates/definition/meter/eastron-sdm220_230.yaml",
        "EVerest/everest-core modules/HardwareDrivers/PowerMeters/GenericPowermeter/models/Eastron_SDM230.yaml",
    ),
    registers=rows(
        4,
        """
    0x0000  float32  voltage_l1               V
    0x0006  float32  current_l1               A
    0x000C  float32  power                    W
    0x0012  float32  apparent_power           VA
    0x0018  float32  reactive_power           var
    0x001E  float32  power_factor
    0x0046  float32  frequency                Hz
    0x0048  float32  energy_import            kWh
    0x004A  float32  energy_export            kWh
    0x0156  float32  energy_total             kWh
    0x0024  float32  phase_angle              deg
    0xFC00  uint32   serial_number            fc=3
    0xFC02  uint16   meter_code               fc=3
    """,
    ),
)

sdm630 = driver(SDM630)
sdm72dm_v2 = driver(SDM72DM_V2)
sdm72dm = driver(SDM72DM)
sdm120 = driver(SDM120)
sdm230 = driver(SDM230)

TABLES = (SDM630, SDM72DM_V2, SDM72DM, SDM120, SDM230)
DRIVERS = tuple(described(table) for table in TABLES)
