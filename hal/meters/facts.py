"""What every meter on Modbus has in common, for its page (``hal.facts``)."""

from hal.bus import modbus
from hal.facts import DriverFacts
from hal.meters.table import MeterTable

ENTRIES = {
    **modbus.ENTRIES,
    "unit": "address of the meter on Modbus",
    "wiring": 'which of the meter\'s phases L1, L2, L3 of the EVSE are wired to: "123", "1" for one phase, "231" where they are rotated',
    "rated_a": "amperes per phase that the EVSE can deliver; what exceeds them by far is not believed; 80 if not set",
}
PROVEN = ("tests/hal/meters/test_tables.py", "tests/hal/meters/test_modbus.py", "tests/hal/conformance/test_drivers.py")


def described(table: MeterTable) -> DriverFacts:
    """A meter that has nothing but its table."""
    usual = {"baud": 9600, "parity": "N", "stopbits": 1, **table.usual}
    return DriverFacts(
        name=table.name,
        kind="meters",
        title=table.title,
        link=f"Modbus RTU, delivered with {usual['baud']} 8{usual['parity']}{usual['stopbits']} and unit {table.unit}; Modbus TCP",
        extra="modbus",
        proven=PROVEN,
        doubts=("Never tried on the device itself.", *table.doubts),
        sources=table.sources,
        entries=ENTRIES,
    )
