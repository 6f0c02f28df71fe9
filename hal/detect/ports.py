"""Serial ports of this host: their lasting names, who uses them, and who may."""

import grp
import os
import pwd
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

NAMES = ("ttyUSB*", "ttyACM*", "ttyAMA*", "ttymxc*", "ttySC*", "ttyO*", "ttySTM*", "ttyLP*", "ttyS*")
PSEUDO = "/dev/pts/"
NOT_THERE = "0"
"""Type of a ``ttyS`` that has no hardware (``/sys/class/tty/ttyS*/type``)."""


class Holder(Struct, frozen=True):
    """A process that has a port open."""

    pid: int
    command: str

    @property
    def part(self) -> str:
        """Which process of a station it is: ``control``, ``station``, or neither (empty)."""
        return next((each for each in ("control", "station") if f"chargepoint {each}" in self.command), "")


class Port(Struct, frozen=True):
    """One port."""

    path: str
    """As the kernel names it."""
    name: str
    """That stays the same when it is plugged in again, if it has one; else ``path``."""
    device: str
    """The file behind it."""
    holders: tuple[Holder, ...] = ()
    denied: str = ""
    """Why this user may not, and what to do."""

    @property
    def pseudo(self) -> bool:
        """A terminal of a bench: knows no parity."""
        return self.device.startswith(PSEUDO)


def ports(root: Path, only: tuple[str, ...] = ()) -> list[Port]:
    """Those that are there; ``only``: those that are named. ``root`` stands for ``/``."""
    lasting = _lasting(root)
    named = [Path(root, path.lstrip("/")) for path in only] or [path for name in NAMES for path in sorted(Path(root, "dev").glob(name))]
    found: dict[str, Port] = {}
    for path in named:
        device = os.path.realpath(path)
        if device not in found and (only or _has_hardware(root, path)):
            shown = "/" + str(path.relative_to(root))
            found[device] = Port(shown, lasting.get(device, shown), device, tuple(holders(device)), denied(device))
    return list(found.values())


def _lasting(root: Path) -> dict[str, str]:
    """Device -> name by its serial number. Adapters of one kind that have none would share a name, which leads now here, now there: then
    -> names by the USB sockets that they are in."""
    by_id, by_path = (_names(root, f"dev/serial/{each}") for each in ("by-id", "by-path"))
    on_usb = {device: name for device, name in by_path.items() if "usb" in name}
    return {**by_id, **on_usb} if set(on_usb) - set(by_id) else by_id


def _names(root: Path, folder: str) -> dict[str, str]:
    return {os.path.realpath(path): "/" + str(path.relative_to(root)) for path in sorted(Path(root, folder).glob("*"))}


def _has_hardware(root: Path, path: Path) -> bool:
    kind = Path(root, "sys/class/tty", path.name, "type")
    try:
        return kind.read_text().strip() != NOT_THERE
    except OSError:
        return True


def denied(device: str) -> str:
    """What keeps this user from it, and the remedy; nothing: he may, or it is not there."""
    if not os.path.exists(device) or os.access(device, os.R_OK | os.W_OK):
        return ""
    owner = os.stat(device)
    user = pwd.getpwuid(os.geteuid()).pw_name
    try:
        group = grp.getgrgid(owner.st_gid).gr_name
    except KeyError:
        group = str(owner.st_gid)
    if group == "root":
        return f"user {user} may not open it; run this as root"
    return f"user {user} may not open it; sudo usermod -aG {group} {user}, then log in again"


def holders(device: str) -> Iterator[Holder]:
    """Processes that have it open, as far as this user may see. The other end of a pseudo terminal is no user of it."""
    for folder in Path("/proc").glob("[0-9]*"):
        if int(folder.name) == os.getpid():
            continue
        opened = set(_opened(folder))
        if device in opened and not any(each.endswith("/ptmx") for each in opened):
            yield Holder(int(folder.name), _command(folder))


def _opened(process: Path) -> Iterator[str]:
    try:
        for descriptor in (process / "fd").iterdir():
            yield os.readlink(descriptor)
    except OSError:
        return  # gone, or somebody else's


def _command(process: Path) -> str:
    try:
        words = (process / "cmdline").read_bytes().rstrip(b"\0").split(b"\0")
    except OSError:
        return "unknown"
    return " ".join(word.decode("utf-8", "replace") for word in words)[:120]
