"""What the kernel knows beside serial ports: GPIO and PWM chips, converters, thermometers, watchdogs, readers that type.

Only names are read, and a thermometer's temperature. ``root`` stands for ``/``.
"""

import fcntl
import os
import struct
from collections.abc import Callable, Iterator
from pathlib import Path

from hal.detect.found import Found

CHIP_INFO = 0x8044B401
"""GPIO_GET_CHIPINFO_IOCTL (include/uapi/linux/gpio.h): name, label, number of lines."""
CHIP_INFO_BYTES = 68
READERS = ("reader", "rfid", "card", "barcode")
KEYBOARDS = ("keyboard", "receiver", "mouse")


def _read(path: Path) -> str:
    """Nothing where it cannot be read."""
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""


def _shown(root: Path, path: Path) -> str:
    return "/" + str(path.relative_to(root))


def _there(root: Path, folder: str, pattern: str) -> list[Path]:
    return sorted(Path(root, folder).glob(pattern))


def gpio_chips(root: Path) -> Iterator[Found]:
    """By label, as a driver finds them."""
    for path in _there(root, "dev", "gpiochip*"):
        where = _shown(root, path)
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except PermissionError:
            yield Found(kind="gpio", where=where, says="this user may not open it; add him to the group gpio")
            continue
        except OSError:
            continue
        yield Found(kind="gpio", where=where, says=_chip_info(descriptor))
        os.close(descriptor)


def _chip_info(descriptor: int) -> str:
    try:
        data = fcntl.ioctl(descriptor, CHIP_INFO, bytes(CHIP_INFO_BYTES))
    except OSError:
        return "tells nothing of itself"
    _, label, lines = struct.unpack("32s32sI", data)
    return f"{label.rstrip(bytes(1)).decode('ascii', 'replace')}, {lines} lines"


def pwm_chips(root: Path) -> Iterator[Found]:
    """By the name of the device, which stays the same; the number does not."""
    for path in _there(root, "sys/class/pwm", "pwmchip*"):
        device = os.path.basename(os.path.realpath(path / "device"))
        yield Found(kind="pwm", where=_shown(root, path), says=f"device {device}, {_read(path / 'npwm') or 'unknown number of'} channels")


def converters(root: Path) -> Iterator[Found]:
    """Analogue inputs of the kernel's industrial I/O, and SPI devices."""
    for path in _there(root, "sys/bus/iio/devices", "iio:device*"):
        inputs = [each.name.removesuffix("_raw") for each in sorted(path.glob("in_*_raw"))]
        yield Found(
            kind="iio", where=_shown(root, path), says=f"{_read(path / 'name') or 'without a name'}: {', '.join(inputs) or 'no inputs'}"
        )
    for path in _there(root, "dev", "spidev*"):
        yield Found(kind="spi", where=_shown(root, path), says="SPI, for an analogue converter such as the MCP3008")


def thermometers(root: Path) -> Iterator[Found]:
    """On one wire."""
    for path in _there(root, "sys/bus/w1/devices", "28-*"):
        told = _read(path / "temperature")
        says = f"{int(told) / 1000:.1f} C" if told.lstrip("-").isdecimal() else "does not answer; check its wiring and its pull-up"
        yield Found(kind="one-wire", where=_shown(root, path), says=says)


def watchdogs(root: Path) -> Iterator[Found]:
    """That restart a host that hangs. Never opened: opening one starts it."""
    for path in _there(root, "sys/class/watchdog", "watchdog*"):
        says = f"{_read(path / 'identity') or 'hardware watchdog'}, {_read(path / 'timeout') or '?'} s"
        yield Found(kind="watchdog", where=f"/dev/{path.name}", says=f"{says}; systemd feeds it with RuntimeWatchdogSec in system.conf")


def typing_readers(root: Path) -> Iterator[Found]:
    """USB readers that type: they look like keyboards, and only their names say otherwise."""
    for path in _there(root, "dev/input/by-id", "*-event-kbd"):
        name = path.name.lower()
        if any(each in name for each in KEYBOARDS):
            continue
        where = _shown(root, path)
        sure = any(each in name for each in READERS)
        says = "a reader that types, by its name" if sure else "types: a reader, or a keyboard"
        yield Found(kind="readers", where=where, says=says, driver="keyboard", entries={"port": where}, sure=sure)


PLACES: tuple[Callable[[Path], Iterator[Found]], ...] = (gpio_chips, pwm_chips, converters, thermometers, watchdogs, typing_readers)


def all_places(root: Path) -> list[Found]:
    """Everything."""
    return [found for place in PLACES for found in place(root)]
