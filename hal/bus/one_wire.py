"""A thermometer on the one-wire bus (DS18B20) through the kernel: ``/sys/bus/w1/devices/28-…/temperature``, in thousandths of a degree.

A reading takes three quarters of a second. Right after its supply has come the chip says 85 °C; that is no temperature.
"""

from pathlib import Path

from hal.bus import sysfs
from hal.errors import DeviceError

POWER_ON_MC = 85_000
RANGE_MC = (-55_000, 125_000)


class Thermometer:
    """``chip``: ``28-0316a2795aff``, or ``28-`` where it is the only one."""

    def __init__(self, chip: str = "28-", *, root: str = "/", who: str = "temperature") -> None:
        self._chip = chip
        self._place = Path(root, "sys/bus/w1/devices")
        self._who = f"{who}: one-wire thermometer {chip}"

    def read_c(self) -> float:
        """Blocks while it converts. Raises DeviceError."""
        there = [folder for folder in sysfs.folders(self._place) if folder.name.startswith(self._chip)]
        if len(there) != 1:
            seen = ", ".join(folder.name for folder in there) or "none"
            raise DeviceError(f"{self._who}: found {seen}, expected one; switch one-wire on (dtoverlay=w1-gpio), or give its whole number")
        try:
            measured_mc = int(sysfs.read(there[0] / "temperature"))
        except OSError as error:
            raise DeviceError(f"{self._who}: {error.strerror or error}; check its wiring and its pull-up") from error
        except ValueError as error:
            raise DeviceError(f"{self._who}: no number ({error}); its checksum was wrong, check its wiring") from error
        if measured_mc == POWER_ON_MC or not RANGE_MC[0] <= measured_mc <= RANGE_MC[1]:
            what = "its value after power-on" if measured_mc == POWER_ON_MC else "beyond its range"
            raise DeviceError(f"{self._who}: {measured_mc / 1000:g} °C is no temperature, but {what}; check its supply and its wiring")
        return measured_mc / 1000
