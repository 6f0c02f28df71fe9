"""A meter that says by itself which it is: driver ``auto``."""

import logging
from typing import Any

import hal
from hal.bus import modbus
from hal.bus.modbus import UnitNumber
from hal.errors import DeviceError
from hal.facts import DriverFacts
from hal.measured import MeterReading
from hal.meters.facts import ENTRIES
from hal.meters.identity import PROBES, found
from hal.meters.modbus import ModbusMeter, Wiring
from hal.meters.plausible import RATED_A, RatedAmperes

log = logging.getLogger(__name__)

AS_ASKED = {"baud": 9600, "parity": "N", "stopbits": 1}
"""Whatever the maker of the meter that is found usually sets."""
NAMES = ", ".join(dict.fromkeys(name for probe in PROBES for name in probe.models.values()))

DRIVER = DriverFacts(
    name="auto",
    kind="meters",
    title=f"Any meter on Modbus that says which it is: {NAMES}",
    link="Modbus RTU or TCP",
    extra="modbus",
    proven=("tests/hal/meters/test_modbus.py", "tests/hal/conformance/test_drivers.py"),
    doubts=("Baud, parity and unit have to be configured: only the model is found out.",),
    sources=("victronenergy/dbus-modbus-client", "openWB/core"),
    entries=ENTRIES,
)


class AutoMeter:
    """``hal.api.Meter``: asks what is there when it is opened, and is that from then on."""

    def __init__(self, *, unit: UnitNumber = 1, wiring: Wiring = "", rated_a: RatedAmperes = RATED_A, **wire: Any) -> None:
        self._bus = modbus.connect("meter.auto", wire)
        self._unit = unit
        self._entries = {**AS_ASKED, **wire, "unit": unit, "wiring": wiring, "rated_a": rated_a}
        self._meter: ModbusMeter | None = None

    def open(self) -> None:
        """Find it. Raises DeviceError or DriverError."""
        if self._meter is None:
            name, code = found(self._bus, self._unit)
            log.info("event=meter_detected on=%r driver=%s says=%r", self._bus.where(self._unit), name, code)
            self._meter = hal.load("meters", name)(**self._entries)
        self._meter.open()

    def read(self) -> MeterReading:
        """Read it now. Raises DeviceError."""
        if self._meter is None:
            raise DeviceError(f"{self._bus.where(self._unit)}: not found yet; open it first")
        return self._meter.read()

    def close(self) -> None:
        """Let go of the line."""
        self._bus.close()
