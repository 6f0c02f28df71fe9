"""What goes into a bundle, and what its manifest says of it."""

import hashlib
import io
import json
import subprocess
import tarfile
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from deb.project import BuildError, run


class Payload(Struct, frozen=True, kw_only=True):
    """A file with what has to be known of it."""

    file: Path
    installer: str
    version: str
    architecture: str
    system: str
    built: str
    support_until: str

    def manifest(self, compatible: str, notes: str) -> bytes:
        """manifest.json: the same bytes each time."""
        content = self.file.read_bytes()
        said = {
            "format": 1,
            "name": "chargepoint",
            "version": self.version,
            "installer": self.installer,
            "compatible": compatible,
            "architecture": self.architecture,
            "system": self.system,
            "payload": self.file.name,
            "size": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
            "built": self.built,
            "support_until": self.support_until,
            "notes": notes,
        }
        return json.dumps(said, indent=1).encode() + b"\n"


def package(file: Path) -> Payload:
    """A package of ours. Raises BuildError."""
    name, version, architecture = (run(["dpkg-deb", "--field", file, field], str(file)).strip() for field in FIELDS)
    if name != "chargepoint":
        raise BuildError(f"{file} is the package {name}; expected chargepoint")
    release = _release(file, version)
    debian = version.rpartition("+deb")[2] if "+deb" in version else ""
    return Payload(
        file=file,
        installer="deb",
        version=version,
        architecture=architecture,
        system=f"debian {debian}" if debian else "",
        built=release.get("built", ""),
        support_until=release.get("support_until", ""),
    )


FIELDS = ("Package", "Version", "Architecture")


def _release(file: Path, version: str) -> Mapping[str, str]:
    """release.json inside; one of a package before there was any says nothing."""
    unpacked = subprocess.run(["dpkg-deb", "--fsys-tarfile", file], capture_output=True, check=True).stdout
    with tarfile.open(fileobj=io.BytesIO(unpacked)) as tar:
        try:
            found = tar.extractfile(f"./opt/chargepoint/{version}/release.json")
        except KeyError:
            return {}
        assert found is not None
        told: Mapping[str, str] = json.load(found)
    return told


def image(file: Path, version: str, architecture: str, built: str, support_until: str) -> Payload:
    """A bundle of RAUC's: it brings a system of its own."""
    return Payload(
        file=file, installer="rauc", version=version, architecture=architecture, system="", built=built, support_until=support_until
    )
