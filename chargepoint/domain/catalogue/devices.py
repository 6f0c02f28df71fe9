"""5xx: devices that a driver cannot reach, before there is any measurement that could be a fault."""

from chargepoint.domain.catalogue.entry import Entry

_BROKEN = "A part of the station cannot be reached: please use another station, the operator has to look after this one."
_DETECT = "Look with chargepoint detect at what is connected and where, and compare that with the configuration."

ENTRIES = (
    Entry(
        code="CP-531",
        name="port_missing",
        title="Port not there",
        cause="The port that the configuration names for a device does not exist on this computer.",
        driver=_BROKEN,
        technician=(
            _DETECT,
            "Check plug and cable of the adapter; take another socket of the computer to see whether it is the socket.",
            "Use the lasting name of an adapter, under /dev/serial/by-id or by-path: /dev/ttyUSB0 may be another one after a restart.",
            "On a Raspberry Pi, check in its boot configuration that the serial port, SPI or PWM is switched on.",
        ),
    ),
    Entry(
        code="CP-532",
        name="port_denied",
        title="Port may not be opened",
        cause="The port is there, and the user of the process has no right to open it.",
        driver=_BROKEN,
        technician=(
            "Look with ls -l which group the port belongs to, and with id whether the user of the process is in it.",
            "Serial ports belong to dialout, GPIO to gpio, SPI to spi; the package's udev rules set that: replug the device, or restart.",
            "If it is a network address: control has no network by default; chargepoint check-config names the drop-in that opens it.",
        ),
    ),
    Entry(
        code="CP-533",
        name="port_busy",
        title="Port in use by somebody else",
        cause="Another process holds the port or the GPIO line.",
        driver=_BROKEN,
        technician=(
            "Find out with fuser or lsof who holds the port, and end it: a terminal, ModemManager, a login on the serial console.",
            "Look whether chargepoint control runs twice, by hand and as a service.",
            "Check that no two entries of the configuration name the same port, unless they share one RS-485 line.",
        ),
    ),
    Entry(
        code="CP-534",
        name="package_missing",
        title="Package for a driver missing",
        cause="The driver needs a Python package or a system library that is not installed.",
        driver=_BROKEN,
        technician=(
            "Install what the message names: with pip for developers, else by installing the Debian package of chargepoint anew.",
            "If the package is there: check that chargepoint runs in its own environment, under /opt/chargepoint.",
        ),
    ),
    Entry(
        code="CP-535",
        name="driver_unknown",
        title="No such driver",
        cause="The configuration names a driver that this release does not have.",
        driver=_BROKEN,
        technician=(
            "Compare the name with docs/hardware.md; chargepoint check-config names the nearest one.",
            "If it is a driver of somebody else's: install its package, for it announces itself by an entry point.",
        ),
    ),
    Entry(
        code="CP-536",
        name="device_other",
        title="Another device answers",
        cause="Something answers at the port, and it is not what the configuration names.",
        driver=_BROKEN,
        technician=(
            _DETECT,
            "Compare model, address and baud rate of the device with the configuration.",
            "Take all other devices off the line: two with one address answer as one that makes no sense.",
        ),
    ),
    Entry(
        code="CP-537",
        name="device_unanswered",
        title="Device does not answer",
        cause="The port can be opened, and nothing answers there.",
        driver=_BROKEN,
        technician=(
            "Measure the device's supply at its terminals: its rated voltage within 5 %.",
            "Check wires A and B for being swapped, termination at both ends of the line, address and baud rate.",
            _DETECT,
        ),
    ),
)
