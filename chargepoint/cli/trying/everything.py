"""What is connected, as ``chargepoint detect --quick`` finds it."""

from collections.abc import Iterator
from pathlib import Path

from chargepoint.cli import detect
from chargepoint.cli.detect import Looked
from chargepoint.inquiry.trial import Device, Row, Sight

NOBODY = "check power, A and B wires, termination and address, or choose the driver by hand"
NO_PORTS = "plug an adapter in, or switch the port on (enable_uart=1 on a Raspberry Pi)"


def detected(root: Path) -> Iterator[Sight]:
    """Once; the time that it takes depends on the number of ports. ``root``: of the device files. Nothing has to be configured for it."""
    yield Sight(state="waiting", text="serial ports, chips and readers are being asked; this may take a minute")
    looked, others = detect.look(detect.quick(root))
    devices = tuple(
        Device(kind=each.kind, driver=each.driver, where=each.where, says=each.says, entries=each.entries, sure=each.sure)
        for each in [*(one for port in looked for one in port.found), *others]
        if each.driver
    )
    rows = tuple(_port(each) for each in looked if each.trouble or not each.found)
    ports = f"{len(looked)} serial port{'s' * (len(looked) != 1)}"
    if devices:
        yield Sight(state="good", text=f"{len(devices)} found at {ports} and elsewhere", rows=rows, devices=devices)
    else:
        yield Sight(state="bad", text=f"nothing was found at {ports}; {NOBODY if looked else NO_PORTS}", rows=rows)


def _port(looked: Looked) -> Row:
    """Its name is what has to be typed by whoever chooses a driver by hand."""
    return Row(title=looked.port.name, value=looked.trouble or "nobody answers", good=False if looked.trouble else None)
