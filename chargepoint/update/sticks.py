"""Bundles on USB sticks: found by what the kernel says of its disks, and read without anything else on the machine seeing the stick.

A stick comes from strangers. Only file systems of ``MAGIC`` are opened, read-only (detached.py); only plain files with the right name are,
and no link is followed. What is in them is for who reads them to judge. Nothing happens by just plugging one in.
"""

import errno
import logging
import os
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import cmp_to_key
from itertools import islice
from pathlib import Path
from stat import S_ISBLK, S_ISREG

from msgspec import Struct

from chargepoint.update import detached, versions

log = logging.getLogger(__name__)

MOST_DISKS = 16
MOST_NAMES = 10_000
MOST_BUNDLES = 20
FOLDER = "chargepoint"
"""Bundles may lie in it, or beside it."""
MAGIC = (
    ("exfat", 3, b"EXFAT   "),
    ("vfat", 0x36, b"FAT1"),
    ("vfat", 0x52, b"FAT32   "),
    ("ext4", 0x438, b"\x53\xef"),
    ("iso9660", 0x8001, b"CD001"),
)
"""(file system, offset, what stands there). ext4 reads ext2 and ext3 as well."""
FORMATS = "FAT32, exFAT or ext4"
REASONS = {
    errno.ENODEV: "this system's kernel does not know its file system {kind}",
    errno.EBUSY: "something else on this machine has it mounted for writing; unmount it (umount /dev/{disk}), and try again",
}
"""In other words than the kernel's: "No such device" means no such file system."""

OpenFileSystem = Callable[[int, str], int]
"""(descriptor of a device, file system) -> descriptor of its uppermost directory. Raises OSError."""
VersionOf = Callable[[int], str]
"""Of the bundle behind a descriptor; empty: it cannot be read."""


class StickError(Exception):
    """There is no bundle to be had. The message is for people; ``code`` is of the catalogue."""

    code = "CP-825"


class Found(Struct, frozen=True):
    """A file that may be a bundle. It stays open as long as ``bundles`` does."""

    name: str
    """For people: which stick, which file."""
    version: str
    """That it says it has; empty: it cannot be read."""
    file: int
    """Descriptor, for reading."""


@contextmanager
def bundles(
    version_of: VersionOf, sysfs: Path = Path("/sys"), dev: Path = Path("/dev"), open_file_system: OpenFileSystem = detached.file_system
) -> Iterator[tuple[Found, ...]]:
    """All on the sticks that are plugged in, newest version first. At least one; raises StickError."""
    with ExitStack() as stack:
        disks = list(islice(_usb_disks(sysfs), MOST_DISKS))
        if not disks:
            raise StickError("no USB stick is plugged in; plug in one that has the update (a file .cpb), and try again")
        found: list[Found] = []
        complaints: list[str] = []
        for disk, number in disks:
            try:
                root = _opened(dev / disk, number, open_file_system, stack)
                found += islice(_bundles(root, disk, version_of, stack), MOST_BUNDLES - len(found))
            except OSError as error:
                complaints.append(f"{disk}: {error.strerror or error}")
                log.info("event=stick_unreadable disk=%s cause=%r", disk, complaints[-1])
        if not found:
            raise StickError(_nothing([disk for disk, _ in disks], complaints))
        yield tuple(sorted(found, key=_newest_first))


def _nothing(disks: list[str], complaints: list[str]) -> str:
    if len(complaints) == len(disks):
        return (
            f"the USB stick cannot be read ({'; '.join(complaints)}). If nothing else helps, take another stick, formatted as {FORMATS}, "
            "and copy the update anew"
        )
    unread = f" Not read: {'; '.join(complaints)}." if complaints else ""
    wanted = "expected a file .cpb in its uppermost folder or in the folder chargepoint"
    return f"no update on the USB stick ({', '.join(disks)}): {wanted}.{unread}"


def _usb_disks(sysfs: Path) -> Iterator[tuple[str, int]]:
    """(name, device number) of each partition of a USB disk, and of those disks that have none."""
    with suppress(OSError):
        for entry in sorted((sysfs / "class" / "block").iterdir()):
            with suppress(OSError, ValueError):
                place = entry.resolve(strict=True)
                if not any(re.fullmatch(r"usb[0-9]+", part) for part in place.parts) or int((place / "size").read_text()) == 0:
                    continue  # size: a card reader without a card
                if not any((each / "partition").exists() for each in place.iterdir()):
                    major, _, minor = (place / "dev").read_text().strip().partition(":")
                    yield entry.name, os.makedev(int(major), int(minor))


def _opened(device: Path, number: int, open_file_system: OpenFileSystem, stack: ExitStack) -> int:
    """Its uppermost directory. Raises OSError."""
    descriptor = os.open(device, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        status = os.fstat(descriptor)
        if not S_ISBLK(status.st_mode) or status.st_rdev != number:
            raise OSError(0, "it is not the disk that the kernel means; unplug the stick and plug it in again")
        root = _root(descriptor, device.name, open_file_system)
    finally:
        os.close(descriptor)
    stack.callback(os.close, root)
    return root


def _root(device: int, disk: str, open_file_system: OpenFileSystem) -> int:
    kind = _kind(device)
    try:
        return open_file_system(device, kind)
    except OSError as error:
        if error.errno not in REASONS:
            raise
        raise OSError(error.errno, REASONS[error.errno].format(kind=kind, disk=disk)) from error


def _kind(device: int) -> str:
    """Its file system, one of ours. Raises OSError."""
    for kind, offset, magic in MAGIC:
        if os.pread(device, len(magic), offset) == magic:
            return kind
    raise OSError(0, f"its file system is none of {FORMATS}")


def _bundles(root: int, disk: str, version_of: VersionOf, stack: ExitStack) -> Iterator[Found]:
    """Plain files of the right name. Raises OSError where not even the uppermost directory can be read."""
    names = [(root, "", name) for name in _names(root)]
    with suppress(OSError):  # most sticks have no folder of ours
        folder = os.open(FOLDER, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=root)
        stack.callback(os.close, folder)
        names += [(folder, f"{FOLDER}/", name) for name in _names(folder)]
    for place, told, name in names[:MOST_BUNDLES]:
        with suppress(OSError):
            file = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=place)
            stack.callback(os.close, file)
            if S_ISREG(os.fstat(file).st_mode):
                yield Found(f"{disk}: {told}{_shown(name)}", version_of(file), file)


def _names(folder: int) -> list[str]:
    """What looks like a bundle. A hidden one is what macOS lays beside each file on a stick."""
    with os.scandir(folder) as entries:
        return sorted(
            each.name for each in islice(entries, MOST_NAMES) if re.fullmatch(r"[^.].*\.cpb", each.name, re.IGNORECASE | re.DOTALL)
        )


def _shown(name: str) -> str:
    """Whoever has written it cannot steer a terminal with it."""
    return "".join(letter if letter.isprintable() else "?" for letter in name)


def _newest_first(found: Found) -> tuple[object, str]:
    return _ORDER(found.version), found.name


_ORDER = cmp_to_key(lambda one, other: (bool(other) - bool(one)) or -versions.compare(str(one), str(other)))
