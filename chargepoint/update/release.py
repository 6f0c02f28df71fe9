"""What runs here: the release, as its package says, and every part that has a version of its own."""

import os
import platform
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from msgspec import Struct

from chargepoint.update.messages import Manifest, Part

ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
"""The kernel's name -> Debian's."""
UNPACKED, KEPT = 6, 3
"""A package becomes so many times as large; so many times as much is needed for it and the version before."""
OS_RELEASE = Path("/etc/os-release")
EPOCH = datetime(2024, 1, 1, tzinfo=UTC)


class Release(Struct, frozen=True, kw_only=True):
    """``release.json`` of a package. Each is empty where it is not known, as with a checkout."""

    version: str = ""
    built: str = ""
    """ISO date."""
    support_until: str = ""
    """ISO date."""


def read(path: Path) -> Release:
    """One that is not there, or not readable, says nothing."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Release)
    except (OSError, msgspec.MsgspecError):
        return Release()


def built(release: Release) -> datetime:
    """When; a clock that says less is wrong."""
    try:
        return datetime.fromisoformat(release.built).replace(tzinfo=UTC)
    except ValueError:
        return EPOCH


def system() -> tuple[str, str]:
    """ID and version of the operating system ("debian 12"), and its name for people."""
    try:
        lines = OS_RELEASE.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return "", ""
    told = {name: value.strip("\"'") for name, _, value in (line.partition("=") for line in lines)}
    return f"{told.get('ID', '')} {told.get('VERSION_ID', '')}".strip(), told.get("PRETTY_NAME", "")


def compatible(path: Path) -> str:
    """The line of devices that this one belongs to; empty: none."""
    try:
        return path.read_text(encoding="utf-8").strip()[:200]
    except (OSError, UnicodeDecodeError):
        return ""


def architecture() -> str:
    """As Debian names it."""
    return ARCHITECTURES.get(platform.machine(), platform.machine())


def parts(release: Release, version: str) -> tuple[Part, ...]:
    """``version``: what the installer says that runs."""
    built_on = f"built on {release.built}" if release.built else ""
    return (
        Part("charge-point software", release.version or version, built_on),
        Part("Python", platform.python_version()),
        Part("operating system", system()[0], system()[1]),
        Part("kernel", platform.release(), platform.machine()),
    )


def room(manifest: Manifest, folder: Path) -> tuple[Mapping[str, int], Mapping[str, int]]:
    """Bytes that a bundle needs, and that are free, by place."""
    needs = {str(folder): manifest.size}
    if manifest.installer == "deb":
        unpacked = UNPACKED * manifest.size
        needs = {str(folder): KEPT * manifest.size, "/opt": unpacked}
        if os.path.exists("/opt") and os.stat("/opt").st_dev == os.stat(folder).st_dev:
            needs = {str(folder): KEPT * manifest.size + unpacked}
    return needs, {place: _free(place) for place in needs}


def _free(place: str) -> int:
    found = os.statvfs(place if os.path.exists(place) else "/")
    return found.f_bavail * found.f_frsize
