"""Ports, chips and files of devices that the configuration names, or that their drivers take by default: there, allowed, free?"""

import grp
import os
import pwd
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct, structs

from chargepoint.cli import devices
from chargepoint.cli.checks.scene import Scene
from chargepoint.cli.devices import SIMULATED, Named
from chargepoint.domain.configuration import Configuration
from chargepoint.domain.findings import Finding, failing
from hal.detect.ports import holders
from hal.entries import DEVICES, entries
from hal.errors import DriverError

USERS = {"boards": "chargepoint-control", "meters": "chargepoint-control", "indicators": "chargepoint-control"}
"""Of the installed processes; any other device is the station's."""
STATION = "chargepoint"
SPI = "/dev/spidev0.0"
"""Of a converter, unless its board says otherwise."""


CONSOLE = (
    "Switch the console on that port off and restart: on a Raspberry Pi sudo raspi-config nonint do_serial_cons 1, elsewhere take its "
    "console= out of the kernel's command line, and disable serial-getty for it."
)
MINI = "ttyS0"
MINI_UART = (
    "Give the station the good UART: dtoverlay=disable-bt in the boot configuration, restart, then /dev/ttyAMA0; "
    "or take an adapter for USB."
)


class Place(Struct, frozen=True, kw_only=True):
    """One file, and who wants it."""

    path: str
    """As the configuration has it."""
    real: Path
    """Where it is: on the bench beneath a directory of its own."""
    wanted_by: str
    kind: str


def look(scene: Scene) -> Iterator[Finding]:
    """One finding for each."""
    if scene.configuration is None:
        return
    root = "/" if scene.places is None else scene.places.root
    places = list(_places(scene.configuration, root))
    if not places:
        simulated = scene.configuration.simulated and scene.configuration.hal.backend != "wires"
        text = "everything is simulated" if simulated else "none of the devices has a port on this computer"
        yield Finding(name="ports", state="not needed", text=text)
    for place in places:
        found = _judged(place, scene.installed)
        yield _doubted(place, scene.root) or found if found.state == "passed" else found


def _places(configuration: Configuration, root: str) -> Iterator[Place]:
    seen: dict[str, Place] = {}
    for named in devices.all_devices(configuration):
        for path in _paths(configuration, named):
            before = seen.get(path)
            wanted = named.path if before is None else f"{before.wanted_by}, {named.path}"
            real = Path(root + path if root != "/" else path)
            seen[path] = Place(path=path, real=real, wanted_by=wanted, kind=named.kind if before is None else before.kind)
    yield from seen.values()


def _paths(configuration: Configuration, named: Named) -> Iterator[str]:
    driver = devices.driver(configuration, named.table)
    if driver == SIMULATED:
        return
    try:
        values = {**entries(named.kind, driver).defaults, **named.entries}.values()
    except DriverError:
        values = named.entries.values()
    if "adc" in named.entries and "spi" not in named.entries:
        yield SPI
    for value in values:
        yield from (each for each in (value if isinstance(value, list | tuple) else [value]) if _is_place(each))


def _is_place(value: object) -> bool:
    return isinstance(value, str) and value.startswith(DEVICES)


def _judged(place: Place, installed: bool) -> Finding:
    where = f"{place.path} ({place.wanted_by})"
    try:
        place.real.stat()
    except PermissionError:
        return Finding(name="ports", state="not known", text=f"{where}: this user may not look", remedy="Run this as root.")
    except OSError:
        return failing("ports", "port_missing", f"{where}: not there")
    user = USERS.get(place.kind, STATION) if installed else pwd.getpwuid(os.geteuid()).pw_name
    if lacks := refusal(place.real, user):
        return failing("ports", "port_denied", f"{where}: {lacks}")
    return _held(place, where)


def refusal(path: Path, user: str) -> str:
    """What keeps this user from reading and writing it; nothing: he may. Of a directory of sysfs, its ``export``."""
    place = path / "export" if path.is_dir() else path
    if not place.exists():
        return ""
    try:
        entry = pwd.getpwnam(user)
    except KeyError:
        return f"there is no user {user}, whom the process should have; install the package anew"
    status = place.stat()
    groups = os.getgrouplist(user, entry.pw_gid)
    wanted = 0o2 if status.st_mode & 0o222 and not status.st_mode & 0o444 else 0o6  # ``export`` is there to be written only
    mode = status.st_mode >> (6 if status.st_uid == entry.pw_uid else 3 if status.st_gid in groups else 0) & 0o7
    if entry.pw_uid == 0 or mode & wanted == wanted:
        return ""
    try:
        group = grp.getgrgid(status.st_gid).gr_name
    except KeyError:
        group = str(status.st_gid)
    return f"user {user} may not open it (group {group}, mode {status.st_mode & 0o777:04o})"


def _doubted(place: Place, root: Path) -> Finding | None:
    """A port that can be opened, and does not do."""
    name, where = place.real.resolve().name, f"{place.path} ({place.wanted_by})"
    if name in [line.split()[0] for line in _text(root / "proc/consoles").splitlines() if line]:
        return structs.replace(failing("ports", "port_busy", f"{where}: the kernel's console writes to {name} too"), remedy=CONSOLE)
    if name == MINI and _text(root / "proc/device-tree/model").startswith("Raspberry Pi"):
        text = f"{where}: {name} is the mini UART, which has no parity and whose rate drifts with the processor's"
        return Finding(name="ports", state="warning", text=text, remedy=MINI_UART)
    return None


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace")
    except OSError:
        return ""


def _held(place: Place, where: str) -> Finding:
    """By whom, as far as this user may see."""
    users = list(holders(str(place.real.resolve()))) if str(place.path).startswith("/dev/") else []
    others = [each for each in users if not each.part]
    if others and not any(each.part for each in users):
        named = ", ".join(f"{each.command.split()[0] if each.command else 'unknown'} (process {each.pid})" for each in others)
        return failing("ports", "port_busy", f"{where}: held by {named}")
    by = f", held by {users[0].part}" if users and users[0].part else ""
    return Finding(name="ports", state="passed", text=f"{where}: there{by}")
