"""A PWM chip as the kernel shows it in sysfs, with the kernel's refusals.

export 0 twice         EBUSY       duty_cycle > period, or period < duty_cycle     EINVAL
export 9               ENODEV      polarity while enabled                          EBUSY
pwm0/ before export    ENOENT      enable without a period                         EINVAL
"""

import asyncio
import errno
import os
from collections.abc import Callable
from pathlib import Path

from hal.measured import PILOT_FAULT_PPM, PILOT_OFF_PPM, PILOT_STEADY_PPM
from simulators.wires.stand_in import StandIn, attribute

UDEV_S = 0.03
"""Until the files of a channel are there."""
FILES = ("period", "duty_cycle", "enable", "polarity")


class Channel:
    """One output, as it was set."""

    def __init__(self) -> None:
        self.period = 0
        self.duty_cycle = 0
        self.enable = 0
        self.polarity = "normal"

    @property
    def duty_ppm(self) -> int:
        """The high part; ``PILOT_OFF_PPM`` while it is disabled."""
        if not self.enable:
            return PILOT_OFF_PPM
        high = self.duty_cycle * PILOT_STEADY_PPM // self.period
        return high if self.polarity == "normal" else PILOT_STEADY_PPM - high

    def set(self, name: str, value: str) -> None:
        """Write one of its files. Raises OSError."""
        if name == "polarity":
            self._turn_round(value)
            return
        number = int(value) if value.strip().isdecimal() else -1
        period, duty = (number if name == each else getattr(self, each) for each in ("period", "duty_cycle"))
        if number < PILOT_FAULT_PPM or duty > period or (name == "enable" and (number > 1 or (number and not period))):
            raise _refused(errno.EINVAL)
        setattr(self, name, number)

    def _turn_round(self, value: str) -> None:
        if value not in ("normal", "inversed"):
            raise _refused(errno.EINVAL)
        if self.enable and value != self.polarity:
            raise _refused(errno.EBUSY)
        self.polarity = value


class PwmChip:
    """``changed`` is called after every write that was taken."""

    def __init__(self, folder: Path, device: Path, channels: int, changed: Callable[[], None]) -> None:
        self.channels: dict[int, Channel] = {}
        """Those that are exported."""
        self._folder = folder
        self._device = device
        self._count = channels
        self._changed = changed
        self._files: list[StandIn] = []

    def open(self) -> None:
        """Show it. Raises OSError."""
        self._folder.mkdir(parents=True)
        self._device.mkdir(parents=True, exist_ok=True)
        (self._folder / "device").symlink_to(self._device)
        (self._folder / "npwm").write_text(f"{self._count}\n")
        self._show(attribute(self._folder / "export", _write_only, self._export))
        self._show(attribute(self._folder / "unexport", _write_only, self._unexport))

    def close(self) -> None:
        """The chip is gone."""
        for file in self._files:
            file.close()
        self._files = []
        for number in self.channels:
            self._folder_of(number).rmdir()
        self.channels = {}
        for name in ("device", "npwm"):
            (self._folder / name).unlink()
        self._folder.rmdir()

    def _show(self, file: StandIn) -> None:
        file.open()
        self._files.append(file)

    def _folder_of(self, number: int) -> Path:
        return self._folder / f"pwm{number}"

    def _export(self, value: str) -> None:
        number = self._number(value)
        if number in self.channels:
            raise _refused(errno.EBUSY)
        channel = self.channels[number] = Channel()
        self._folder_of(number).mkdir()
        asyncio.get_running_loop().call_later(UDEV_S, self._appear, number, channel)

    def _appear(self, number: int, channel: Channel) -> None:
        if self.channels.get(number) is not channel:
            return
        for name in FILES:
            self._show(attribute(self._folder_of(number) / name, _reader(channel, name), self._writer(channel, name)))

    def _unexport(self, value: str) -> None:
        number = self._number(value)
        if number not in self.channels:
            raise _refused(errno.ENODEV)
        del self.channels[number]
        gone = [file for file in self._files if file.path.parent == self._folder_of(number)]
        for file in gone:
            self._files.remove(file)
            file.close()
        self._folder_of(number).rmdir()
        self._changed()

    def _number(self, value: str) -> int:
        number = int(value) if value.strip().isdecimal() else -1
        if not 0 <= number < self._count:
            raise _refused(errno.ENODEV)
        return number

    def _writer(self, channel: Channel, name: str) -> Callable[[str], None]:
        def write(value: str) -> None:
            channel.set(name, value)
            self._changed()

        return write


def _reader(channel: Channel, name: str) -> Callable[[], object]:
    return lambda: getattr(channel, name)


def _write_only() -> object:
    raise _refused(errno.EACCES)


def _refused(number: int) -> OSError:
    return OSError(number, os.strerror(number))
