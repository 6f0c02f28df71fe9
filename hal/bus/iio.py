"""Converters of the kernel's industrial I/O: ``/sys/bus/iio/devices/iio:deviceN``, found by name, and peaks that hardware holds.

reset ‾‾‾‾‾\\_______________          1.5 ms or more, then 2 ms until both peaks are those of what came since
                 ▲ read both         4 ms for a measurement
"""

import os
import time
from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from hal.bus import sysfs
from hal.errors import DeviceError, DriverError

RESET_S = 0.0016
VALID_S = 0.002


class Converter:
    """One device. ``name``: as its file ``name`` has it, or part of the name of what it hangs on."""

    def __init__(self, name: str, *, root: str = "/", who: str = "iio") -> None:
        self._name = name
        self._place = Path(root, "sys/bus/iio/devices")
        self._who = f"{who}: iio {name}"
        self._folder: Path | None = None

    def open(self) -> None:
        """Find it. Raises DeviceError, and DriverError where several have this name."""
        there = {folder: _name(folder) for folder in sysfs.folders(self._place) if folder.name.startswith("iio:device")}
        exact = [folder for folder, name in there.items() if name == self._name]
        fitting = exact or [folder for folder, name in there.items() if self._name in name or self._name in str(folder.resolve())]
        if not fitting:
            seen = ", ".join(there.values()) or "there is none at all"
            raise DeviceError(f"{self._who}: no such device ({seen}); check its overlay, and the entry iio")
        if len(fitting) > 1:
            raise DriverError(f"{self._who}: fits {', '.join(folder.name for folder in fitting)}; give more of its name in iio")
        self._folder = fitting[0]

    def raw(self, channel: str) -> int:
        """Value of a channel (``voltage2``), as it was converted. Raises DeviceError."""
        if self._folder is None:
            raise DeviceError(f"{self._who}: not open")
        path = self._folder / f"in_{channel}_raw"
        try:
            return int(sysfs.read(path))
        except OSError as error:
            raise DeviceError(f"{self._who}: {path.name}: {error.strerror or error}; check the channel, and the device") from error
        except ValueError as error:
            raise DeviceError(f"{self._who}: {path.name}: no number in it ({error}); check the device") from error


def _name(folder: Path) -> str:
    try:
        return sysfs.read(folder / "name")
    except OSError:
        return os.path.basename(folder)


class Peaks(Struct, frozen=True):
    """Both peaks since ``at_s``."""

    at_s: float
    low: int
    high: int


class PeakHold:
    """Two channels that hold the highest and the lowest level since ``reset(False)``."""

    def __init__(self, converter: Converter, high: str, low: str, reset: Callable[[bool], None]) -> None:
        self._converter = converter
        self._high, self._low = high, low
        self._reset = reset

    def read(self, clock: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] = time.sleep) -> Peaks:
        """Takes about 4 ms. Raises DeviceError, and OSError where the reset line does."""
        self._reset(True)
        sleep(RESET_S)
        self._reset(False)
        at_s = clock()
        sleep(VALID_S)
        return Peaks(at_s, self._converter.raw(self._low), self._converter.raw(self._high))
