"""Where the sockets of one station are: the same for every verb that is given the same state directory.

    [link] socket, [hal.sim] socket     as the configuration says
    the installed state directory       ``/run/chargepoint/link``, ``station/inquiry`` ..., where its package has made places for them
    else                                ``link``, ``sim``, ``inquiry`` in a short private directory of their own, mode 0700

The private directory is named after the absolute state directory, so two benches on one host do not collide, and lies in the first of
these that takes it: the user's run-time directory, ``/run/chargepoint`` where systemd has made one, the temporary directory. One that is
there already is used again, so that a verb with a poorer environment still finds it.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from stat import S_ISDIR
from typing import TYPE_CHECKING
from zlib import crc32

from msgspec import Struct

from chargepoint.cli.errors import CliError

if TYPE_CHECKING:  # whoever only asks a station needs none
    from chargepoint.domain.configuration import Configuration

SOCKET_BYTES = 100
"""Longest path of a Unix socket: sun_path has 108 bytes, on some systems 104."""
SHARED = "/run/chargepoint"
"""Made by systemd for an installed station."""
UPDATER, LOG = "updater", "log"
"""Their sockets' names."""
WIRES = "wires"
"""Beneath it stand the devices of a bench."""
INSTALLED = Path("/etc/chargepoint/station.toml")
"""The configuration of an installed station."""
INSTALLED_STATE = Path("/var/lib/chargepoint")
"""Its state directory."""


class Sockets(Struct, frozen=True):
    """Paths of Unix sockets."""

    link: str
    """Between control and station."""
    sim: str
    """Between the simulated world and its clients."""
    inquiry: str
    """Where the station is asked how it is."""
    inquiry_mode: int = 0o600
    """Who may ask: installed, the group of technicians as well."""
    updater: str = ""
    """Where the updater is asked."""
    log: str = ""
    """Where the pages hear what the other processes log."""
    root: str = "/"
    """What stands for ``/`` to drivers: a directory of the bench when their wires end there."""


def sockets(configuration: "Configuration", state_dir: Path | str) -> Sockets:
    """The sockets of the station with this state directory; their directory is there afterwards. Raises CliError."""
    place, inquiry, mode = _places(state_dir)
    return Sockets(
        link=configuration.link.socket or os.path.join(place, "link"),
        sim=configuration.hal.sim.socket or os.path.join(place, "sim"),
        inquiry=inquiry,
        inquiry_mode=mode,
        updater=os.path.join(place, UPDATER),
        log=log(state_dir),
        root=os.path.join(place, WIRES) if configuration.hal.backend == "wires" else "/",
    )


def inquiry(state_dir: Path | str) -> str:
    """Where the station with this state directory is asked, whatever its configuration says. Raises CliError."""
    return _places(state_dir)[1]


def asked(state_dir: Path | str) -> str:
    """The same for whoever only asks: nothing is made, for it would stand in the way of another user's station. Raises CliError."""
    if _is_installed(state_dir):
        return inquiry(state_dir)
    places = _candidates(state_dir)
    there = {place: _objection(place) for place in places if os.path.lexists(place)}
    if there and all(there.values()):
        raise CliError("; ".join(f"{place}: {objection}" for place, objection in there.items()))
    return os.path.join(next((place for place, objection in there.items() if objection is None), places[0]), "inquiry")


def updater(state_dir: Path | str) -> str:
    """Where the updater of the station with this state directory is asked. Raises CliError."""
    return os.path.join(_places(state_dir)[0], UPDATER)


def log(state_dir: Path | str) -> str:
    """Where the pages of the station with this state directory hear what is logged. Raises CliError."""
    place = _places(state_dir)[0]
    return os.path.join(place, "web", LOG) if place == SHARED else os.path.join(place, LOG)


def _places(state_dir: Path | str) -> tuple[str, str, int]:
    """Directory of the sockets; the one of inquiry, and its mode."""
    if _is_installed(state_dir):
        return SHARED, os.path.join(SHARED, "station", "inquiry"), 0o660
    private = private_directory(state_dir)
    return private, os.path.join(private, "inquiry"), 0o600


def _is_installed(state_dir: Path | str) -> bool:
    """The state directory of the package, and it has made places for sockets (tmpfiles.d)."""
    return os.path.realpath(state_dir) == os.path.realpath(INSTALLED_STATE) and os.path.isdir(os.path.join(SHARED, "station"))


def private_directory(state_dir: Path | str) -> str:
    """Ours alone; made where it is missing. Raises CliError."""
    places = _candidates(state_dir)
    for place in places:
        if os.path.lexists(place) and _objection(place) is None:
            return place
    objections = []
    for place in places:
        objection = _make(place)
        if objection is None:
            return place
        objections.append(f"{place}: {objection}")
    raise CliError(f"no directory for sockets; {'; '.join(objections)}; name sockets in [link] socket and [hal.sim] socket")


def left(state_dir: Path | str) -> Iterator[str]:
    """Private directories that are there, and ours."""
    if not _is_installed(state_dir):
        yield from (place for place in _candidates(state_dir) if os.path.lexists(place) and _objection(place) is None)


def _candidates(state_dir: Path | str) -> list[str]:
    name = f"{crc32(os.fsencode(os.path.realpath(state_dir))):08x}"
    return [os.path.join(base, f"chargepoint-{name}") for base in _bases()]


def _bases() -> Iterator[str]:
    run_time = os.environ.get("XDG_RUNTIME_DIR", f"/run/user/{os.geteuid()}")
    for base in (run_time, SHARED):
        if os.path.isabs(base) and os.path.isdir(base) and os.access(base, os.W_OK | os.X_OK):
            yield base
    yield os.path.abspath(os.environ.get("TMPDIR") or "/tmp")


def _make(place: str) -> str | None:
    try:
        os.mkdir(place, 0o700)
    except FileExistsError:
        pass
    except OSError as error:
        return error.strerror
    return _objection(place)


def _objection(place: str) -> str | None:
    """What is wrong with a directory that is there; nothing: it is ours alone, and short enough."""
    status = os.lstat(place)
    if not S_ISDIR(status.st_mode):
        return "not a directory; remove it"
    if status.st_uid != os.geteuid():
        return f"belongs to user {status.st_uid}; run this as that user, or set TMPDIR"
    if status.st_mode & 0o077:
        return f"open to others (mode {status.st_mode & 0o777:04o}); chmod 700 it"
    if len(os.fsencode(place)) + len("/inquiry") > SOCKET_BYTES:
        return f"too long; the path of a socket has at most {SOCKET_BYTES} bytes, set XDG_RUNTIME_DIR or TMPDIR to a shorter one"
    return None
