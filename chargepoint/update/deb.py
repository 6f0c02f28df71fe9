"""The installer "deb": the package of this software, by dpkg.

    running.deb   what is installed, if it came by an update
    before.deb    what can be gone back to: a link to running.deb as it was, else made of what is installed
    next.deb      what is being installed
    begun         its hash: before.deb and next.deb are right, whatever dpkg's data base says just now

The package's own scripts do the rest: a version that refuses the configuration is not unpacked, station and pages begin anew at once, and
control when no car is at any EVSE.
"""

import os
import re
from contextlib import suppress
from pathlib import Path

from chargepoint.pki import files
from chargepoint.update import repack
from chargepoint.update.dpkg import Dpkg, Said, asked
from chargepoint.update.messages import Manifest, Part
from chargepoint.update.ports import InstallError, Told

PACKAGE = "chargepoint"
REPACKING, UNPACKING = 5, 40
"""Percent, as far as can be told: dpkg says nothing of it."""
REFUSED = re.compile(r"does not accept this station's configuration.*?\n\n(.*?)\n\n", re.DOTALL)
"""What the package's preinst says, and then its reason."""


class Deb:
    """``folder``: for the packages that are kept."""

    name = "deb"
    restarts = False

    def __init__(self, folder: Path, dpkg: Dpkg) -> None:
        self._folder = folder
        self._dpkg = dpkg
        self._kept: tuple[tuple[int, int, int], str] | None = None

    def _file(self, name: str) -> Path:
        return self._folder / name

    def is_for_this_machine(self) -> bool:
        """Does this software come from a package here? Also while dpkg has done only part of its work."""
        return self._dpkg.knows(PACKAGE)

    def running(self) -> str:
        """Empty while dpkg has left something undone."""
        return self._dpkg.whole(PACKAGE)

    def parts(self) -> tuple[Part, ...]:
        """Nothing but the package."""
        return ()

    def misfit(self, manifest: Manifest) -> str | None:
        """dpkg itself says it when it is there."""
        return None

    def before(self) -> str:
        """The version that is kept, unless it is what runs."""
        path = self._file("before.deb")
        if not path.exists():
            return ""
        status = path.stat()
        seen = (status.st_ino, status.st_mtime_ns, status.st_size)
        if self._kept is None or self._kept[0] != seen:
            self._kept = (seen, _told_version(path))
        return "" if self._kept[1] == self.running() else self._kept[1]

    def settle(self) -> None:
        """Finish what a power cut has interrupted, as far as that can be. Raises InstallError."""
        self._dpkg.settle()

    def install(self, manifest: Manifest, payload: Path, told: Told) -> None:
        """The version before is kept first. Raises InstallError, Later, OSError."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        begun = self._has_begun(manifest)
        if begun and self.running() == manifest.version:
            return
        try:
            if not begun:
                self._begin(manifest, payload, told)
            self._put(self._file("next.deb"), told)
        except (InstallError, OSError):
            if self.running() and self.running() == _told_version(self._file("before.deb")):  # nothing has happened
                self._forget()
            raise

    def _begin(self, manifest: Manifest, payload: Path, told: Told) -> None:
        _check(manifest, payload, PACKAGE)
        self._dpkg.settle()
        self._keep(told)
        _link(payload, self._file("next.deb"))
        files.replace(self._file("begun"), manifest.sha256.encode(), files.PRIVATE)

    def _has_begun(self, manifest: Manifest) -> bool:
        """With this one, and nobody has installed another by hand since then."""
        try:
            begun = self._file("begun").read_text(encoding="ascii")
        except (FileNotFoundError, UnicodeDecodeError):
            return False
        return begun == manifest.sha256 and self.running() in ("", manifest.version, _told_version(self._file("before.deb")))

    def _forget(self) -> None:
        with suppress(FileNotFoundError):
            self._file("next.deb").unlink()
        files.remove(self._file("begun"))

    def _keep(self, told: Told) -> None:
        """What runs, as before.deb."""
        version = self.running()
        if not version:
            raise InstallError(f"dpkg has {PACKAGE} only in part, so nothing could be gone back to; run dpkg --configure -a, and look")
        if _told_version(self._file("running.deb")) == version:
            _link(self._file("running.deb"), self._file("before.deb"))
        elif _told_version(self._file("before.deb")) != version:
            told(REPACKING)
            repack.repacked(self._dpkg, PACKAGE, self._file("before.deb"))
        files.settle(self._folder)

    def _put(self, package: Path, told: Told) -> None:
        said = self._dpkg.change("--install", str(package), quiet=lambda: told(UNPACKING))
        if said.status:
            raise _trouble(said)

    def start(self, told: Told) -> None:
        """The package's own scripts have done so."""

    def confirm(self) -> None:
        """What was next is what runs."""
        if self._file("next.deb").exists():
            self._file("next.deb").replace(self._file("running.deb"))
        files.remove(self._file("begun"))

    def take_back(self, told: Told) -> None:
        """Install the version before. Raises InstallError, Later."""
        before = self._file("before.deb")
        wanted = _told_version(before)
        if not wanted:
            raise InstallError("no package of the version before is kept")
        if self.running() != wanted or self._file("begun").exists():
            self._put(before, told)
        _link(before, self._file("running.deb"))
        self._forget()


def _check(manifest: Manifest, payload: Path, package: str) -> None:
    """Is in the package what the manifest says? Raises InstallError."""
    told = tuple(_field(payload, name) for name in ("Package", "Version", "Architecture"))
    wanted = (package, manifest.version, manifest.architecture)
    if told != wanted:
        raise InstallError(f"the package in the bundle is {' '.join(told) or 'none'}, its manifest says {' '.join(wanted)}", "CP-823")


def _field(package: Path, name: str) -> str:
    return asked("dpkg-deb", "--field", str(package), name)


def _told_version(package: Path) -> str:
    """Empty: there is none, or none that dpkg can read."""
    return _field(package, "Version") if package.exists() else ""


def _link(source: Path, target: Path) -> None:
    """The same file under another name, in the place of whatever had that."""
    new = target.with_suffix(".new")
    with suppress(FileNotFoundError):
        new.unlink()
    os.link(source, new)
    new.replace(target)
    with suppress(FileNotFoundError):  # two names of one file: then the rename has done nothing
        new.unlink()
    files.settle(target.parent)


def _trouble(said: Said) -> InstallError:
    """In the words of the package's script, or of dpkg."""
    refused = REFUSED.search(said.text)
    if refused is not None:
        return InstallError(
            f"the version to be installed does not accept this station's configuration: {' '.join(refused[1].split())}", "CP-827"
        )
    lines = [line.strip() for line in said.text.splitlines() if line.strip()]
    return InstallError(f"dpkg ended with status {said.status}: {' / '.join(lines[-6:])[-800:] or 'and said nothing'}")
