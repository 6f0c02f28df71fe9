"""Which simulated device stands behind which driver. Every driver of ``hal.DRIVERS`` has a row; the tests see to that.

A row names a function and the entries with which demo, bench and conformance kit name the driver. The function is called with a ``Place``
and makes a ``Face`` (put on the line that the entries name: ``port``, or ``host`` and ``tcp_port``), a ``Fixture``, or nothing, where the
device is part of another one (the meter inside a board).
"""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from msgspec import Struct

from hal.measured import TokenSeen
from simulators.electrics import Electrics
from simulators.wires.face import Face, Fixture
from simulators.world import World


class Place(Struct, frozen=True):
    """Where a device stands in the world, and what its driver was told."""

    world: World
    entries: Mapping[str, Any]
    """Of the driver's table, with the defaults of its constructor for what is not there."""
    evse: Electrics | None = None
    """Whose board, meter, lock, indicator or display it is. A reader has none."""
    evses: tuple[int, ...] | None = None
    """Which EVSEs a reader serves; ``None``: all."""

    def cards(self, hold: Callable[[TokenSeen], None]) -> None:
        """From now on ``hold`` is called for every card that is presented to this reader; the line is looked at afterwards."""
        self.world.add_reader(self.evses, hold)


class Row(Struct, frozen=True):
    """``make``: ``module:function``. ``entries``: of the driver's table on the bench."""

    make: str
    entries: Mapping[str, Any] = {}
    evse: Mapping[str, Any] = {}
    """Entries of the EVSE that have to be so with this board."""
    cards: tuple[str, str] = ("04A1B2C3", "DEADBEEF")
    """Cards that this reader can read."""
    inside: str = ""
    """Driver of the board that this meter is part of, on the same line."""


ON_BOARD, ON_METER, ON_READER, ON_DISPLAY = ({"port": f"/dev/ttyUSB{number}"} for number in range(4))
"""Serial ports on the bench, where nothing else is said."""

ON_PI: Mapping[str, Any] = {
    "pwm": "20c000.pwm",
    "cp_gain": 9.5819,
    "cp_offset_mv": -16_013,
    "adc": "mcp3208",
    "contactor": "GPIO17",
    "contactor_feedback": "GPIO27 pull-up active-low",
    "contactor_23": "GPIO22",
    "watchdog": "toggle",
    "kick": "GPIO4",
    "rcm": "rcm14-03",
    "rcm_fault": "GPIO23",
    "rcm_test": "GPIO24",
    "rcm_cuts_coil": True,
    "emergency_stop": "GPIO5 pull-up",
    "pp": 1,
    "pp_pullup_ohm": 1_000,
    "lock": "motor",
    "lock_a": "GPIO6",
    "lock_b": "GPIO13",
    "lock_feedback": "GPIO19 pull-up active-low",
    "thermometer": "mcp9700",
    "thermometer_at": 2,
}
"""A Raspberry Pi with a board of its own."""

FIXED = {"connectors": [{"id": 1, "type": "cType2", "cable": "fixed"}]}

BOARDS: Mapping[str, Row] = {
    "ev-charge-control-basic": Row("simulators.wires.phoenix_ev_cc:board", ON_BOARD),
    "esp32-evse": Row("simulators.wires.esp32_evse:board", ON_BOARD, evse=FIXED),  # in a socket it holds the plug until the car has left
    "evse-din": Row("simulators.wires.simpleevse:board", ON_BOARD),
    "heidelberg": Row("simulators.wires.heidelberg:board", ON_BOARD),
    "openevse": Row("simulators.wires.openevse:board", ON_BOARD),
    "phoenix-ev-cc": Row("simulators.wires.phoenix_ev_cc:board", ON_BOARD),
    "raspberry-pi": Row("simulators.wires.raspberry_pi:board", ON_PI),
    "simpleevse": Row("simulators.wires.simpleevse:board", ON_BOARD),
    "smartevse": Row("simulators.wires.smartevse:board", ON_BOARD),
    "walther-basicevo-pro": Row("simulators.wires.heidelberg:board", ON_BOARD),
}
ON_MODBUS = (
    *("abb-b2x", "abb-ev3", "auto", "cg-em11x", "cg-em24", "cg-em3xx", "finder-7m", "inepro-pro380", "iskra-wm3m4", "mpm3pm"),
    *("orno-we504", "orno-we514", "orno-we516", "orno-we525", "phoenix-eem350", "schneider-iem3000"),
    *("sdm120", "sdm230", "sdm630", "sdm72dm", "sdm72dm-v2", "siemens-pac2200"),
)
METERS: Mapping[str, Row] = {
    **{name: Row(f"simulators.wires.meters:{name.replace('-', '_')}", ON_METER) for name in ON_MODBUS},
    "heidelberg": Row("simulators.wires.heidelberg:meter", ON_BOARD, inside="heidelberg"),
    "iskra-wm3m4": Row("simulators.wires.iskra:iskra_wm3m4", ON_METER),
    "openevse": Row("simulators.wires.openevse:meter", ON_BOARD, inside="openevse"),
    "pulse": Row(
        "simulators.wires.pulse:meter",
        {"counter": "/sys/bus/counter/devices/counter0/count0/count", "keep": "/var/lib/chargepoint/meter-1.pulses", "rated_a": 4000},
    ),
}
READERS: Mapping[str, Row] = {
    "keyboard": Row("simulators.wires.keyboard:keyboard", {"port": "/dev/input/by-id/usb-reader-event-kbd", "format": "hex"}),
    "pn532-uart": Row("simulators.wires.pn532:reader", ON_READER),
    "rdm6300": Row("simulators.wires.readers:rdm6300", ON_READER, cards=("04A1B2C3D4", "00DEADBEEF")),
    "serial-ascii": Row("simulators.wires.readers:serial_ascii", ON_READER),
}
ON_LAMPS = {"gpio_chip": "/dev/gpiochip7", "buzzer": "GPIO24"}
"""A chip of their own: that of a board has other lines on the bench."""
INDICATORS: Mapping[str, Row] = {
    "gpio-rgb": Row("simulators.wires.indicators:lines", {"red": "GPIO5", "green": "GPIO6", "blue": "GPIO13 active-low", **ON_LAMPS}),
    "ws2812": Row("simulators.wires.indicators:strip", {"spi": "/dev/spidev1.0", "pixels": 8, **ON_LAMPS}),
}
DISPLAYS: Mapping[str, Row] = {"serial-text": Row("simulators.wires.display:display", ON_DISPLAY)}

TABLE: Mapping[str, Mapping[str, Row]] = {
    "boards": BOARDS,
    "meters": METERS,
    "readers": READERS,
    "indicators": INDICATORS,
    "displays": DISPLAYS,
}


def made(row: Row, place: Place) -> Face | Fixture | None:
    """The device of a row, at this place."""
    module, _, function = row.make.partition(":")
    device: Face | Fixture | None = getattr(import_module(module), function)(place)
    return device
