"""The package itself: every file in its place, the maintainer scripts, and dpkg-deb."""

import gzip
import hashlib
import tempfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from deb import application, check, completion, legal, manual, materials, metadata, release
from deb.project import CHANGELOG, EXTRAS, ROOT, BuildError, Project, run
from deb.target import Target

SYSTEMD, SCRIPTS = ROOT / "systemd", ROOT / "packaging" / "scripts"
UNITS = ("*.service", "*.socket", "*.target", "*.path")
PLACES = {
    "chargepoint.sysusers": "usr/lib/sysusers.d/chargepoint.conf",
    "chargepoint.tmpfiles": "usr/lib/tmpfiles.d/chargepoint.conf",
    "60-chargepoint.rules": "usr/lib/udev/rules.d/60-chargepoint.rules",
    "chargepoint.avahi-service": "etc/avahi/services/chargepoint.service",
    "control-network.conf": "usr/share/chargepoint/control-network.conf",
    "station.toml": "usr/share/chargepoint/station.toml",
}
"""File of systemd/ -> where it is installed."""
LEVELS = {"xz": 6, "zstd": 19, "gzip": 1}
STEPPED = ("chargepoint-control", "chargepoint-station", "chargepoint-web")
"""Services that wait longer each time, where systemd can (Debian 13)."""
INWARD = ("conformance", "write-a-driver")
"""Documents that are for whoever works on the program."""


def build(
    project: Project, target: Target, into: Path, compression: str, trust: Path | None = None, support_until: date | None = None
) -> Path:
    """The finished file. ``trust``: roots whose updates are taken; ``support_until``: instead of five years. Raises BuildError."""
    version = project.debian_version + target.suffix
    into.mkdir(parents=True, exist_ok=True)
    made = into / f"{project.name}_{version}_{target.architecture}.deb"
    bundled, compiled = application.bundle(project, target)
    with tempfile.TemporaryDirectory(prefix="making-", dir=bundled.parent) as folder:
        stage = Path(folder) / "stage"
        ours = application.wheel(project, Path(folder))
        packages = application.lay(target, ours, bundled, stage, f"/opt/{project.name}/{version}")
        found = metadata.distributions(packages)
        if wrong := list(metadata.missing(found, target, EXTRAS)):
            raise BuildError("\n".join(wrong))
        _install(project, target, stage, found, packages)
        release.put(project, version, stage / f"opt/{project.name}/{version}", trust, support_until)
        words = {"VERSION": version, "PYTHON": target.python, "ARCHITECTURE": target.architecture, "BYTECODE": "yes" if compiled else "no"}
        _govern(project, stage, words, check.archive(project, packages))
        _settle(stage)
        options = ("--root-owner-group", f"-Z{compression}", f"-z{LEVELS[compression]}", "--build")
        run(["dpkg-deb", *options, stage, made], "dpkg-deb", SOURCE_DATE_EPOCH=str(project.epoch_s))
    return made


def _install(project: Project, target: Target, stage: Path, found: list[metadata.Distribution], packages: Path) -> None:
    """Everything but the application."""
    units = stage / "usr/lib/systemd/system"
    for path in sorted(path for pattern in UNITS for path in SYSTEMD.glob(pattern)):
        _put(units / path.name, path.read_bytes())
    if target.debian >= 13:
        for name in STEPPED:
            _put(units / f"{name}.service.d/restart.conf", (SYSTEMD / "debian13/restart.conf").read_bytes())
    for name, place in PLACES.items():
        _put(stage / place, (SYSTEMD / name).read_bytes())
    documents = stage / "usr/share/doc" / project.name
    for path in sorted((ROOT / "docs").glob("*.md")):
        if not path.name.startswith(INWARD):
            _put(documents / path.name, path.read_bytes())
    _put(documents / "NOTICE", (ROOT / "NOTICE").read_bytes())
    _put(documents / "copyright", legal.copyright_of(project, found).encode())
    _put(documents / "sbom.cdx.json", materials.bill(project, target, found, packages))
    _put(documents / "changelog.gz", gzip.compress(CHANGELOG.read_bytes(), mtime=0))
    for name, text in manual.pages(project).items():
        _put(stage / "usr/share/man/man1" / f"{name}.gz", gzip.compress(text.encode(), mtime=0))
    _put(stage / "usr/share/bash-completion/completions" / project.name, completion.bash().encode())
    command = stage / "usr/bin" / project.name
    command.parent.mkdir(parents=True)
    command.symlink_to(f"/opt/{project.name}/current/bin/{project.name}")


def _put(place: Path, content: bytes) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content)


def _govern(project: Project, stage: Path, words: Mapping[str, str], checking: bytes) -> None:
    """``DEBIAN/``: what dpkg reads and runs."""
    folder = stage / "DEBIAN"
    files = sorted(path for path in stage.rglob("*") if path.is_file() and not path.is_symlink())
    conffiles = [f"/{path.relative_to(stage)}" for path in files if path.is_relative_to(stage / "etc")]
    sums = [f"{hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()}  {path.relative_to(stage)}" for path in files]
    size_kib = sum(-(-path.stat().st_size // 1024) for path in files) + sum(path.is_dir() for path in stage.rglob("*"))
    _put(folder / "conffiles", "".join(f"{name}\n" for name in conffiles).encode())
    _put(folder / "md5sums", "".join(f"{line}\n" for line in sums).encode())
    _put(folder / "check", checking)
    told = {**words, "SIZE": str(size_kib), "COMMON": (SCRIPTS / "common").read_text(encoding="utf-8").strip()}
    _put(folder / "control", _filled((ROOT / "packaging/control.in").read_text(encoding="utf-8"), told))
    for name in ("preinst", "postinst", "prerm", "postrm"):
        _put(folder / name, _filled((SCRIPTS / name).read_text(encoding="utf-8"), told))


def _filled(text: str, words: Mapping[str, str]) -> bytes:
    for word, value in words.items():
        text = text.replace(f"@{word}@", value)
    return text.encode()


def _settle(stage: Path) -> None:
    """Modes that depend on nobody's umask."""
    for path in (stage, *stage.rglob("*")):
        if not path.is_symlink():
            runs = path.is_dir() or path.parent.name == "bin" or (path.parent.name == "DEBIAN" and path.name.endswith(("inst", "rm")))
            path.chmod(0o755 if runs else 0o644)
