"""Bundles on sticks: images on loop devices where this machine may mount, and directories behind the mount's port everywhere."""

import errno
import os
import shutil
import stat
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from chargepoint.update import detached, sticks
from chargepoint.update.sticks import StickError, bundles


class Machine:
    """A sysfs and a /dev of our own, in which sticks are plugged in."""

    def __init__(self, folder: Path) -> None:
        self.sysfs, self.dev = folder / "sys", folder / "dev"
        (self.sysfs / "class" / "block").mkdir(parents=True)
        self.dev.mkdir()

    def plug_in(self, name: str, number: int, on: str = "pci0000:00/usb1/1-1/1-1:1.0", size: int = 2048) -> Path:
        """A partition ("sdb1") and its disk, or a disk without any ("sdb"). Its device is to be made by who calls."""
        disk = name.rstrip("0123456789")
        place = self.sysfs / "devices" / on / "block" / disk
        for each in dict.fromkeys((disk, name)):
            here = place if each == disk else place / each
            here.mkdir(parents=True, exist_ok=True)
            (here / "size").write_text(f"{size}\n")
            (here / "dev").write_text(f"{os.major(number)}:{os.minor(number)}\n")
            if each != disk:
                (here / "partition").write_text("1\n")
            (self.sysfs / "class" / "block" / each).symlink_to(here)
        return self.dev / name


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def version_of(file: int) -> str:
    return os.pread(file, 40, 0).decode().strip()


def names(found: tuple[sticks.Found, ...]) -> list[tuple[str, str]]:
    return [(each.name, each.version) for each in found]


# Real file systems, on loop devices


@pytest.fixture
def loop() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def attached(image: Path, loops: ExitStack) -> int:
    """Device number of a loop device with this image. Skips where there is none."""
    done = subprocess.run(["losetup", "--find", "--show", "--read-only", image], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"needs a loop device: {done.stderr.strip()}")
    device = done.stdout.strip()
    loops.callback(subprocess.run, ["losetup", "--detach", device], check=True)
    return os.stat(device).st_rdev


def made(kind: str, image: Path, content: Path) -> None:
    with image.open("wb") as file:
        file.truncate(4 << 20)
    commands: dict[str, list[str | Path]] = {
        "ext2": ["mkfs.ext4", "-q", "-O", "^has_journal,^extent,^64bit", "-d", content, image],
        "ext3": ["mkfs.ext4", "-q", "-t", "ext3", "-d", content, image],
        "ext4": ["mkfs.ext4", "-q", "-d", content, image],
        "vfat": ["mkfs.vfat", image],
        "iso9660": ["genisoimage", "-quiet", "-rock", "-o", image, content],
    }
    make = commands[kind]
    drivers = Path("/proc/filesystems").read_text().split()
    if shutil.which(make[0]) is None or kind not in drivers or os.geteuid() != 0:
        pytest.skip(f"needs root, {make[0]} and a kernel with {kind}")
    subprocess.run(make, check=True, capture_output=True)
    if kind == "vfat":
        subprocess.run(["mcopy", "-s", "-i", image, *content.iterdir(), "::/"], check=True, capture_output=True)


@pytest.mark.parametrize("kind", ["ext4", "ext2", "ext3", "vfat", "iso9660"])
def test_a_stick_is_read_and_nobody_else_sees_it(kind: str, machine: Machine, tmp_path: Path, loop: ExitStack) -> None:
    content = tmp_path / "content"
    (content / "chargepoint").mkdir(parents=True)
    (content / "old.cpb").write_text("1.0")
    (content / "chargepoint" / "new.cpb").write_text("2.0")
    made(kind, tmp_path / "image", content)
    number = attached(tmp_path / "image", loop)
    os.mknod(machine.plug_in("sdb1", number), stat.S_IFBLK | 0o600, number)
    mounted = Path("/proc/self/mountinfo").read_text()
    with bundles(version_of, machine.sysfs, machine.dev) as found:
        assert Path("/proc/self/mountinfo").read_text() == mounted
        assert names(found) == [("sdb1: chargepoint/new.cpb", "2.0"), ("sdb1: old.cpb", "1.0")]
        with pytest.raises(OSError, match="Read-only file system"):
            os.open(f"/proc/self/fd/{found[0].file}", os.O_RDWR)
        flags = os.statvfs(f"/proc/self/fd/{found[0].file}").f_flag
        wanted = os.ST_RDONLY | os.ST_NOSUID | os.ST_NODEV | os.ST_NOEXEC
        assert flags & wanted == wanted


def test_a_stick_pulled_out_before_its_journal_was_written_is_not_written_to(machine: Machine, tmp_path: Path, loop: ExitStack) -> None:
    (tmp_path / "content").mkdir()
    (tmp_path / "content" / "a.cpb").write_text("1.0")
    image = tmp_path / "image"
    made("ext4", image, tmp_path / "content")
    subprocess.run(["debugfs", "-w", "-R", "feature needs_recovery", image], check=True, capture_output=True)
    before = image.read_bytes()
    number = attached(image, loop)
    os.mknod(machine.plug_in("sdb1", number), stat.S_IFBLK | 0o600, number)
    with bundles(version_of, machine.sysfs, machine.dev) as found:
        assert names(found) == [("sdb1: a.cpb", "1.0")]
    assert image.read_bytes() == before


