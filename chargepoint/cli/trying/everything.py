"""What is connected, as ``chargepoint detect --quick`` finds it."""

from collections.abc import Iterator
from pathlib import Path

from chargepoint.cli import detect
from chargepoint.cli.paths import Sockets
from chargepoint.domain.configuration import Configuration
from chargepoint.inquiry.trial import Device, Row, Sight


def detected(configuration: Configuration, number: int, places: Sockets, seconds: float) -> Iterator[Sight]:
    """Once; the time that it takes depends on the number of ports."""
    yield Sight(state="waiting", text="serial ports, chips and readers are being asked; this may take a minute")
    looked, others = detect.look(detect.quick(Path(places.root)))
    devices = tuple(
        Device(kind=each.kind, driver=each.driver, where=each.where, says=each.says, entries=each.entries, sure=each.sure)
        for each in [*(one for port in looked for one in port.found), *others]
        if each.driver
    )
    rows = tuple(Row(title=port.port.path, value=port.trouble, good=False) for port in looked if port.trouble)
    ports = f"{len(looked)} serial port{'s' * (len(looked) != 1)}"
    if devices:
        yield Sight(state="good", text=f"{len(devices)} found at {ports} and elsewhere", rows=rows, devices=devices)
    else:
        text = f"nothing was found at {ports}; check power, A and B wires, termination and address, or choose the driver by hand"
        yield Sight(state="bad", text=text, rows=rows)
