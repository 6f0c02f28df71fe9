"""A pilot by hardware PWM, through the kernel's sysfs: 1 kHz, set in nanoseconds.

The chip is found by the name of its device (``/sys/class/pwm/pwmchipN/device``), never by its number, which changes from kernel to kernel:
a Raspberry Pi 0 to 4 has ``20c000.pwm`` in it, a Pi 5 ``1f00098000.pwm``. The duty is never longer than the period, not even between two
writes: when the period shrinks the duty goes first, when it grows the period does.
"""

import errno
import logging
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from hal.bus import sysfs
from hal.errors import DeviceError, DriverError
from hal.measured import PILOT_FAULT_PPM, PILOT_OFF_PPM, PILOT_STEADY_PPM

log = logging.getLogger(__name__)

PERIOD_NS = 1_000_000
APPEARS_S = 1.0
"""udev may take so long until the files of an exported channel are there and may be written."""
LOOK_S = 0.02
FILES = ("period", "duty_cycle", "enable")
Polarity = Literal["normal", "inversed"]

REASONS = {
    errno.EBUSY: "in use by another driver of the kernel (audio, backlight, fan); take that overlay out",
    errno.EINVAL: "the chip cannot do it; another channel, polarity or chip is needed",
    errno.ENOENT: "it is not there any more; was its overlay removed, or the channel unexported?",
    errno.ENODEV: "the chip has no such channel; correct pwm_channel",
    errno.EACCES: "it may not be written; add the user to the group gpio, or a udev rule for pwm",
    errno.EPERM: "it may not be written; add the user to the group gpio, or a udev rule for pwm",
}


class Pwm:
    """One channel. ``device``: part of the name of the chip's device. ``who``: for errors."""

    def __init__(self, device: str, channel: int, *, polarity: Polarity = "normal", root: str = "/", who: str = "pwm") -> None:
        self._device = device
        self._channel = channel
        self._polarity = polarity
        self._class = Path(root, "sys/class/pwm")
        self._who = f"{who}: pwm {device} channel {channel}"
        self._folder: Path | None = None
        self._duty_ppm: int | None = None

    def open(self, sleep: Callable[[float], None] = time.sleep) -> None:
        """Take the channel, and begin at constant +12 V. May block for a second. Raises DeviceError and DriverError."""
        chip = self._chip()
        folder = chip / f"pwm{self._channel}"
        if not folder.exists():
            self._export(chip, folder)
        self._await(folder, sleep)
        self._turn_round(folder)
        self._begin(folder)
        self._folder, self._duty_ppm = folder, PILOT_STEADY_PPM
        log.info("event=pwm_open chip=%s channel=%d device=%r", chip.name, self._channel, self._device)

    def set(self, duty_ppm: int) -> None:
        """High part in millionths of the period, rounded down to what the chip can do; ``PILOT_OFF_PPM`` switches it off. Raises
        DeviceError."""
        if self._folder is None:
            raise DeviceError(f"{self._who}: not open")
        if duty_ppm == self._duty_ppm:
            return
        if not PILOT_OFF_PPM <= duty_ppm <= PILOT_STEADY_PPM:
            raise ValueError(f"duty {duty_ppm} ppm")
        was, self._duty_ppm = self._duty_ppm, None
        if duty_ppm == PILOT_OFF_PPM:
            self._write(self._folder / "enable", 0)
        else:
            self._write(self._folder / "duty_cycle", duty_ns(duty_ppm))
            if was in (PILOT_OFF_PPM, None):
                self._write(self._folder / "enable", 1)
        self._duty_ppm = duty_ppm

    def close(self, left_ppm: int = PILOT_STEADY_PPM) -> None:
        """Leave it so. The channel stays exported: some chips stop, and lose their level, when it is given back."""
        if self._folder is not None:
            try:
                self.set(left_ppm)
            except DeviceError as error:
                log.warning("event=pwm_left error=%r", str(error))
        self._folder = None

    def _chip(self) -> Path:
        """Raises DeviceError, and DriverError when the name fits several."""
        chips = {folder: device_of(folder) for folder in sysfs.folders(self._class) if folder.name.startswith("pwmchip")}
        fitting = [folder for folder, device in chips.items() if self._device in device]
        if not fitting:
            there = ", ".join(chips.values()) or "there is none at all"
            raise DeviceError(f"{self._who}: no such chip ({there}); check its overlay (dtoverlay=pwm...) and the entry pwm")
        if len(fitting) > 1:
            raise DriverError(f"{self._who}: fits {', '.join(chips[folder] for folder in fitting)}; give more of its name in pwm")
        return fitting[0]

    def _export(self, chip: Path, folder: Path) -> None:
        """Somebody else may do the same at the same moment: that is as good."""
        try:
            self._write(chip / "export", self._channel)
        except DeviceError:
            if not folder.exists():
                raise

    def _await(self, folder: Path, sleep: Callable[[float], None]) -> None:
        """udev gives the files away one after the other."""
        for _ in range(round(APPEARS_S / LOOK_S)):
            if all(os.access(folder / name, os.W_OK) for name in FILES) and _writable(folder / "polarity"):
                return
            sleep(LOOK_S)
        state = "may not be written" if folder.exists() else "did not appear"
        raise DeviceError(f"{self._who}: {folder} {state} for {APPEARS_S:g} s; add the user to the group gpio, or a udev rule for pwm")

    def _turn_round(self, folder: Path) -> None:
        """Polarity, which can only be changed while it stands still; some chips have none to change."""
        if not (folder / "polarity").exists():
            if self._polarity != "normal":
                raise DriverError(f"{self._who}: this chip has no polarity to change; set pwm_polarity = 'normal'")
            return
        if self._read(folder / "polarity") != self._polarity:
            if self._read(folder / "enable") != "0":
                self._write(folder / "enable", 0)
            self._write(folder / "polarity", self._polarity)

    def _begin(self, folder: Path) -> None:
        """Constant +12 V, whatever an earlier life has left."""
        shrinks = int(self._read(folder / "period")) > PERIOD_NS
        for name in ("duty_cycle", "period") if shrinks else ("period", "duty_cycle"):
            self._write(folder / name, PERIOD_NS)
        self._write(folder / "enable", 1)

    def _write(self, path: Path, value: int | str) -> None:
        try:
            sysfs.write(path, value)
        except OSError as error:
            raise self._failed(path, f"takes no {value}", error) from error

    def _read(self, path: Path) -> str:
        try:
            return sysfs.read(path)
        except OSError as error:
            raise self._failed(path, "cannot be read", error) from error

    def _failed(self, path: Path, what: str, error: OSError) -> DeviceError:
        reason = REASONS.get(error.errno or 0, f"{error.strerror or error}; is the device still there?")
        return DeviceError(f"{self._who}: {path.name} {what}: {reason}")


def _writable(path: Path) -> bool:
    """May it be written, if it is there at all?"""
    return os.access(path, os.W_OK) or not path.exists()


def duty_ns(duty_ppm: int) -> int:
    """High part in nanoseconds, rounded down."""
    return max(PILOT_FAULT_PPM, duty_ppm) * PERIOD_NS // PILOT_STEADY_PPM


def device_of(chip: Path) -> str:
    """Name of the device that a chip in sysfs belongs to."""
    try:
        return os.path.basename(os.readlink(chip / "device"))
    except OSError:
        return "?"
