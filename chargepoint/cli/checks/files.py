"""The state directory, and who else can read what is secret."""

import os
from collections.abc import Iterator
from pathlib import Path

from msgspec import structs

from chargepoint.cli.checks.scene import Scene
from chargepoint.domain import catalogue
from chargepoint.domain.findings import Finding, failing
from chargepoint.domain.redaction import MASK, without_secrets

PARTS = ("control", "station", "web")
SQLITE = b"SQLite format 3\0"
"""Begins a store."""
AS_ROOT = "Run this as root."


def look(scene: Scene) -> Iterator[Finding]:
    """State directory first."""
    yield _folder(scene)
    yield from _store(scene.state_dir / "station/store.sqlite")
    yield from _parts(scene.state_dir)
    yield from _configuration(scene)
    yield from _keys(scene)


def _folder(scene: Scene) -> Finding:
    folder = scene.state_dir
    try:
        disk = os.statvfs(folder)
    except PermissionError:
        return Finding(name="state", state="not known", text=f"{folder}: this user may not look", remedy=AS_ROOT)
    except OSError as error:
        text = f"{folder}: {error.strerror}"
        if scene.configuration is None:
            return Finding(name="state", state="not needed", text=f"{text}; it is made at the first start")
        return failing("state", "state_folder_unusable", text)
    if disk.f_flag & os.ST_RDONLY:
        found = failing("state", "state_folder_unusable", f"{folder}: its disk is mounted read-only")
        return structs.replace(found, remedy=catalogue.of("state_folder_unusable").technician[-1])
    return Finding(name="state", state="passed", text=f"{folder}: on a disk that can be written")


def _store(path: Path) -> Iterator[Finding]:
    """A station does not start with one that is damaged."""
    try:
        with path.open("rb") as file:
            head = file.read(len(SQLITE))
    except OSError:
        return  # not there yet, or hidden, which is said elsewhere
    if head and head != SQLITE:
        remedy = "Stop the station, move the file away, restore a backup and start again; keep the file: sessions not yet told are in it."
        yield Finding(name="store", state="failed", text=f"{path}: damaged, no database any more", remedy=remedy)


def _parts(folder: Path) -> Iterator[Finding]:
    """Each belongs to one user, and to nobody else."""
    for part in PARTS:
        try:
            mode = (folder / part).stat().st_mode
        except OSError:
            continue  # not there yet, or said already
        if mode & 0o077:
            text = f"{folder / part}: others may look (mode {mode & 0o777:04o})"
            yield Finding(name="secrets", state="warning", text=text, remedy=f"chmod 700 {folder / part}")


def _configuration(scene: Scene) -> Iterator[Finding]:
    """It may hold a password."""
    try:
        mode = scene.config.stat().st_mode
    except OSError:
        return
    secret = scene.configuration is None or MASK in str(without_secrets(scene.configuration))
    if mode & 0o007 and secret:
        text = f"{scene.config}: everybody may read the passwords in it (mode {mode & 0o777:04o})"
        yield Finding(name="secrets", state="warning", text=text, remedy=f"chmod o= {scene.config}; the group chargepoint has to read it.")


def _keys(scene: Scene) -> Iterator[Finding]:
    """Private keys, where they are configured and where the station keeps its own."""
    security = None if scene.configuration is None else scene.configuration.security
    named = [] if security is None else [each for each in (security.identity.csms, security.identity.v2g) if each]
    folders = [*map(Path, named), scene.state_dir / "station/certificates/identity", scene.state_dir / "web/tls"]
    hidden, seen, good = [], 0, True
    for folder in folders:
        try:
            keys = [each for each in folder.iterdir() if each.suffix == ".key"]
        except PermissionError:
            hidden.append(str(folder))
            continue
        except OSError:
            continue
        for key in keys:
            mode = key.stat().st_mode
            seen += 1
            if mode & 0o077:
                good = False
                yield Finding(name="secrets", state="warning", text=f"{key}: mode {mode & 0o777:04o}", remedy=f"chmod 600 {key}")
    if hidden:
        yield Finding(name="secrets", state="not known", text=f"private keys in {', '.join(hidden)}", remedy=AS_ROOT)
    elif good:
        yield Finding(name="secrets", state="passed", text=_sum(seen))


def _sum(seen: int) -> str:
    return "no private keys that others could read" if not seen else f"{seen} private key{'s' * (seen > 1)}, none open to others"
