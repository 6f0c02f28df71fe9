"""Hardware PWM through sysfs, against a chip with the kernel's refusals."""

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from hal.bus import sysfs
from hal.bus.pwm import PERIOD_NS, Pwm
from hal.errors import DeviceError, DriverError
from hal.measured import PILOT_FAULT_PPM, PILOT_OFF_PPM, PILOT_STEADY_PPM
from simulators.wires.pwm import PwmChip
from tests.hal.bus.bench import beneath, shown

PI_4, PI_5, FAN = "fe20c000.pwm", "1f00098000.pwm", "1f0009c000.pwm"


class Machine:
    """Chips by the number that the kernel gave them."""

    def __init__(self, root: Path, **devices: str) -> None:
        self.root = root
        self.writes = 0
        self.chips = {
            device: PwmChip(beneath(root, f"/sys/class/pwm/{name}"), beneath(root, f"/sys/devices/{device}"), 2, self._written)
            for name, device in devices.items()
        }

    def _written(self) -> None:
        self.writes += 1

    def pwm(self, device: str = "20c000.pwm", channel: int = 0, **entries: object) -> Pwm:
        return Pwm(device, channel, root=str(self.root), who="board.raspberry-pi", **entries)  # type: ignore[arg-type]


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    made = Machine(tmp_path, pwmchip0=FAN, pwmchip2=PI_4)
    with shown(*made.chips.values()):
        yield made


def test_the_pilot_begins_at_plus_twelve_volts_and_follows_the_duty_to_the_nanosecond(machine: Machine) -> None:
    pwm = machine.pwm()
    pwm.open()
    channel = machine.chips[PI_4].channels[0]
    assert (channel.period, channel.duty_ppm) == (PERIOD_NS, PILOT_STEADY_PPM)
    for duty_ppm in (266_666, 100_000, PILOT_FAULT_PPM, PILOT_OFF_PPM, 533_333, PILOT_STEADY_PPM):
        pwm.set(duty_ppm)
        assert channel.duty_ppm == duty_ppm
    assert machine.chips[FAN].channels == {}


def test_what_does_not_change_is_not_written_again(machine: Machine) -> None:
    pwm = machine.pwm()
    pwm.open()
    pwm.set(266_666)
    before = machine.writes
    pwm.set(266_666)
    assert machine.writes == before


@pytest.mark.parametrize(("period", "duty"), [(2_000_000, 1_500_000), (500_000, 250_000), (PERIOD_NS, 100_000)])
def test_a_channel_that_an_earlier_life_has_left_running_is_taken_over_without_a_refusal(machine: Machine, period: int, duty: int) -> None:
    first = machine.pwm()
    first.open()
    channel = machine.chips[PI_4].channels[0]
    channel.period, channel.duty_cycle = period, duty
    machine.pwm().open()
    assert (channel.period, channel.duty_ppm, channel.enable) == (PERIOD_NS, PILOT_STEADY_PPM, 1)


def test_an_inverting_stage_is_put_right_by_polarity_also_while_it_runs(machine: Machine) -> None:
    machine.pwm().open()
    pwm = machine.pwm(polarity="inversed")
    pwm.open()
    channel = machine.chips[PI_4].channels[0]
    pwm.set(300_000)
    assert (channel.polarity, channel.duty_cycle) == ("inversed", 300_000)


@pytest.mark.parametrize("left_ppm", [PILOT_STEADY_PPM, PILOT_OFF_PPM])
def test_it_is_left_as_it_is_to_be_left(machine: Machine, left_ppm: int) -> None:
    pwm = machine.pwm()
    pwm.open()
    pwm.set(266_666)
    pwm.close(left_ppm)
    pwm.close(left_ppm)
    assert machine.chips[PI_4].channels[0].duty_ppm == left_ppm
    with pytest.raises(DeviceError, match="not open"):
        pwm.set(0)


