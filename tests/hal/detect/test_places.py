"""What the kernel knows of the hardware, as it writes it in its files."""

from pathlib import Path

from hal.detect.places import all_places


def written(root: Path, **files: str) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def test_a_host_with_nothing_has_nothing(tmp_path: Path) -> None:
    assert all_places(tmp_path) == []


def test_everything_is_named_by_what_stays_the_same(tmp_path: Path) -> None:
    files = {
        "dev/gpiochip0": "",
        "dev/spidev0.0": "",
        "sys/class/pwm/pwmchip2/npwm": "4\n",
        "sys/devices/1f00098000.pwm/uevent": "",
        "sys/bus/iio/devices/iio:device0/name": "ads1115\n",
        "sys/bus/iio/devices/iio:device0/in_voltage0_raw": "17",
        "sys/bus/w1/devices/28-0316/temperature": "23125\n",
        "sys/bus/w1/devices/28-0317/temperature": "",
        "sys/class/watchdog/watchdog0/identity": "Broadcom BCM2835\n",
        "sys/class/watchdog/watchdog0/timeout": "60\n",
        "dev/input/by-id/usb-Sycreader_RFID_Technology-event-kbd": "",
        "dev/input/by-id/usb-Acme_Keyboard-event-kbd": "",
        "dev/input/by-id/usb-ffff_0035-event-kbd": "",
    }
    written(tmp_path, **files)
    (tmp_path / "sys/class/pwm/pwmchip2/device").symlink_to("../../../devices/1f00098000.pwm")
    told = {found.where: (found.kind, found.says, found.sure) for found in all_places(tmp_path)}
    assert told == {
        "/dev/gpiochip0": ("gpio", "tells nothing of itself", True),
        "/sys/class/pwm/pwmchip2": ("pwm", "device 1f00098000.pwm, 4 channels", True),
        "/sys/bus/iio/devices/iio:device0": ("iio", "ads1115: in_voltage0", True),
        "/dev/spidev0.0": ("spi", "SPI, for an analogue converter such as the MCP3008", True),
        "/sys/bus/w1/devices/28-0316": ("one-wire", "23.1 C", True),
        "/sys/bus/w1/devices/28-0317": ("one-wire", "does not answer; check its wiring and its pull-up", True),
        "/dev/watchdog0": ("watchdog", "Broadcom BCM2835, 60 s; systemd feeds it with RuntimeWatchdogSec in system.conf", True),
        "/dev/input/by-id/usb-Sycreader_RFID_Technology-event-kbd": ("readers", "a reader that types, by its name", True),
        "/dev/input/by-id/usb-ffff_0035-event-kbd": ("readers", "types: a reader, or a keyboard", False),
    }
