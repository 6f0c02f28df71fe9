"""A package of what is installed, for the way back where its own file is not kept: made of dpkg's notes and of the files as they are.

Files are linked where that can be, so it takes no room but that of the result."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from stat import S_ISDIR, S_ISLNK

from chargepoint.update.dpkg import PATH, Dpkg, asked
from chargepoint.update.ports import InstallError

OWN = ("list",)
"""dpkg's notes for itself."""
NOT_OF_PACKAGES = ("Status", "Config-Version", "Conffiles")
LONGEST_S = 1800.0


def repacked(dpkg: Dpkg, package: str, made: Path) -> None:
    """Make it, whole or not at all, and on disk. Raises InstallError, OSError."""
    stage, new = made.with_suffix(".stage"), made.with_suffix(".new")
    shutil.rmtree(stage, ignore_errors=True)
    try:
        _lay(dpkg, package, stage)
        _build(stage, new)
        with open(new, "rb") as file:
            os.fsync(file.fileno())
        new.replace(made)
    finally:
        shutil.rmtree(stage, ignore_errors=True)
        with suppress(FileNotFoundError):
            new.unlink()


def _build(stage: Path, new: Path) -> None:
    command = ("dpkg-deb", "-Zgzip", "-z1", "--build", stage, new)
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=LONGEST_S, env={"PATH": PATH})
    except subprocess.TimeoutExpired:
        raise InstallError(f"the version that runs could not be kept: dpkg-deb was stopped after {LONGEST_S:g} s") from None
    if done.returncode:
        raise InstallError(f"the version that runs could not be kept: {done.stderr.decode('utf-8', 'replace').strip()[-500:]}")


def _lay(dpkg: Dpkg, package: str, stage: Path) -> None:
    governing = stage / "DEBIAN"
    governing.mkdir(parents=True)
    for path in (stage, governing):
        path.chmod(0o755)
    (governing / "control").write_text(_control(dpkg, package), encoding="utf-8")
    for note in (dpkg.admin / "info").glob(f"{package}.*"):
        kind = note.name.removeprefix(f"{package}.")
        if kind not in OWN and "." not in kind:
            shutil.copy2(note, governing / kind)
    for place in _paths(dpkg, package):
        _place(dpkg.root / place, stage / place)


def _control(dpkg: Dpkg, package: str) -> str:
    """Of its entry in dpkg's data base: fields that only dpkg itself writes are left out."""
    entry = asked("dpkg-query", f"--admindir={dpkg.admin}", "--status", package)
    kept, keeps = [], False
    for line in entry.splitlines():
        if not line.startswith((" ", "\t")):
            keeps = line.partition(":")[0] not in NOT_OF_PACKAGES
        if keeps:
            kept.append(line)
    if not kept:
        raise InstallError(f"the version that runs could not be kept: dpkg does not know {package}")
    return "\n".join(kept) + "\n"


def _paths(dpkg: Dpkg, package: str) -> Iterator[str]:
    lines = (dpkg.admin / "info" / f"{package}.list").read_text(encoding="utf-8").splitlines()
    return (line.lstrip("/") for line in lines if line.strip("/."))


def _place(source: Path, target: Path) -> None:
    """What somebody has removed is not in it either."""
    try:
        status = source.lstat()
    except FileNotFoundError:
        return
    if S_ISDIR(status.st_mode):
        target.mkdir(parents=True, exist_ok=True)
        shutil.copystat(source, target)
        os.chown(target, status.st_uid, status.st_gid)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    if S_ISLNK(status.st_mode):
        target.symlink_to(os.readlink(source))
        return
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
        os.chown(target, status.st_uid, status.st_gid)