def test_a_missing_chip_a_vague_name_and_a_missing_channel_each_have_their_sentence(machine: Machine) -> None:
    with pytest.raises(DeviceError, match=r"pwm 98000.pwm channel 0: no such chip \(1f0009c000.pwm, fe20c000.pwm\); check its overlay"):
        machine.pwm("98000.pwm").open()
    with pytest.raises(DriverError, match=r"fits 1f0009c000.pwm, fe20c000.pwm; give more of its name"):
        machine.pwm("c000.pwm").open()
    with pytest.raises(DeviceError, match=r"export takes no 7: the chip has no such channel; correct pwm_channel"):
        machine.pwm(channel=7).open()


def test_a_channel_that_another_driver_has_and_one_that_vanishes_each_have_their_sentence(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(path: Path, value: object) -> None:
        raise OSError(errno.EBUSY, os.strerror(errno.EBUSY))

    with monkeypatch.context() as patched:
        patched.setattr(sysfs, "write", busy)
        with pytest.raises(DeviceError, match=r"export takes no 0: in use by another driver of the kernel \(audio"):
            machine.pwm().open()
    pwm = machine.pwm()
    pwm.open()
    sysfs.write(beneath(machine.root, "/sys/class/pwm/pwmchip2/unexport"), 0)
    with pytest.raises(DeviceError, match="duty_cycle takes no 266666: it is not there any more"):
        pwm.set(266_666)


def test_files_that_udev_never_gives_away_are_waited_for_a_second_and_then_named(tmp_path: Path) -> None:
    folder = tmp_path / "sys/class/pwm/pwmchip0"
    (folder / "pwm0").mkdir(parents=True)
    (folder / "device").symlink_to(tmp_path / PI_5)
    waited: list[float] = []
    with pytest.raises(DeviceError, match=r"pwm0 may not be written for 1 s; add the user to the group gpio"):
        Pwm(PI_5, 0, root=str(tmp_path)).open(waited.append)
    assert sum(waited) == pytest.approx(1.0)


def test_every_file_is_waited_for_and_udev_may_give_them_away_in_any_order(tmp_path: Path) -> None:
    folder = tmp_path / "sys/class/pwm/pwmchip0"
    (folder / "pwm0").mkdir(parents=True)
    (folder / "device").symlink_to(tmp_path / PI_5)
    late = [("enable", "0"), ("duty_cycle", "0"), ("polarity", "normal"), ("period", "0")]

    def udev(_: float) -> None:
        name, value = late.pop(0)
        (folder / "pwm0" / name).write_text(value)

    Pwm(PI_5, 0, root=str(tmp_path)).open(udev)
    assert not late
    assert (folder / "pwm0/period").read_text() == str(PERIOD_NS)


def test_a_channel_that_somebody_else_exports_at_the_same_moment_is_taken(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    write = sysfs.write

    def twice(path: Path, value: str | int) -> None:
        if path.name == "export":
            write(path, value)
        write(path, value)

    monkeypatch.setattr(sysfs, "write", twice)
    machine.pwm().open()
    assert machine.chips[PI_4].channels[0].duty_ppm == PILOT_STEADY_PPM


def test_the_simulated_chip_refuses_as_the_kernel_does(machine: Machine) -> None:
    chip = beneath(machine.root, "/sys/class/pwm/pwmchip2")

    def refusal(name: str, value: object) -> int | None:
        with pytest.raises(OSError, match=r".") as caught:
            sysfs.write(chip / name, str(value))
        return caught.value.errno

    assert refusal("pwm0/period", 1) == errno.ENOENT
    machine.pwm().open()
    assert refusal("export", 0) == errno.EBUSY
    assert refusal("export", 2) == errno.ENODEV
    assert refusal("pwm0/duty_cycle", PERIOD_NS + 1) == errno.EINVAL
    assert refusal("pwm0/period", PERIOD_NS - 1) == errno.EINVAL
    assert refusal("pwm0/polarity", "inversed") == errno.EBUSY
    assert refusal("pwm0/enable", "2") == errno.EINVAL
    assert sysfs.read(chip / "npwm") == "2"
