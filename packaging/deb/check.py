"""The check that is shipped beside the maintainer scripts: the new version's ``check-config``, before any file of it is unpacked.

One archive with our sources and what reads a configuration; nothing else is imported by that (held by tests/packaging)."""

import gzip
import io
import tarfile
from pathlib import Path

from deb.project import Project

MODULES = ("chargepoint", "hal", "msgspec")
LEFT_OUT = ("__pycache__", "web", "texts", "static")


def archive(project: Project, packages: Path) -> bytes:
    """The same bytes each time."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for path in sorted(path for module in MODULES for path in (packages / module).rglob("*")):
            name = path.relative_to(packages)
            if path.is_file() and path.suffix in (".py", ".so") and not set(LEFT_OUT) & set(name.parts[1:-1]):
                tar.addfile(_entry(project, str(name), path.stat().st_size), io.BytesIO(path.read_bytes()))
    return gzip.compress(packed.getvalue(), mtime=project.epoch_s)


def _entry(project: Project, name: str, size: int) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mtime, entry.mode = size, project.epoch_s, 0o644
    return entry