def test_a_damaged_file_system_is_an_unreadable_stick(machine: Machine, tmp_path: Path, loop: ExitStack) -> None:
    (tmp_path / "content").mkdir()
    image = tmp_path / "image"
    made("ext4", image, tmp_path / "content")
    with image.open("r+b") as file:
        file.seek(0x438 + 2)
        file.write(b"\xff" * 400)
    number = attached(image, loop)
    os.mknod(machine.plug_in("sdb1", number), stat.S_IFBLK | 0o600, number)
    with (
        pytest.raises(StickError, match=r"cannot be read \(sdb1: .*\)\. If nothing else helps, take another stick, formatted as FAT32"),
        bundles(version_of, machine.sysfs, machine.dev),
    ):
        pass


# Directories in place of mounted file systems


@pytest.fixture
def stick(machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Its uppermost directory."""
    monkeypatch.setattr(sticks, "S_ISBLK", stat.S_ISREG)
    device = machine.plug_in("sdb1", 0)
    device.write_bytes(bytes(0x36) + b"FAT16   ")
    root = tmp_path / "stick"
    root.mkdir()
    return root


def looked(machine: Machine, root: Path) -> list[tuple[str, str]]:
    def mounted(device: int, kind: str) -> int:
        assert kind == "vfat"
        return os.open(root, os.O_RDONLY | os.O_DIRECTORY)

    with bundles(version_of, machine.sysfs, machine.dev, mounted) as found:
        return names(found)


def test_the_newest_stands_first_and_what_cannot_be_read_last(machine: Machine, stick: Path) -> None:
    for name, version in {"a.cpb": "1.9", "b.CPB": "1.10", "c.cpb": "1.10~rc1", "d.cpb": ""}.items():
        (stick / name).write_text(version)
    assert looked(machine, stick) == [("sdb1: b.CPB", "1.10"), ("sdb1: c.cpb", "1.10~rc1"), ("sdb1: a.cpb", "1.9"), ("sdb1: d.cpb", "")]


def test_only_plain_files_with_the_name_of_a_bundle_are_opened(machine: Machine, stick: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.cpb"
    secret.write_text("9.9")
    (stick / "link.cpb").symlink_to(secret)
    (stick / "folder.cpb").mkdir()
    os.mkfifo(stick / "pipe.cpb")
    (stick / "._good.cpb").write_text("9.8")
    (stick / "good.cpb.txt").write_text("9.7")
    (stick / "chargepoint").symlink_to(tmp_path)
    (stick / "good.cpb").write_text("1.0")
    assert looked(machine, stick) == [("sdb1: good.cpb", "1.0")]


def test_a_name_does_not_steer_a_terminal(machine: Machine, stick: Path) -> None:
    (stick / "\x1b[2J\n.cpb").write_text("1.0")
    assert looked(machine, stick) == [("sdb1: ?[2J?.cpb", "1.0")]


def test_no_more_than_twenty_are_looked_at_and_none_stays_open(machine: Machine, stick: Path) -> None:
    open_before = len(os.listdir("/proc/self/fd"))
    for number in range(30):
        (stick / f"{number:02}.cpb").write_text("1.0")
    assert len(looked(machine, stick)) == sticks.MOST_BUNDLES
    assert len(os.listdir("/proc/self/fd")) == open_before


def test_nothing_plugged_in_is_said(machine: Machine) -> None:
    machine.plug_in("sda1", 1, on="pci0000:00/ata1/host0")
    machine.plug_in("sdc", 2, size=0)
    with pytest.raises(StickError, match=r"no USB stick is plugged in; plug in one that has the update \(a file .cpb\)"):
        looked(machine, machine.dev)


def test_a_stick_without_a_bundle_is_said(machine: Machine, stick: Path) -> None:
    (stick / "holiday.jpg").touch()
    with pytest.raises(StickError, match=r"no update on the USB stick \(sdb1\): expected a file .cpb in its uppermost folder") as raised:
        looked(machine, stick)
    assert raised.value.code == "CP-825"


def test_a_file_system_that_is_not_ours_is_not_opened(machine: Machine, stick: Path) -> None:
    (machine.dev / "sdb1").write_bytes(b"\xebR\x90NTFS    " + bytes(64))
    with pytest.raises(StickError, match=r"sdb1: its file system is none of FAT32, exFAT or ext4"):
        looked(machine, stick)


def test_a_good_stick_is_read_beside_a_bad_one(machine: Machine, stick: Path) -> None:
    machine.plug_in("sda", 0).write_bytes(bytes(100))
    (stick / "a.cpb").write_text("1.0")
    assert looked(machine, stick) == [("sdb1: a.cpb", "1.0")]


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (errno.ENODEV, r"sdb1: this system's kernel does not know its file system vfat"),
        (errno.EBUSY, r"sdb1: something else on this machine has it mounted for writing; unmount it \(umount /dev/sdb1\)"),
        (errno.EIO, r"sdb1: Input/output error"),
    ],
)
def test_what_keeps_a_stick_from_being_opened_is_said_with_what_helps(machine: Machine, stick: Path, code: int, said: str) -> None:
    def refused(device: int, kind: str) -> int:
        raise OSError(code, os.strerror(code))

    with pytest.raises(StickError, match=said), bundles(version_of, machine.sysfs, machine.dev, refused):
        pass


def test_another_device_under_the_name_of_the_stick_is_not_read(machine: Machine, stick: Path) -> None:
    (machine.dev / "sdb1").unlink()
    (machine.dev / "sdb1").symlink_to(machine.dev)
    with pytest.raises(StickError, match="cannot be read"):
        looked(machine, stick)


def test_a_kernel_that_does_not_know_the_file_system_says_so() -> None:
    with pytest.raises(OSError, match=r".+"):
        detached.file_system(0, "nosuchfs")
